"""The matrix as one page: self-contained, readable without colour, and deaf to what texts contain."""

from __future__ import annotations

import re

from sandbox.engine.result import Stop
from sandbox.studies.matrix import Cell
from sandbox.views.html.matrix_page import page
from sandbox.views.outcomes import SIGNS
from tests.support.studied import CELLS, SOME


def test_the_page_is_self_contained_and_allows_nothing_else():
    text = page(CELLS, SOME)
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert " style=" not in text
    assert not re.search(r"url\(|@import", text)


def test_the_page_can_be_read_without_colour():
    text = page(CELLS, SOME)
    for cell in CELLS:
        assert f"{SIGNS[cell.found].mark}</i> {SIGNS[cell.found].word}" in text


def test_the_page_escapes_everything():
    evil = "<img src=x onerror=alert(1)>\u202e&amp;\"'"
    scenario = SOME[0].model_copy(update={"title": evil, "story": evil, "lesson": evil, "refs": (evil,), "id": 'x" onclick="a'})
    cell = Cell(
        scenario.id,
        "own",
        "oauth-basic",
        ((evil, evil),),
        "succeeded",
        "blocked",
        Stop(evil, evil, evil, 400, evil),
        5,
        sentence=evil,
        fault=evil,
    )
    text = page([cell], [scenario])
    assert "<img" not in text
    assert 'onclick="a' not in text
    assert "\u202e" not in text
    assert "&lt;img src=x" in text
