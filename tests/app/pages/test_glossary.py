"""The page Glossary: all cards are on it, each under one heading.  What the browser does with them: tests/browser/test_glossary.py."""

from __future__ import annotations

import json

import pytest

from sandbox.app.pages.glossary import KINDS
from sandbox.views import words
from tests.support.apps import opened, page_text

pytestmark = pytest.mark.slow


def test_every_word_is_on_it_once() -> None:
    at = opened("glossary")
    assert "Glossary" in page_text(at)
    groups = json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == "glossary"))
    assert [g["kind"] for g in groups] == list(KINDS.values())
    shown = [card["address"] for g in groups for card in g["cards"]]
    assert sorted(shown) == sorted(card["address"] for card in words.every())
