"""The endpoint to which clients push authorization requests, before they send a browser with the answer (RFC 9126)."""

from __future__ import annotations

from collections.abc import Callable

from authlib.oauth2 import OAuth2Error

from sandbox.core.wire import Pairs, Request, Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.client_jwts import ASSERTION_PARAMETERS
from sandbox.protocol.nonces import ERROR, Nonces, check_nonce
from sandbox.protocol.proofs import SeenProofs, check_proof
from sandbox.world.parties.authorization_server import explain
from sandbox.world.parties.authorization_server.config import AUTH_METHODS
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.pushed import PREFIX, PUSHED_LIFE, Pushed
from sandbox.world.parties.authorization_server.requests import ASRequest, answer
from sandbox.world.parties.limits import forget_oldest

Objection = Callable[[ASRequest, str], OAuth2Error | None]  # what the authorization endpoint says where a check has failed
NO_STORE = ("Cache-Control", "no-cache, no-store")
NOT_KEPT = {"client_secret", "request", "request_uri", *ASSERTION_PARAMETERS}


def push(core: Core, proofs: SeenProofs, request: Request, objection: Objection, nonces: Nonces) -> Response:
    """RFC 9126 §2.1: authenticate the client, check what it asks as the authorization endpoint would, and keep it.

    A proof that comes along needs what one at the token endpoint needs, a nonce of this server included (RFC 9449 §8, §10.1)."""
    checks, jkt = Checklist(core.net.trace, core.denylist.owner), None
    if request.header("dpop") is not None and core.policy.dpop_bind == "on":  # RFC 9449 §10.1
        jkt = check_proof(checks, request, core.net.clock.now(), proofs)
        if jkt is None:
            return json_response(400, {"error": "invalid_dpop_proof"}, NO_STORE)
        if core.policy.dpop_nonce == "on" and not check_nonce(checks, request, nonces, core.net.clock.now()):
            return json_response(400, {"error": ERROR, "error_description": "The proof needs the nonce of this answer."}, NO_STORE)
    asked, sent = (ASRequest(request, request.form, None, jkt) for _ in range(2))  # what is meant by it, and as it came
    failed = explain.pushed(core, asked, checks)
    if failed == "key_binding":
        return json_response(400, {"error": "invalid_dpop_proof", "error_description": "dpop_jkt is another key."}, NO_STORE)
    try:
        if failed is not None and (wrong := objection(asked, failed)) is not None:
            raise wrong
        sent.asserted = asked.asserted
        _decided(core, asked, sent)
    except OAuth2Error as error:
        return _refused(core, error)
    except ValueError:  # Authlib puts client text into descriptions and then refuses characters of it
        return json_response(400, {"error": "invalid_request"}, NO_STORE)
    return _kept(core, asked, signed=bool(sent.payload.data.get("request")))


def _decided(core: Core, asked: ASRequest, sent: ASRequest) -> None:
    """Authlib's own decisions, on the client and on the request.  Raises OAuth2Error."""
    client = core.authenticate_client(core.create_oauth2_request(sent), AUTH_METHODS)
    if client.client_id != asked.payload.client_id:
        raise OAuth2Error(error="invalid_request", description="The request is not one of the client that pushes it.")
    core.get_consent_grant(asked, None)


def _refused(core: Core, error: OAuth2Error) -> Response:
    """The error to the client itself, whatever it would have been in a redirect (RFC 9126 §2.3)."""
    if error.error == "invalid_client":
        return answer(core.handle_response(*error()))
    told = {"error_description": error.description} if error.description else {}
    return json_response(400, {"error": error.error, **told}, NO_STORE)


def _kept(core: Core, asked: ASRequest, *, signed: bool) -> Response:
    """RFC 9126 §2.2."""
    named = core.net.entropy.token("request_uri", 24)
    fields: Pairs = tuple((n, v) for n, values in asked.payload.datalist.items() for v in values if n not in NOT_KEPT)
    fields += () if any(n == "client_id" for n, _ in fields) else (("client_id", asked.payload.client_id),)
    if asked.jkt and "dpop_jkt" not in asked.payload.data:
        fields += (("dpop_jkt", asked.jkt),)  # the code fits this key only
    core.store.pushed[named] = Pushed(asked.payload.client_id, fields, core.net.clock.now() + PUSHED_LIFE, signed)
    forget_oldest(core.store.pushed)
    return json_response(201, {"request_uri": PREFIX + named, "expires_in": PUSHED_LIFE}, NO_STORE)
