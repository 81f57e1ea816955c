"""The audit as one page of HTML and as Markdown, to be mailed and kept: no script, nothing from the network, readable without colour.

Everything that is not written here is escaped; the page's policy allows its own style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from sandbox import __version__
from sandbox.core.text import clean
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies import questions
from sandbox.studies.audit import LOSSES, Audit, Delta, Finding, Tick, named
from sandbox.studies.questions import Answers
from sandbox.views.html.matrix_page import SIGNS, STYLE

OWN_STYLE = Path(__file__).with_name("audit_page.css")
STATES = {"done": ("☑", "Done"), "open": ("☐", "Open"), "not-here": ("–", "Not in this design")}
HONEST = (
    "What this is: your answers were turned into a setting of a simulated company, and every attack that the sandbox knows was run "
    "against it. What it is not: a look at your code. It is as true as the answers are."
)


def headline(result: Audit) -> str:
    """`13 of 24 attacks succeed`."""
    n, total = len(result.of("succeeded")), len(result.findings) - len(result.of("not-applicable"))
    limited = len(result.of("limited"))
    return f"{n} of {total} attacks succeed" + (f", {limited} for a limited time" if limited else "")


def summary(result: Audit) -> str:
    """What the smallest set of changes does, in a sentence or three."""
    plan, n = result.plan, len(result.of("succeeded"))
    if not n:
        return "Nothing has to be changed: no attack that the sandbox knows succeeds."
    if not plan.changes:
        return "Nothing that was tried stops them without breaking honest flows."
    many = f"{len(plan.changes)} changes stop" if len(plan.changes) > 1 else "1 change stops"
    sure = "No smaller set of the defences that were tried does it" if plan.exact else "It is the smallest set that was found"
    left = f" Nothing in this design stops the other {len(plan.leaves)}." if plan.leaves else ""
    return f"{many} {len(plan.stops)} of {n}. {sure}, and with them every honest flow still works.{left}"


def unfit(broken: Sequence[str], repair: Delta) -> str:
    """What is wrong with answers that do not fit together, and what is shown instead."""
    n = len(broken)
    said = f"These answers do not fit together: with them, {n} honest flow{'s' * (n != 1)} would fail."
    return f"{said} What is shown is the same system with {named(repair)}." if repair else f"{said} Nothing was found that repairs it."


def why(finding: Finding) -> str:
    """What was found, in a sentence; of an attack that succeeds, what it costs."""
    return f"{LOSSES[finding.loses]}. {finding.outcome.sentence}" if finding.word == "succeeded" else finding.outcome.sentence


def stoppers(finding: Finding, result: Audit) -> str:
    """What stops one attack that succeeds: any of these, or nothing."""
    if finding.fixes:
        return " or ".join(named(fix) for fix in finding.fixes)
    profile = dict(result.plan.elsewhere).get(finding.attack)
    return f"nothing in this design; it is blocked in {PROFILES[profile].title}" if profile else "nothing that the sandbox knows"


def params(settings: Settings) -> dict[str, str]:
    """A setting as parameters of a link into the app."""
    changed = ",".join(f"{n}={v}" for n, v in settings.changes)
    return {"profile": settings.profile} | ({"set": changed} if changed else {})


def link(base: str, attack: str, settings: Settings) -> str:
    """The address of a run in the app that runs at `base`."""
    return f"{base.rstrip('/')}/play?" + urlencode({"scenario": attack} | params(settings), safe="=,.", quote_via=quote)


def command(settings: Settings, verb: str) -> str:
    """The same on the command line."""
    return " ".join([f"oauth-sandbox {verb} --profile {settings.profile}", *(f"--set {n}={v}" for n, v in settings.changes)])


def proof_of(tick: Tick) -> str:
    """What the attacks behind an item prove."""
    if not tick.attacks:
        return "None of the attacks here depends on it alone." if tick.state != "not-here" else "There is no such thing in this design."
    return "Without it, these would succeed:" if tick.state == "done" else "On its own it stops:"


# ---------------------------------------------------------------- HTML


def html(result: Audit, answers: Answers | None = None, base: str = "") -> str:
    """The whole page.  `base`: where the app runs, if links into it are wanted."""
    style = STYLE.read_text(encoding="utf-8") + OWN_STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    safe_base = base if base.startswith(("http://", "https://")) else ""
    parts = (
        f'<p class="lead">{_t(HONEST)}</p>',
        *_broken(result),
        f"<h2>The smallest set of changes</h2><p>{_t(summary(result))}</p>{_changes(result)}",
        f"<h2>Attacks</h2>{_attacks(result, safe_base)}",
        f"<h2>On Monday</h2>{_monday(result, safe_base)}",
        _answers(answers or {}),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>Your system: {_t(headline(result))}</title><style>{style}</style></head>\n<body><main>\n"
        f"<h1>{_t(headline(result))}</h1>\n" + "\n".join(parts) + f"\n</main>\n{_footer(result)}</body></html>\n"
    )


def _t(text: str) -> str:
    return escape(clean(text, 4000))


def prose(text: str) -> str:
    """A sentence of ours, in which `code` stands between backticks, as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _t(text))


def _broken(result: Audit) -> Iterator[str]:
    if result.broken:
        yield f'<p class="fault">{_t(unfit(result.broken, result.repair))}</p>'


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
    name = f'<a href="{escape(link(base, f.attack, result.system.settings))}">{title}</a>' if base else title
    cure = f"<small>Stopped by: {_t(stoppers(f, result))}</small>" if f.word == "succeeded" else ""
    return (
        f'<tr><th scope="row">{name}<small>{_t(f.attack)} · {_t(f.tier)}</small></th><td>{_badge(f.word)}</td>'
        f"<td>{_badge(after) if after else '–'}</td><td>{_t(why(f))}{cure}</td></tr>"
    )


def _badge(word: str) -> str:
    sign = {str(k): v for k, v in SIGNS.items()}[word]
    return f'<span class="badge {word}"><i aria-hidden="true">{sign.mark}</i> {sign.word}</span>'


def _monday(result: Audit, base: str) -> str:
    return f'<ul class="monday">{"".join(_item(t, base) for t in result.monday)}</ul>'


def _item(tick: Tick, base: str) -> str:
    mark, state = STATES[tick.state]
    items = ", ".join(_proof(a, tick, base) for a in tick.attacks)
    return (
        f'<li class="{tick.state}"><b><i aria-hidden="true">{mark}</i> {_t(tick.do)}</b> <em>{state}</em><p>{_t(tick.how)}</p>'
        f"<small>{_t(proof_of(tick))} {items}</small><small>{_t(', '.join(tick.refs))}</small></li>"
    )


def _proof(attack: str, tick: Tick, base: str) -> str:
    title = _t(library.get(attack).title)
    return f'<a href="{escape(link(base, attack, tick.settings))}">{title}</a>' if base else title


def _answers(answers: Answers) -> str:
    rows = [f"<dt>{_t(asked)}</dt><dd>{_t(said)}</dd>" for asked, said in said_to(answers)]
    return f'<h2>What was answered</h2><dl class="answers">{"".join(rows)}</dl>' if answers and rows else ""


def said_to(answers: Answers) -> Iterator[tuple[str, str]]:
    """Each question with its answers in words."""
    for question in questions.asked(answers):
        given = [a.says for a in question.answers if a.id in answers.get(question.id, ())]
        yield question.asks, "; ".join(given) or "no answer, which counts as no"


def _footer(result: Audit) -> str:
    settings = result.system.settings
    return (
        f"<footer><p>OAuth Sandbox {_t(__version__)}. Every outcome was observed in a run; none is asserted. "
        f"The setting that was tested:</p><p><code>{_t(command(settings, 'audit'))}</code></p></footer>"
    )


# ---------------------------------------------------------------- Markdown


def markdown(result: Audit, answers: Mapping[str, tuple[str, ...]] | None = None, base: str = "") -> str:
    """The same as Markdown, for a wiki or a pull request."""
    safe_base = base if base.startswith(("http://", "https://")) else ""
    lines = [f"# {headline(result)}", "", HONEST, ""]
    if result.broken:
        lines += [f"**{_m(unfit(result.broken, result.repair))}**", ""]
    lines += ["## The smallest set of changes", "", _m(summary(result)), ""]
    if result.plan.changes:
        lines += ["| switch | from | to | what it does |", "|---|---|---|---|"]
        lines += [f"| `{c.switch}` | {c.before} | {c.after} | {_m(c.meaning)} ({SWITCHES[c.switch].ref}) |" for c in result.plan.changes]
        lines.append("")
    lines += ["## Attacks", "", "| attack | today | with the changes | why, and what stops it |", "|---|---|---|---|"]
    lines += [_md_row(f, result, safe_base) for f in result.findings]
    lines += ["", "## On Monday", ""]
    lines += [line for tick in result.monday for line in _md_item(tick, safe_base)]
    if answers:
        lines += ["", "## What was answered", "", *(f"- {_m(asked)} **{_m(said)}**" for asked, said in said_to(answers))]
    lines += ["", f"OAuth Sandbox {__version__}. Every outcome was observed in a run. The setting that was tested:", ""]
    return "\n".join([*lines, "```sh", command(result.system.settings, "audit"), "```", ""])


def _m(text: str) -> str:
    """Text without meaning for Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in clean(text, 4000))


def _md_row(f: Finding, result: Audit, base: str) -> str:
    after = dict(result.plan.after).get(f.attack)
    cure = f" Stopped by: {stoppers(f, result)}." if f.word == "succeeded" else ""
    now, then = SIGNS[f.word], SIGNS[after] if after else None
    found = f"{now.mark} {now.word} | {f'{then.mark} {then.word}' if then else '–'}"
    return f"| {_md_link(f.attack, f.title, result.system.settings, base)} | {found} | {_m(why(f) + cure)} |"


def _md_link(attack: str, title: str, settings: Settings, base: str) -> str:
    return f"[{_m(title)}]({link(base, attack, settings)})" if base else _m(title)


def _md_item(tick: Tick, base: str) -> Iterator[str]:
    box = {"done": "- [x]", "open": "- [ ]"}.get(tick.state, "- (not in this design)")
    attacks = ", ".join(_md_link(a, library.get(a).title, tick.settings, base) for a in tick.attacks)
    yield f"{box} **{_m(tick.do)}.** {_m(tick.how)} ({', '.join(tick.refs)})"
    yield f"  {_m(proof_of(tick))} {attacks}".rstrip()
