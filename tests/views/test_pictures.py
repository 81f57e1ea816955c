"""A run as SVG and PNG."""

from __future__ import annotations

import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from sandbox.views.pictures import png, svg
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
