"""The right answers come from runs: another setting, another answer."""

from __future__ import annotations

import pytest

from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.asks import Ask
from sandbox.studies import asking

AUD, FLOW = library.get("missing-aud-replay"), library.get("code-flow")
OWN, HONEST = Case.of(AUD), Case.of(FLOW)


def test_what_blocks_is_right_and_what_does_not_is_not() -> None:
    ask = Ask(question="?", stops={"scope": {"rs.check_scope": "on"}, "audience": {"AUD": "on"}, "key": {"DPOP": "on"}})
    assert asking.right(OWN, "replay", ask) == (1, 2)
    assert not asking.askable(ask, (1, 2))
    assert asking.right(OWN.at_least({"AUD": "on"}), "replay", ask) == ()


def test_who_refuses_is_whose_check_fails_first() -> None:
    ask = Ask(question="?", refuses=("auth", "transactions"), under={"AUD": "on"})
    assert asking.right(OWN, "replay", ask) == (1,)
    assert asking.right(OWN, "replay", Ask(question="?", refuses=("auth", "transactions"))) == ()
    assert asking.right(OWN, "replay", Ask(question="?", refuses=("auth", "nobody"))) == (1,)
    assert asking.right(HONEST, "stranger", Ask(question="?", refuses=("auth", "budget"))) == (1,)


def test_what_is_known_is_what_has_arrived_by_the_end_of_the_step() -> None:
    code = "$consent.redirect.query.code"
    ask = Ask(question="?", who="budget", knows={"code": code, "word": "alice.password", "nothing": "$consent.redirect.query.token"})
    assert asking.right(HONEST, "consent", ask) == ()
    assert asking.right(HONEST, "redeem", ask) == (0,)
    assert asking.right(HONEST, "again", ask) == (0,)
    hers = Ask(question="?", knows={"token": "$login.access_token", "word": "alice.password"})
    assert asking.right(OWN, "login", hers) == ()
    assert asking.right(OWN, "replay", hers) == (0,)


def test_messages_are_in_the_order_in_which_they_were_sent() -> None:
    token, page = "redeem/budget>auth:POST /token", "ask/laptop>auth:GET /authorize"
    ask = Ask(question="?", order=(token, "use/budget>accounts:GET /accounts", page))
    assert asking.right(HONEST, "use", ask) == (2, 0, 1)
    never = Ask(question="?", order=(token, page, "use/budget>accounts:GET /nowhere"))
    assert asking.right(HONEST, "use", never) == ()


def test_where_the_story_cannot_be_told_nothing_is_right() -> None:
    ask = Ask(question="?", refuses=("auth", "nobody"))
    other = HONEST.under(library.get("naive-jwt").settings)
    assert asking.right(other, "use", ask) == ()


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [s for s in map(library.get, library.ids()) if any(t.ask for t in s.steps)], ids=lambda s: s.id)
def test_every_shipped_question_has_an_answer_in_its_own_setting(scenario) -> None:  # type: ignore[no-untyped-def]
    for step in scenario.steps:
        for ask in step.ask:
            found = asking.right(Case.of(scenario), step.id, ask)
            assert asking.askable(ask, found), f"{scenario.id}, {step.id}: {ask.question}"


def test_every_kind_is_asked_somewhere() -> None:
    kinds = {ask.kind for id in library.ids() for step in library.get(id).steps for ask in step.ask}
    assert kinds == {"stops", "refuses", "knows", "order"}
