"""private_key_jwt: a client that signs who it is, at each endpoint that asks, and everything that is wrong with an assertion."""

from __future__ import annotations

import pytest

from sandbox.core.entropy import private_key
from sandbox.core.wire import form_request
from sandbox.protocol.client_jwts import ASSERTION_TYPE, PSS
from sandbox.protocol.tokens import Key, b64, from_private, packed
from tests.support.key_client import OTHER, PAR, KeyClient, keyed
from tests.support.relying_party import AS, PKCE, VERIFIER, refused
from tests.support.worlds import failures, outcomes, sign_in, world


@pytest.fixture
def rp() -> KeyClient:
    return KeyClient(keyed(client_dpop="off", as_dpop_bind="off", rs_dpop="off"))


def own(rp: KeyClient, identity: dict[str, str]):
    """A token request that fails after the client has been authenticated, or before."""
    return rp.token(grant_type="refresh_token", refresh_token="unknown", redirect_uri=None, client_id=None, **identity)


def test_all_endpoints_take_an_assertion(rp):
    tokens = rp.token(code=rp.code(**PKCE), code_verifier=VERIFIER, **rp.identity()).json
    ask = lambda path, **more: rp.w.net.deliver(  # noqa: E731
        form_request(f"{AS}{path}", rp.identity() | {"token": tokens["access_token"]} | more), "budget"
    )
    assert ask("/introspect").json["active"] is True
    assert ask("/revoke").status == 200
    assert ask("/introspect").json["active"] is False
    assert rp.w.net.deliver(form_request(PAR, rp.asks() | rp.identity()), "budget").status == 201
    passed = outcomes(rp.w, "auth")
    assert {passed[c] for c in ("assertion", "client_key", "signature", "assertion_audience", "assertion_unused", "client")} == {"pass"}


def test_a_world_whose_clients_have_keys_works() -> None:
    w = keyed()
    session = sign_in(w, "budget")
    assert session is not None
    assert session.user == "alice"
    assert failures(w) == []


FAULTS = {
    "a text": ("assertion", "not a JWT"),
    "another subject": ("assertion", {"sub": "mobile"}),
    "no subject": ("assertion", {"sub": None}),
    "no issuer": ("assertion", {"iss": None}),
    "a subject that is no text": ("assertion", {"sub": 7, "iss": 7}),
    "somebody unknown": ("assertion", {"sub": "nobody", "iss": "nobody"}),
    "an access token": ("assertion", {"header": {"typ": "at+jwt"}}),
    "a request object": ("assertion", {"header": {"typ": "oauth-authz-req+jwt"}}),
    "no signature": ("algorithm", {"header": {"alg": "none"}}),
    "RS256": ("algorithm", {"header": {"alg": "RS256"}}),
    "HS256": ("algorithm", {"header": {"alg": "HS256"}}),
    "an algorithm that is no text": ("algorithm", {"header": {"alg": ["ES256"]}}),
    "another key": ("client_key", {"header": {"kid": OTHER.kid}}),
    "another algorithm than its key's": ("signature", {"header": {"alg": "EdDSA"}}),
    "the token endpoint": ("assertion_audience", {"aud": f"{AS}/token"}),
    "the endpoint for pushed requests": ("assertion_audience", {"aud": PAR}),
    "a list": ("assertion_audience", {"aud": [AS]}),
    "a list with more": ("assertion_audience", {"aud": [AS, f"{AS}/token"]}),
    "a slash more": ("assertion_audience", {"aud": f"{AS}/"}),
    "no audience": ("assertion_audience", {"aud": None}),
    "no end": ("expiry", {"exp": None}),
    "an end in the past": ("expiry", {"exp": 1_800_000_000}),
    "an end far away": ("expiry", {"exp": 1_900_000_000}),
    "an end that is no number": ("expiry", {"exp": "NaN"}),
    "a beginning in the future": ("not_before", {"nbf": 1_800_000_061}),
    "made in the future": ("not_before", {"iat": 1_800_000_061}),
    "a beginning that is no number": ("not_before", {"nbf": "now"}),
    "no jti": ("assertion_unused", {"jti": None}),
    "a jti that is no text": ("assertion_unused", {"jti": 5}),
    "a jti that fills the memory": ("assertion_unused", {"jti": "j" * 257}),
}


@pytest.mark.parametrize(("check", "change"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_with_an_assertion_is_named_and_refused(rp, check, change):
    identity = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": change} if isinstance(change, str) else rp.identity(**change)
    answer = own(rp, identity)
    assert (answer.status, answer.error, failures(rp.w)) == (401, "invalid_client", [f"auth.{check}"])


def test_a_good_one_comes_past_it(rp):
    refused(own(rp, rp.identity(nbf=1_800_000_010)), "invalid_grant")  # RFC 6749 §5.2: the client is known, the token is not
    assert failures(rp.w) == ["auth.refresh_token"]


def test_an_assertion_works_once(rp):
    identity = rp.identity()
    refused(own(rp, identity), "invalid_grant")
    refused(own(rp, identity), "invalid_client")
    assert failures(rp.w) == ["auth.refresh_token", "auth.assertion_unused"]


def test_a_signature_of_another_key_is_refused(rp):
    rp.key = Key("ES256", rp.key.kid, OTHER.secret, OTHER.jwk)
    refused(own(rp, rp.identity()), "invalid_client")
    assert failures(rp.w) == ["auth.signature"]


def test_the_type_of_the_assertion_must_be_named(rp):
    for kind in ("", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"):
        refused(own(rp, rp.identity() | {"client_assertion_type": kind}), "invalid_client")
    refused(own(rp, {"client_assertion_type": ASSERTION_TYPE}), "invalid_client")


def test_the_client_id_beside_it_must_be_the_same(rp):
    fields = {"grant_type": "refresh_token", "refresh_token": "x", "redirect_uri": None}
    refused(rp.token(**fields, client_id="budget", **rp.identity()), "invalid_grant")
    refused(rp.token(**fields, client_id="mobile", **rp.identity()), "invalid_client")


def test_one_method_of_authentication_is_enough(rp):
    """RFC 6749 §2.3: not more than one in each request."""
    refused(own(rp, rp.identity() | {"client_secret": "x"}), "invalid_request")
    fields = {"grant_type": "refresh_token", "refresh_token": "x", "redirect_uri": None, "client_id": None}
    refused(rp.token((("Authorization", "Basic eDp5"),), **fields, **rp.identity()), "invalid_request")


def test_who_has_registered_a_key_has_no_other_way(rp):
    refused(own(rp, {}), "invalid_client")
    refused(rp.token(grant_type="refresh_token", refresh_token="x", redirect_uri=None), "invalid_client")  # client_id alone
    refused(rp.token(post=True, grant_type="refresh_token", refresh_token="x", client_secret="budget-8Zq3vT1xNw6p"), "invalid_client")


def test_who_has_a_secret_cannot_sign():
    w = world("oauth-bcp")
    refused(own(KeyClient(w), KeyClient(w).identity()), "invalid_client")
    assert failures(w) == ["auth.client_key"]


def signed_with(rp: KeyClient, alg: str) -> str:
    """An assertion of this algorithm, made with a key that is registered for it."""
    kind = "RS256" if alg == "PS256" else "EdDSA"
    private = private_key("0", "rp", kind)
    rp.w.issuer.store.change("budget", keys=({k: v for k, v in from_private(private, kind).jwk.items() if k not in ("alg", "kid")},))
    body = f"{packed({'alg': alg})}.{rp.assertion().split('.')[1]}"
    return f"{body}.{b64(PSS.sign(body.encode(), private) if alg == 'PS256' else private.sign(body.encode()))}"


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519", "PS256"])
def test_the_other_algorithms_are_accepted(rp, alg):
    refused(own(rp, rp.identity(signed_with(rp, alg))), "invalid_grant")


def test_who_has_registered_an_algorithm_uses_that_one(rp):
    rp.w.issuer.store.change("budget", algs={"token_endpoint_auth_signing_alg": "ES256"})
    refused(own(rp, rp.identity()), "invalid_grant")
    refused(own(rp, rp.identity(signed_with(rp, "PS256"))), "invalid_client")
    assert failures(rp.w)[-1] == "auth.algorithm"


def test_the_metadata_say_so():
    said = keyed().issuer.describe()
    for place in ("token", "revocation", "introspection"):
        assert "private_key_jwt" in said[f"{place}_endpoint_auth_methods_supported"]
        assert said[f"{place}_endpoint_auth_signing_alg_values_supported"] == ["ES256", "PS256", "EdDSA", "Ed25519"]
