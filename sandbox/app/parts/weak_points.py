"""“What no book says”: the single switches and the pairs that let an attack through, each leading into the run that shows it."""

from __future__ import annotations

import streamlit as st

from sandbox.app.markup import show
from sandbox.app.parts import verdict_table
from sandbox.app.parts.verdict_table import Doc
from sandbox.app.state import View
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import weak_points
from sandbox.studies.weak_points import Hole
from sandbox.views import weak_points as words
from sandbox.views.outcomes import SIGNS
from sandbox.views.weak_points import Group

COLUMNS = ("Weaker", "What then gets through")


def section() -> None:
    """The whole section: nothing is run for it."""
    known = weak_points.shipped()
    show('<div class="section"><h2>{title}</h2><p>{about}</p></div>', title=words.TITLE, about=words.about(known))
    titles = {name: profile.title for name, profile in PROFILES.items()}
    tabs = st.tabs(list(titles.values()), default=list(titles.values())[-1], key="weak-tabs")
    for name, tab in zip(titles, tabs, strict=True):
        with tab:
            rows = [row for group in words.groups(name, known) for row in _rows(group)]
            verdict_table.show("weak", "Weaker switches down; each attack leads into its run", COLUMNS, rows, f"weak-{name}")


def _rows(group: Group) -> list[Doc]:
    head: Doc = {"group": group.title, "span": str(len(COLUMNS))}
    rows: list[Doc] = [
        {
            "head": words.named(group.profile, point.switches),
            "sub": words.meaning(point.switches).replace("`", ""),
            "cells": [verdict_table.cell([_attack(group.profile, hole) for hole in point.holes])],
        }
        for point in group.points
    ]
    return [head, *(rows or [{"head": words.NOTHING, "cells": [verdict_table.cell(empty="–")]}])]


def _attack(profile: str, hole: Hole) -> Doc:
    script = library.get(hole.script)
    params = View(script.id, profile).with_settings(script, hole.settings(Settings.of(profile))).params()
    return verdict_table.item(hole.word, params, SIGNS[hole.word].word, words.attack(hole))
