"""The `claims` parameter: what can be asked for, what is told and where, about whom people are asked, and what is malformed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from sandbox.core.wire import Pairs, Request, first, form_request
from sandbox.protocol.step_up import PASSWORD, TWO_FACTOR
from sandbox.world.parties.authorization_server.claims_request import LONGEST, MOST, NOTHING, Unreadable, Wish, in_words, parsed, told
from sandbox.world.parties.people import User
from tests.support.key_client import KeyClient, keyed
from tests.support.relying_party import AS, CALLBACK, RelyingParty, certified
from tests.support.worlds import failures, world

NAME, EMAIL = "Alice Adler", "alice@connectsphere.example"
ALICE = User("alice", NAME, "wonderland", own={"profile": {"nickname": "Al"}, "staff": {"desk": 7}})


@pytest.fixture
def rp() -> RelyingParty:
    return RelyingParty(certified())


def asks(**places: Any) -> str:
    return json.dumps(places)


def facts(rp: RelyingParty, claims: str, **change: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the userinfo endpoint tells, and what the ID token adds to what is always in it."""
    body = rp.sign_in(claims=claims, **change)
    always = {"iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "at_hash"}
    return rp.userinfo(body["access_token"]).json, {k: v for k, v in rp.id_token(body).claims.items() if k not in always}


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("{}", {}),
        ('{"userinfo":{}}', {}),
        ('{"userinfo":{"name":null}}', {"name": Wish()}),
        ('{"userinfo":{"name":{}}}', {"name": Wish()}),
        ('{"userinfo":{"name":{"essential":true,"fly":[1]}},"elsewhere":[1]}', {"name": Wish(True)}),
        ('{"userinfo":{"name":{"value":"Al"}}}', {"name": Wish(values=("Al",))}),
        ('{"userinfo":{"name":{"value":null}}}', {"name": Wish(values=(None,))}),
        ('{"userinfo":{"a":{"values":["x",{"y":1}]},"b":null}}', {"a": Wish(values=("x", {"y": 1})), "b": Wish()}),
    ],
)
def test_what_a_request_says(text: str, wishes: dict[str, Wish]) -> None:
    assert parsed(text).userinfo == wishes
    assert parsed(text.replace("userinfo", "id_token")).id_token == wishes


MALFORMED = {
    "": "is not JSON",
    "x": "is not JSON",
    "[]": "is no JSON object",
    "null": "is no JSON object",
    '"{}"': "is no JSON object",
    '{"userinfo":{},"userinfo":{}}': "has a name twice in one object",
    '{"userinfo":{"name":{"value":NaN}}}': "has NaN, which is no number in JSON",
    '{"userinfo":null}': "has a userinfo that is no object",
    '{"id_token":["name"]}': "has a id_token that is no object",
    '{"id_token":{"name":true}}': "has a claim in id_token that is neither null nor an object",
    '{"userinfo":{"name":{"essential":"yes"}}}': "has a claim in userinfo whose essential is neither true nor false",
    '{"userinfo":{"name":{"values":"Al"}}}': "has a claim in userinfo whose values are no list",
    "[" * 70 + "]" * 70: "is nested more than 64 deep",
    json.dumps({"userinfo": {str(n): None for n in range(MOST + 1)}}): f"asks for more than {MOST} claims in userinfo",
    '{"x":"' + "y" * LONGEST + '"}': f"has more than {LONGEST} characters",
}


@pytest.mark.parametrize(("text", "why"), MALFORMED.items(), ids=range(len(MALFORMED)))
def test_what_cannot_be_read(text: str, why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parsed(text)
    assert str(raised.value) == why


def test_only_what_is_known_of_a_person_is_told_and_only_with_a_value_that_is_wanted() -> None:
    wishes = {
        "name": Wish(),
        "nickname": Wish(True),
        "desk": Wish(values=(8, 7)),
        "email": Wish(values=("x@y",)),
        "fly": Wish(True),
        "sub": Wish(),
        "roles": Wish(),
    }
    assert told(ALICE, wishes) == {"name": NAME, "nickname": "Al", "desk": 7}
    asked = parsed(asks(userinfo={"desk": None, "fly": None}, id_token={"name": None, "acr": None}))
    assert asked.about(ALICE) == {"desk", "name"}
    assert NOTHING.about(ALICE) == frozenset()


# ---------------------------------------------------------------- being told


def test_each_place_tells_what_was_asked_of_it(rp: RelyingParty) -> None:
    at_userinfo, in_token = facts(rp, asks(userinfo={"name": None}, id_token={"email": {"essential": True}}))
    assert (at_userinfo, in_token) == ({"sub": "alice", "name": NAME}, {"email": EMAIL})


def test_they_come_beside_those_of_the_scopes(rp: RelyingParty) -> None:
    wanted = {"name": {"value": "somebody else"}, "phone_number": None}
    at_userinfo, in_token = facts(rp, asks(userinfo=wanted, id_token=wanted), scope="openid profile")
    assert (
        at_userinfo
        == {"sub": "alice", "phone_number": "+43 1 5550100"}
        | RelyingParty.userinfo(rp, rp.sign_in(scope="openid profile")["access_token"]).json
    )
    assert in_token == {"name": NAME, "phone_number": "+43 1 5550100"}


def test_a_claim_that_is_not_to_be_had_is_no_error(rp: RelyingParty) -> None:
    """OIDC Core §5.5.1, whether it is essential or not."""
    wanted = {"name": {"essential": True, "value": "somebody else"}, "fly": {"essential": True}, "iss": {"value": "x"}, "exp": None}
    assert facts(rp, asks(userinfo=wanted, id_token=wanted)) == ({"sub": "alice"}, {})


def test_they_are_told_with_renewed_tokens_too(rp: RelyingParty) -> None:
    body = rp.sign_in(claims=asks(userinfo={"name": None}))
    again = rp.token(grant_type="refresh_token", redirect_uri=None, refresh_token=body["refresh_token"]).json
    assert rp.userinfo(again["access_token"]).json == {"sub": "alice", "name": NAME}


def test_who_exchanges_a_token_is_not_told_them() -> None:
    w = certified(as_token_exchange="on")
    rp = RelyingParty(w)
    body = rp.sign_in(claims=asks(userinfo={"name": None}))
    (token,) = [t for t in w.issuer.store.tokens.values() if t.value == body["access_token"]]
    token.act = {"sub": "accounts"}
    assert rp.userinfo(body["access_token"]).json == {"sub": "alice"}


def test_without_openid_the_parameter_means_nothing(rp: RelyingParty) -> None:
    assert first(rp.ask(scope="read", claims="x"), "code")
    assert [*rp.w.issuer.store.codes.values()][-1].grant.claims is NOTHING


def test_where_it_is_not_offered_it_is_ignored() -> None:
    """In the simulation; the metadata says so."""
    rp = RelyingParty(certified())
    rp.w.issuer.core.takes_claims = False
    assert rp.w.issuer.describe()["claims_parameter_supported"] is False
    assert facts(rp, "x") == ({"sub": "alice"}, {})
    assert not world("oauth-bcp").issuer.core.takes_claims


# ---------------------------------------------------------------- asking people


def test_people_are_asked_about_what_the_scopes_do_not_name(rp: RelyingParty) -> None:
    rp.ask(
        claims=asks(userinfo={"email": None, "name": None, "fly": None}, id_token={"phone_number": None}),
        scope="openid profile",
        cancel=True,
    )
    pages = [e.response.body for e in rp.w.net.trace.events if hasattr(e, "response") and e.response.page == "consent"]
    assert "<li>see your e-mail address, telephone number</li>" in pages[-1]
    rp.ask(claims=asks(userinfo={"name": None}), scope="openid profile", cancel=True)
    pages = [e.response.body for e in rp.w.net.trace.events if hasattr(e, "response") and e.response.page == "consent"]
    assert pages[-1].count("<li>see your") == 1, "the line of the scope"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"given_name", "family_name"}, "family name, given name"),
        ({"email", "email_verified", "address"}, "postal address, e-mail address (and whether it is verified)"),
        ({"phone_number_verified"}, "telephone number (only whether it is verified)"),
    ],
)
def test_claims_are_named_as_people_call_them(claims: set[str], words: str) -> None:
    assert in_words(claims) == words


def test_a_yes_is_remembered_for_what_it_was_said_to(rp: RelyingParty) -> None:
    rp.sign_in(claims=asks(userinfo={"name": None}))
    rp.sign_in(claims=asks(id_token={"name": None}))
    assert rp.pages == ()
    rp.sign_in(claims=asks(id_token={"email": None}))
    assert rp.pages == ("consent",)
    rp.sign_in()
    assert rp.pages == ()


def test_a_no_tells_nothing(rp: RelyingParty) -> None:
    assert first(rp.ask(claims=asks(userinfo={"name": None}), cancel=True), "error") == "access_denied"


# ---------------------------------------------------------------- who signs in, and how


def sub(name: str) -> str:
    return asks(id_token={"sub": {"value": name}})


def test_the_person_that_is_asked_for_signs_in_and_nobody_else(rp: RelyingParty) -> None:
    """OIDC Core §3.1.2.2."""
    rp.sign_in()
    assert first(rp.ask(claims=sub("alice"), prompt="none"), "code")
    assert first(rp.ask(claims=sub("mallory"), prompt="none"), "error") == "login_required"
    answer = rp.ask(claims=sub("mallory"))
    assert (first(answer, "error"), first(answer, "state"), rp.pages) == ("login_required", "s1", ("login",))
    assert failures(rp.w)[-1] == "auth.person_asked"
    assert rp.id_token(rp.sign_in(claims=sub("mallory"), user="mallory")).claims["sub"] == "mallory"


def test_a_hint_and_a_claim_that_name_two_people_fit_nobody(rp: RelyingParty) -> None:
    hint = rp.sign_in()["id_token"]
    assert first(rp.ask(claims=sub("mallory"), id_token_hint=hint), "error") == "login_required"
    assert first(rp.ask(claims=sub("alice"), id_token_hint=hint, prompt="none"), "code")


def test_who_was_hinted_at_and_does_not_sign_in_is_not_replaced(rp: RelyingParty) -> None:
    hint = RelyingParty(rp.w, browser="mallory_browser").sign_in(user="mallory")["id_token"]
    assert first(rp.ask(id_token_hint=hint), "error") == "login_required"


def acr(*values: str, essential: bool = True) -> str:
    return asks(id_token={"acr": {"essential": essential, "values": list(values)}})


def test_a_way_to_sign_in_that_is_insisted_on_must_exist(rp: RelyingParty) -> None:
    """OIDC Core §5.5.1.1: else it counts as an authentication that failed."""
    answer = rp.ask(claims=acr("urn:unknown"))
    assert (first(answer, "error"), first(answer, "state")) == ("unmet_authentication_requirements", "s1")
    assert failures(rp.w) == ["auth.acr_offered"]
    body = rp.sign_in(claims=acr("urn:unknown", essential=False))
    assert rp.id_token(body).claims["acr"] == PASSWORD, "the session's own, where nothing is insisted on"


def test_the_session_must_have_it(rp: RelyingParty) -> None:
    body = rp.sign_in(claims=acr(PASSWORD, TWO_FACTOR))
    assert rp.id_token(body).claims["acr"] == PASSWORD
    assert first(rp.ask(claims=acr(PASSWORD), prompt="none"), "code")
    assert first(rp.ask(claims=acr(TWO_FACTOR), prompt="none"), "error") == "login_required"
    rp.w.browsers["laptop"].held = None
    rp.w.browsers["laptop"].visit(f"{AS}/authorize?{urlencode(query(rp, acr(TWO_FACTOR)))}")
    assert "otp" in rp.w.browsers["laptop"].page.body, "the second factor is all that is missing"


def query(rp: RelyingParty, claims: str) -> dict[str, str]:
    return {"response_type": "code", "client_id": "budget", "redirect_uri": CALLBACK, "scope": "openid", "claims": claims}


def test_a_stronger_one_than_what_is_insisted_on_is_another_one(rp: RelyingParty) -> None:
    rp.sign_in()
    for session in rp.w.issuer.store.sessions.values():
        session.acr = TWO_FACTOR
    assert first(rp.ask(claims=acr(PASSWORD), prompt="none"), "error") == "login_required"
    body = rp.sign_in(claims=acr(PASSWORD))
    assert rp.pages[0] == "login"
    assert rp.id_token(body).claims["acr"] == PASSWORD


# ---------------------------------------------------------------- how it comes, and what is refused


@pytest.mark.parametrize("text", ["x", "[]", '{"userinfo":null}', '{"id_token":{"name":1}}', "x" * (LONGEST + 1)])
def test_what_is_malformed_is_an_invalid_request(rp: RelyingParty, text: str) -> None:
    answer = rp.ask(claims=text)
    assert (first(answer, "error"), first(answer, "state")) == ("invalid_request", "s1")
    assert failures(rp.w) == ["auth.claims_request"]


@pytest.fixture
def pusher() -> KeyClient:
    client = KeyClient(keyed(client_dpop="off", as_dpop_bind="off", rs_dpop="off"))
    client.w.issuer.core.takes_claims = True
    return client


def kept(client: KeyClient, back: Pairs) -> object:
    return client.w.issuer.store.codes[first(back, "code") or ""].grant.claims


WANTED = {"userinfo": {"name": {"essential": True}}, "id_token": {"email": None}}


def test_it_comes_pushed_and_in_request_objects(pusher: KeyClient) -> None:
    """OIDC Core §5.5: in a request object it is an object, and no text."""
    expected = parsed(json.dumps(WANTED))
    assert kept(pusher, pusher.use(pusher.pushed(claims=json.dumps(WANTED)))) == expected
    assert kept(pusher, pusher.show(pusher.object(claims=WANTED))) == expected
    answer = pusher.push(client_id="budget", request=pusher.object(claims=WANTED))
    assert kept(pusher, pusher.use(answer.json["request_uri"])) == expected
    assert kept(pusher, pusher.show(pusher.object(), claims=json.dumps(WANTED))) == NOTHING, "what is not signed does not count"


def test_malformed_claims_are_refused_there_too(pusher: KeyClient) -> None:
    answer = pusher.push(**pusher.asks(claims="[]"))
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert first(pusher.show(pusher.object(claims={"userinfo": 1})), "error") == "invalid_request"
    assert first(pusher.show(pusher.object(claims=[WANTED, WANTED])), "error") == "invalid_request", "twice is twice"


def test_it_is_no_parameter_of_the_token_endpoint() -> None:
    w = certified(as_no_ropc="off")
    rp = RelyingParty(w)
    body = rp.token(
        grant_type="password",
        redirect_uri=None,
        username="alice",
        password="wonderland",
        scope="openid",
        claims=asks(userinfo={"name": None}),
    )
    assert rp.userinfo(body.json["access_token"]).json == {"sub": "alice"}
    answer = w.net.deliver(form_request(f"{AS}/token", {"claims": "x"}), "budget")
    assert answer.status in (400, 401)


def test_an_implicit_grant_keeps_them() -> None:
    w = certified(as_no_implicit="off")
    w.issuer.store.change("mobile", response_types=("code", "token"))
    rp = RelyingParty(w, "mobile", None, "com.connectsphere.app:/cb")
    answer = rp.ask(response_type="token", claims=asks(userinfo={"name": None}))
    token = first(answer, "access_token")
    assert token, (answer, rp.shown)
    request = Request("GET", f"{AS}/userinfo", (("Authorization", f"Bearer {token}"),))
    assert w.net.deliver(request, "budget").json == {"sub": "alice", "name": NAME}
