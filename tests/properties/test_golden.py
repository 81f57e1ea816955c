"""The two main flows as text: a change of any message shows here as a diff that can be read.

`python -m tests.properties.test_golden` writes the files anew; read the diff before you commit it.
"""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.trace import Answered, Checked, Learned, Noted, Sent, SignedIn, StepStarted, TimePassed
from tests.support.paths import DATA

GOLDEN = DATA / "golden"
FLOWS = ("naive-jwt", "code-pkce")


def text(name: str) -> str:
    """One line for each event, without the state of parties."""
    run = simulation.run(library.get(name))
    lines = [f"{name}: {run.verdict.word}"]
    depth = 0
    for e in run.events:
        pad = "  " * depth
        if isinstance(e, StepStarted):
            lines.append(f"\n[{e.step}] {e.say}")
        elif isinstance(e, Sent):
            depth += 1
            lines += [f"{pad}{e.sender} -> {e.receiver} ({e.channel})  {e.request.method} {e.request.url}"]
            lines += [f"{pad}    {k}: {v}" for k, v in e.request.headers] + ([f"{pad}    {e.request.body}"] if e.request.body else [])
        elif isinstance(e, Answered):
            depth -= 1
            pad = "  " * depth
            lines += [f"{pad}{e.sender} => {e.receiver}  {e.response.status}"]
            lines += [f"{pad}    {k}: {v}" for k, v in e.response.headers] + ([f"{pad}    {e.response.body}"] if e.response.body else [])
        elif isinstance(e, Checked):
            lines.append(f"{pad}{e.party}: {e.check} {e.outcome}: expected {e.expected}; found {e.found}")
        elif isinstance(e, Learned):
            lines.append(f"{pad}{e.party} has {e.name} {e.value} ({e.source})")
        elif isinstance(e, Noted):
            lines.append(f"{pad}{e.party}: {e.text}")
        elif isinstance(e, SignedIn):
            lines.append(f"{pad}{e.party}: {e.browser} is {e.user}")
        elif isinstance(e, TimePassed):
            lines.append(f"{pad}{e.seconds} seconds pass")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", FLOWS)
def test_the_trace_is_the_golden_one(name):
    assert text(name).splitlines() == (GOLDEN / f"{name}.txt").read_text().splitlines()


if __name__ == "__main__":
    for flow in FLOWS:
        (GOLDEN / f"{flow}.txt").write_text(text(flow))
