"""A workshop -> files to give away: one handout with diagrams, and a folder of offline steppers with an index.

No page asks the network for anything: each has a policy that allows its own style, its own script if it is a stepper, and pictures
that are inside it.  Everything from a scenario or a playlist is escaped.  What a run shows is in `html/offline.py` and the stepper.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from sandbox.core.text import clean
from sandbox.engine.result import Run
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.views import pictures
from sandbox.views.html import offline
from sandbox.views.stepper import document
from sandbox.views.stepper.view import VERDICTS
from sandbox.views.timeline import moments, refused_in
from sandbox.workshop.program import Entry, Workshop

STYLE = Path(__file__).with_name("handout.css")
PROSE = 1300  # characters; a lesson may have 1200

Answers = Mapping[tuple[int, str], str]  # (number of the entry, step) -> accepted or refused
Played = Sequence[tuple[Entry, Run]]


def handout(workshop: Workshop, played: Played, answers: Answers | None = None, *, key: bool = True) -> str:
    """One page with every scenario: story, diagram, steps, questions, verdict, lesson.  `key` adds the right answers at the end.

    `answers` are a learner's own; they are ticked.  Raises NoRenderer.
    """
    about = f"<p>{_text(workshop.about)}</p>" if workshop.about else ""
    parts = [f"<h1>{_text(workshop.title)}</h1>{about}<p class='soft'>{_size(workshop)}</p>"]
    parts += [_section(number, entry, run, answers or {}) for number, (entry, run) in enumerate(played, 1)]
    if key and (rows := list(_right(played))):
        parts.append(f"<section><h2>What the runs say</h2><ol>{''.join(rows)}</ol></section>")
    return _page(workshop.title, "".join(parts))


def index(workshop: Workshop, names: Iterable[str], handout_name: str) -> str:
    """The page that leads to every stepper of the folder."""
    about = f"<p>{_text(workshop.about)}</p>" if workshop.about else ""
    rows = [
        f'<li><a href="{escape(name)}">{number}. {_text(entry.title)}</a><p>{_text(entry.scenario.story)}</p>'
        f'<p class="soft">{_setting(entry.settings)}{_minutes(entry)}</p></li>'
        for number, (entry, name) in enumerate(zip(workshop.entries, names, strict=True), 1)
    ]
    return _page(
        workshop.title,
        f"<h1>{_text(workshop.title)}</h1>{about}<p class='soft'>{_size(workshop)}. Each page works offline; step with the arrow keys.</p>"
        f'<ol class="toc">{"".join(rows)}</ol><p><a href="{handout_name}">The handout, to read or print</a></p>',
    )


def folder(workshop: Workshop, played: Iterable[tuple[Entry, Run]], answers: Answers | None = None) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of the exported workshop, one after the other.  Raises NoRenderer."""
    names, kept = file_names(workshop), []
    for name, (entry, run) in zip(names, played, strict=True):
        kept.append((entry, run))
        yield name, offline.page(document((run,), predict=True), entry.title).encode()
    yield "handout.html", handout(workshop, kept, answers).encode()
    yield "index.html", index(workshop, names, "handout.html").encode()
    for entry in {e.scenario.id: e for e in workshop.entries}.values():
        yield f"scenarios/{entry.scenario.id}.yaml", entry.scenario.source.encode("utf-8", "replace")
    yield "scenarios/playlist.yaml", playlist_of(workshop).encode()


def file_names(workshop: Workshop) -> list[str]:
    """`01-missing-aud-replay.html`: ids are letters, digits and dashes only."""
    return [f"{number:02}-{entry.scenario.id}.html" for number, entry in enumerate(workshop.entries, 1)]


def playlist_of(workshop: Workshop) -> str:
    """The workshop as a playlist file, with which it can be loaded again."""
    lines = [f"title: {_quoted(workshop.title)}", *([f"about: {_quoted(workshop.about)}"] if workshop.about else []), "items:"]
    for entry in workshop.entries:
        lines += [f"  - scenario: {entry.scenario.id}", f"    title: {_quoted(entry.title)}"]
        lines += [f"    minutes: {entry.minutes}"] if entry.minutes else []
        lines += [f"    note: {_quoted(entry.note)}"] if entry.note else []
        if entry.settings != entry.scenario.settings:
            switches = ", ".join(f"{_quoted(n)}: {_quoted(v)}" for n, v in entry.settings.changes)
            lines.append(f"    setting: {{profile: {entry.settings.profile}, switches: {{{switches}}}}}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """JSON text is YAML text."""
    return json.dumps(text, ensure_ascii=True)


# ---------------------------------------------------------------- one scenario


def _section(number: int, entry: Entry, run: Run, answers: Answers) -> str:
    scenario = entry.scenario
    word, _ = VERDICTS[run.verdict.word]
    return (
        f"<section><h2>{number}. {_text(entry.title)}</h2><p class='soft'>{_setting(run.settings)}{_minutes(entry)}</p>"
        + (f"<p>{_text(entry.note)}</p>" if entry.note else "")
        + f"<p>{_text(scenario.story)}</p>{_questions(number, run, answers)}{_figure(entry, run)}"
        f"<h3>Step by step</h3><ol>{''.join(f'<li>{_text(s.say)}</li>' for s in scenario.steps)}</ol>"
        f"<p class='verdict'><b>{word}.</b> {_text(run.verdict.sentence)}</p>"
        f"<h3>What to take home</h3><p>{_text(scenario.lesson)}</p><p class='soft'>{_text(' · '.join(scenario.refs))}</p>"
        f"<p class='soft'>{_text(run.stamp)}</p></section>"
    )


def _figure(entry: Entry, run: Run) -> str:
    """The diagram as a picture inside the page: what is in an <img> can run nothing."""
    if not run.events:
        return ""
    picture = base64.b64encode(pictures.svg(run)).decode()
    said = f"Sequence diagram of “{entry.title}” with {len(moments(run))} messages and decisions; the steps are listed below."
    return f'<figure><img src="data:image/svg+xml;base64,{picture}" alt="{_text(said)}"></figure>'


def _questions(number: int, run: Run, answers: Answers) -> str:
    parts = []
    for step in run.scenario.steps:
        if step.predict is not None and run.events:
            mine = answers.get((number, step.id))
            choices = (("accepted", step.predict.accepted), ("refused", step.predict.refused))
            rows = "".join(f"<li class='{'mine' if mine == which else ''}'>{_text(text)}</li>" for which, text in choices)
            parts.append(f"<div class='ask'><b>{_text(step.predict.question)}</b><ul>{rows}</ul></div>")
    return "".join(parts)


def _right(played: Played) -> Iterator[str]:
    for number, (_, run) in enumerate(played, 1):
        for step in run.scenario.steps:
            if step.predict is not None and run.events:
                right = step.predict.refused if refused_in(run, step.id) else step.predict.accepted
                yield f"<li>{number}. {_text(step.predict.question)} <b>{_text(right)}</b></li>"


# ---------------------------------------------------------------- words and frame


def _text(text: str) -> str:
    return escape(clean(text, PROSE))


def _setting(settings: Settings) -> str:
    changes = ", ".join(f"{name}={value}" for name, value in settings.changes)
    return escape(PROFILES[settings.profile].title + (f" with {changes}" if changes else ""))


def _minutes(entry: Entry) -> str:
    return f" · {entry.minutes} minutes" if entry.minutes else ""


def _size(workshop: Workshop) -> str:
    count = len(workshop.entries)
    return f"{count} scenario{'s' if count != 1 else ''}" + (f", {workshop.minutes} minutes" if workshop.minutes else "")


def _page(title: str, body: str) -> str:
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>{_text(title)}</title>'
        f"<style>{style}</style></head>\n<body>{body}</body></html>\n"
    )
