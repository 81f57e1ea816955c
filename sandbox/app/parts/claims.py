"""What a file says about its attack: the defences that block it and the beliefs that do not, each to be tried on the run at hand.

Nothing here repeats what the file claims: after a click the run is made again, and its verdict is what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from sandbox.app import cache, state
from sandbox.app.markup import markup
from sandbox.app.state import View
from sandbox.core.text import clean, md, plural
from sandbox.engine.exposure import is_short
from sandbox.engine.result import Run, Word
from sandbox.language.document import Scenario
from sandbox.protocol.defences import said, written
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import expand
from sandbox.studies import basis
from sandbox.views.outcomes import SIGNS


@dataclass(frozen=True)
class Claim:
    """Something to try: its id in the view, what the control says, the switches, why the file says so, and the outcomes that it means."""

    id: str
    label: str
    switches: tuple[tuple[str, str], ...]
    because: str
    outcomes: tuple[str, ...]

    def applied(self, base: Settings) -> Settings:
        return base.at_least(dict(self.switches))


def defences(scenario: Scenario) -> list[Claim]:
    """What blocks or limits the attack, according to the file."""
    blocking = [
        Claim(f"d{i}", said(d.switches), tuple(d.switches.items()), d.because, ("blocked",)) for i, d in enumerate(scenario.blocked_by)
    ]
    limiting = [
        Claim(f"l{i}", f"{said(d.switches)} (limits)", tuple(d.switches.items()), d.because, ("limited",))
        for i, d in enumerate(scenario.limited_by)
    ]
    return blocking + limiting


def beliefs(scenario: Scenario) -> list[Claim]:
    """What people believe protects them, according to the file, and does not."""
    return [
        Claim(f"m{i}", m.believed, tuple(m.switches.items()), m.because, (m.outcome,) if m.outcome else ("succeeded", "limited"))
        for i, m in enumerate(scenario.myths)
    ]


def chosen(scenario: Scenario, view: View) -> Claim | None:
    """The claim that was clicked, or the one whose settings these are: a link does not say what was clicked."""
    every = [*defences(scenario), *beliefs(scenario)]
    clicked = next((c for c in every if c.id == view.claim), None)
    base = view.base(scenario)
    if clicked is None and view.changes:
        clicked = next((c for c in every if c.switches and c.applied(base) == view.settings(scenario)), None)
    return clicked


def controls(scenario: Scenario, view: View) -> None:
    """Two controls: the defences as pills, the beliefs, which are sentences, as a list."""
    now = chosen(scenario, view)
    if labels := {c.id: f"{md(c.label)} :gray[{md(written(dict(c.switches)))}]" for c in defences(scenario)}:
        st.html('<div class="label">What blocks it</div>', width="content")
        st.session_state.defence = now.id if now and now.id in labels else None
        st.pills(
            "What blocks it",
            list(labels),
            format_func=lambda id: labels[id],
            key="defence",
            label_visibility="collapsed",
            on_change=_try,
            args=(scenario, "defence"),
        )
    if sentences := {c.id: c.label for c in beliefs(scenario)}:
        st.space("stretch")
        st.session_state.belief = now.id if now and now.id in sentences else None
        st.selectbox(
            "What people believe",
            list(sentences),
            format_func=lambda id: clean(sentences[id]),
            index=None,
            key="belief",
            placeholder="What people believe helps",
            label_visibility="collapsed",
            on_change=_try,
            args=(scenario, "belief"),
            width=270,
        )


def _try(scenario: Scenario, key: str) -> None:
    """Apply what was clicked to the settings without other changes; or take it back."""
    view: View = st.session_state.view
    claim = next((c for c in [*defences(scenario), *beliefs(scenario)] if c.id == st.session_state[key]), None)
    base = view.base(scenario)
    state.go(view.with_settings(scenario, claim.applied(base) if claim else base, claim.id if claim else ""))


def outcome(claim: Claim | None, run: Run) -> str:
    """The outcome of the claim, as one line of HTML; without a claim, an invitation to try one."""
    if claim is None:
        return '<div class="outcome hint">Try a defence, or something that people believe helps: the attack is run again.</div>'
    word, seconds = measured(claim, run)
    switches = written(expand(dict(claim.switches)))
    return markup(
        '<div class="outcome {word}"><b>{label}</b> <em>{said}{span}.</em> {because} <code>{switches}</code></div>',
        word=word,
        label=claim.label.rstrip("."),
        said=SIGNS[word].effect,
        span=f" to {plural(seconds, 'second')}" if seconds is not None else "",
        because=claim.because if word in claim.outcomes else basis.said(word, run.verdict.sentence),
        switches=switches,
    )


def measured(claim: Claim, run: Run) -> tuple[Word, int | None]:
    """The verdict's word; `limited`, with the seconds, also where the attack succeeds with what soon stops working."""
    word = run.verdict.word
    if word == "succeeded" and claim.outcomes == ("limited",) and not run.edits:
        seconds = cache.exposure(run.case).seconds
        return ("limited", seconds) if is_short(seconds) else (word, None)
    return word, run.verdict.exposure if word == "limited" else None
