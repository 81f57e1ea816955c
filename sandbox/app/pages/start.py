"""The page Start: the next stop with two other doors, a run that plays by itself, the whole path, two pictures to think with, and the
table "OAuth or JWT?".

The stops are said in `sandbox/studies/path.yaml`, run and doors in `first_stories.yaml`, table and pictures in
`sandbox/studies/comparison.yaml`.
"""

from __future__ import annotations

import streamlit as st

from sandbox.app import assets, cache, links, navigation, state
from sandbox.app.markup import show
from sandbox.app.parts import first_stories, progress, stepper, verdict_table
from sandbox.app.parts.verdict_table import Doc
from sandbox.app.state import View
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.switches import PROFILES
from sandbox.studies import comparison
from sandbox.studies.comparison import Proof, Row
from sandbox.views.outcomes import SIGNS

PAGE = "start"
ABOUT = (
    "Real protocol engines and real cryptography on a simulated network. Step through every message, see what each party knows, flip a "
    "defence, and see who refuses, and why."
)
TITLES = [profile.title for profile in PROFILES.values()]

HERO = """
<div class="hero"><small>OAuth Sandbox</small><h1>A flight simulator for OAuth 2.0 and JWTs</h1>
<p>{about}</p></div>
"""


@navigation.page("Start", path=PAGE, place=10, about=ABOUT)
def page() -> None:
    """The introduction, and links to where one can begin."""
    links.follow(state.current(PAGE))
    left, right = st.columns([1, 1.6], gap="large", vertical_alignment="center")
    with left:
        show(HERO, about=ABOUT)
        progress.next_stop()
    with right:
        _film()
    progress.way()
    _comparison()
    links.link("glossary", "Glossary: what the words mean")


def _film() -> None:
    stepper.film(cache.run(Case.of(library.get(first_stories.shipped().film.scenario))))


# ---------------------------------------------------------------- OAuth or JWT?


def _comparison() -> None:
    """The two pictures, and the table whose cells lead into the runs that prove them."""
    table = comparison.shipped()
    show('<div class="section"><h2>{title}</h2><p>{about}</p></div>', title=table.title, about=table.about)
    pictures = st.components.v2.component("keys", html=assets.text("start.html"), css=assets.text("start.css"), js=assets.text("start.js"))
    pictures(key="keys", data=[{"name": p.name, "text": p.text} for p in (table.pictures.jwt, table.pictures.oauth)])
    verdict_table.show("comparison", table.title, ("", *TITLES), [_row(row) for row in table.rows], "comparison")


def _row(row: Row) -> Doc:
    return {"head": row.aspect, "sub": ", ".join(row.refs), "cells": [_cell(proof) for proof in row.proofs]}


def _cell(proof: Proof) -> Doc:
    """What is claimed, and the run that proves it, with the verdict that it must find and what its setting adds to the design."""
    params = View(proof.story.id, proof.profile).with_settings(proof.story, proof.settings).params()
    added = "".join(f" With {name}={value}." for name, value in proof.cell.run.switches.items())
    said = SIGNS[proof.finds].banner
    return verdict_table.cell(
        [verdict_table.item(proof.finds, params, f"See the run: {proof.story.title}", said, title="Open the run that proves it")],
        proof.cell.says + added,
    )
