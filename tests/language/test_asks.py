"""Questions in scenario files: one kind each, about what there is, and never with the answer."""

from __future__ import annotations

import pytest

from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from tests.support.files import ATTACK

GOOD = """\
    ask:
      - {question: Who?, refuses: [accounts, auth, nobody], under: {AUD: on}}
      - {question: What?, who: budget, knows: {A token: $login.access_token, Its own answer: $use.status, A word: alice.password}}
      - {question: When?, order: ["login/app>auth:POST /token", "login/auth>app:answer POST /token#1", "use/mallory>accounts:GET /a#2"]}
"""


def file(ask: str) -> str:
    """A file whose last step asks this."""
    return ATTACK.replace("    control: false\n", ask)


def test_a_question_is_read_with_its_kind() -> None:
    asks = loads(file(GOOD), "a.yaml").step("use").ask
    assert [ask.kind for ask in asks] == ["refuses", "knows", "order"]
    assert (asks[2].order or ())[0] == "login/app>auth:POST /token#1"


@pytest.mark.parametrize(
    ("old", "new", "message", "cure"),
    [
        ("refuses: [accounts,", "refuses: [acounts,", "there is no party `acounts`", "did you mean `accounts`?"),
        ("refuses: [accounts, auth", "refuses: [auth, auth", "`auth` is there twice", "remove one of them"),
        ("under: {AUD: on}", "under: {AUDI: on}", "there is no switch `AUDI`", "did you mean `AUD`?"),
        ("under: {AUD: on}", "who: auth", "`who` belongs to `knows`", "remove it"),
        ("under: {AUD: on}", "knows: {a: auth.key, b: auth.key}", "a question has exactly one of stops, refuses, knows, order", "make each a question"),
        (", refuses: [accounts, auth, nobody], under: {AUD: on}", "", "a question has exactly one of", "make each a question"),
        (", refuses: [accounts, auth, nobody], under: {AUD: on}", ", stops: {A: {AUD: on}, B: {rs.check_aud: maybe}}", "rs.check_aud has no value `maybe`", "write one of"),
        ("$login.access_token", "$logn.access_token", "there is no step `logn` before this one", "did you mean `login`?"),
        ("$use.status", "$use.code", "step `use` gives no `code`", "send gives"),
        ("alice.password", "alice.pasword", "`alice.pasword` is not a fact somebody knows", "write party.fact"),
        ("login/app>auth:POST", "logn/app>auth:POST", "there is no step `logn`", "did you mean `login`?"),
        ("login/app>auth:POST", "login:POST", "does not name a message", "write it as the records do"),
    ],
)  # fmt: skip
def test_a_broken_one_is_answered_at_its_place(old: str, new: str, message: str, cure: str) -> None:
    assert old in GOOD
    with pytest.raises(ScenarioError) as caught:
        loads(file(GOOD.replace(old, new)), "a.yaml")
    problem = caught.value.problems[0]
    line = next(n for n, text in enumerate(file(GOOD).splitlines(), 1) if old.strip(", ") in text)
    assert problem.line == line
    assert message in problem.message
    assert cure in problem.cure
