"""Whether the parts of a scenario go together: each rule by the smallest change that breaks it."""

from __future__ import annotations

import pytest

from sandbox.language.reading import read
from sandbox.language.rules import incoherent, switch_findings
from sandbox.language.source import decode
from tests.support.files import ATTACK


def found(old: str = "", new: str = "") -> list[tuple[object, str]]:
    """Place and message of all that does not go together after a change of the text."""
    assert old in ATTACK
    data = read(decode(ATTACK.replace(old, new, 1) if old else ATTACK, "f.yaml"))[0].value
    return [(f.loc, f.message) for f in incoherent(data, "my-own")]


def test_a_good_file_goes_together() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "loc", "message"),
    [
        ("id: use", "id: login", ("steps", 3, "id"), "there is already a step `login`"),
        ("id: use", "id: mine", ("steps", 3, "id"), "`mine` is already a name under attacker.knows"),
        ("$hers.access_token", "$theirs.access_token", ("steps", 2, "with", "from"), "there is no step `theirs` before this one"),
        ("$hers.access_token", "$use.json", ("steps", 2, "with", "from"), "`$use.json` is not there yet: a step can use only what earlier steps gave"),
        ("$hers.access_token", "$hers.token", ("steps", 2, "with", "from"), "step `hers` gives no `token`"),
        ("cost: $$5", "cost: $5", ("steps", 2, "with", "claims", "cost"), "`$5` is not a reference"),
        ("at: use}", "at: us}", ("goal", 0, "at"), "there is no step `us`"),
        ("    at: use\n", "    at: us\n", ("blocked_by", 0, "at"), "there is no step `us`"),
        ("difficulty: beginner", "after: [code-pkc]", ("after", 0), "no scenario `code-pkc` is shipped"),
        ("difficulty: beginner", "after: [code-pkce, alg-none, code-pkce]", ("after", 2), "`code-pkce` is named twice"),
        ("difficulty: beginner", "after: [code-pkce, my-own]", ("after", 1), "a scenario cannot come after itself"),
        ("profile: oauth-basic", "profile: oauth-basis", ("setting", "profile"), "there is no profile `oauth-basis`"),
        ("AUD: on", "AUD: off", ("setting", "switches", "AUD"), "a bundle can only be switched on"),
        ("control: false", "control: true", ("steps", 3, "control"), "a control step must expect something"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_found_at_its_place(old: str, new: str, loc: object, message: str) -> None:
    places = found(old, new)
    assert (loc, message) in [(place, said.partition(";")[0]) for place, said in places], places


def test_an_attack_needs_somebody_who_attacks() -> None:
    attacker = next(line for line in ATTACK.splitlines(keepends=True) if line.startswith("attacker:"))
    assert (("goal",), "there is a goal, and nobody who is after it") in found(attacker, "")


def test_who_aims_at_something_is_after_something() -> None:
    goal = ATTACK[ATTACK.index("goal:") :]
    assert found(goal, "target: token\n") == [(("target",), "`target` speaks about an attack, and there is no goal")]


def test_claims_about_an_attack_need_one() -> None:
    goal = ATTACK[ATTACK.index("goal:") : ATTACK.index("blocked_by:")]
    assert found(goal, "") == [(("blocked_by",), "`blocked_by` speaks about an attack, and there is no goal")]


def test_data_that_is_no_map_has_no_parts() -> None:
    assert list(incoherent([1, 2])) == list(incoherent(None)) == []


def test_switches_are_read_in_files_of_other_kinds_too() -> None:
    entry = {"profile": "oauth-bcp", "switches": {"rs.check_aud": "maybe", "rs.check_aut": "on"}}
    assert [(f.loc, f.cure) for f in switch_findings(("items", 0, "setting"), entry)] == [
        (("items", 0, "setting", "switches", "rs.check_aud"), "write one of off, on"),
        (("items", 0, "setting", "switches", "rs.check_aut"), "did you mean `rs.check_aud`?"),
    ]
