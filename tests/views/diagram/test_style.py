"""The palette has the colours of the drawing, and no others."""

from __future__ import annotations

import re

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.views.diagram.sequence import draw
from sandbox.views.diagram.style import PALETTE
from tests.support import sample_runs as samples

CALL = "accounts/laptop>accounts:GET /accounts#1"


def test_every_colour_is_drawn_and_every_drawn_one_has_a_name() -> None:
    edited = simulation.run(library.get("naive-jwt"), edits=(Edit(CALL, "headers.x", "1"),))
    drawn = {colour for run in (samples.blocked(), edited) for colour in re.findall(r"#[0-9a-f]{6}", draw(run).source)}
    assert drawn == set(PALETTE.values()), "a colour of rows.py and sequence.py is a row of style.py, and a row that nothing draws goes"
