"""A run as a Mermaid sequence diagram: text from which Markdown pages and wikis draw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.core.text import clean
from sandbox.engine.result import Run
from sandbox.protocol.cast import title as party_title
from sandbox.protocol.trace import StepStarted, of
from sandbox.views.timeline import Moment, moments


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
