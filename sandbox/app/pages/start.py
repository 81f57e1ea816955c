"""The page Start: the next stop with two other doors, a run that plays by itself, the whole path, two pictures to think with, the table
"OAuth or JWT?", and what follows its last row: the calls between services, in four designs.

The stops are said in `sandbox/studies/path.yaml`, run and doors in `first_stories.yaml`, table and pictures in
`sandbox/studies/comparison.yaml`, the four designs in `sandbox/studies/call_chain.yaml`.
"""

from __future__ import annotations

from typing import Literal

import streamlit as st

from sandbox.app import assets, cache, compare_link, links, navigation, state
from sandbox.app.markup import show
from sandbox.app.parts import first_stories, progress, stepper, verdict_table
from sandbox.app.parts.verdict_table import Doc
from sandbox.app.state import View
from sandbox.core.text import plural
from sandbox.engine.case import Case
from sandbox.engine.result import Word
from sandbox.language import library
from sandbox.protocol.switches import PROFILES
from sandbox.studies import call_chain, comparison
from sandbox.studies.call_chain import CallChain, Measured
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
    _chain()
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


# ---------------------------------------------------------------- the calls between services


def _chain() -> None:
    """The designs of the chain of calls, one in each column: what was counted in its runs, which the cells lead into."""
    chain = call_chain.shipped()
    show('<div class="section"><h2>{title}</h2><p>{about}</p></div>', title=chain.title, about=chain.about)
    found = [design.measured for design in chain.designs]
    rows = [
        _proved(chain, "The design", "its last step asks for more than it may", "flow", [design.says for design in chain.designs]),
        _told("Who is told apart", "at the end of the chain", [_named(m) for m in found]),
        _proved(chain, "Stolen, it opens", "for people who never came by", "opens", [_opened(m) for m in found]),
        _proved(chain, "Ended, it goes on", "after the operator has thrown the service out", "ends", [_over(m) for m in found]),
        _told("One call costs", "keys that are fetched once left out", [_cost(m) for m in found]),
    ]
    verdict_table.show("comparison", chain.title, ("", *(d.name for d in chain.designs)), rows, "chain")
    first, *others = (_view(chain, place, chain.flow) for place in range(len(chain.designs)))
    links.link("compare", "Step through the four side by side", compare_link.link(first, *others))


def _view(chain: CallChain, place: int, story: str) -> View:
    settings = chain.settings(chain.designs[place])
    return View(story, chain.profile).with_settings(library.get(story), settings)


def _told(head: str, sub: str, said: list[str]) -> Doc:
    return {"head": head, "sub": sub, "cells": [verdict_table.cell(says=text) for text in said]}


def _proved(chain: CallChain, head: str, sub: str, part: Literal["flow", "opens", "ends"], said: list[str]) -> Doc:
    """A row that runs prove: each cell leads into its own."""
    words: list[Word] = [getattr(design.finds, part) for design in chain.designs]
    story: str = getattr(chain, part)
    title = library.get(story).title
    cells = [
        verdict_table.cell(
            [
                verdict_table.item(
                    word,
                    _view(chain, place, story).params(),
                    f"See the run: {title}",
                    SIGNS[word].banner,
                    title="Open the run that proves it",
                )
            ],
            text,
        )
        for place, (word, text) in enumerate(zip(words, said, strict=True))
    ]
    return {"head": head, "sub": sub, "cells": cells}


def _named(m: Measured) -> str:
    """What the last log of the chain can say."""
    whose = "The issuer says for whom." if m.vouched else "For whom, the caller says itself."
    return f"{m.named} of {plural(m.callers, 'service')}. {whose}"


def _opened(m: Measured) -> str:
    return f"{m.opened} of {plural(m.tried, 'API')} that were tried."


def _over(m: Measured) -> str:
    """How long, and how long where the APIs ask."""
    asking = "" if m.over == m.asking else f" Where the APIs ask the issuer each time, {_long(m.asking)}."
    return f"{_long(m.over).capitalize()}.{asking}"


def _long(seconds: int | None) -> str:
    return "for ever" if seconds is None else f"{seconds} s"


def _cost(m: Measured) -> str:
    lookups = plural(int(m.lookups), "look-up") if m.lookups == int(m.lookups) else f"{m.lookups:.1f} look-ups"
    return f"{m.size} bytes, {lookups}, {plural(int(m.messages), 'round trip')}."
