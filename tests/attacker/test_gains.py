"""What only adds to her knowledge: only what her powers allow."""

from __future__ import annotations

from sandbox.attacker import changes, gains
from sandbox.protocol.cast import CAST
from tests.support.questions import BFF_OFF, READ, asked, first_moment

EVERYBODY = frozenset(CAST)


def test_without_powers_she_fetches_public_keys_and_nothing_else() -> None:
    question = asked("oauth-bcp", BFF_OFF, (), READ)
    node = first_moment(question)
    assert [m.do for m in gains.gains(question, node.stage, (), True, EVERYBODY)] == ["mallory.send"]
    assert not list(changes.changes(question, node.stage, node.known, frozenset()))


def test_what_was_not_touched_is_not_read_again() -> None:
    question = asked("oauth-bcp", BFF_OFF, ("log.accounts",), READ)
    node = first_moment(question)
    assert "mallory.read" in [m.do for m in gains.gains(question, node.stage, node.known, True, EVERYBODY)]
    assert "mallory.read" not in [m.do for m in gains.gains(question, node.stage, node.known, False, frozenset())]
