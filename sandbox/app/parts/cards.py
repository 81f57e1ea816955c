"""The cards of the lists of flows and attacks: what each of them says, and where it leads.

Searching, filtering and the marks of what was done are the browser's business (`frontend/gallery.js`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from sandbox.app import assets, cache
from sandbox.app.parts.progress import SCRIPTS
from sandbox.engine.result import Word
from sandbox.language.document import DIFFICULTIES, TARGETS, Scenario
from sandbox.protocol.switches import PROFILES
from sandbox.studies import path
from sandbox.views.outcomes import SIGNS

Doc = dict[str, Any]


def show(kind: str, scenarios: Iterable[Scenario]) -> None:
    """Mount the list; a click on a card, or on a design in it, goes there."""
    component = st.components.v2.component("gallery", js=assets.script("gallery.js", *SCRIPTS), css=assets.text("gallery.css"))
    shown = [card(each, cache.by_profile(each) if each.kind == "attack" else {}) for each in path.ordered(scenarios)]
    component(key=f"gallery-{kind}", data=document(shown))


def document(shown: list[Doc]) -> Doc:
    """The cards, with the choices of which at least one card is."""
    targets = {each["target"] for each in shown}
    levels = {each["difficulty"] for each in shown}
    return {
        "cards": shown,
        "targets": [[target, name] for target, name in TARGETS.items() if target in targets],
        "designs": [[p.name, p.title] for p in PROFILES.values()] if any(each["designs"] for each in shown) else [],
        "levels": [[level, name] for level, name in DIFFICULTIES.items() if level in levels],
    }


def card(scenario: Scenario, found: Mapping[str, Word]) -> Doc:
    """One card.  `found`: profile -> the verdict's word; what a flow expects is meant for its own setting only, so it has none."""
    stop = path.stop(scenario.id)
    attacker = scenario.attacker.is_ if scenario.attacker and scenario.kind == "attack" else ""
    return {
        "id": scenario.id,
        "title": scenario.title,
        "story": scenario.story,
        "number": stop.number if stop else 0,
        "minutes": scenario.minutes or 0,
        "difficulty": scenario.difficulty or "",
        "level": DIFFICULTIES[scenario.difficulty] if scenario.difficulty else "",
        "target": scenario.target or "",
        "aim": TARGETS[scenario.target] if scenario.target else "",
        "attacker": attacker,
        "refs": list(scenario.refs),
        "to": {"page": "play", "params": {"scenario": scenario.id}},
        "designs": [_design(scenario, profile, word) for profile, word in found.items()],
    }


def _design(scenario: Scenario, profile: str, word: Word) -> Doc:
    """One design: a link into it, unless the attack cannot be tried there."""
    sign, to = SIGNS[word], {"page": "play", "params": {"scenario": scenario.id, "profile": profile}}
    return {
        "profile": profile,
        "title": PROFILES[profile].title,
        "word": word,
        "said": sign.word.capitalize(),
        "mark": sign.mark,
        "tone": sign.tone,
        "to": None if word == "not-applicable" else to,
    }
