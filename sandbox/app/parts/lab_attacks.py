"""Which attacks such claims are open to: what they show, what was seen when every attack was run, and what is left open."""

from __future__ import annotations

import streamlit as st

from sandbox.app import links
from sandbox.app.markup import markup, show
from sandbox.core.text import md, plural
from sandbox.studies import questions, token_lab
from sandbox.studies.token_lab import Applies, Outcome, Reading
from sandbox.views.audit import words
from sandbox.views.outcomes import SIGNS

ABOUT = (
    "Every attack that the sandbox knows is run against a system with what these claims show: once with all else as it should be, and "
    "with all else as weak as can be. What the claims do not show is not guessed."
)
DESIGNS = {"oauth": "From an authorization server", "jwt": "From a login endpoint"}
ROW = '<tr><th scope="row">{what}</th><td>{follows}</td></tr>'
FINDING = '<div class="finding {word}"><i aria-hidden="true">{mark}</i><div><b>{title}</b> <small>{said}</small><p>{why}</p></div></div>'


def panel(reading: Reading) -> None:
    """For claims alone at once, for a whole token when it is asked for."""
    if reading.claims is None:
        return
    show('<div class="section-head"><h2>Which attacks are such claims open to?</h2><p>{about}</p></div>', about=ABOUT)
    if reading.alone or st.session_state.get("lab_attacks"):
        _found(_run(reading))
    else:
        st.button("Run every attack", key="lab-attacks", on_click=_want)


def _want() -> None:
    st.session_state.lab_attacks = True


def _run(reading: Reading) -> Applies:
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, "Starting")

    def tell(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), md(what))

    result = token_lab.applies(reading.header, reading.claims or {}, tell)
    place.empty()
    return result


def _found(result: Applies) -> None:
    _shows(result)
    groups = (
        ("open", "Open, even if all else is as it should be", result.open, True),
        ("weaker", "A defence is missing; open if more is wrong", result.weaker, True),
        ("undecided", "The claims do not say; open if more is wrong", result.undecided, False),
        ("closed", "Not seen to work in any of these settings", result.closed, False),
        ("pointless", "Nothing to take here", result.pointless, False),
    )
    for key, title, outcomes, expanded in groups:
        if outcomes:
            with st.expander(f"{title} · {len(outcomes)}", expanded=expanded, key=f"lab-group-{key}"):
                for outcome in outcomes:
                    _outcome(outcome)
    if not result.open:
        show('<p class="said">No attack was seen to succeed by what these claims show alone.</p>')
    _left_open(result)


def _shows(result: Applies) -> None:
    known = [(DESIGNS[result.architecture], result.design), *((row.what, row.follows) for row in result.rows)]
    rows = "".join(markup(ROW, what=what, follows=follows) for what, follows in known)
    st.html(f'<div class="shows"><table>{rows}</table></div>')


def _outcome(outcome: Outcome) -> None:
    finding = outcome.finding
    with st.container(key=f"finding-{finding.attack}", horizontal=True, vertical_alignment="center", gap="small"):
        show(
            FINDING,
            word=finding.word,
            mark=SIGNS[finding.word].mark,
            title=finding.title,
            said=SIGNS[finding.word].word,
            why=_why(outcome),
        )
        if finding.word != "not-applicable":
            links.link("play", "See it", {"scenario": finding.script} | words.params(outcome.settings))


def _why(outcome: Outcome) -> str:
    if outcome.because:
        enough = " Changing one of them is enough." if len(outcome.because) > 1 else ""
        return f"Because of: {'; '.join(outcome.because)}.{enough}"
    if outcome.gone:
        return " ".join(f"Without {defence} ({what})." for defence, what in outcome.gone)
    return words.why(outcome.finding)


def _left_open(result: Applies) -> None:
    """The questions that no claim answers, and the page that asks them."""
    asks = "".join(markup("<li>{ask}</li>", ask=ask) for ask in result.unseen)
    with st.expander(f"What the claims do not show · {plural(len(result.unseen), 'question')}", key="lab-group-unseen"):
        st.html(f'<ul class="unseen">{asks}</ul>')
    links.link("system", "Answer them: Your system", {"answers": questions.written(result.answers)})
