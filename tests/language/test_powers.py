"""The powers of an attacker: words, sentences, and what follows from them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandbox.attacker.question import is_hers, needed, stated
from sandbox.language import library
from sandbox.language.document import Attacker
from sandbox.language.powers import KINDS, OPEN, POWERS, has, sentence, with_included

ATTACKS = [s.id for s in map(library.get, library.ids()) if s.goal]


def test_every_power_has_a_sentence() -> None:
    assert all(sentence(power).endswith(".") and "{" not in sentence(power) for power in POWERS)
    assert sentence("log.accounts") == "She reads the log of Accounts."


def test_a_script_reads_what_its_page_keeps() -> None:
    assert has(["script.app"], "storage.app")
    assert not has(["storage.app"], "script.app")
    assert with_included(["account"]) == {"account"}


@pytest.mark.parametrize(
    ("word", "cure"),
    [
        ("log.acounts", "log.accounts"),
        ("storage", "did you mean `storage.cli`"),
        ("claims.mobile", "claims: [mobile]"),
        ("acount", "account"),
    ],
)
def test_a_power_that_does_not_exist_is_refused_with_a_cure(word: str, cure: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Attacker.model_validate({"is": "somebody", "can": [word]})
    assert cure in str(caught.value.errors()[0]["ctx"]["cure"])


def test_what_has_a_field_of_its_own_is_not_open() -> None:
    assert {p.partition(".")[0] for p in POWERS if p not in OPEN} == {k.name for k in KINDS.values() if k.field != "can"}


@pytest.mark.parametrize("id", ATTACKS)
def test_a_shipped_attack_states_the_powers_that_its_steps_take(id: str) -> None:
    """And no others, so that nobody thinks that more is needed."""
    scenario = library.get(id)
    taken = {p for s in scenario.steps if is_hers(s, scenario.attacker) or s.actor == "evil_app" for p in needed(s)}
    given = [p for p in stated(scenario) if p in OPEN]
    assert all(has(given, power) for power in taken), f"{id}: write what she can do under `attacker.can`"
    assert all(taken & with_included([power]) for power in given), f"{id} states a power that no step of hers takes"
