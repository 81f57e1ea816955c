"""Links of components lead to pages of ours only."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.app import assets, links
from sandbox.app import pages as package
from sandbox.app.navigation import pages


def test_a_component_knows_pages_of_ours_only() -> None:
    said = assets.text("places.js")
    listed = said[said.index("new Set([") : said.index("]);")].removeprefix("new Set([")
    assert {name.strip(" '") for name in listed.split(",")} <= {page.path for page in pages(package)}


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ({"profile": "naive-jwt", "step": 3}, [{"profile": "naive-jwt", "step": "3"}]),
        ({str(n): "x" for n in range(1000)}, [{str(n): "x" for n in range(links.MOST)}]),
        (["profile"], []),
        (None, []),
    ],
)
def test_an_address_to_which_the_visitor_has_turned_is_texts(sent: Any, heard: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "st", SimpleNamespace(session_state={"address": SimpleNamespace(turned=sent)}))
    got: list[Any] = []
    links._turned(got.append)
    links._turned(None)
    assert got == heard
