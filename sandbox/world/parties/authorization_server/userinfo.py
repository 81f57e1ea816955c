"""The userinfo endpoint (OIDC Core §5.3): how the token came, whether it is good, and what its scopes allow to be told."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.proofs import bearer_challenge, challenge
from sandbox.world.parties.authorization_server.claims_request import told as wished
from sandbox.world.parties.authorization_server.store import AccessToken, RefreshToken, Store

SCHEMES = ("bearer", "dpop")
Proved = Callable[[str, AccessToken], bool]  # whether the caller holds the key that a token, sent with this scheme, is bound to


def userinfo(request: Request, store: Store, checks: Checklist, in_address: bool, proved: Proved) -> Response:
    """The claims about a token's user, or a refusal (RFC 6750 §3.1).  `in_address`: a token may stand there."""
    sent = _sent(request)
    places = [place for place, _, _ in sent]
    if len(sent) > 1 and not checks.test("one_method", False, "one way of sending it", " and ".join(places)):
        return _refused(400, "invalid_request")  # RFC 6750 §2
    if not sent and not checks.test("token_present", False, "an access token", "nothing"):
        return json_response(401, {}, ("WWW-Authenticate", bearer_challenge(None)))  # RFC 6750 §3.1: no error code if there was no token
    if places == ["address"] and not in_address:
        checks.test("token_in_header", False, "in the Authorization header", "in the address")
        return _refused(400, "invalid_request")  # RFC 9700 §4.3.2
    _, scheme, value = sent[0]
    token = store.tokens.get(value)
    good = token is not None and not isinstance(token, RefreshToken) and not token.is_expired() and not token.is_revoked()
    if not checks.test("introspection", good, "an active access token", "active" if good else "not active"):
        return _refused(401, "invalid_token", scheme)
    assert token is not None
    if token.jkt and not proved(scheme, token):
        return _refused(401, "invalid_token", "dpop")
    granted, user = token.scope.split(), token.grant.user
    if not checks.test("scope", "openid" in granted, "openid", token.scope or "none"):
        return _refused(403, "insufficient_scope", scheme, scope="openid")
    told = {name: value for scope, claims in user.claims().items() if scope in granted for name, value in claims.items()}
    if not token.act:  # who acts for somebody is told what the scopes tell, and nothing that the client wanted for itself
        told |= {name: value for name, value in wished(user, token.grant.claims.userinfo).items() if name not in told}
    return json_response(200, {"sub": user.name} | told)


def _sent(request: Request) -> list[tuple[str, str, str]]:
    """Each token in the request: where, with which scheme, and its value (RFC 6750 §2)."""
    header = [("header", *found)] if (found := request.credential()) is not None and found[0] in SCHEMES else []
    body = request.form if request.method == "POST" else ()
    places = (("body", body), ("address", request.query))
    return [*header, *((place, "bearer", value) for place, fields in places for name, value in fields if name == "access_token")]


def _refused(status: int, error: str, scheme: str = "bearer", **more: str) -> Response:
    """A refusal with the challenge of the scheme that was used, or has to be (RFC 6750 §3, RFC 9449 §7.1)."""
    said = challenge(error, **more) if scheme == "dpop" else bearer_challenge(error, **more)
    return json_response(status, {"error": error}, ("WWW-Authenticate", said))
