"""Files of a team's own on the page Your system: taken in, masked, drawn, and turned into answers.

What was uploaded is read once and given back at once; only what is masked stays in the session.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from threading import BoundedSemaphore

import streamlit as st

from sandbox.app import assets
from sandbox.app.markup import markup, show
from sandbox.app.parts import stepper
from sandbox.core.text import md, plural
from sandbox.reality import inspection, resemblance
from sandbox.reality.differing import differences
from sandbox.reality.finding import Evidence, Finding
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.reality.unreadable import Unreadable
from sandbox.views.html import inspect_page
from sandbox.views.reality import document, record, words

LARGEST = 30  # megabytes of one file
AT_ONCE = 2  # imports in this process
BUSY = "Two other imports are running here. Drop the files again in a moment."
TYPES = ["har", "json", "yaml", "yml", "txt", "jwt"]
DROP = "Drop what you have: a recording of a login, the metadata or the realm of your server, OpenAPI, a token, a client's configuration."
COMMAND = "oauth-sandbox inspect login.har --html login.html"
FOUND, BESIDE, PROBLEM, TURN = "own-found", "own-beside", "own-problem", "own-turn"
BEFORE, BEFORE_TURN = "own-before", "own-before-turn"
ITEM = (
    '<div class="finding {word}"><i aria-hidden="true">{mark}</i><div><b>{title}</b> <small>{places_html}</small>'
    "<p>{says}</p><p>{should}</p></div></div>"
)
STRIP = '<li><i aria-hidden="true">{mark}</i> <b>{title}</b>{link_html}</li>'
CHANGE = '<div class="finding {tone}"><i aria-hidden="true">{mark}</i><div><b>{word}</b><p>{says}</p></div></div>'
RECORD = '<img class="record" src="data:image/svg+xml;base64,{drawing}" alt="{alt}" width="640"><ol>{items_html}</ol>'
TONES = {True: "blocked", False: "succeeded", None: "limited"}
WORDS = {"bad": "succeeded", "note": "limited", "good": "blocked"}  # the looks of the page's other findings

_turns = BoundedSemaphore(AT_ONCE)


def found() -> Inspection | None:
    """What was found in the files of this session, if there were any."""
    kept: Inspection | None = st.session_state.get(FOUND)
    return kept


def show_own(answered: Callable[[dict[str, tuple[str, ...]]], None]) -> None:
    """The place for files, and what was found in them; `answered` takes the answers that follow."""
    kept = found()
    head, fresh = "Bring your own login: a recording (HAR), metadata, a realm …", kept is None and not st.session_state.answers
    with st.expander(head, expanded=fresh, key="own-place" if kept is None else "own-again"):
        show("<p>{said} {kept}</p>", said=DROP, kept=words.NOTHING_KEPT)
        st.file_uploader(
            "All files of one system at once",
            TYPES,
            accept_multiple_files=True,
            key=_key(),
            max_upload_size=LARGEST,
            on_change=_uploaded,
            args=(answered,),
        )
        show("<p>{said} <code>{command}</code></p>", said=f"A file of more than {LARGEST} MB stays with you:", command=COMMAND)
        _how_to()
    if problem := st.session_state.get(PROBLEM):
        show('<div class="problem">{problem}</div>', problem=problem)
    if kept is not None:
        _shown(kept)


def _key() -> str:
    return f"own-files-{st.session_state.get(TURN, 0)}"


def _before_key() -> str:
    return f"own-files-before-{st.session_state.get(BEFORE_TURN, 0)}"


def _uploaded(answered: Callable[[dict[str, tuple[str, ...]]], None]) -> None:
    """Read what was dropped.  The uploader gets another key, so that Streamlit forgets the files."""
    result = _read(_key(), TURN)
    if result is None:
        return
    st.session_state[FOUND] = result
    st.session_state.pop(BEFORE, None)
    st.session_state[BESIDE] = resemblance.beside(result.recorded, result.story) if result.recorded and result.story else None
    answered(result.answers)


def _uploaded_before() -> None:
    """Read what was recorded before a change."""
    if (result := _read(_before_key(), BEFORE_TURN)) is not None:
        st.session_state[BEFORE] = result


def _read(key: str, turn: str) -> Inspection | None:
    """What is found in the files of an uploader; None if there are none, or if a problem is to be shown instead."""
    given = [(f.name, BytesIO(f.getvalue())) for f in st.session_state.get(key) or []]
    if not given:
        return None
    st.session_state[turn] = st.session_state.get(turn, 0) + 1
    st.session_state.pop(PROBLEM, None)
    if not _turns.acquire(blocking=False):
        st.session_state[PROBLEM] = BUSY
        return None
    bar = st.progress(0.0, "Reading")

    def tell(name: str, done: int, total: int) -> None:
        bar.progress(min(done / max(total, 1), 1.0), f"Reading {md(name)}")

    try:
        return inspection.inspect(given, tell)
    except Unreadable as error:
        st.session_state[PROBLEM] = str(error)
        return None
    finally:
        _turns.release()
        bar.empty()


def _forget() -> None:
    for key in (FOUND, BESIDE, BEFORE, PROBLEM):
        st.session_state.pop(key, None)


def _shown(kept: Inspection) -> None:
    """The worst three in a line each, so that the drawing is in view below them; then everything that was found, and what can be saved."""
    beside: Beside | None = st.session_state.get(BESIDE)
    bad = sum(f.tone == "bad" for f in kept.findings)
    with st.container(key="own-found", gap="small"):
        show(
            '<div class="headline {tone}"><b>{n}</b><div><h2>{head}</h2><p>{said}</p></div></div>',
            tone="bad" if bad else "good",
            n=bad,
            head=f"weak {'point' if bad == 1 else 'points'} in your {'file' if len(kept.files) == 1 else 'files'}",
            said="; ".join(words.files(kept)),
        )
        step = document.drawn_at(kept)
        _strip(kept.worst, step)
        doc = document.document(kept)
        if doc is not None:
            with st.container(key="own-drawn", horizontal=True, vertical_alignment="center", gap="small"):
                both = beside is not None and st.toggle("Beside the lesson that it resembles", key="own-both")
                show('<p class="said">{said}</p>', said=words.likeness(beside) if both else words.drawn(kept))
            stepper.mount(document.document(kept, beside) or doc if both else doc, "stepper-both" if both else "stepper-own")
        for tone, title in words.GROUPS:
            if these := words.of_tone(kept.findings, tone):
                with st.expander(f"{title} · {len(these)}", expanded=tone == "bad", key=f"own-{tone}"):
                    _findings(these, step)
        with st.expander(f"{words.UNSEEN} · {len(kept.unseen)}", key="own-unseen"):
            for unseen in kept.unseen:
                show("<p><b>{asks}</b> {why} {look}</p>", asks=unseen.asks, why=unseen.why, look=unseen.look)
                if unseen.curl:
                    st.code(unseen.curl, language=None, wrap_lines=True)
        with st.expander(f"Masked · {plural(len(kept.masked), 'value')}", key="own-masked"):
            show("<p>{labels}</p>", labels=", ".join(s.label for s in kept.masked))
        with st.expander("Before and after a change", expanded=BEFORE in st.session_state, key="own-changes"):
            _changes(kept)
        _saved(kept, beside)


def _strip(findings: list[Finding], step: Callable[[Evidence], int]) -> None:
    """The findings to begin with, by their titles, each with a link to the first step that shows it."""
    rows = [
        markup(STRIP, mark=words.MARKS[f.tone], title=f.row.title, link_html=_place("", next((n for e in f.evidence if (n := step(e))), 0)))
        for f in findings
    ]
    if rows:
        st.html(f'<ol class="own strip" aria-label="The worst">{"".join(rows)}</ol>')


def _findings(findings: list[Finding], step: Callable[[Evidence], int]) -> None:
    """Findings with their places, each with a link to the step of the drawing that it is at."""
    rows = [
        markup(
            ITEM,
            word=WORDS[f.tone],
            mark=words.MARKS[f.tone],
            title=f.row.title,
            places_html="; ".join(_place(place, n) for place, n in words.places(f, step, 3)),
            says=f.says,
            should=words.should(f),
        )
        for f in findings
    ]
    if rows:
        st.html(f'<div class="own">{"".join(rows)}</div>')


def _place(place: str, n: int) -> str:
    link = f' <a href="#{document.ANCHOR}{n}">step {n}</a>' if n else ""
    return markup("{place}{link_html}", place=place, link_html=link)


def _changes(kept: Inspection) -> None:
    """What a change of the system has changed, once there is something from before it."""
    old: Inspection | None = st.session_state.get(BEFORE)
    st.file_uploader(
        "The same, from before the change",
        TYPES,
        accept_multiple_files=True,
        key=_before_key(),
        max_upload_size=LARGEST,
        on_change=_uploaded_before,
    )
    if old is None:
        return
    show("<p>{said}</p>", said=f"What differs from {', '.join(f.name for f in old.files)}:")
    every = differences(old.findings, kept.findings)
    rows = [
        markup(CHANGE, tone=TONES[d.better], mark=mark, word=word.capitalize(), says=d.says)
        for d in every
        for mark, word in [words.changed(d)]
    ]
    st.html(f'<div class="own">{"".join(rows)}</div>' if rows else markup("<p>{said}</p>", said=words.SAME))


def _saved(kept: Inspection, beside: Beside | None) -> None:
    with st.container(horizontal=True, gap="small", key="own-saved"):
        st.download_button(
            "Your login as HTML",
            lambda: inspect_page.html(kept, beside, st.session_state.get(BEFORE)),
            "your-login.html",
            "text/html",
            on_click="ignore",
            key="own-html",
            help="One file that works offline",
        )
        st.download_button(
            "Findings as JSON",
            lambda: record.text(kept, beside, st.session_state.get(BEFORE)),
            "your-login.json",
            "application/json",
            on_click="ignore",
            key="own-json",
            help="What oauth-sandbox inspect --json prints",
        )
        st.button("Forget the files", key="own-forget", type="tertiary", on_click=_forget)


def evidence(question: str) -> None:
    """Below a question: what the files say about its answers."""
    kept = found()
    if kept is None:
        return
    said = [s for s in words.about(kept) if s.question == question and s.drawer != "open"]
    if said:
        step = document.drawn_at(kept)
        rows = "".join(
            markup(
                "<li><i>{mark}</i> {words}{place_html}</li>",
                mark=words.DRAWERS[s.drawer][0],
                words=words.told(s),
                place_html=_place("", next((n for f in s.findings for e in f.evidence[:1] if (n := step(e))), 0)),
            )
            for s in said
        )
        st.html(f'<ul class="evidence">{rows}</ul>')


# ---------------------------------------------------------------- how to record

RECORDING = (  # browser, its picture, and what to do: the numbers are those in the picture
    (
        "Chrome, Edge",
        "record-chrome.svg",
        (
            "Open the developer tools (F12), tab Network.",
            "Tick “Preserve log”. Log in, and wait until the page shows your data.",
            "Click the arrow “Export HAR”. The sanitized file will do; the one with sensitive data shows cookies and headers, too.",
        ),
    ),
    (
        "Firefox",
        "record-firefox.svg",
        (
            "Open the developer tools (F12), tab Network.",
            "In the gear menu tick “Persist Logs”. Log in, and wait until the page shows your data.",
            "In the same menu choose “Save All As HAR”.",
        ),
    ),
    (
        "Safari",
        "record-safari.svg",
        (
            "Turn on “Show features for web developers” in the settings; open the Web Inspector (⌥⌘I), tab Network.",
            "Tick “Preserve Log”. Log in, and wait until the page shows your data.",
            "Click “Export”. Safari leaves redirects out, so part of the login is not in the file.",
        ),
    ),
)


def _how_to() -> None:
    with st.popover("Record your login in two minutes", key="own-how-to"):
        tabs = st.tabs([browser for browser, *_ in RECORDING])
        for tab, (browser, picture, steps) in zip(tabs, RECORDING, strict=True):
            with tab:
                items = "".join(markup("<li>{step}</li>", step=step) for step in steps)
                drawing = b64encode(assets.text(picture).encode()).decode()
                show(RECORD, drawing=drawing, alt=f"Where to click in {browser}", items_html=items)
        show(
            "<p>{said}</p>",
            said="A recording is as secret as a password, a sanitized one, too. To send one to somebody: oauth-sandbox mask login.har",
        )
