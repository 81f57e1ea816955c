"""Runs -> files: the stepper as one offline HTML page, Mermaid, JSON, SVG and PNG.  HAR and JUnit have modules of their own."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html as markup
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox import __version__
from sandbox.core.text import clean
from sandbox.core.wire import compact
from sandbox.engine.result import Run, Stop, digest
from sandbox.protocol.cast import title as party_title
from sandbox.protocol.switches import SWITCHES
from sandbox.protocol.trace import StepStarted, as_json, of
from sandbox.views.diagram.sequence import draw, render, slim
from sandbox.views.stepper import CSS, document, script
from sandbox.views.timeline import Moment, moments

START = "\nmount(document.getElementById('stepper'), JSON.parse(document.getElementById('run').textContent));\n"
PAGE_CSS = """:root{color-scheme:light dark}
body{margin:0;padding:12px 20px;background:light-dark(#ffffff,#0e1117);color:light-dark(#1f2937,#e6e9ef)}
body>h1{font:650 19px/1.3 system-ui,sans-serif;margin:0 0 10px}
body>footer{font:12px/1.5 system-ui,sans-serif;margin:10px 0 0;color:light-dark(#4b5563,#9ca3af)}
"""
PNG_DPI = 144
HEADER = 33  # bytes of a PNG: its signature and the chunk that must be first


# ---------------------------------------------------------------- the stepper, offline


def html(runs: Sequence[Run], title: str, against: Run | None = None) -> str:
    """The whole stepper as one file that needs no network: from an e-mail, a static site, a USB stick.  Raises NoRenderer.

    `against` is the first run without its edits.
    """
    return page(document(runs, against=against), title)


def page(doc: dict[str, Any], title: str) -> str:
    """The offline page around a document of the stepper.  Its policy allows our script and our style, and nothing else."""
    code = script() + START
    style = PAGE_CSS + CSS.read_text(encoding="utf-8")
    allowed = f"script-src {_digest(code)}; style-src {_digest(style)}; style-src-attr 'none'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    heading = markup.escape(clean(title))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>{heading}</title>'
        f'<style>{style}</style></head>\n<body><h1>{heading}</h1><div id="stepper"></div>\n'
        f"<footer>{'<br>'.join(markup.escape(clean(stamp)) for stamp in doc['stamps'])}</footer>\n"
        f'<script type="application/json" id="run">{_in_script(doc)}</script>\n<script type="module">{code}</script></body></html>\n'
    )


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _in_script(doc: dict[str, Any]) -> str:
    """JSON that cannot end or reopen the script element: `<`, `>` and `&` never appear, and neither does anything but ASCII."""
    return compact(doc).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


# ---------------------------------------------------------------- pictures


def svg(run: Run) -> bytes:
    """The sequence diagram as a file of its own.  Raises NoRenderer."""
    stamp = re.sub("-(?=-)", "- ", run.stamp)  # the one thing that a comment must not have
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {stamp} -->\n'.encode() + slim(render(draw(run)), keep_size=True).encode()


def png(run: Run) -> bytes:
    """The sequence diagram as a picture, with its stamp as a text chunk (PNG §11.3.3.2).  Raises NoRenderer."""
    picture, text = render(draw(run), "png", PNG_DPI), b"tEXtSource\0" + run.stamp.encode("latin-1", "replace")
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return picture[:HEADER] + chunk + picture[HEADER:]


# ---------------------------------------------------------------- Mermaid


def mermaid(run: Run) -> str:
    """The run as a Mermaid sequence diagram, for Markdown pages and wikis."""
    lines = ["sequenceDiagram", "    autonumber", f"    %% {clean(run.stamp)}"]
    every = moments(run)
    parties = dict.fromkeys((*run.parties, *(p for m in every for p in (m.sender, m.receiver) if p and p != "clock")))
    names = {p: f"p{i}" for i, p in enumerate(parties)}
    lines += [f"    participant {name} as {_plain(party_title(p))}" for p, name in names.items()]
    says = {e.step: e.say for e in of(run.events, StepStarted)}
    step = None
    for m in every:
        if m.step != step and says.get(m.step) and names:
            lines.append(f"    Note over {_span(names)}: {_plain(says[m.step])}")
        step = m.step
        lines += _mermaid_lines(m, names)
    return "\n".join(lines) + "\n"


def _mermaid_lines(m: Moment, names: dict[str, str]) -> Iterator[str]:
    text = _plain(f"{m.title} ({m.detail})" if m.detail else m.title)
    if m.sender not in names or m.receiver not in names:
        if names:
            yield f"    Note over {_span(names)}: {text}"
        return
    a, b = names[m.sender], names[m.receiver]
    if m.local:
        yield f"    Note right of {a}: {text}"
    else:
        arrow = "-x" if m.blocked else "-->>" if m.kind == "answer" else "->>"
        yield f"    {a}{arrow}{b}: {text}"


def _span(names: dict[str, str]) -> str:
    every = list(names.values())
    return every[0] if len(every) == 1 else f"{every[0]},{every[-1]}"


def _plain(text: str) -> str:
    """Text without meaning for Mermaid or for the HTML that it makes; every special character by its number."""
    return re.sub(r"[^\w .,()/=?!'…⟦⟧+*-]", lambda c: f"#{ord(c[0])};", clean(text, 160)) or " "


# ---------------------------------------------------------------- data


def trace_json(run: Run) -> dict[str, Any]:
    """The run as plain data: what went in (enough to run it again), what came out, and every event."""
    verdict = run.verdict
    return {
        "version": __version__,
        "scenario": run.scenario.id,
        "source": digest(run.scenario.source),
        "settings": run.settings.key,
        "title": run.scenario.title,
        "profile": run.settings.profile,
        "changes": dict(run.settings.changes),
        "switches": {name: run.settings.value(name) for name in SWITCHES},
        "edits": [dataclasses.asdict(edit) for edit in run.edits],
        "seed": run.seed,
        "verdict": verdict.word,
        "sentence": verdict.sentence,
        "predicates": [dataclasses.asdict(reached) for reached in verdict.predicates],
        "unfit": [dataclasses.asdict(edit) | {"problem": problem} for edit, problem in run.unfit],
        "blocked_by": _stop(verdict.blocked_by),
        "stops": [_stop(stop) for stop in verdict.stops],
        "exposure_seconds": verdict.exposure_seconds,
        "counters": dataclasses.asdict(run.counters),
        "parties": list(run.parties),
        "hers": sorted(run.hers),
        "events": [as_json(event) for event in run.events],
    }


def _stop(stop: Stop | None) -> dict[str, Any] | None:
    if stop is None:
        return None
    return dataclasses.asdict(stop)
