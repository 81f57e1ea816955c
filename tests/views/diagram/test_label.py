"""Text is broken and cut so that it fits, however strange it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.views.diagram.label import clipped, label, wrapped
from sandbox.views.diagram.metrics import FINE, STRONG, TINY, measure


def test_lines_break_at_blanks_and_slashes_and_only_then_inside() -> None:
    assert wrapped("302 to auth.example/authorize", 90, 3) == ["302 to", "auth.example", "/authorize"]
    assert wrapped("200 access_token, refresh_token", 120, 2) == ["200 access_token,", "refresh_token"]
    assert all(measure(line) <= 50 for line in wrapped("x" * 200, 50, 9))


def test_a_number_keeps_its_word() -> None:
    assert wrapped("3 checks pass, 3 not performed", 110, 2) == ["3 checks pass,", "3 not performed"]


def test_lines_are_about_equally_long() -> None:
    assert label("third-party web app, confidential client", 160, 3, TINY).lines == ["third-party web app,", "confidential client"]
    assert label("all on one line", 160, 3).lines == ["all on one line"]


def test_nothing_to_say_is_an_empty_label() -> None:
    assert not label("", 100)
    assert (label("", 100).width, label("", 100).height) == (0.0, 0.0)


@pytest.mark.slow
@given(st.text(max_size=300), st.floats(20, 300), st.integers(1, 4))
def test_wrapped_text_fits(text: str, width: float, lines: int) -> None:
    for out in (wrapped(text, width, lines), label(text, width, lines, STRONG).lines):
        assert len(out) <= lines
        assert all(measure(line) <= width or len(line) <= 2 for line in wrapped(text, width, lines))
    assert all(measure(line, STRONG) <= width or len(line) <= 2 for line in label(text, width, lines, STRONG).lines)


@given(st.text(max_size=100), st.floats(15, 200))
def test_clipped_text_fits(text: str, width: float) -> None:
    assert measure(clipped(text, width, FINE), FINE) <= width or clipped(text, width, FINE) == "…"
