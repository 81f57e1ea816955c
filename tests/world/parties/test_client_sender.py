"""How a client's requests say who sends them: Basic, an assertion, a proof, a certificate."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from sandbox.core.wire import Response, first, form_request, json_response
from sandbox.protocol import nonces
from sandbox.protocol.client_jwts import ASSERTION_PARAMETERS
from sandbox.protocol.tokens import decode, key_for
from sandbox.world.parties.client_session import Refused, Session
from tests.support.worlds import sign_in, world

AS = "https://auth.connectsphere.example"


def test_a_secret_goes_into_the_header_form_encoded() -> None:
    client = world().clients["budget"]
    client.registration = replace(client.registration, client_id="a:b", secret="c d%")
    header = client.authenticated(form_request(f"{AS}/token", {})).header("authorization")
    assert base64.b64decode(header.removeprefix("Basic ")) == b"a%3Ab:c%20d%25"


def test_a_key_signs_an_assertion_for_the_issuer_of_that_address() -> None:
    client = world().clients["budget"]
    key = key_for("0", "budget")
    client.registration = replace(client.registration, secret=None, key=key)
    sent = client.authenticated(form_request(f"{AS}/token", {"grant_type": "x"}))
    claims = decode(first(sent.form, ASSERTION_PARAMETERS[1])).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("budget", "budget", AS)
    assert sent.header("authorization") is None


def test_a_public_client_proves_nothing() -> None:
    client = world().clients["mobile"]
    request = form_request(f"{AS}/token", {})
    assert client.authenticated(request) is request


def test_a_nonce_is_kept_for_the_server_that_gave_it_and_the_request_goes_once_more() -> None:
    w = world()
    client, session = w.clients["app"], Session("s", born="s")
    answers = [
        json_response(400, {"error": nonces.ERROR}, (nonces.HEADER, "n1")),
        json_response(200, {}, (nonces.HEADER, "n2")),
        json_response(200, {}),
    ]
    sent = []

    def send(request) -> Response:
        sent.append(decode(request.header("dpop")).claims.get("nonce"))
        return answers.pop(0)

    client.asked(session, client.proving(session, form_request(f"{AS}/token", {})), send)
    client.asked(session, client.proving(session, form_request(f"{AS}/token", {})), send)
    assert sent == [None, "n1", "n2"]
    other = client.proving(session, form_request("https://bank.example/token", {}))
    assert "nonce" not in decode(other.header("dpop")).claims


def test_a_certificate_is_shown_only_where_tokens_are_bound_to_it_and_never_by_a_page() -> None:
    w = world()
    client, session = w.clients["budget"], Session("s", born="s", issuer=AS)
    request = form_request(f"{AS}/token", {})
    assert not client.connected(session, request).certificate
    client.servers = {AS: client.servers[AS] | {"tls_client_certificate_bound_access_tokens": True}}
    assert client.connected(session, request).certificate
    client.public_page = True
    assert not client.connected(session, request).certificate


def test_a_server_that_is_not_known_has_no_addresses() -> None:
    with pytest.raises(Refused, match="unknown_server"):
        world().clients["app"].endpoint("https://other.example", "token_endpoint")


def test_each_session_has_a_key_of_its_own() -> None:
    w = world()
    session = sign_in(w, "mobile", "phone")
    client = w.clients["mobile"]
    assert client.proof_key(session).thumbprint == client.proof_key(session).thumbprint
    assert client.proof_key(session).thumbprint != client.proof_key(Session("other", born="other")).thumbprint
