"""The audit as one page of HTML, to be mailed and kept: no script, nothing from the network, readable without colour.

Everything that is not written here is escaped; the page's policy allows its own style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from sandbox import __version__
from sandbox.core.text import clean
from sandbox.language import library
from sandbox.protocol.switches import SWITCHES
from sandbox.studies.audit import Audit, Finding, Tick
from sandbox.studies.questions import Answers
from sandbox.views.audit import words
from sandbox.views.html.matrix_page import STYLE
from sandbox.views.outcomes import SIGNS

OWN_STYLE = Path(__file__).with_name("audit_page.css")


def html(result: Audit, answers: Answers | None = None, base: str = "") -> str:
    """The whole page.  `base`: where the app runs, if links into it are wanted."""
    style = STYLE.read_text(encoding="utf-8") + OWN_STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    safe_base = words.web(base)
    parts = (
        f'<p class="lead">{_t(words.HONEST)}</p>',
        *_broken(result),
        f"<h2>The smallest set of changes</h2><p>{_t(words.summary(result))}</p>{_changes(result)}",
        f"<h2>Attacks</h2>{_attacks(result, safe_base)}",
        f"<h2>On Monday</h2>{_monday(result, safe_base)}",
        _answers(answers or {}),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>Your system: {_t(words.headline(result))}</title><style>{style}</style></head>\n<body><main>\n"
        f"<h1>{_t(words.headline(result))}</h1>\n" + "\n".join(parts) + f"\n</main>\n{_footer(result)}</body></html>\n"
    )


def _t(text: str) -> str:
    return escape(clean(text, 4000))


def prose(text: str) -> str:
    """A sentence of ours, in which `code` stands between backticks, as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _t(text))


def _broken(result: Audit) -> Iterator[str]:
    if result.broken:
        yield f'<p class="fault">{_t(words.unfit(result.broken, result.repair))}</p>'


def _changes(result: Audit) -> str:
    rows = (
        f'<tr><th scope="row"><code>{_t(c.switch)}</code></th><td><code>{_t(c.before)}</code> → <code>{_t(c.after)}</code></td>'
        f"<td>{prose(c.meaning)}<small>{_t(SWITCHES[c.switch].ref)}</small></td></tr>"
        for c in result.plan.changes
    )
    table = "".join(rows)
    head = '<tr><th scope="col">Switch</th><th scope="col">From, to</th><th scope="col">What it does</th></tr>'
    return f'<div class="wide"><table class="changes">{head}{table}</table></div>' if table else ""


def _attacks(result: Audit, base: str) -> str:
    after = dict(result.plan.after)
    head = "".join(f'<th scope="col">{h}</th>' for h in ("Attack", "Today", "With the changes", "Why, and what stops it"))
    rows = "".join(_row(f, after.get(f.attack, ""), result, base) for f in result.findings)
    return f'<div class="wide"><table class="found"><tr>{head}</tr>{rows}</table></div>'


def _row(f: Finding, after: str, result: Audit, base: str) -> str:
    title = _t(f.title)
    name = f'<a href="{escape(words.link(base, f.attack, result.system.settings))}">{title}</a>' if base else title
    cure = f"<small>Stopped by: {_t(words.stoppers(f, result))}</small>" if f.word == "succeeded" else ""
    return (
        f'<tr><th scope="row">{name}<small>{_t(f.attack)} · {_t(f.tier)}</small></th><td>{_badge(f.word)}</td>'
        f"<td>{_badge(after) if after else '–'}</td><td>{_t(words.why(f))}{cure}</td></tr>"
    )


def _badge(word: str) -> str:
    sign = {str(k): v for k, v in SIGNS.items()}[word]
    return f'<span class="badge {word}"><i aria-hidden="true">{sign.mark}</i> {sign.word}</span>'


def _monday(result: Audit, base: str) -> str:
    return f'<ul class="monday">{"".join(_item(t, base) for t in result.monday)}</ul>'


def _item(tick: Tick, base: str) -> str:
    mark, state = words.STATES[tick.state]
    items = ", ".join(_proof(a, tick, base) for a in tick.attacks)
    return (
        f'<li class="{tick.state}"><b><i aria-hidden="true">{mark}</i> {_t(tick.do)}</b> <em>{state}</em><p>{_t(tick.how)}</p>'
        f"<small>{_t(words.proof_of(tick))} {items}</small><small>{_t(', '.join(tick.refs))}</small></li>"
    )


def _proof(attack: str, tick: Tick, base: str) -> str:
    title = _t(library.get(attack).title)
    return f'<a href="{escape(words.link(base, attack, tick.settings))}">{title}</a>' if base else title


def _answers(answers: Answers) -> str:
    rows = [f"<dt>{_t(asked)}</dt><dd>{_t(said)}</dd>" for asked, said in words.said_to(answers)]
    return f'<h2>What was answered</h2><dl class="answers">{"".join(rows)}</dl>' if answers and rows else ""


def _footer(result: Audit) -> str:
    settings = result.system.settings
    return (
        f"<footer><p>OAuth Sandbox {_t(__version__)}. Every outcome was observed in a run; none is asserted. "
        f"The setting that was tested:</p><p><code>{_t(words.command(settings, 'audit'))}</code></p></footer>"
    )
