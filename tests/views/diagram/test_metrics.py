"""The table of widths bounds what real fonts do."""

from __future__ import annotations

import string

import pytest

from sandbox.views.diagram.metrics import Font, estimated, measure
from tests.support.needs import need
from tests.support.pictures import FACES, advance

EVERY = "".join(map(chr, range(0x20, 0x7F))) + "äöüßéèñçøåőłžαβγλωабвгджяЖ–—…‘’“”€"


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("family", FACES)
def test_no_font_draws_a_character_wider(family: str, bold: bool) -> None:
    need("fonts")
    font = Font(1000, bold)
    assert {c: advance(family, bold, c) for c in EVERY if advance(family, bold, c) > measure(c, font)} == {}


def test_the_widest_font_needs_all_of_it() -> None:
    """The bound is no wider than it must be: DejaVu Sans, of those that are here, nearly fills it."""
    need("fonts")
    text = string.ascii_letters + string.digits
    assert advance("DejaVu Sans", False, text) > 0.97 * measure(text, Font(1000))


def test_only_characters_of_the_table_are_sure() -> None:
    assert not estimated(EVERY)
    assert not any(map(estimated, EVERY))
    assert all(map(estimated, ("漢字", "🔒", "﷽", "שלום", "⟦U+202E⟧")))


def test_an_estimate_is_generous() -> None:
    assert measure("漢", Font(10)) > 10
    assert measure("🔒", Font(10)) > 10
    assert measure("e\u0301", Font(10)) == measure("e", Font(10)), "an accent stands above its letter"
