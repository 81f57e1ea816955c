"""A drawing is rebuilt from allowed elements and attributes, and from nothing else."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sandbox.views.diagram.render import render
from sandbox.views.diagram.sequence import draw
from sandbox.views.diagram.slim import ATTRIBUTES, slim
from tests.support import sample_runs as samples
from tests.support.hostile import SVG

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'


def test_only_allowed_elements_are_kept() -> None:
    out = slim(SVG.encode())
    for word in ("script", "onload", "onclick", "href", "style", "url(", "foreignObject", "animate", "DOCTYPE"):
        assert word not in out


@pytest.mark.parametrize(
    "attribute",
    [
        'fill="url(#a)"',
        'fill="red;"',
        'fill="var(--other)"',
        'stroke="currentColor"',
        'class="a&#10;b"',
        'd="M0,0A1,1 0 0 1 2,2"',
        'points="1,2 x"',
        'font-weight="bold;"',
        'transform="matrix(1)&#9;"',
        'text-anchor="inherit"',
    ],
)
def test_a_value_must_match_as_a_whole(attribute: str) -> None:
    name = attribute.partition("=")[0]
    shape = ElementTree.fromstring(slim(f"{OPEN}<g class='x'><path {attribute}/></g></svg>".encode()))[0][0]
    assert name in ATTRIBUTES
    assert shape.get(name) is None


def test_the_size_stays_if_it_is_one() -> None:
    sized = OPEN.replace(">", ' width="90pt" height="100%;x">')
    top = ElementTree.fromstring(slim(f"{sized}</svg>".encode()))
    assert (top.get("width"), top.get("height"), top.get("viewBox")) == ("90pt", None, "0 0 9 9")


def test_what_most_elements_have_is_said_once() -> None:
    top = ElementTree.fromstring(slim(render(draw(samples.blocked()))))
    for name in ("font-family", "text-rendering", "font-size", "text-anchor"):
        assert top.get(name)
    assert [e for e in top.iter() if e is not top and (e.get("font-family") or e.get("font-size") == top.get("font-size"))] == []


def test_text_of_unknown_width_is_told_its_width() -> None:
    """No table says how wide a font draws it; so the browser is told how wide it may be."""
    plain, strange = ElementTree.fromstring(
        slim(f'{OPEN}<text font-size="10">plain</text><text font-size="10">\ufdfd\ufdfd</text></svg>'.encode())
    )
    assert plain.get("textLength") is None
    assert 10 < float(strange.get("textLength", "0")) <= 26


def test_only_a_drawing_is_accepted() -> None:
    with pytest.raises(ValueError, match="not an SVG drawing"):
        slim(b"<html/>")
