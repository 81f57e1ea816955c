"""Every file that is made of a run says which run."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sandbox import __version__
from sandbox.engine.result import digest
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from sandbox.views.har import har
from sandbox.views.html.offline import html
from sandbox.views.mermaid import mermaid
from sandbox.views.pictures import png, svg
from sandbox.views.record import trace_json
from tests.support import sample_runs as samples

pytestmark = pytest.mark.slow


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
