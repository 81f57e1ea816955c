"""Every outcome of a run has a mark and a word of its own, so that nobody needs colours."""

from __future__ import annotations

from typing import get_args

from sandbox.engine.result import Word
from sandbox.views.outcomes import SHOWN, SIGNS


def test_every_word_of_a_verdict_has_a_sign() -> None:
    assert set(SIGNS) == set(get_args(Word))
    assert all(sign.meaning.endswith(".") for sign in SIGNS.values())


def test_what_is_shown_side_by_side_can_be_told_apart() -> None:
    assert len({SIGNS[word].mark for word in SHOWN}) == len({SIGNS[word].word for word in SHOWN}) == len(SHOWN)


def test_no_defence_is_said_to_do_what_nobody_saw_it_do() -> None:
    """A script that cannot go on may owe it to any switch of the setting, not to the one that was clicked."""
    assert SIGNS["stalled"].effect == "refuses nothing here"
