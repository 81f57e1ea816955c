"""A run as a picture: its sequence diagram as SVG and as PNG, each with the line that names version, scenario, settings and seed."""

from __future__ import annotations

import re
import struct
import zlib

from sandbox.engine.result import Run
from sandbox.views.diagram import preview as plate
from sandbox.views.diagram.render import render, render_all
from sandbox.views.diagram.sequence import draw
from sandbox.views.diagram.sequence import sheets as diagram_sheets
from sandbox.views.diagram.slim import slim

PNG_DPI = 144
HEADER = 33  # bytes of a PNG: its signature and the chunk that must be first


def svg(run: Run) -> bytes:
    """The sequence diagram as a file of its own.  Raises NoRenderer."""
    stamp = re.sub("-(?=-)", "- ", run.stamp)  # the one thing that a comment must not have
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {stamp} -->\n'.encode() + slim(render(draw(run))).encode()


def sheets(run: Run) -> list[bytes]:
    """The sequence diagram in pieces that each fit on a page of paper, as SVG.  Raises NoRenderer."""
    return [slim(drawn).encode() for drawn in render_all(diagram_sheets(run))]


def png(run: Run) -> bytes:
    """The sequence diagram as a picture, with its stamp as a text chunk (PNG §11.3.3.2).  Raises NoRenderer."""
    return _stamped(render(draw(run), "png", PNG_DPI), run)


def preview(run: Run) -> bytes:
    """What a messenger shows for a link to the run: 1200 x 630 pixels, stamped likewise.  Raises NoRenderer."""
    return _stamped(render(plate.draw(run), "png", plate.DPI), run)


def _stamped(picture: bytes, run: Run) -> bytes:
    text = b"tEXtSource\0" + run.stamp.encode("latin-1", "replace")
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return picture[:HEADER] + chunk + picture[HEADER:]
