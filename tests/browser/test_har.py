"""A HAR file of ours, read and replayed by a tool that we did not write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.trace import Sent, of
from sandbox.views.har import har
from tests.support.browsing import new_context


def test_a_browser_replays_the_log(browser: Any, tmp_path: Path) -> None:
    """Playwright reads the file with its own reader of HAR files, and answers from it."""
    run = simulation.run(library.get("naive-jwt"))
    file = tmp_path / "run.har"
    file.write_text(json.dumps(har(run)), encoding="utf-8")
    context = new_context(browser)
    context.route_from_har(file, not_found="abort")
    page = context.new_page()
    first = next(of(run.events, Sent)).request
    answer = page.goto(first.url)
    assert answer.status == 200
    assert 'data-page="login"' in answer.text()
    context.close()
