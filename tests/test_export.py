"""Files made of runs."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import sample_runs as samples
from hostile import BAD, poisoned

from sandbox.export import html, mermaid, page, png, svg, trace_json
from sandbox.stepper import document
from sandbox.switches import SWITCHES
from sandbox.trace import Noted


def test_the_page_needs_no_network_and_allows_nothing_else() -> None:
    text = html([samples.blocked()], "A <b>title</b>")
    assert "default-src 'none'" in text
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in text
    assert "http-equiv" in text
    assert not any(word in text.split('id="run">')[0] for word in ("http://", "https://", "src=", "@import"))


def test_data_cannot_leave_its_script_element() -> None:
    doc = poisoned(document([samples.blocked()]))
    data = page(doc, BAD[0]).split('id="run">')[1].split("</script>")[0]
    assert "<" not in data
    assert data.isascii()
    assert json.loads(data) == json.loads(json.dumps(doc))


def test_json_has_the_run_whole() -> None:
    run = samples.blocked()
    out = json.loads(json.dumps(trace_json(run)))
    assert out["verdict"] == "blocked"
    assert out["blocked_by"] == {
        "party": "transactions",
        "check": "audience",
        "step": "replay",
        "status": 401,
        "error": "invalid_token",
        "missing": "",
    }
    assert len(out["events"]) == len(run.events)
    assert out["switches"]["rs.check_aud"] == "on"
    assert out["switches"].keys() == SWITCHES.keys()
    assert out["predicates"] == [{"predicate": "READ", "what": "alice:transaction-7", "at": "replay", "reached": False}]
    assert trace_json(samples.succeeded())["blocked_by"] is None


def test_mermaid_tells_the_same_story() -> None:
    text = mermaid(samples.blocked())
    assert text.startswith("sequenceDiagram\n    autonumber\n    participant p0 as Alice's laptop\n")
    assert "    p0->>p1: GET /login\n" in text
    assert "    p3-xp4: GET /transactions" in text, "a refused request ends in a cross"
    assert "    p4-->>p3: 401 invalid_token" in text
    assert "    Note over p0,p5: 1 minute passes\n" in text


def test_mermaid_gives_no_text_a_meaning() -> None:
    story = samples.Story()
    for i, text in enumerate((*BAD, "end", "a;b", "#lt;", "%%{init}%%", "x\nparticipant evil")):
        story.step(f"s{i}", "mallory.send", text)
        story.trace.add(Noted, "mallory", text)
    lines = mermaid(samples.made(story, samples.blocked().verdict)).splitlines()
    assert all(line.strip().split(" ")[0] in ("sequenceDiagram", "autonumber", "participant", "Note") for line in lines)
    assert not any(c in line for line in lines for c in '<>"`&{}%\\\u202e')
    assert sum("participant p" in line for line in lines) == 6


def test_mermaid_of_nothing() -> None:
    assert mermaid(samples.nothing()) == "sequenceDiagram\n    autonumber\n"


def test_pictures() -> None:
    root = ElementTree.fromstring(svg(samples.blocked()))
    assert root.get("width", "").endswith("pt")
    assert "var(" not in svg(samples.blocked()).decode(), "a file of its own has its own colours"
    assert png(samples.blocked()).startswith(b"\x89PNG")
