"""The verbs: what they accept, what they refuse, and that the table is complete."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sandbox.protocol.cast import CAST
from sandbox.verbs.arguments import COMMON_OUTPUTS, VERBS, Args, Change, Expect, Goal, deed, is_reference, references


def said(model: type, data: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in caught.value.errors())


@pytest.mark.parametrize("verb", VERBS.values(), ids=str)
def test_every_verb_is_documented_and_somebody_can_do_it(verb):
    assert verb.doc.endswith(".")
    assert verb.doc != (Args.__doc__ or "")
    assert verb.wire
    assert verb.who
    assert set(COMMON_OUTPUTS) <= set(verb.outputs)
    assert len(set(verb.outputs)) == len(verb.outputs)


def test_there_are_17_verbs():
    assert len(VERBS) == 17


def test_a_wrong_party_is_named_with_its_kind_or_the_nearest_name():
    call = VERBS["call_api"].args
    assert "`app` is a client, not a browser" in said(call, {"browser": "app", "api": "accounts", "path": "/"})
    with pytest.raises(ValidationError) as caught:
        call.model_validate({"api": "acounts", "path": "/"})
    assert caught.value.errors()[0]["ctx"]["cure"] == "did you mean `accounts`?"


def test_python_keywords_are_read_under_their_names_in_the_file():
    args = VERBS["call_api"].args.model_validate({"api": "accounts", "path": "/", "from": "accounts", "json": {"a": 1}})
    assert (args.from_, args.json_) == ("accounts", {"a": 1})


def test_fields_of_messages_become_text():
    change = Change.model_validate({"query": {"n": 7, "yes": True, "gone": None}})
    assert change.query == {"n": "7", "yes": "true", "gone": None}


@pytest.mark.parametrize(
    "data", [{"url": "https://a.example/", "like": "$x.request"}, {}, {"url": "https://a.example/", "form": {}, "json": {}}]
)
def test_send_needs_one_origin_and_one_body(data):
    assert said(VERBS["send"].args, data)


@pytest.mark.parametrize("data", [{}, {"log": "accounts", "history": "laptop"}, {"log": "accounts", "browser": "laptop"}])
def test_read_needs_exactly_one_source(data):
    assert said(VERBS["read"].args, data)


def test_redeem_takes_at_most_one_grant():
    redeem = VERBS["redeem"].args
    assert redeem.model_validate({"client": "app"})
    assert redeem.model_validate({"client": "$made.json.client_id", "code": "$a.url"})
    assert "cannot be combined" in said(redeem, {"client": "app", "code": "x", "password": "y"})


def test_numbers_and_booleans_are_strict():
    assert "valid integer" in said(VERBS["wait"].args, {"seconds": "60"})
    assert "valid integer" in said(VERBS["wait"].args, {"seconds": True})
    assert "valid boolean" in said(VERBS["set_user"].args, {"user": "alice", "disabled": "yes"})


def test_models_are_frozen():
    args = VERBS["wait"].args.model_validate({"seconds": 60})
    with pytest.raises(ValidationError):
        args.seconds = 1


def test_references_are_found_at_any_depth_and_a_double_dollar_is_not_one():
    value = {"a": ["$x.y", {"b": "$$5", "c": "$z"}], "d": "$ no", "e": 3}
    assert list(references(value)) == [("x", ("a", 0), "$x.y"), ("z", ("a", 1, "c"), "$z"), ("", ("d",), "$ no")]


def test_references_in_a_model_carry_the_names_of_the_file():
    args = VERBS["forge"].args.model_validate({"from": "$login.access_token", "key": "none"})
    assert list(references(args)) == [("login", ("from",), "$login.access_token")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$a", True), ("$a.b.0.x-y", True), ("$$a", False), ("$A", False), ("a", False), ("$a.", False), ("$a b", False), (3, False)],
)
def test_what_a_reference_is(text, expected):
    assert is_reference(text) is expected


def test_deed_says_who_can_do_what():
    assert deed("app.sign_in")[1].name == "sign_in"
    with pytest.raises(PydanticCustomError, match="cannot call_api"):
        deed("laptop.call_api")
    for actor in CAST:
        able = [v for v in VERBS.values() if actor in v.who]
        assert bool(able) == (CAST[actor].kind in ("client", "browser", "attacker", "clock", "api") or actor == "admin")


def test_expect_knows_success():
    assert Expect.model_validate({"status": 302}).success
    assert not Expect.model_validate({"status": 401}).success
    assert not Expect.model_validate({"page": "error"}).success
    assert "expects nothing" in said(Expect, {})


def test_a_goal_has_exactly_one_predicate():
    goal = Goal.model_validate({"session": {"client": "budget", "browser": "mallory_browser", "user": "alice"}, "at": "x"})
    assert (goal.predicate, goal.what) == ("session", "budget in mallory_browser as alice")
    assert "exactly one" in said(Goal, {"at": "x"})
    assert "exactly one" in said(Goal, {"at": "x", "read": "alice:email", "pii": "alice:email"})
    assert "owns" in said(Goal, {"at": "x", "read": "bob:email"})
