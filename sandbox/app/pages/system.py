"""The page Your system: a questionnaire, the attacks that succeed with these answers, the smallest set of changes, and the checklist.

The answers are in the address.  What is computed is `sandbox/studies/audit.py`'s; each finished audit is kept in the session only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from sandbox.app import links, navigation, state
from sandbox.app.markup import markup, problems, show
from sandbox.app.parts import own_files, progress
from sandbox.core.clock import WallClock, clock_time
from sandbox.core.text import md, plural
from sandbox.language.document import TARGETS, Scenario
from sandbox.protocol.settings import Settings
from sandbox.studies import audit, findings, path, questions, retelling, trials, upholding
from sandbox.studies.audit import Audit
from sandbox.studies.findings import Finding
from sandbox.studies.monday import Tick
from sandbox.studies.path import Exam
from sandbox.studies.questions import Question, System
from sandbox.views.audit import checklist, markdown, record, words
from sandbox.views.html import audit_page
from sandbox.views.html.frame import prose
from sandbox.views.outcomes import SIGNS

PAGE = "system"
ENOUGH = 3  # answers, before anything is said about a system
START = "Nothing has been run yet"
UNSURE = "Depends on what you do not know"
GROUPS = (
    ("succeeded", "Succeed"),
    ("limited", "Work for a limited time"),
    ("breaks-service", "Stop, but so does honest use"),
    ("stalled", "This way is closed"),
    ("blocked", "Blocked"),
    ("not-applicable", "Not applicable"),
)
FINDING = (
    '<div class="finding {word}"><i aria-hidden="true">{mark}</i>'
    "<div><b>{title}</b> <small>{target}</small><p>{why}</p>{cure_html}</div></div>"
)
TICK = (
    '<div class="tick {state}"><i aria-hidden="true">{mark}</i><div><b>{do}</b> <small>{said} · {refs}</small>'
    "<p>{how}</p>{lacks_html}<p>{proof}</p></div></div>"
)
WAY = '<div class="finding succeeded"><i aria-hidden="true">✗</i><div><b>{title}</b><p>{said}</p></div></div>'
CHANGE = '<div class="change"><code>{switch}</code><span><s>{before}</s> → <b>{after}</b></span><p>{meaning_html}</p></div>'


@navigation.page(
    "Your system",
    path=PAGE,
    place=60,
    about="What you have, in a few answers: which attacks succeed against it, and the smallest set of changes.",
)
def page() -> None:
    """Questions on the left, what they come to on the right."""
    query = state.arrived(PAGE)
    if query is not None:
        st.session_state.answers, st.session_state.problems = questions.parse(query.get("answers", ""))
    answers = st.session_state.answers
    problems()
    with st.container(key="system-head", horizontal=True, vertical_alignment="center", gap="small"):
        show('<div class="title"><h1>{title}</h1><p>{about}</p></div>', title=questions.shipped().title, about=questions.shipped().about)
        text = questions.written(answers)
        links.address(PAGE, state.published(PAGE, {"answers": text} if text else {}))
    if text == path.exam().answers:
        _exam(path.exam())
    own_files.show_own(_go)
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        _questions(answers)
    with right, st.container(key="result", gap="small"):
        if len(answers) < ENOUGH:
            show('<div class="headline neutral"><div><h2>{head}</h2><p>{said}</p></div></div>', head=START, said=_missing(answers))
        else:
            _result(questions.system(answers), answers)


def _exam(exam: Exam) -> None:
    """The end of the path: the answers are those of its company, and every attack is run on them."""
    show('<div class="said"><b>{title}.</b> {story} {task}</div>', title=exam.title, story=exam.story, task=exam.task)
    progress.mark(exam.id)


def _missing(answers: dict[str, tuple[str, ...]]) -> str:
    more = ENOUGH - len(answers)
    return f"{more} more {'answers' if more > 1 else 'answer'}, and every attack that the sandbox knows is run against your system."


# ---------------------------------------------------------------- the questions


def _questions(answers: dict[str, tuple[str, ...]]) -> None:
    for number, question in enumerate(questions.asked(answers), 1):
        with st.container(key=f"question-{question.id}", gap="xsmall"):
            show('<div class="question"><h2>{n}. {asks}</h2><p>{about}</p></div>', n=number, asks=question.asks, about=question.about)
            (_many if question.many else _one)(question, answers)
            own_files.evidence(question.id)
    if answers:
        st.button("Start over", key="start-over", type="tertiary", on_click=_start_over)


def _one(question: Question, answers: dict[str, tuple[str, ...]]) -> None:
    offered = {a.id: a.says for a in questions.offered(question, answers)}
    key = f"ask-{question.id}"
    st.session_state[key] = next((id for id in answers.get(question.id, ()) if id in offered), None)
    st.radio(
        question.asks,
        list(offered),
        index=None,
        key=key,
        format_func=lambda id: md(offered.get(id, id)),
        label_visibility="collapsed",
        on_change=_chosen,
        args=(question,),
    )


def _many(question: Question, answers: dict[str, tuple[str, ...]]) -> None:
    for answer in questions.offered(question, answers):
        key = f"ask-{question.id}-{answer.id}"
        st.session_state[key] = answer.id in answers.get(question.id, ())
        st.checkbox(md(answer.says), key=key, on_change=_ticked, args=(question,))


def _chosen(question: Question) -> None:
    chosen = st.session_state.get(f"ask-{question.id}")
    _go({**st.session_state.answers, question.id: (chosen,) if chosen else ()})


def _ticked(question: Question) -> None:
    ticked = tuple(a.id for a in question.answers if st.session_state.get(f"ask-{question.id}-{a.id}"))
    _go({**st.session_state.answers, question.id: ticked})


def _start_over() -> None:
    _go({})


def _go(answers: dict[str, tuple[str, ...]]) -> None:
    st.session_state.answers, st.session_state.problems = questions.sensible(answers), []
    st.session_state.wanted = False


# ---------------------------------------------------------------- the result


def _result(system: System, answers: dict[str, tuple[str, ...]]) -> None:
    done: Audit | None = st.session_state.get("audits", {}).get(system)
    with st.spinner("Running every attack", show_time=False):
        found = done.findings if done else findings.findings(trials.repaired(system))
    _headline(found, answers)
    if faults := trials.broken(system):
        show('<div class="problem">{unfit}</div>', unfit=words.unfit(faults, trials.repair_of(system)))
    if done is None and st.session_state.get("wanted"):
        done = _work_out(system)
    elif done is None:
        st.button("Work out what to change", key="work-out", type="primary", on_click=_want)
    if done is not None:
        _report(done, answers)
        changes, monday, attacks = st.tabs(["Smallest set of changes", "On Monday", "Attacks"], key="system-tabs")
        with changes:
            _changes(done)
        with monday:
            _monday(done)
        with attacks:
            _findings(found, done.system.settings, done)
    else:
        _findings(found, trials.repaired(system).settings, None)


def _want() -> None:
    st.session_state.wanted = True


def _stop() -> None:
    st.session_state.wanted = False


def _work_out(system: System) -> Audit:
    """Run the audit under a bar.  A click on Stop ends it at the next step; what was run by then is not run again."""
    place = st.empty()
    with place.container(key="working", horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.progress(0.0, "Starting")
        st.button("Stop", key="stop-audit", on_click=_stop)

    def tell(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), md(what))

    result = audit.audit(system, tell)
    for without in upholding.upheld(result):
        tell(1, 1, f"Without {' and '.join(without.settings)}")
    place.empty()
    st.session_state.audits = {system: result}
    return result


def _headline(found: Sequence[Finding], answers: dict[str, tuple[str, ...]]) -> None:
    n = sum(f.word == "succeeded" and not f.unsure for f in found)
    total = sum(f.word != "not-applicable" for f in found)
    missing = len(questions.unanswered(answers))
    said = f"{plural(missing, 'question')} without an answer: each counts as no."
    unsure = [words.unsure(found)] if any(f.unsure for f in found) else []
    show(
        '<div class="headline {tone}"><b>{n}</b><div><h2>of {total} attacks succeed</h2><p>{said}</p></div></div>',
        tone="bad" if n else "good",
        n=n,
        total=total,
        said=" ".join([*unsure, said if missing else "Every question has an answer."]),
    )


def _report(result: Audit, answers: dict[str, tuple[str, ...]]) -> None:
    base = _base()
    name, seen = st.text_input("Name of the system, for the report", key="report-name", max_chars=80), own_files.found()
    date = clock_time(WallClock().now())[:10]
    with st.container(horizontal=True, gap="small", key="system-report"):
        st.download_button(
            "Report as HTML",
            lambda: audit_page.html(result, answers, base, name=name, date=date, stepper=partial(_stepper, base), seen=seen),
            "your-system.html",
            "text/html",
            on_click="ignore",
            key="report-html",
            help="One file that works offline",
        )
        st.download_button(
            "Report as Markdown",
            lambda: markdown.markdown(result, answers, base, name=name, date=date, stepper=partial(_stepper, base), seen=seen),
            "your-system.md",
            "text/markdown",
            on_click="ignore",
            key="report-markdown",
            help="For a wiki or a pull request",
        )
        st.download_button(
            "Result as JSON",
            lambda: record.text(result, answers, seen),
            "your-system.json",
            "application/json",
            on_click="ignore",
            key="report-json",
            help="For CI: what oauth-sandbox audit --json prints, and --baseline takes",
        )


def _base() -> str:
    """Where this app runs, as the visitor's browser sees it; '' if that is not known."""
    url = st.context.url or ""
    return url.rpartition(f"/{PAGE}")[0] if url.rstrip("/").endswith(f"/{PAGE}") else ""


def _stepper(base: str, way: Scenario) -> str:
    """The address at which this app steps through a way that was found; '' if it is not known where this app runs."""
    params = links.stepper(way)
    return f"{words.web(base).rstrip('/')}/workshop?{urlencode(params)}" if words.web(base) and params else ""


def _changes(result: Audit) -> None:
    if said := words.assumed(result):
        show('<div class="problem">{said}</div>', said=said)
    show('<p class="said">{summary}</p>', summary=words.summary(result))
    rows = [markup(CHANGE, switch=c.switch, before=c.before, after=c.after, meaning_html=prose(c.meaning)) for c in result.plan.changes]
    if rows:
        st.html(f'<div class="changes">{"".join(rows)}</div>')
    if upheld := words.upheld(result):
        items = "".join(markup("<li>{said}</li>", said=said) for said in upheld)
        show('<div class="said"><b>{title}:</b><ul>{items_html}</ul></div>', title=words.UPHELD, items_html=items)
    if result.plan.leaves:
        left = [f for f in result.findings if f.attack in result.plan.leaves]
        names = "; ".join(f"{f.title} ({words.stoppers(f, result)})" for f in left)
        show('<p class="said"><b>What it leaves:</b> {names}</p>', names=names)
    for number, (attack, said, way) in enumerate(words.unwritten(result)):
        with st.container(key=f"finding-way-{number}", horizontal=True, vertical_alignment="center", gap="small"):
            show(WAY, title=retelling.title(attack, result.system), said=said)
            links.through(way, f"unwritten-{number}")


def _monday(result: Audit) -> None:
    for tick in result.monday:
        mark, said = checklist.STATES[tick.state]
        show(
            TICK,
            state=tick.state,
            mark=mark,
            do=tick.do,
            said=said,
            refs=", ".join(tick.refs),
            how=tick.how,
            lacks_html=markup("<p>{lacks}</p>", lacks=lacks) if (lacks := checklist.lacks(tick)) else "",
            proof=checklist.proof_of(tick),
        )
        _proofs(tick, result.system)


def _proofs(tick: Tick, system: System) -> None:
    if tick.attacks:
        with st.container(horizontal=True, gap="small", key=f"proofs-{tick.item}"):
            for attack in tick.attacks:
                links.link("play", md(retelling.title(attack, system)), {"scenario": attack} | words.params(tick.settings))


def _findings(found: Sequence[Finding], settings: Settings, done: Audit | None) -> None:
    """All attacks by what became of them; those that succeed are links into their runs."""
    groups = [(word, title, [f for f in found if f.word == word and not f.unsure]) for word, title in GROUPS]
    groups.insert(1, ("unsure", UNSURE, [f for f in found if f.unsure]))
    for key, title, group in groups:
        if not group:
            continue
        with st.expander(f"{title} · {len(group)}", expanded=key in ("succeeded", "unsure", "limited"), key=f"group-{key}"):
            for finding in group:
                _finding(finding, settings, done)


def _finding(finding: Finding, settings: Settings, done: Audit | None) -> None:
    by = words.stoppers(finding, done) if done and finding.word == "succeeded" else ""
    with st.container(key=f"finding-{finding.attack}", horizontal=True, vertical_alignment="center", gap="small"):
        show(
            FINDING,
            word=finding.word,
            mark=SIGNS[finding.word].mark,
            title=finding.title,
            target=TARGETS[finding.target] if finding.target else "",
            why=words.why(finding),
            cure_html=markup("<p>Stopped by: <code>{by}</code></p>", by=by) if by else "",
        )
        if finding.another:
            links.through(finding.another, f"way-{finding.attack}")
        elif finding.word != "not-applicable":
            links.link("play", "See it", {"scenario": finding.script} | words.params(settings))
