"""The matrix as one page of HTML: no script, nothing from the network, light and dark, readable without colour.

Everything from a scenario is escaped; the page's policy allows its own style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from sandbox import __version__
from sandbox.core.text import clean
from sandbox.engine.result import Word
from sandbox.language.document import Myth, Scenario
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.switches import PROFILES
from sandbox.studies.matrix import Cell
from sandbox.views.outcomes import SHOWN, SIGNS

STYLE = Path(__file__).with_name("matrix_page.css")
CLAIMS = {"own": "Own setting", "defence": "Defence", "limit": "Limit", "myth": "Believed"}
CLAIM_HEAD = ("Added to its own setting", "Found", "Who, where and why", "In the file's words")
COST_HEAD = ("Design", "bytes of the token", "API requests", "state lookups", "round trips")


def page(cells: Sequence[Cell], attacks: Sequence[Scenario], seed: int = 0) -> str:
    """The whole page."""
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    heading = "Which attacks succeed where"
    parts = (_intro(cells, attacks), _legend(), _overview(cells, attacks), *(_attack(a, _of(cells, a)) for a in attacks))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{heading} - OAuth Sandbox</title><style>{style}</style></head>\n<body><main>\n<h1>{heading}</h1>\n"
        + "\n".join(parts)
        + f"\n</main>\n{_footer(cells, seed)}</body></html>\n"
    )


def _text(text: str) -> str:
    return escape(clean(text, 4000))


def _of(cells: Sequence[Cell], attack: Scenario) -> list[Cell]:
    return [cell for cell in cells if cell.attack == attack.id]


def _intro(cells: Sequence[Cell], attacks: Sequence[Scenario]) -> str:
    claims = [cell for cell in cells if cell.expected is not None]
    wrong = [cell for cell in claims if cell.fault]
    n = len(attacks)
    said = f"{n} attack{'s' * (n != 1)}, {len(cells)} runs. Every outcome was observed in a run; none is asserted."
    verdict = (
        f"{len(wrong)} of {len(claims)} claims differ from what is found." if wrong else f"All {len(claims)} claims are what is found."
    )
    return f'<p class="lead">{said} <strong>{verdict}</strong></p>'


def _legend() -> str:
    rows = (f"<div>{_badge(word)}<span>{SIGNS[word].meaning}</span></div>" for word in SHOWN)
    return f'<section class="legend" aria-label="Legend">{"".join(rows)}</section>'


def _badge(word: Word, more: str = "") -> str:
    sign = SIGNS[word]
    return f'<span class="badge {word}"><i aria-hidden="true">{sign.mark}</i> {sign.word}{escape(more)}</span>'


def _outcome(cell: Cell) -> str:
    return _badge(cell.found, f", {cell.exposure_seconds} s" if cell.found == "limited" else "")


def _why(cell: Cell) -> str:
    """Who stopped her, where and with which answer; for all else the verdict's sentence."""
    stop = cell.blocked_by
    if stop is None:
        return _text(cell.sentence)
    at = f"at <code>{_text(stop.step)}</code>"
    if not stop.check:
        return f"Nothing to learn {at}."
    said = CHECKS[stop.check].sentence if stop.check in CHECKS else ""
    return f"<b>{_text(title(stop.party))}</b>: {_text(stop.check)} {at}, {_text(stop.answer)}<small>{_text(said)}</small>"


def _overview(cells: Sequence[Cell], attacks: Sequence[Scenario]) -> str:
    head = "".join(f'<th scope="col">{_text(p.title)}<small>{_text(p.name)}</small></th>' for p in PROFILES.values())
    rows = [f'<tr><th scope="col">Attack</th>{head}</tr>']
    for tier in ("core", "standard", "advanced", None):
        group = [a for a in attacks if a.tier == tier]
        if group:
            rows.append(f'<tr class="tier"><th colspan="{1 + len(PROFILES)}" scope="colgroup">{tier or "other"}</th></tr>')
            rows += [_line(attack, _of(cells, attack)) for attack in group]
    caption = "<caption>Attacks down, designs across; a name leads to the details</caption>"
    return f'<div class="wide"><table class="overview">{caption}{"".join(rows)}</table></div>'


def _line(attack: Scenario, cells: Sequence[Cell]) -> str:
    found = {cell.profile: cell for cell in cells if cell.kind == "profile"}
    tds = "".join(f"<td>{_short(found[p])}</td>" if p in found else "<td>not run</td>" for p in PROFILES)
    return f'<tr><th scope="row"><a href="#{_text(attack.id)}">{_text(attack.title)}</a><small>{_text(attack.id)}</small></th>{tds}</tr>'


def _short(cell: Cell) -> str:
    stop = cell.blocked_by
    if stop:
        more = f"{title(stop.party)}: {stop.check}" if stop.check else f"at {stop.step}: nothing to learn"
    else:
        more = f"worked for {cell.exposure_seconds:,} s" if cell.found == "succeeded" and cell.exposure_seconds else ""
    return _outcome(cell) + (f"<small>{_text(more)}</small>" if more else "")


def _attack(attack: Scenario, cells: Sequence[Cell]) -> str:
    told = [m for m in attack.myths if not m.switches]
    return (
        f'<section class="attack" id="{_text(attack.id)}"><h2>{_text(attack.title)}</h2>'
        f"<p>{_text(attack.story)}</p><p class='lesson'>{_text(attack.lesson)}</p>"
        f'<div class="wide"><table class="claims"><tr>{_head(CLAIM_HEAD)}</tr>{"".join(_claims(attack, cells))}</table></div>'
        f"{_told(told)}{_costs(cells)}<p class='refs'>{_text(', '.join(attack.refs))}</p></section>"
    )


def _claims(attack: Scenario, cells: Sequence[Cell]) -> Iterator[str]:
    words = {
        "own": iter([""]),
        "defence": iter([d.because for d in attack.blocked_by]),
        "limit": iter([limit.because for limit in attack.limited_by]),
        "myth": iter([f"“{m.believed}” {m.because}" for m in attack.myths if m.switches]),
    }
    own = " + ".join([attack.settings.profile, *(f"{k}={v}" for k, v in attack.settings.changes)])
    for cell in cells:
        if cell.kind != "profile":
            name = own if cell.kind == "own" else cell.named
            fault = f'<small class="fault">✗ {_text(cell.fault)}</small>' if cell.fault else ""
            yield (
                f'<tr><th scope="row">{CLAIMS[cell.kind]}<small>{_text(name)}</small></th><td>{_outcome(cell)}{fault}</td>'
                f"<td>{_why(cell)}</td><td>{_text(next(words[cell.kind], ''))}</td></tr>"
            )


def _told(myths: Sequence[Myth]) -> str:
    if not myths:
        return ""
    items = "".join(f"<li>“{_text(m.believed)}” {_text(m.because)}</li>" for m in myths)
    return f"<h3>Also believed, and no switch can show it</h3><ul>{items}</ul>"


def _costs(cells: Sequence[Cell]) -> str:
    """What each design pays for one such run."""
    rows = [
        f'<tr><th scope="row">{_text(PROFILES[c.profile].title)}</th><td>{c.counters.token_bytes or "–"}</td>'
        f"<td>{c.counters.api_requests}</td><td>{c.counters.lookups}</td><td>{c.counters.exchanges}</td></tr>"
        for c in cells
        if c.kind == "profile" and c.found != "not-applicable"
    ]
    table = f'<table class="costs"><tr>{_head(COST_HEAD)}</tr>{"".join(rows)}</table>'
    return f"<details><summary>What the run costs in each design</summary>{table}</details>"


def _head(names: Sequence[str]) -> str:
    return "".join(f'<th scope="col">{_text(name)}</th>' for name in names)


def _footer(cells: Sequence[Cell], seed: int) -> str:
    profiles = "".join(f"<li><b>{_text(p.name)}</b>: {_text(p.about)}</li>" for p in PROFILES.values())
    again = "oauth-sandbox matrix" + (f" --seed {seed}" if seed else "")
    return (
        f"<footer><p>OAuth Sandbox {_text(__version__)}, seed {seed}, {len(cells)} runs in virtual time. "
        f"The same input gives the same page: <code>{again} --html FILE</code>.</p><ul>{profiles}</ul></footer>"
    )
