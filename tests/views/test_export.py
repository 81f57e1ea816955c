"""Files made of runs."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from xml.etree import ElementTree

from sandbox import __version__
from sandbox.engine.result import digest
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.protocol.trace import Noted
from sandbox.views.export import html, mermaid, page, png, svg, trace_json
from sandbox.views.har import har
from sandbox.views.stepper import document
from tests.support import sample_runs as samples
from tests.support.hostile import BAD, poisoned


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
    assert text.startswith(f"sequenceDiagram\n    autonumber\n    %% {samples.blocked().stamp}\n    participant p0 as Alice's laptop\n")
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


# ---------------------------------------------------------------- what was run


def test_every_file_says_what_was_run() -> None:
    run = samples.blocked()
    assert run.stamp == f"OAuth Sandbox {__version__}: {run.scenario.id} {digest(run.scenario.source)}, settings {run.settings.key}, seed 0"
    for text in (html([run], "A title"), mermaid(run), json.dumps(har(run)), svg(run).decode(), png(run).decode("latin-1")):
        assert run.stamp in text
    out = trace_json(run)
    assert run.stamp == "OAuth Sandbox {version}: {scenario} {source}, settings {settings}, seed {seed}".format(**out)


def test_the_stamp_tells_runs_apart() -> None:
    run = samples.blocked()
    edits = tuple(Edit(f"a/b>c:GET /#{n}", "url", "x") for n in (1, 2))
    story = samples.scenario(source="# changed")
    others = [
        replace(run, case=replace(run.case, seed=1)),
        replace(run, case=run.case.under(Settings.of("naive-jwt"))),
        replace(run, case=replace(run.case, scenario=story)),
        *(replace(run, case=replace(run.case, edits=edits[:n])) for n in (1, 2)),
    ]
    assert len({run.stamp, *(other.stamp for other in others)}) == 6


def test_a_picture_with_a_stamp_is_still_one() -> None:
    """Each chunk has the length and the checksum that it says (PNG §5.3)."""
    data, chunks = png(samples.blocked()), []
    at = 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        body, crc = data[at + 4 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        assert zlib.crc32(body) == int.from_bytes(crc, "big")
        chunks.append(body[:4])
        at += 12 + size
    assert chunks[:2] == [b"IHDR", b"tEXt"]
    assert chunks[-1] == b"IEND"


def test_a_scenario_id_cannot_end_the_comment_of_a_picture() -> None:
    run = samples.blocked()
    ElementTree.fromstring(svg(replace(run, case=replace(run.case, scenario=samples.scenario("a--b---")))))


def test_pictures() -> None:
    root = ElementTree.fromstring(svg(samples.blocked()))
    assert root.get("width", "").endswith("pt")
    assert "var(" not in svg(samples.blocked()).decode(), "a file of its own has its own colours"
    assert png(samples.blocked()).startswith(b"\x89PNG")
