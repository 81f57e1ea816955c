"""The verbs: what they accept, what they refuse, and that the table is complete."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sandbox.protocol.cast import CAST
from sandbox.verbs.table import VERBS, deed
from sandbox.verbs.verb import COMMON_OUTPUTS, Args
from tests.support.models import said


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_verb_is_documented_and_somebody_can_do_it(verb):
    assert verb.doc.endswith(".")
    assert verb.doc != (Args.__doc__ or "")
    assert verb.wire
    assert verb.who
    assert set(COMMON_OUTPUTS) <= set(verb.outputs)
    assert len(set(verb.outputs)) == len(verb.outputs)


def test_python_keywords_are_read_under_their_names_in_the_file():
    args = VERBS["call_api"].args.model_validate({"api": "accounts", "path": "/", "from": "accounts", "json": {"a": 1}})
    assert (args.sender, args.json_) == ("accounts", {"a": 1})


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


def test_deed_says_who_can_do_what():
    assert deed("app.sign_in")[1].name == "sign_in"
    with pytest.raises(PydanticCustomError, match="cannot call_api"):
        deed("laptop.call_api")
    for actor in CAST:
        able = [v for v in VERBS.values() if actor in v.who]
        assert bool(able) == (CAST[actor].kind in ("client", "browser", "attacker", "clock", "api", "device") or actor == "admin")
