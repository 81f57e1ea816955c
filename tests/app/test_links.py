"""Links of components: what a browser sends leads to a page of ours, or nowhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.app import assets, links
from sandbox.app import pages as package
from sandbox.app.navigation import pages


@pytest.mark.parametrize(
    ("clicked", "went"),
    [
        ({"page": "play", "params": {"scenario": "x", "step": 3}}, [("PLAY", {"scenario": "x", "step": "3"})]),
        ({"page": "https://evil.example", "params": {}}, []),
        ({"page": "play", "params": "scenario=x"}, []),
        ({}, []),
        (["play"], []),
        (None, []),
    ],
)
def test_what_a_browser_sends_leads_to_a_page_that_we_know_or_nowhere(
    clicked: Any, went: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    fake = SimpleNamespace(
        session_state=SimpleNamespace(pages={"play": "PLAY", "compare": "COMPARE"}),
        switch_page=lambda page, query_params: seen.append((page, query_params)),
    )
    monkeypatch.setattr(links, "st", fake)
    links.clicked(clicked)
    assert seen == went


def test_script_and_server_know_the_same_places() -> None:
    said = assets.text("places.js")
    listed = said[said.index("new Set([") : said.index("]);")]
    assert [name.strip(" '") for name in listed.removeprefix("new Set([").split(",")] == list(links.PLACES)
    assert set(links.PLACES) <= {page.path for page in pages(package)}
