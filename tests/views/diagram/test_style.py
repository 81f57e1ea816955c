"""Colours of the drawing and of the style sheet are the same ones."""

from __future__ import annotations

from sandbox.views.diagram.style import PALETTE
from sandbox.views.stepper import CSS


def test_the_style_sheet_knows_every_colour() -> None:
    sheet = CSS.read_text()
    assert [name for name in PALETTE if f"--sd-{name}:" not in sheet] == []
    assert len(set(PALETTE.values())) == len(PALETTE), "each colour is one variable"
