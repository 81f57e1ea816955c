"""Text from strangers: what cannot be seen is spelled out, what is long is shortened, and the nearest word is found."""

from __future__ import annotations

import pytest

from sandbox.core.text import LONGEST, clean, nearest, quoted, spelled


@pytest.mark.parametrize("hidden", ["\x1b", "\u202e", "\u200b", "\ufeff", "\ud800", "\xad", "\x00"])
def test_what_cannot_be_seen_is_spelled_out(hidden: str) -> None:
    assert spelled(f"a{hidden}b") == f"a⟦U+{ord(hidden):04X}⟧b"


def test_lines_and_tabs_stay_unless_one_line_is_wanted() -> None:
    assert spelled("a\n\tb") == "a\n\tb"
    assert clean("a\n\tb") == "a  b"


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert clean("x" * 10, 5) == "xxxx…"
    assert clean("x" * 5, 5) == "xxxxx"
    assert quoted("x" * (LONGEST + 1)) == repr("x" * LONGEST + "…")
    assert quoted("it's") == '"it\'s"'


def test_the_nearest_word_is_suggested_unless_there_is_none_or_the_word_is_endless() -> None:
    assert nearest("acounts", ["accounts", "transactions"]) == "; did you mean 'accounts'?"
    assert nearest("zzz", ["accounts"]) == ""
    assert nearest("a" * (LONGEST + 1), ["a" * LONGEST]) == ""
