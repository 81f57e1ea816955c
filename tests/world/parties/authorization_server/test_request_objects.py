"""Signed request objects (RFC 9101), in the address and pushed, and everything that is wrong with one."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, first
from sandbox.protocol.tokens import Key
from sandbox.protocol.trace import Sent
from tests.support.key_client import OTHER, KeyClient, keyed
from tests.support.relying_party import AS, CALLBACK, refused
from tests.support.worlds import failures, outcomes, sign_in, world

NOW = 1_800_000_000


@pytest.fixture
def rp() -> KeyClient:
    return KeyClient(keyed())


def test_a_signed_request_becomes_a_code(rp):
    back = rp.show(rp.object())
    assert (bool(first(back, "code")), first(back, "state"), first(back, "iss")) == (True, "s1", AS)
    passed = outcomes(rp.w, "auth")
    assert {passed[c] for c in ("request_object", "algorithm", "client_key", "signature", "audience", "expiry", "not_before")} == {"pass"}


def test_only_what_stands_in_the_object_counts(rp):
    """RFC 9101 §6.3."""
    back = rp.show(rp.object(), state="evil", scope="read write", redirect_uri="https://evil.example/cb", nonce="evil")
    assert first(back, "state") == "s1"
    (code,) = rp.w.issuer.store.codes.values()
    assert (code.grant.scope, code.nonce, code.redirect_uri) == ("openid", "n1", CALLBACK)
    assert first(rp.show(rp.object(state=None), state="evil"), "state") is None


def test_a_posted_request_can_be_signed_too(rp):
    body = f"client_id=budget&request={rp.object()}"
    assert first(rp.request(body, method="POST"), "code")


def test_values_that_are_no_texts_mean_what_they_would_in_an_address(rp):
    assert first(rp.show(rp.object(max_age=60, prompt="consent")), "code")
    apis = ["https://accounts.connectsphere.example", "https://transactions.connectsphere.example"]
    assert first(rp.show(rp.object(resource=apis)), "code")
    assert [*rp.w.issuer.store.codes.values()][-1].grant.resources == tuple(apis)
    assert first(rp.show(rp.object(scope=["openid", "read"])), "error") == "invalid_request", "twice is twice"


FAULTS = {
    "no JWT": ("request_object", "x.y"),
    "an access token": ("request_object", {"header": {"typ": "at+jwt"}}),
    "a client assertion": ("request_object", {"sub": "budget"}),
    "another issuer": ("request_object", {"iss": "mobile"}),
    "no issuer": ("request_object", {"iss": None}),
    "another client inside": ("request_object", {"client_id": "mobile"}),
    "no client inside": ("request_object", {"client_id": None}),
    "an object inside": ("request_object", {"request": "x"}),
    "a reference inside": ("request_object", {"request_uri": "https://budget.example/r"}),
    "too many parameters": ("request_object", {"x": ["1"] * 101}),
    "no signature": ("algorithm", {"header": {"alg": "none"}}),
    "RS256": ("algorithm", {"header": {"alg": "RS256"}}),
    "another key": ("client_key", {"header": {"kid": OTHER.kid}}),
    "no audience": ("audience", {"aud": None}),
    "another audience": ("audience", {"aud": "https://evil.example"}),
    "an audience that is a mess": ("audience", {"aud": {"x": AS}}),
    "no beginning": ("not_before", {"nbf": None}),
    "an hour ago": ("not_before", {"nbf": NOW - 3601}),
    "later": ("not_before", {"nbf": NOW + 61}),
    "no end": ("expiry", {"exp": None}),
    "an end in the past": ("expiry", {"exp": NOW}),
    "an end far away": ("expiry", {"exp": NOW + 3601}),
}


def made(rp: KeyClient, change) -> str:
    return change if isinstance(change, str) else rp.object(**change)


@pytest.mark.parametrize(("check", "change"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_with_an_object_is_named_and_refused(rp, check, change):
    assert rp.show(made(rp, change)) == ()
    assert (rp.shown.status, rp.shown.error, failures(rp.w)) == (400, "invalid_request_object", [f"auth.{check}"])
    answer = rp.push(client_id="budget", request=made(rp, change))
    assert (answer.status, answer.error) == (400, "invalid_request_object")
    assert failures(rp.w) == [f"auth.{check}"] * 2


def test_a_signature_of_another_key_is_refused(rp):
    rp.key = Key("ES256", rp.key.kid, OTHER.secret, OTHER.jwk)
    assert rp.show(rp.object()) == ()
    assert (rp.shown.error, failures(rp.w)) == ("invalid_request_object", ["auth.signature"])


def test_a_changed_object_is_refused(rp):
    head, body, signature = rp.object().split(".")
    other = rp.object(scope="openid read write").split(".")[1]
    assert rp.show(f"{head}.{other}.{signature}") == ()
    assert rp.show(f"{head}.{body}.") == ()
    assert failures(rp.w) == ["auth.signature", "auth.signature"]


def test_the_client_hears_of_it_where_the_address_names_it(rp):
    """What stands in an object that nobody vouches for is not used, not even to say so."""
    back = rp.show(rp.object(aud="x"), redirect_uri=CALLBACK, state="outside")
    assert (first(back, "error"), first(back, "state"), first(back, "iss")) == ("invalid_request_object", "outside", AS)
    assert rp.show(rp.object(aud="x"), redirect_uri="https://evil.example/cb") == ()


def test_what_is_asked_inside_is_checked_like_any_request(rp):
    assert rp.show(rp.object(redirect_uri="https://evil.example/cb")) == ()
    assert (rp.shown.error, failures(rp.w)) == ("invalid_request", ["auth.redirect_uri"])
    assert first(rp.show(rp.object(code_challenge=None)), "error") == "invalid_request"
    assert first(rp.show(rp.object(scope="fly")), "error") == "invalid_scope"


def test_an_object_and_a_reference_together_are_refused(rp):
    assert rp.show(rp.object(), request_uri=rp.pushed()) == ()
    assert rp.shown.error == "invalid_request"


def test_an_object_can_be_pushed(rp):
    """RFC 9126 §3: beside it stands only what authenticates the client."""
    answer = rp.push(client_id="budget", request=rp.object(), scope="read write", state="evil")
    assert answer.status == 201
    back = rp.use(answer.json["request_uri"], state="evil")
    assert (bool(first(back, "code")), first(back, "state")) == (True, "s1")
    refused(rp.push(client_id="budget", request=rp.object(client_id="mobile")), "invalid_request_object")
    refused(rp.push(request=rp.object(redirect_uri="https://evil.example/cb")), "invalid_request")


def test_an_algorithm_that_was_registered_is_the_only_one(rp):
    rp.w.issuer.store.change("budget", algs={"request_object_signing_alg": "PS256"})
    assert rp.show(rp.object()) == ()
    assert failures(rp.w) == ["auth.algorithm"]


def test_where_signing_is_demanded_plain_requests_are_refused():
    rp = KeyClient(keyed(as_request_object="required", client_request_object="on"))
    assert (first(rp.ask(), "error"), first(rp.ask(), "state")) == ("invalid_request", "s1")
    refused(rp.push(), "invalid_request")
    assert set(failures(rp.w)) == {"auth.request_object"}
    assert first(rp.show(rp.object()), "code")
    answer = rp.push(client_id="budget", request=rp.object())
    assert first(rp.use(answer.json["request_uri"]), "code")
    assert sign_in(rp.w, "budget", "phone").user == "alice"
    assert rp.w.issuer.describe()["require_signed_request_object"] is True


def test_a_client_can_demand_it_of_itself(rp):
    """RFC 9101 §10.5."""
    rp.w.issuer.store.change("budget", demands=("require_signed_request_object",))
    assert first(rp.ask(), "error") == "invalid_request"
    assert first(rp.show(rp.object()), "code")


def test_where_it_is_off_the_client_asks_in_the_usual_way():
    rp = KeyClient(keyed(as_request_object="off", client_request_object="on"))
    assert first(rp.show(rp.object(), redirect_uri=CALLBACK), "error") == "request_not_supported"
    refused(rp.push(client_id="budget", request=rp.object()), "request_not_supported")
    assert sign_in(rp.w, "budget", "phone").user == "alice"
    assert rp.w.issuer.describe()["request_parameter_supported"] is False


def test_her_own_app_does_what_is_demanded():
    w = world("oauth-bcp", as_request_object="required", as_par="required")
    assert sign_in(w, "evil_app").user == "alice"
    pushed = [e.request for e in w.net.trace.events if isinstance(e, Sent) and e.request.path == "/par"]
    assert [first(r.form, "client_id") for r in pushed] == ["evil_app"]
    assert "request" in dict(pushed[0].form)


def test_a_public_client_cannot_sign_and_is_refused():
    w = world("oauth-bcp", as_request_object="required", client_request_object="on")
    sign_in(w, "mobile", "phone")
    assert failures(w) == ["auth.request_object", "mobile.response"]


def test_long_objects_are_read_up_to_a_limit(rp):
    shown = rp.w.net.deliver(Request("GET", f"{AS}/authorize?client_id=budget&request={'a' * 65_000}"), "laptop", "front")
    assert shown.status in (400, 414)
