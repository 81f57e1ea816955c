"""Shapes and texts stand where they were put, and text stays text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.text import clean
from sandbox.views.diagram.canvas import Anchor, Canvas, escaped
from sandbox.views.diagram.label import Label
from sandbox.views.diagram.metrics import PLAIN
from sandbox.views.diagram.render import render
from sandbox.views.diagram.slim import slim
from tests.support.effort import effort
from tests.support.hostile import BAD
from tests.support.pictures import Picture, picture

INK = "#111111"


def drawn(canvas: Canvas) -> Picture:
    return picture(slim(render(canvas.graph)))


def written(text: str) -> str:
    """What is read in the picture of this text."""
    canvas = Canvas(INK)
    canvas.text(0, 0, Label([text]), INK)
    return " ".join(t.words for t in drawn(canvas).texts).replace("\u00a0", " ")


@pytest.mark.parametrize(("anchor", "before"), [("start", 0), ("middle", 0.5), ("end", 1)])
def test_a_text_has_its_box_where_its_anchor_says(anchor: Anchor, before: float) -> None:
    label = Label(["WWWW", "i"])
    canvas = Canvas(INK)
    canvas.dot(0, 0)
    canvas.text(50, 100, label, INK, "step s1", anchor=anchor, back="#ffffff")
    found = drawn(canvas)
    box = found.shapes[0]
    width = box.right - box.left
    assert width == pytest.approx(label.width + 1, abs=0.2)
    assert box.left == pytest.approx(50 - width * before, abs=0.2)
    assert [(t.words, t.anchor) for t in found.texts] == [("WWWW", anchor), ("i", anchor)]
    assert [t.x for t in found.texts] == pytest.approx([50, 50], abs=0.1)
    assert found.texts[1].y - found.texts[0].y == pytest.approx(PLAIN.line, abs=0.1)


@pytest.mark.parametrize("number", ["7", "48", "200", "10000"])
def test_a_number_fits_its_disc(number: str) -> None:
    canvas = Canvas(INK)
    canvas.disc(0, 0, 8, number, "#2563eb", "#fffffe")
    found = drawn(canvas)
    box = found.texts[0].box("DejaVu Sans")
    assert box.right - box.left < 14.5
    assert found.texts[0].words == number


def test_the_same_point_is_there_once() -> None:
    canvas = Canvas(INK)
    assert canvas.dot(1, 2) == canvas.dot(1, 2) != canvas.dot(2, 1)


def test_backslashes_are_doubled_and_entities_left_alone() -> None:
    assert escaped(r"\N &lt;") == r"\\N &amp;lt;"


@pytest.mark.parametrize("text", [r"\N\G\E\L end", "<b>bold</b>", "<>", '"', "a & b &amp; &#60;", "ends in \\", "\\\\", "{|}<x>", "a  b"])
def test_text_is_shown_as_it_is(text: str) -> None:
    assert written(text) == text


@pytest.mark.parametrize("text", BAD)
def test_hostile_text_is_text(text: str) -> None:
    assert written(clean(text, 40)).strip() == clean(text, 40).strip()


@pytest.mark.slow
@settings(max_examples=effort(30, long=500))
@given(st.text(min_size=1, max_size=60))
def test_no_text_breaks_the_drawing(text: str) -> None:
    assert written(clean(text)).split() == clean(text).split()
