"""A run as SVG and PNG."""

from __future__ import annotations

import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views.diagram.sequence import SHEETS
from sandbox.views.pictures import png, sheets, svg
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples


@pytest.mark.slow
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


def test_on_paper_no_row_is_cut_and_each_page_names_the_parties() -> None:
    run = simulation.run(library.get("code-pkce"))
    pieces = [ElementTree.fromstring(sheet) for sheet in sheets(run)]
    texts = ["".join(piece.itertext()) for piece in pieces]
    assert len(pieces) > 2
    assert all("Budget" in text and "Accounts" in text for text in texts)
    for piece, most in zip(pieces, (SHEETS[0], *[SHEETS[1]] * len(pieces)), strict=False):
        width, height = (float(piece.get(name, "0pt").removesuffix("pt")) for name in ("width", "height"))
        assert height <= width * most + 40, "it fits on a page, legend included"
    shown = [g.get("class", "").split() for piece in pieces for g in piece.iter("{http://www.w3.org/2000/svg}g")]
    drawn = [int(c[1:]) for classes in shown if "step" in classes for c in classes if c[1:].isdigit()]
    assert sorted(set(drawn)) == [m.n for m in moments(run)]
    assert drawn == sorted(drawn), "in their order"


def test_a_short_run_has_one_page_and_an_empty_one_none() -> None:
    assert len(sheets(samples.noted("x"))) <= 1
    assert sheets(samples.nothing()) == []
