"""The modules of the OpenID Foundation's FAPI2 security profile (final) and message signing plans, by name.

Here is the server as FAPI2 wants it: each request is pushed by a client that authenticates with private_key_jwt, tokens are bound with
DPoP, codes with PKCE; for message signing each request is signed, too.  What the server has not is in the table.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from sandbox.core.wire import Pairs, Request, first, form_request
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import Key, decode, key_for, sha256
from tests.support.key_client import OTHER as STRANGER
from tests.support.key_client import PAR, KeyClient, keyed
from tests.support.relying_party import AS, PKCE, VERIFIER, refused
from tests.support.worlds import sign_in

SECURITY_PROFILE = [
    "discovery-end-point-verification",
    "happy-flow",
    "user-rejects-authentication",
    "ensure-authorization-request-without-state-success",
    "ensure-authorization-request-without-nonce-success",
    "ensure-authorization-request-with-64-char-nonce-success",
    "ensure-other-scope-order-succeeds",
    "test-claims-parameter-identity-claims",
    "access-token-type-header-case-sensitivity",
    "check-dpop-proof-nbf-exp",
    "ensure-dpopproof-with-iat-10seconds-before-succeeds",
    "ensure-dpopproof-with-iat-10seconds-after-succeeds",
    "ensure-mismatched-dpop-jkt-fails",
    "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
    "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
    "ensure-dpopproof-at-par-endpoint-binding-success",
    "ensure-dpop-auth-code-binding-success",
    "ensure-different-nonce-inside-and-outside-request-object",
    "ensure-different-state-inside-and-outside-request-object",
    "ensure-authorization-request-with-long-nonce",
    "ensure-authorization-request-with-long-state",
    "state-only-outside-request-object-not-used",
    "ensure-request-object-without-redirect-uri-fails",
    "ensure-registered-redirect-uri",
    "plain-fapi-tolerate-unregistered-redirect-uri",
    "ensure-unsigned-authorization-request-without-using-par-fails",
    "ensure-redirect-uri-in-authorization-request",
    "ensure-response-type-code-idtoken-fails",
    "australia-connectid-ensure-invalid-purpose-fails",
    "ensure-response-type-token-fails",
    "ensure-client-id-in-token-endpoint",
    "ensure-holder-of-key-required",
    "ensure-authorization-code-is-bound-to-client",
    "attempt-reuse-authorization-code-after-one-second",
    "ensure-token-endpoint-fails-with-expired-auth-code",
    "ensure-signed-client-assertion-with-RS256-fails",
    "ensure-client-assertion-in-token-endpoint",
    "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
    "ensure-client-assertion-with-wrong-aud-fails",
    "ensure-client-assertion-with-no-sub-fails",
    "dpop-negative-tests",
    "refresh-token",
    "ensure-server-handles-non-matching-intent-id",
    "test-essential-acr-sca-claim",
    "brazil-ensure-bad-payment-signature-fails",
    "australia-connectid-test-claims-parameter-idtoken-identity-claims",
    "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
    "par-attempt-reuse-request_uri",
    "par-attempt-to-use-expired-request_uri",
    "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
    "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
    "par-attempt-to-use-request_uri-for-different-client",
    "par-authorization-request-containing-request_uri-form-param",
    "par-attempt-invalid-http-method",
    "par-ensure-pkce-required",
    "ensure-pkce-code-verifier-required",
    "incorrect-pkce-code-verifier-rejected",
    "par-plain-pkce-rejected",
    "par-without-duplicate-parameters",
    "par-test-array-as-audience-fails",
    "par-test-par-endpoint-url-as-audience-fails",
    "par-test-token-endpoint-url-as-audience-fails",
]

MESSAGE_SIGNING = [
    "ensure-request-object-with-multiple-aud-succeeds",
    "ensure-request-object-without-exp-fails",
    "ensure-request-object-without-nbf-fails",
    "ensure-expired-request-object-fails",
    "ensure-request-object-with-bad-aud-fails",
    "ensure-request-object-with-exp-over-60-fails",
    "australia-connectid-ensure-request-object-with-exp-over-10-fails",
    "ensure-request-object-with-nbf-over-60-fails",
    "australia-connectid-ensure-request-object-with-nbf-over-15-fails",
    "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
    "ensure-signed-request-object-with-RS256-fails",
    "ensure-request-object-signature-algorithm-is-not-none",
    "ensure-request-object-with-invalid-signature-fails",
    "ensure-matching-key-in-authorization-request",
    "ensure-unsigned-request-at-par-endpoint-fails",
    "par-authorization-request-containing-request_uri",
]

REGIONAL = "A national or sector profile (Australia, Brazil, open banking)."
NOT_APPLICABLE = {m: REGIONAL for m in (*SECURITY_PROFILE, *MESSAGE_SIGNING) if m.startswith(("australia", "brazil"))} | {
    "test-essential-acr-sca-claim": REGIONAL,
    "ensure-server-handles-non-matching-intent-id": REGIONAL,
    "plain-fapi-tolerate-unregistered-redirect-uri": "Allows what this server does not: redirect URIs that only a pushed request names.",
}

API = "https://accounts.connectsphere.example/accounts"
MINE, OTHER = key_for("0", "rp"), key_for("0", "other rp")


class Fapi(KeyClient):
    """A client as FAPI2 wants it: it pushes its requests, proves itself with a key, binds its tokens with DPoP and uses PKCE, always."""

    count = 0

    def proof(
        self, key: Key = MINE, method: str = "POST", url: str = f"{AS}/token", token: str | None = None, late: int = 0
    ) -> tuple[tuple[str, str], ...]:
        self.count += 1
        return (("DPoP", prove(key, method, url, self.w.net.clock.now() + late, f"{self.client_id}-{self.count}", token)),)

    def ask(self, method: str = "GET", cancel: bool = False, user: str = "alice", **change: str | None) -> Pairs:
        """A pushed request, answered by a person; what was refused when it was pushed comes back as it is."""
        answer = self.push(**self.asks(**change))
        return self.use(answer.json["request_uri"], cancel) if answer.status == 201 else tuple(answer.json.items())

    def token(self, headers: Pairs = (), post: bool = False, **fields: Any):
        return super().token(headers, post, **(self.identity() | fields))

    def redeem(self, code: str, key: Key = MINE, **change: Any):
        return self.token(self.proof(key), **({"code": code, "code_verifier": VERIFIER} | change))

    def tokens(self, **change: Any) -> dict[str, Any]:
        body = self.redeem(self.code(**(PKCE | {"scope": "openid read"} | change))).json
        assert body["token_type"] == "DPoP"
        return body

    def call(self, token: str, proof: tuple[tuple[str, str], ...] | None = None, scheme: str = "DPoP", method: str = "GET"):
        headers = (("Authorization", f"{scheme} {token}"), *(self.proof(MINE, "GET", API, token) if proof is None else proof))
        return self.w.net.deliver(Request(method, API, headers), "budget")


FAPI = {"as_par": "required", "client_par": "on", "as_request_object": "optional"}


@pytest.fixture
def rp() -> Fapi:
    return Fapi(keyed(**FAPI))


@pytest.fixture
def signer() -> Fapi:
    """In the setting of the message signing profile: each request must be signed."""
    return Fapi(keyed(**(FAPI | {"as_request_object": "required", "client_request_object": "on"})))


def another(rp: Fapi) -> Fapi:
    """A second client, with a key of its own."""
    rp.w.issuer.store.change("evil_app", keys=(STRANGER.jwk,), by_key=True, secret=None)
    return Fapi(rp.w, "evil_app", key=STRANGER)


def denied(answer, error: str) -> None:
    assert (first(answer, "error"), first(answer, "state"), first(answer, "iss")) == (error, "s1", AS), answer


def not_taken(rp: Fapi, error: str, **change: Any) -> None:
    """The request is refused when it is pushed."""
    answer = rp.push(**rp.asks(**change))
    assert (answer.status, answer.error) == (400, error), answer


def signed(rp: Fapi, header: dict[str, Any] | None = None, **change: Any):
    """Push a request object."""
    return rp.push(client_id=rp.client_id, request=rp.object(header, **change))


def not_signed(answer) -> None:
    assert (answer.status, answer.error) == (400, "invalid_request_object"), answer


def unproved(rp: Fapi, **change: Any) -> None:
    """An assertion is refused where requests are pushed, and at the token endpoint."""
    refused(rp.push((), rp.identity(**change), **rp.asks()), "invalid_client")
    refused(rp.token(rp.proof(), code="x", **rp.identity(**change)), "invalid_client")


def test_each_module_is_tested_or_has_its_reason():
    tested = {
        name.removeprefix("test_fapi2_").replace("_", "-").lower() for name in vars(sys.modules[__name__]) if name.startswith("test_fapi2_")
    }
    listed = {m.replace("_", "-").lower() for m in (*SECURITY_PROFILE, *MESSAGE_SIGNING)}
    excused = {m.replace("_", "-").lower() for m in NOT_APPLICABLE}
    assert (len(SECURITY_PROFILE), len(MESSAGE_SIGNING)) == (62, 16)
    assert tested | excused == listed
    assert not tested & excused


def test_the_reasons_are_true(rp):
    said = rp.w.net.deliver(Request("GET", f"{AS}/.well-known/oauth-authorization-server"), "budget").json
    assert said["request_uri_parameter_supported"] is False
    not_taken(rp, "invalid_request", redirect_uri="https://budget.example/not-registered")


def test_fapi2_discovery_end_point_verification(rp):
    said = rp.w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["dpop_signing_alg_values_supported"] == ["ES256", "RS256", "EdDSA", "Ed25519"]
    assert set(said["id_token_signing_alg_values_supported"]) <= {"ES256", "PS256", "EdDSA"}
    assert (said["pushed_authorization_request_endpoint"], said["require_pushed_authorization_requests"]) == (PAR, True)
    assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]
    assert set(said["token_endpoint_auth_signing_alg_values_supported"]) == {"ES256", "PS256", "EdDSA", "Ed25519"}
    assert said["request_object_signing_alg_values_supported"] == said["token_endpoint_auth_signing_alg_values_supported"]


def test_fapi2_happy_flow(rp):
    body = rp.tokens()
    assert decode(body["access_token"]).claims["cnf"] == {"jkt": MINE.thumbprint}
    assert rp.call(body["access_token"]).status == 200
    assert rp.id_token(body).claims["sub"] == "alice"


def test_the_client_of_the_cast_does_all_of_it(signer):
    assert sign_in(signer.w, "budget").user == "alice"


@pytest.mark.parametrize("signs", [False, True], ids=["plain", "in a request object"])
def test_fapi2_test_claims_parameter_identity_claims(rp, signer, signs):
    """Each standard claim of the metadata is asked for at both places, and comes back at both."""
    client = signer if signs else rp
    client.w.issuer.core.takes_claims = True
    wanted = set(client.w.issuer.describe()["claims_supported"]) - {"sub"}
    claims = {place: dict.fromkeys(wanted) for place in ("userinfo", "id_token")}
    if signs:
        uri = signed(client, claims=claims).json["request_uri"]
        body = client.redeem(first(client.use(uri), "code")).json
    else:
        body = client.tokens(scope="openid", claims=json.dumps(claims))
    proof = client.proof(MINE, "GET", f"{AS}/userinfo", body["access_token"])
    request = Request("GET", f"{AS}/userinfo", (("Authorization", f"DPoP {body['access_token']}"), *proof))
    told, said = client.w.net.deliver(request, "budget").json, client.id_token(body).claims
    assert wanted <= told.keys()
    assert {name: said[name] for name in wanted} == {name: told[name] for name in wanted}


def test_fapi2_user_rejects_authentication(rp):
    denied(rp.ask(cancel=True, **PKCE), "access_denied")


def test_fapi2_ensure_authorization_request_without_state_success(rp):
    answer = rp.ask(state=None, **PKCE)
    assert first(answer, "code")
    assert first(answer, "state") is None


def test_fapi2_ensure_authorization_request_without_nonce_success(rp):
    assert "nonce" not in rp.id_token(rp.tokens(nonce=None), None).claims


def test_fapi2_ensure_authorization_request_with_64_char_nonce_success(rp):
    assert rp.id_token(rp.tokens(nonce="n" * 64), "n" * 64)


def test_fapi2_ensure_authorization_request_with_long_nonce(rp):
    assert rp.id_token(rp.tokens(nonce="n" * 384), "n" * 384)


def test_fapi2_ensure_authorization_request_with_long_state(rp):
    assert first(rp.ask(state="s" * 384, **PKCE), "state") == "s" * 384


def test_fapi2_ensure_other_scope_order_succeeds(rp):
    assert rp.call(rp.tokens(scope="read openid")["access_token"]).status == 200


def test_fapi2_access_token_type_header_case_sensitivity(rp):
    """RFC 9110 §11.1: schemes ignore case."""
    token = rp.tokens()["access_token"]
    assert [rp.call(token, scheme=scheme).status for scheme in ("DPoP", "dpop", "DPOP")] == [200, 200, 200]


def test_fapi2_check_dpop_proof_nbf_exp(rp):
    """`nbf` and `exp` are no claims of a proof: `iat` alone decides (RFC 9449 §4.2)."""
    token, now = rp.tokens()["access_token"], rp.w.net.clock.now()
    public = {k: v for k, v in MINE.jwk.items() if k in ("kty", "crv", "x", "y")}
    claims = {"jti": "a", "htm": "GET", "htu": API, "iat": now, "ath": sha256(token), "nbf": now - 5, "exp": now + 5}
    assert rp.call(token, (("DPoP", Key("ES256", "", MINE.secret).sign(claims, "dpop+jwt", jwk=public)),)).status == 200


def test_fapi2_ensure_dpopproof_with_iat_10seconds_before_succeeds(rp):
    token = rp.tokens()["access_token"]
    assert rp.call(token, rp.proof(MINE, "GET", API, token, late=-10)).status == 200


def test_fapi2_ensure_dpopproof_with_iat_10seconds_after_succeeds(rp):
    token = rp.tokens()["access_token"]
    assert rp.call(token, rp.proof(MINE, "GET", API, token, late=10)).status == 200


def test_fapi2_ensure_mismatched_dpop_jkt_fails(rp):
    refused(rp.redeem(rp.code(dpop_jkt=OTHER.thumbprint, **PKCE)), "invalid_grant")


def test_fapi2_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(rp):
    """The code was asked for with the thumbprint of one key; the token request proves another."""
    refused(rp.redeem(rp.code(dpop_jkt=MINE.thumbprint, **PKCE), OTHER), "invalid_grant")


def test_fapi2_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(rp):
    code = rp.code(dpop_jkt=MINE.thumbprint, **PKCE)
    refused(rp.token(code=code, code_verifier=VERIFIER), "invalid_grant")


def test_fapi2_ensure_dpop_auth_code_binding_success(rp):
    assert rp.redeem(rp.code(dpop_jkt=MINE.thumbprint, **PKCE)).status == 200


def test_fapi2_ensure_registered_redirect_uri(rp):
    not_taken(rp, "invalid_request", redirect_uri="https://budget.example/other")


def test_fapi2_ensure_redirect_uri_in_authorization_request(rp):
    """OAuth allows to leave out the only one that is registered (RFC 6749 §3.1.2.3); OpenID Connect does not."""
    not_taken(rp, "invalid_request", redirect_uri=None)
    assert first(rp.ask(redirect_uri=None, scope="read", **PKCE), "code")


def test_fapi2_ensure_response_type_code_idtoken_fails(rp):
    not_taken(rp, "unsupported_response_type", response_type="code id_token")


def test_fapi2_ensure_response_type_token_fails(rp):
    not_taken(rp, "unsupported_response_type", response_type="token")


def test_fapi2_ensure_client_id_in_token_endpoint(rp):
    """Whoever redeems the code must say, and prove, who it is."""
    code = rp.code(**PKCE)
    refused(rp.redeem(code, client_id="mobile"), "invalid_client")


def test_fapi2_ensure_holder_of_key_required(rp):
    """A stolen token without its key is worth nothing, as Bearer or with another key."""
    token = rp.tokens()["access_token"]
    refused(rp.call(token, (), "Bearer"), "invalid_token")
    refused(rp.call(token, ()), "invalid_dpop_proof")
    refused(rp.call(token, rp.proof(OTHER, "GET", API, token)), "invalid_token")


def test_fapi2_ensure_authorization_code_is_bound_to_client(rp):
    code = rp.code(**PKCE)
    refused(another(rp).redeem(code), "invalid_grant")


def test_fapi2_attempt_reuse_authorization_code_after_one_second(rp):
    code = rp.code(scope="openid read", **PKCE)
    assert rp.redeem(code).status == 200
    rp.w.net.wait(1)
    refused(rp.redeem(code), "invalid_grant")


def test_fapi2_ensure_token_endpoint_fails_with_expired_auth_code(rp):
    code = rp.code(**PKCE)
    rp.w.net.wait(601)
    refused(rp.redeem(code), "invalid_grant")


def test_fapi2_dpop_negative_tests(rp):
    """RFC 9449 §4.3, point by point, at the token endpoint and at the API."""
    now = rp.w.net.clock.now()
    token = rp.tokens()["access_token"]
    public = {k: v for k, v in MINE.jwk.items() if k in ("kty", "crv", "x", "y")}
    signer = Key("ES256", "", MINE.secret)
    good = {"jti": "n", "htm": "GET", "htu": API, "iat": now, "ath": sha256(token)}

    def status(claims: dict[str, Any], typ: str | None = "dpop+jwt", **header: Any) -> str | None:
        rp.count += 1
        given = {k: v for k, v in (good | {"jti": f"n{rp.count}"} | claims).items() if v is not None}
        return rp.call(token, (("DPoP", signer.sign(given, typ, **({"jwk": public} | header))),)).error

    assert status({}) is None
    faults: list[tuple[dict[str, Any], dict[str, Any]]] = [
        *(({name: None}, {}) for name in ("jti", "htm", "htu", "iat", "ath")),
        ({"htm": "POST"}, {}), ({"htu": "https://transactions.connectsphere.example/accounts"}, {}), ({"iat": now - 120}, {}), ({"iat": now + 120}, {}),
        ({"iat": str(now)}, {}), ({"ath": sha256("other")}, {}), ({"ath": token}, {}), ({}, {"typ": "JWT"}), ({}, {"alg": "none"}), ({}, {"alg": "HS256"}),
        ({}, {"jwk": None}), ({}, {"jwk": public | {"d": "AAAA"}}), ({}, {"jwk": {k: v for k, v in OTHER.jwk.items() if k in public}}), ({}, {"jwk": {"kty": "oct", "k": "AAAA"}}),
    ]  # fmt: skip
    for claims, header in faults:
        assert status(claims, **header) == "invalid_dpop_proof", (claims, header)
    proof = rp.proof(MINE, "GET", API, token)
    assert rp.call(token, proof).status == 200
    assert rp.call(token, proof).error == "invalid_dpop_proof"  # replayed
    assert (
        rp.call(token, (*rp.proof(MINE, "GET", API, token), *rp.proof(MINE, "GET", API, token))).error == "invalid_dpop_proof"
    )  # two of them
    refused(rp.token((("DPoP", "x"),), code=rp.code(**PKCE), code_verifier=VERIFIER), "invalid_dpop_proof")


def test_fapi2_refresh_token(rp):
    before = rp.tokens()
    fields = {"grant_type": "refresh_token", "redirect_uri": None, "refresh_token": before["refresh_token"]}
    other = another(rp)
    refused(other.token(other.proof(), **fields), "invalid_grant")
    after = rp.token(rp.proof(), **fields)
    assert after.status == 200
    assert rp.call(after.json["access_token"]).status == 200


def test_fapi2_par_ensure_pkce_required(rp):
    not_taken(rp, "invalid_request", code_challenge=None, code_challenge_method=None)


def test_fapi2_par_plain_pkce_rejected(rp):
    not_taken(rp, "invalid_request", code_challenge=VERIFIER, code_challenge_method="plain")
    not_taken(rp, "invalid_request", code_challenge=VERIFIER, code_challenge_method=None)


def test_fapi2_ensure_pkce_code_verifier_required(rp):
    refused(rp.redeem(rp.code(**PKCE), code_verifier=None), "invalid_request")


def test_fapi2_incorrect_pkce_code_verifier_rejected(rp):
    refused(rp.redeem(rp.code(**PKCE), code_verifier="w" * 43), "invalid_grant")


def test_fapi2_par_without_duplicate_parameters(rp):
    """A parameter twice is refused (RFC 6749 §3.1); the parameters once are enough."""
    assert rp.tokens()
    twice = (*rp.asks().items(), ("scope", "read"), *rp.identity().items())
    refused(rp.w.net.deliver(form_request(PAR, twice), "budget"), "invalid_request")


# ---------------------------------------------------------------- pushed requests


def test_fapi2_ensure_unsigned_authorization_request_without_using_par_fails(rp):
    denied(KeyClient.ask(rp, **PKCE), "invalid_request")


def test_fapi2_ensure_dpopproof_at_par_endpoint_binding_success(rp):
    answer = rp.push(rp.proof(url=PAR), **rp.asks())
    code = first(rp.use(answer.json["request_uri"]), "code")
    refused(rp.redeem(code, OTHER), "invalid_grant")
    assert rp.redeem(code).status == 200


def test_fapi2_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(rp):
    uri = rp.pushed()
    shown = rp.w.net.deliver(Request("GET", f"{AS}/authorize?client_id=budget&request_uri={uri}"), "phone", "front")
    assert shown.page == "login"
    assert first(rp.use(uri), "code")


def test_fapi2_par_attempt_reuse_request_uri(rp):
    uri = rp.pushed()
    assert first(rp.use(uri), "code")
    assert rp.use(uri) == ()
    assert rp.shown.error == "invalid_request_uri"


def test_fapi2_par_attempt_to_use_expired_request_uri(rp):
    uri = rp.pushed()
    rp.w.net.wait(60)
    assert rp.use(uri) == ()
    assert rp.shown.error == "invalid_request_uri"


def test_fapi2_par_attempt_to_use_request_uri_for_different_client(rp):
    other = another(rp)
    assert other.use(rp.pushed()) == ()
    assert other.shown.error == "invalid_request_uri"


def test_fapi2_par_authorization_request_containing_request_uri_form_param(rp):
    not_taken(rp, "invalid_request", request_uri=rp.pushed())


def test_fapi2_par_attempt_invalid_http_method(rp):
    for method in ("GET", "PUT"):
        assert rp.w.net.deliver(Request(method, PAR), "budget").status == 405


# ---------------------------------------------------------------- client assertions


def test_fapi2_ensure_client_assertion_in_token_endpoint(rp):
    refused(rp.redeem(rp.code(), client_assertion=None, client_assertion_type=None), "invalid_client")
    refused(rp.push((), {}, **rp.asks()), "invalid_client")


def test_fapi2_ensure_signed_client_assertion_with_rs256_fails(rp):
    unproved(rp, header={"alg": "RS256"})


def test_fapi2_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(rp):
    unproved(rp, exp=rp.w.net.clock.now() - 300)


def test_fapi2_ensure_client_assertion_with_wrong_aud_fails(rp):
    unproved(rp, aud="https://as.example")


def test_fapi2_ensure_client_assertion_with_no_sub_fails(rp):
    unproved(rp, sub=None)


def test_fapi2_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(rp):
    assert rp.push((), rp.identity(nbf=rp.w.net.clock.now() + 8), **rp.asks()).status == 201


def test_fapi2_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(rp):
    unproved(rp, nbf=rp.w.net.clock.now() + 61)


def test_fapi2_par_test_array_as_audience_fails(rp):
    unproved(rp, aud=[AS])


def test_fapi2_par_test_par_endpoint_url_as_audience_fails(rp):
    unproved(rp, aud=PAR)


def test_fapi2_par_test_token_endpoint_url_as_audience_fails(rp):
    unproved(rp, aud=f"{AS}/token")


# ---------------------------------------------------------------- request objects


def back(rp: Fapi, answer, **outside: str) -> Pairs:
    assert answer.status == 201, answer
    return rp.use(answer.json["request_uri"], **outside)


def test_fapi2_ensure_different_nonce_inside_and_outside_request_object(signer):
    answer = signer.push(client_id="budget", request=signer.object(), nonce="outside")
    code = first(back(signer, answer, nonce="outside"), "code")
    assert signer.id_token(signer.redeem(code).json).claims["nonce"] == "n1"


def test_fapi2_ensure_different_state_inside_and_outside_request_object(signer):
    answer = signer.push(client_id="budget", request=signer.object(), state="outside")
    assert first(back(signer, answer, state="outside"), "state") == "s1"


def test_fapi2_state_only_outside_request_object_not_used(signer):
    answer = signer.push(client_id="budget", request=signer.object(state=None), state="outside")
    assert first(back(signer, answer, state="outside"), "state") is None


def test_fapi2_ensure_request_object_without_redirect_uri_fails(signer):
    refused(signed(signer, redirect_uri=None), "invalid_request")


def test_fapi2_ensure_request_object_with_multiple_aud_succeeds(signer):
    assert first(back(signer, signed(signer, aud=[AS, "https://other.example"])), "code")


def test_fapi2_ensure_request_object_without_exp_fails(signer):
    not_signed(signed(signer, exp=None))


def test_fapi2_ensure_request_object_without_nbf_fails(signer):
    not_signed(signed(signer, nbf=None))


def test_fapi2_ensure_expired_request_object_fails(signer):
    not_signed(signed(signer, exp=signer.w.net.clock.now() - 1))


def test_fapi2_ensure_request_object_with_bad_aud_fails(signer):
    not_signed(signed(signer, aud="https://other.example"))


def test_fapi2_ensure_request_object_with_exp_over_60_fails(signer):
    not_signed(signed(signer, exp=signer.w.net.clock.now() + 70 * 60))


def test_fapi2_ensure_request_object_with_nbf_over_60_fails(signer):
    not_signed(signed(signer, nbf=signer.w.net.clock.now() - 70 * 60))


def test_fapi2_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(signer):
    assert signed(signer, nbf=signer.w.net.clock.now() + 8).status == 201


def test_fapi2_ensure_signed_request_object_with_rs256_fails(signer):
    not_signed(signed(signer, {"alg": "RS256"}))


def test_fapi2_ensure_request_object_signature_algorithm_is_not_none(signer):
    unsigned = signer.object({"alg": "none"}).rpartition(".")[0]
    not_signed(signer.push(client_id="budget", request=f"{unsigned}."))


def test_fapi2_ensure_request_object_with_invalid_signature_fails(signer):
    changed = signer.object(scope="openid read").split(".")[1]
    head, _, signature = signer.object().split(".")
    not_signed(signer.push(client_id="budget", request=f"{head}.{changed}.{signature}"))


def test_fapi2_ensure_matching_key_in_authorization_request(signer):
    """An object about one client, signed with the key of another."""
    claims = decode(signer.object()).claims
    not_signed(signer.push(client_id="budget", request=another(signer).key.sign(claims)))


def test_fapi2_ensure_unsigned_request_at_par_endpoint_fails(signer):
    not_taken(signer, "invalid_request")


def test_fapi2_par_authorization_request_containing_request_uri(signer):
    not_signed(signed(signer, request_uri="urn:ietf:params:oauth:request_uri:x"))


# ---------------------------------------------------------------- with nonces (RFC 9449 §8, §9), which every module may meet


@pytest.fixture
def strict() -> Fapi:
    return Fapi(keyed(**FAPI, as_dpop_nonce="on", rs_dpop_nonce="on"))


def with_nonce(
    rp: Fapi, nonce: str, url: str = f"{AS}/token", method: str = "POST", token: str | None = None
) -> tuple[tuple[str, str], ...]:
    rp.count += 1
    return (("DPoP", prove(MINE, method, url, rp.w.net.clock.now(), f"n-{rp.count}", token, nonce)),)


def test_a_nonce_is_asked_for_and_taken_once_it_is_there(strict):
    code = strict.code(**PKCE, scope="openid read")
    told = strict.redeem(code)
    assert (told.status, told.error) == (400, "use_dpop_nonce")
    body = strict.token(with_nonce(strict, told.header("dpop-nonce")), code=code, code_verifier=VERIFIER).json
    assert body["token_type"] == "DPoP", "a refusal for want of a nonce uses nothing up"
    token = body["access_token"]
    asked = strict.call(token)
    assert (asked.status, asked.error, asked.header("www-authenticate").split()[0]) == (401, "use_dpop_nonce", "DPoP")
    answer = strict.call(token, with_nonce(strict, asked.header("dpop-nonce"), API, "GET", token))
    assert (answer.status, answer.header("cache-control")) == (200, "no-store")


def test_a_nonce_is_asked_for_where_requests_are_pushed_too(strict):
    """RFC 9449 §10.1: what comes with a proof is checked as at the token endpoint; the nonce is the same server's."""
    told = strict.push(strict.proof(url=PAR), **strict.asks())
    assert (told.status, told.error) == (400, "use_dpop_nonce")
    nonce = told.header("dpop-nonce")
    answer = strict.push(with_nonce(strict, nonce, PAR), **strict.asks())
    assert (answer.status, answer.header("dpop-nonce"), "no-store" in answer.header("cache-control")) == (201, nonce, True)
    code = first(strict.use(answer.json["request_uri"]), "code")
    refused(strict.token(with_nonce(strict, "made up"), code=code, code_verifier=VERIFIER), "use_dpop_nonce")
    assert strict.token(with_nonce(strict, nonce), code=code, code_verifier=VERIFIER).json["token_type"] == "DPoP"


def test_who_pushes_without_a_proof_needs_no_nonce(strict):
    answer = strict.push(**strict.asks())
    assert (answer.status, answer.header("dpop-nonce")) == (201, None)


def test_a_nonce_of_another_server_or_an_old_one_is_none(strict):
    code = strict.code(**PKCE, scope="openid read")
    of_as = strict.redeem(code).header("dpop-nonce")
    token = strict.token(with_nonce(strict, of_as), code=code, code_verifier=VERIFIER).json["access_token"]
    refused(strict.call(token, with_nonce(strict, of_as, API, "GET", token)), "use_dpop_nonce")
    of_api = strict.call(token).header("dpop-nonce")
    strict.w.net.wait(121)
    refused(strict.call(token, with_nonce(strict, of_api, API, "GET", token)), "use_dpop_nonce")


def test_holder_of_key_is_still_required_with_a_nonce(strict):
    code = strict.code(**PKCE, scope="openid read")
    token = strict.token(with_nonce(strict, strict.redeem(code).header("dpop-nonce")), code=code, code_verifier=VERIFIER).json[
        "access_token"
    ]
    nonce = strict.call(token).header("dpop-nonce")
    other = prove(OTHER, "GET", API, strict.w.net.clock.now(), "o", token, nonce)
    refused(strict.call(token, (("DPoP", other),)), "invalid_token")
