"""What the metadata of the authorization server say is true: each thing that they list works over HTTP, and no other does."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sandbox.core.wire import FORM
from sandbox.protocol.client_jwts import ASSERTION_TYPE, client_assertion, request_object
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import decode, key_for
from sandbox.serve import Edge
from sandbox.serve import served as put_together
from sandbox.serve.banner import CHALLENGE, VERIFIER
from sandbox.serve.setup import CALLBACK, OPEN, NewClient
from tests.support.asgi import Answer
from tests.support.visiting import Visitor

BASE, AUTH = "http://127.0.0.1:9000", "http://127.0.0.1:9000/auth"
PROFILES = ["oauth-basic", "oauth-bcp"]
WEB = NewClient("web", CALLBACK, "a-secret-of-the-web-client")
ASKED = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid read", "state": "s"}
ASKED |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


class Place:
    """A served world, and Alice before it."""

    def __init__(self, profile: str, **changes: str) -> None:
        settings = Settings.of(profile, OPEN | {k.replace("_", ".", 1): v for k, v in changes.items()})
        self.edge = Edge(put_together(settings, BASE, clients=[WEB]))
        self.alice = Visitor(self.edge, BASE)
        self.metadata: dict[str, Any] = self.alice.ask("GET", f"{AUTH}/.well-known/openid-configuration").json

    def authorized(self, no: bool = False, **change: str) -> tuple[str, dict[str, str]]:
        """How the answer came, and what it says."""
        end = self.alice.visit(f"{AUTH}/authorize?{urlencode(ASKED | change)}", no)
        assert end.startswith(CALLBACK), (end, self.alice.answer.body)
        u = urlsplit(end)
        if self.alice.posted:
            assert (u.query, u.fragment) == ("", "")
            posted, self.alice.posted = self.alice.posted, {}
            return "form_post", posted
        return ("fragment", dict(parse_qsl(u.fragment))) if u.fragment else ("query", dict(parse_qsl(u.query)))

    def post(self, path: str, fields: dict[str, str], *headers: tuple[str, str]) -> Answer:
        return self.alice.ask("POST", f"{AUTH}{path}", urlencode(fields).encode(), ("Content-Type", FORM), *headers)

    def redeem(self, code: str, *headers: tuple[str, str], **fields: str) -> Answer:
        form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": CALLBACK, "code_verifier": VERIFIER, "code": code}
        return self.post("/token", form | fields, *headers)


@pytest.fixture(params=PROFILES, scope="module")
def place(request: pytest.FixtureRequest) -> Place:
    return Place(request.param)


# ---------------------------------------------------------------- response modes


@pytest.mark.parametrize("outcome", ["allowed", "denied", "invalid_scope"])
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post", None])
def test_each_response_mode_is_honoured_for_answers_of_every_kind(place: Place, mode: str | None, outcome: str) -> None:
    assert mode is None or mode in place.metadata["response_modes_supported"]
    change = ({"response_mode": mode} if mode else {}) | ({"scope": "openid fly"} if outcome == "invalid_scope" else {"prompt": "consent"})
    came, says = place.authorized(no=outcome == "denied", **change)
    assert (came, says["state"]) == (mode or "query", "s")
    assert ("code" in says, says.get("error")) == {
        "allowed": (True, None),
        "denied": (False, "access_denied"),
        "invalid_scope": (False, "invalid_scope"),
    }[outcome]
    assert (says.get("iss") == AUTH) == ("authorization_response_iss_parameter_supported" in place.metadata)
    if outcome == "allowed":
        assert place.redeem(says["code"]).status == 200


@pytest.mark.parametrize("more", [{}, {"scope": "openid fly"}, {"response_type": "id_token"}, {"max_age": "x"}, {"prompt": "none"}])
@pytest.mark.parametrize("mode", ["query.jwt", "web_message", "bogus", "Query"])
def test_another_response_mode_is_refused_and_not_told_to_the_client(place: Place, mode: str, more: dict[str, str]) -> None:
    """OIDC Core §3.1.2.6: the mode would say how."""
    assert mode not in place.metadata["response_modes_supported"]
    answer = place.alice.ask("GET", f"{AUTH}/authorize?{urlencode(ASKED | {'response_mode': mode} | more)}")
    assert (answer.status, answer.header("location")) == (400, None)


@pytest.mark.parametrize(("mode", "came"), [(None, "fragment"), ("fragment", "fragment"), ("form_post", "form_post")])
def test_a_token_stands_where_the_client_wants_it(mode: str | None, came: str) -> None:
    how, says = Place("oauth-basic").authorized(response_type="token", **({"response_mode": mode} if mode else {}))
    assert (how, says.get("error"), "access_token" in says) == (came, None, True)


def test_a_token_never_stands_in_the_query() -> None:
    wanted = ASKED | {"response_type": "token", "response_mode": "query"}
    answer = Place("oauth-basic").alice.ask("GET", f"{AUTH}/authorize?{urlencode(wanted)}")
    assert (answer.status, answer.header("location")) == (400, None)


def test_the_redirect_uris_own_query_stays_where_it_is() -> None:
    place = Place("oauth-bcp")
    mine = f"{CALLBACK}?tenant=a%20b&x="
    store = place.edge.world.issuer.store  # type: ignore[union-attr]
    store.change("app", redirect_uris=(*store.clients["app"].redirect_uris, mine))
    for mode in ("query", "fragment", "form_post"):
        end = place.alice.visit(f"{AUTH}/authorize?{urlencode(ASKED | {'redirect_uri': mine, 'response_mode': mode})}")
        assert parse_qsl(urlsplit(end).query, keep_blank_values=True)[:2] == [("tenant", "a b"), ("x", "")]
        said = dict(parse_qsl(urlsplit(end).fragment)) or place.alice.posted or dict(parse_qsl(urlsplit(end).query))
        assert ("code" in said, "tenant" in said) == (True, mode == "query"), mode


def test_the_page_that_posts_runs_no_other_script_and_escapes(place: Place) -> None:
    state = '"><script>alert(1)</script>'
    place.alice.visit(f"{AUTH}/authorize?{urlencode(ASKED | {'response_mode': 'form_post', 'state': state})}")
    assert place.alice.posted.pop("state") == state
    place.alice.posted = {}
    policy = place.alice.answer.header("content-security-policy") or ""
    assert "default-src 'none'; script-src 'sha256-" in policy
    assert place.alice.answer.body.count(b"<script>") == 1


# ---------------------------------------------------------------- client authentication


def basic(name: str, secret: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def identified(method: str, name: str, secret: str) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """The fields and headers by which a client says who it is."""
    return {
        "client_secret_basic": ({}, (basic(name, secret),)),
        "client_secret_post": ({"client_id": name, "client_secret": secret}, ()),
        "none": ({"client_id": name}, ()),
    }[method]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token", "client_credentials"])
def test_each_method_of_client_authentication_works_with_each_grant(place: Place, grant: str, method: str) -> None:
    assert method in place.metadata["token_endpoint_auth_methods_supported"]
    assert grant in place.metadata["grant_types_supported"]
    if grant == "client_credentials":
        fields, headers = identified(method, "transactions", "transactions-secret")
        answer = place.post("/token", {"grant_type": grant, "scope": "notify"} | fields, *headers)
        assert answer.status == (401 if method == "none" else 200), "without a secret anybody could ask"
        return
    name, secret = ("app", "") if method == "none" else (WEB.client_id, WEB.secret or "")
    fields, headers = identified(method, name, secret)
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    first = place.post("/token", form | fields | {"code": place.authorized(client_id=name)[1]["code"]}, *headers)
    assert first.status == 200, first.body
    if grant == "refresh_token":
        assert place.post("/token", {"grant_type": grant, "refresh_token": first.json["refresh_token"]} | fields, *headers).status == 200


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_the_other_endpoints_take_the_methods_that_they_list(endpoint: str, method: str) -> None:
    place = Place("oauth-bcp")
    name, secret = ("app", "") if method == "none" else (WEB.client_id, WEB.secret or "")
    fields, headers = identified(method, name, secret)
    answer = place.post(urlsplit(place.metadata[f"{endpoint}_endpoint"]).path.removeprefix("/auth"), {"token": "x"} | fields, *headers)
    assert (answer.status == 200) == (method in place.metadata[f"{endpoint}_endpoint_auth_methods_supported"])


# ---------------------------------------------------------------- a client with a key


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "Ed25519"])
def test_a_client_registers_a_key_and_does_all_that_is_listed_with_it(alg: Any) -> None:
    """Registered over HTTP (RFC 7591), it signs its requests, pushes them, and proves itself at each endpoint that says so."""
    place = Place("oauth-bcp")
    said, net, key = place.metadata, place.edge.net, key_for("a client", "me", "EdDSA" if alg == "Ed25519" else alg)
    key = replace(key, alg=alg, jwk={k: v for k, v in (key.jwk or {}).items() if k != "alg"})
    listed = [v for k, v in said.items() if k.endswith("_endpoint_auth_signing_alg_values_supported")]
    assert all(alg in some for some in (*listed, said["request_object_signing_alg_values_supported"]))
    wanted = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.jwk]}}
    wanted |= {"require_signed_request_object": True, "require_pushed_authorization_requests": True, "request_object_signing_alg": alg}
    told = place.alice.ask("POST", said["registration_endpoint"], json.dumps(wanted).encode(), ("Content-Type", "application/json")).json
    assert {k: told[k] for k in wanted} == wanted
    assert "client_secret" not in told
    name = told["client_id"]

    def proved() -> dict[str, str]:
        proof = client_assertion(key, name, AUTH, net.clock.now(), net.entropy.token("assertion", 9))
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": proof}

    asked = tuple((ASKED | {"client_id": name}).items())
    signed = request_object(key, name, AUTH, asked, net.clock.now(), net.entropy.token("request", 9))
    answer = place.post("/par", {"client_id": name, "request": signed} | proved())
    assert (answer.status, answer.json["expires_in"]) == (201, 60)
    end = place.alice.visit(f"{AUTH}/authorize?{urlencode({'client_id': name, 'request_uri': answer.json['request_uri']})}")
    code = dict(parse_qsl(urlsplit(end).query))["code"]
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER, "code": code}
    token = place.post("/token", form | proved()).json["access_token"]
    assert place.post("/introspect", {"token": token} | proved()).json["active"] is True
    assert place.post("/revoke", {"token": token} | proved()).status == 200
    assert place.alice.ask("GET", f"{AUTH}/authorize?{urlencode(asked)}").header("location") == (
        f"{CALLBACK}?error=invalid_request&error_description=This+server+takes+only+requests+that+were+pushed+before+%28RFC+9126%29."
        f"&state=s&iss={urlencode({'': AUTH})[1:]}"
    )


# ---------------------------------------------------------------- proofs, scopes


@pytest.mark.parametrize("alg", ["ES256", "RS256", "EdDSA", "Ed25519"])
def test_each_algorithm_of_proofs_that_is_listed_is_taken(alg: Any) -> None:
    place = Place("oauth-bcp")
    assert alg in place.metadata["dpop_signing_alg_values_supported"]
    key, net = key_for("a client", "me", "EdDSA" if alg == "Ed25519" else alg), place.edge.net
    key = replace(key, alg=alg)  # one key, two names (RFC 9864 §2.2)
    proof = prove(key, "POST", f"{AUTH}/token", net.clock.now(), net.entropy.token("proof", 9))
    answer = place.redeem(place.authorized()[1]["code"], ("DPoP", proof))
    assert answer.json["token_type"] == "DPoP"
    assert decode(answer.json["access_token"]).claims["cnf"]["jkt"] == key.thumbprint


def test_each_scope_that_is_listed_is_understood_and_another_is_named(place: Place) -> None:
    listed = place.metadata["scopes_supported"]
    assert {"openid", "offline_access"} <= set(listed)
    assert "code" in place.authorized(scope=" ".join(listed))[1]
    _, says = place.authorized(scope="openid fly")
    assert says["error"] == "invalid_scope"
    assert "There is no scope fly." in says["error_description"]
    answer = place.post("/token", {"grant_type": "client_credentials", "scope": "notify fly"}, basic("transactions", "transactions-secret"))
    assert (answer.status, answer.json["error"]) == (400, "invalid_scope")
    assert "There is no scope fly." in answer.json["error_description"]


@pytest.mark.parametrize("client", ["app", "web"])
def test_offline_access_is_granted_and_said(place: Place, client: str) -> None:
    code = place.authorized(scope="openid offline_access", client_id=client, prompt="consent")[1]["code"]
    fields = {"client_secret": WEB.secret or ""} if client == "web" else {}
    told = place.redeem(code, client_id=client, **fields).json
    assert (told["scope"], "refresh_token" in told) == ("openid offline_access", True)
