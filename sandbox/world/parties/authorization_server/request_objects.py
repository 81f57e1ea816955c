"""Where the parameters of an authorization request stand: in its address, in an object that the client has signed (RFC 9101), or at this
server, where the client has pushed them before (RFC 9126).

Authlib's own class for request objects (authlib.oauth2.rfc9101) looks at signature and client_id; audience, times, type and the reason of
a refusal are left to others.  So all of it is here.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.protocol.client_jwts import parameters
from sandbox.protocol.tokens import Decoded
from sandbox.world.parties.authorization_server.client_keys import Step, read, signed, timely, typed
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.pushed import Pushed, reference
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.store import Client

ALG = "request_object_signing_alg"
MUST_SIGN, MUST_PUSH = "require_signed_request_object", "require_pushed_authorization_requests"
IN_ADDRESS = "parameters in the address"
MOST = 100  # parameters of a request that is kept


def found(core: Core, request: ASRequest, client: Client, pushing: bool = False) -> Iterator[Step]:
    """The checks on how the parameters come; if all pass, the request has them.  `pushing`: it is asked at the endpoint for that."""
    data = request.payload.data
    uri, text = data.get("request_uri"), data.get("request")
    if uri and text:
        yield "request_form", False, "request or request_uri", "both"
    pushed = core.store.pushed.get(reference(uri or ""))
    if uri:
        yield from _pushed(core, request, client, uri)
    elif text:
        yield from _signed(core, request, client, text)
    if not pushing and not uri and (core.policy.par == "required" or MUST_PUSH in client.demands):
        request.refusal = ("invalid_request", "This server takes only requests that were pushed before (RFC 9126).")
        yield "pushed_request", False, "a request_uri", IN_ADDRESS
    if not text and not (pushed and pushed.signed) and (core.policy.request_object == "required" or MUST_SIGN in client.demands):
        request.refusal = ("invalid_request", "This server takes only requests that the client has signed (RFC 9101).")
        yield "request_object", False, "a signed request object", "parameters without a signature"


def _pushed(core: Core, request: ASRequest, client: Client, uri: str) -> Iterator[Step]:
    """RFC 9126 §4: given to this client, not long ago, and not answered yet."""
    if core.policy.par == "off" or not reference(uri):
        request.refusal = ("request_uri_not_supported", "A request_uri can only be one that was pushed to this server.")
        yield "request_object", False, IN_ADDRESS, "request_uri"
    request.refusal = ("invalid_request_uri", "This request_uri is unknown, too old, or was used before.")
    kept = core.store.pushed.get(reference(uri))
    fault = _unusable(kept, client, core.net.clock.now())
    yield "pushed_request", not fault, f"a request that {client.client_id} has pushed and nobody has answered", fault or "one"
    assert kept is not None
    request.refusal = None
    request.mean((*kept.fields, ("request_uri", uri)))


def _unusable(kept: Pushed | None, client: Client, now: int) -> str:
    if kept is None:
        return "unknown"
    if kept.client_id != client.client_id:
        return f"one of {kept.client_id}"
    return "answered before" if kept.answered else "too old" if now >= kept.until else ""


def _signed(core: Core, request: ASRequest, client: Client, text: str) -> Iterator[Step]:
    """RFC 9101 §6.2, §6.3: made by the client for this server, now; nothing but what it says is used."""
    if core.policy.request_object == "off":
        request.refusal = ("request_not_supported", "Request objects are not supported here.")
        yield "request_object", False, IN_ADDRESS, "request"
    request.refusal = ("invalid_request_object", "The request object is not one that this client has signed for this server, now.")
    token = read(text)
    fault = _fault(token, client.client_id)
    yield "request_object", not fault, f"a JWT of {client.client_id} with its request", fault or "one"
    assert isinstance(token, Decoded)
    yield from signed(client, token, client.algs.get(ALG, ""))
    audience = token.claims.get("aud")
    yield "audience", core.issuer in (audience if isinstance(audience, list) else [audience]), core.issuer, audience or "none"
    yield from timely(token.claims, core.net.clock.now(), since=True)
    request.refusal = None
    request.mean(parameters(token.claims))


def _fault(token: Decoded | str, client_id: str) -> str:
    """What keeps this from being a request object of this client; '' if nothing does."""
    if isinstance(token, str):
        return token
    claims = token.claims
    if not typed(token, "oauth-authz-req+jwt"):
        return f"typ {token.header.get('typ')}"
    inside = next((name for name in ("request", "request_uri") if name in claims), None)
    if inside:  # RFC 9101 §4
        return f"a {inside} inside"
    if claims.get("sub") == client_id:  # RFC 9101 §10.8
        return "a client assertion: sub is the client"
    wrong = next((name for name in ("iss", "client_id") if claims.get(name) != client_id), None)
    if wrong:
        return f"{wrong} {claims.get(wrong) or 'none'}"
    return f"more than {MOST} parameters" if len(parameters(claims)) > MOST else ""
