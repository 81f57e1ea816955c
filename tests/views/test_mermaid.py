"""A run as a Mermaid diagram."""

from __future__ import annotations

from sandbox.protocol.trace import Noted
from sandbox.views.mermaid import mermaid
from tests.support import sample_runs as samples
from tests.support.hostile import BAD


def test_mermaid_tells_the_same_story() -> None:
    text = mermaid(samples.blocked())
    assert text.startswith(f"sequenceDiagram\n    autonumber\n    %% {samples.blocked().stamp}\n    participant p0 as Alice's browser\n")
    assert "    p0->>p1: GET /login\n" in text
    assert "    p3-xp4: GET /transactions" in text, "a refused request ends in a cross"
    assert "    p4-->>p3: 401 invalid_token" in text
    assert "    Note over p0,p5: 1 minute passes\n" in text


def test_mermaid_gives_no_text_a_meaning() -> None:
    story = samples.Story()
    for i, text in enumerate((*BAD, "end", "a;b", "#lt;", "%%{init}%%", "x\nparticipant evil")):
        story.step(f"s{i}", "mallory.send", text)
        story.trace.add(Noted, "mallory", text)
    made = samples.made(story, samples.blocked().verdict)
    lines = [line for line in mermaid(made).splitlines() if line != f"    %% {made.stamp}"]
    assert all(line.strip().split(" ")[0] in ("sequenceDiagram", "autonumber", "participant", "Note") for line in lines)
    assert not any(c in line for line in lines for c in '<>"`&{}%\\\u202e')
    assert sum("participant p" in line for line in lines) == 6


def test_mermaid_of_nothing() -> None:
    assert mermaid(samples.nothing()) == f"sequenceDiagram\n    autonumber\n    %% {samples.nothing().stamp}\n"
