"""The table of attacks that take something out of claims: each exists, and a false one is refused with its line."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.studies.token_lab import taking

ROW = "attacks:\n  - attack: {attack}\n    what: {what}\n    because: There is none.\n"


def test_each_attack_of_the_table_is_shipped_and_there_once() -> None:
    rows = [row.attack for row in taking.shipped()]
    assert len(set(rows)) == len(rows) > 0
    assert set(rows) <= {a.id for a in library.attacks()}


@pytest.mark.parametrize(("attack", "what", "said"), [("token-blot", "lists", "token-bloat"), ("token-bloat", "colour", "personal")])
def test_a_false_row_is_refused(attack: str, what: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        taking.loads(ROW.format(attack=attack, what=what))
