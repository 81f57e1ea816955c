"""What she can name: only what she has learned, with a provenance that does not count."""

from __future__ import annotations

from sandbox.attacker import values
from sandbox.engine.case import Case
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import Stage
from sandbox.language import library
from sandbox.protocol.cast import resource
from tests.support.questions import asked


def after(id: str, step: str) -> Stage:
    """The stage after this step of a shipped attack."""
    scenario = library.get(id)
    stage = Stage.opened(Case.of(scenario))
    for one in scenario.steps:
        stage.world.net.trace.step = one.id
        stage.take(one)
        if one.id == step:
            break
    stage.knowledge = Knowledge().read(stage.world.net.trace.events)
    return stage


def test_a_code_is_named_by_whose_it_is_and_what_it_is_for() -> None:
    code, address = values.learned(after("code-injection", "leak"), "leak")
    assert (code.kind, code.user, code.client, code.challenge) == ("code", "alice", "budget", "none")
    assert code.ref == "$leak.url.query.code"
    assert code.name == "the code of Alice for Budget, challenge: none, sent to https://budget.example/cb"
    assert address.kind == "address"
    assert address.name.startswith("the address with the code of Alice for Budget")


def test_of_an_honest_step_she_names_only_what_reached_her() -> None:
    stage = after("stolen-token-replay", "honest")
    assert list(values.learned(stage, "honest", hers=False)) == []
    stage = after("missing-aud-replay", "honest")
    (request,) = values.learned(stage, "honest", hers=False)
    assert (request.kind, request.ref, request.user) == ("request", "$honest.received", "alice")


def test_what_a_token_says_is_in_words_and_different_things_differ() -> None:
    roles = {values.claimed("roles", value) for value in (None, [], ["user"], ["user", "admin"])}
    assert roles == {"no roles", "roles: none", "role user", "roles user and admin"}
    accounts, transactions = resource("accounts"), resource("transactions")
    said = {values.claimed("aud", value) for value in ((), (accounts,), [accounts, transactions], "budget")}
    assert said == {"for any API", "for Accounts only", "for Accounts and Transactions only", "for Budget only"}
    assert values.claimed("scope", "read write") == "scope read write"


def test_what_nobody_of_hers_has_seen_has_no_name() -> None:
    assert list(values.learned(after("stolen-token-as-bearer", "login"), "login")) == []


def test_a_bound_token_says_so() -> None:
    stage = after("stolen-token-as-bearer", "leak")
    assert {v.bound for v in values.learned(stage, "leak") if v.kind == "token"} == {True}


def test_a_password_that_she_knows_from_the_beginning_is_hers_to_use() -> None:
    question = asked("oauth-basic", {}, ())
    assert list(values.given(question)) == []
    knowing = type(question)(question.settings, (), (), (), {"login": "alice.password"})
    (password,) = values.given(knowing)
    assert (password.ref, password.user) == ("$login.password", "alice")
