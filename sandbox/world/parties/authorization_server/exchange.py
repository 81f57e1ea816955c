"""Token exchange (RFC 8693): an API that has to call another one trades the token it was sent for one of its own.

The new token is the same person's, for less: one that the API may use at that other API only, for a scope that the old one has, and no
longer than the old one lives.  It says who acts (`act`), so that the second API can tell it from the person's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    BaseGrant,
    InvalidRequestError,
    InvalidScopeError,
    TokenEndpointMixin,
    UnauthorizedClientError,
)

from sandbox.protocol.checks import Checklist
from sandbox.protocol.grant_types import ACCESS_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE
from sandbox.world.parties.authorization_server.client_keys import Step
from sandbox.world.parties.authorization_server.config import CONFIDENTIAL
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.store import AccessToken, Client, RefreshToken

DEEPEST = 4  # parties that may act for each other in a row; every one makes the token longer


class ExchangeGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """RFC 8693 §2.1: the client is the actor; it proves who it is, and sends no actor_token."""

    GRANT_TYPE = TOKEN_EXCHANGE
    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL
    server: Core
    request: ASRequest

    def validate_token_request(self) -> None:
        client = self.request.client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(TOKEN_EXCHANGE):
            raise UnauthorizedClientError()
        fault = unreadable(self.request)
        if fault is not None:
            raise InvalidRequestError(fault)
        token = subject(self.server, self.request)
        if not fits(token, client):
            raise InvalidRequestError("The subject_token is not a living access token for this client.")  # §2.2.2
        assert token is not None
        if not reachable(self.server, self.request, token):
            raise OAuth2Error(error="invalid_target")
        if not set(wanted(self.request, token)) <= set(token.scope.split()):
            raise InvalidScopeError()

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        request, server, token = self.request, self.server, subject(self.server, self.request)
        assert token is not None
        scope = " ".join(wanted(request, token))
        act = {"sub": request.client.client_id} | ({"act": token.act} if token.act else {})  # §4.1: the latest actor stands outside
        asked = replace(
            request.wanted(scope, refresh=False),
            resources=targets(request),
            act=act,
            until=token.expires_at,
            readable=kind(request) == JWT_TYPE,
        )
        out = server.minter.mint(token.grant, asked)
        return 200, out | {"issued_token_type": kind(request)}, self.TOKEN_RESPONSE_HEADER


def install(core: Core) -> None:
    """Offer the grant at this server."""
    core.register_grant(ExchangeGrant)
    core.extensions[TOKEN_EXCHANGE] = explained


def subject(core: Core, request: ASRequest) -> AccessToken | None:
    """The token that is to be exchanged, if this server knows it."""
    return core.store.tokens.get(request.payload.data.get("subject_token", ""))


def fits(token: AccessToken | None, client: Client) -> bool:
    """Whether the client may exchange it: a living access token that was sent to this API, not to another."""
    if token is None or isinstance(token, RefreshToken) or token.is_expired() or token.is_revoked():
        return False
    return (not token.audience or bool(set(token.audience) & set(client.resources))) and _depth(token.act) < DEEPEST


def _depth(act: Any) -> int:
    """How many parties act for each other."""
    return 1 + _depth(act.get("act")) if isinstance(act, dict) and act else 0


def targets(request: ASRequest) -> tuple[str, ...]:
    """The APIs that the new token is wanted for: `resource`, or `audience`, which here means the same (§2.1)."""
    return tuple(dict.fromkeys((*request.resources, *filter(None, request.payload.datalist.get("audience", ())))))


def wanted(request: ASRequest, token: AccessToken) -> list[str]:
    """The scope that is wanted; that of the old token if none is."""
    return (request.payload.scope or token.scope or "").split()


def reachable(core: Core, request: ASRequest, token: AccessToken) -> bool:
    """Whether the owner of the old token has allowed access to these APIs at all."""
    return set(targets(request)) <= set(token.grant.resources) & set(core.resources)


def kind(request: ASRequest) -> str:
    """What is wanted: an access token like all here, or one that is a JWT in any case (RFC 8693 §2.1, §3)."""
    wanted: str = request.payload.data.get("requested_token_type", ACCESS_TOKEN_TYPE)
    return wanted


def unreadable(request: ASRequest) -> str | None:
    """What is missing, or not understood here."""
    data = request.payload.data
    known = data.get("subject_token_type") == ACCESS_TOKEN_TYPE and kind(request) in (ACCESS_TOKEN_TYPE, JWT_TYPE)
    if "subject_token" not in data or not known:
        return "A subject_token is needed, and access tokens are exchanged for access tokens."
    if "actor_token" in data:
        return "No actor_token is taken: the client that asks is the actor."
    return None if targets(request) else "A resource or an audience is needed."


def explained(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    """The same as checks (RFC 8693 §2.1, §2.2.2)."""
    fault = unreadable(request)
    if fault is not None:
        yield "request_form", False, "all parameters of an exchange", fault
    token = subject(core, request)
    yield "subject_token", fits(token, client), f"a living access token for {client.client_id}", _seen(token)
    assert token is not None
    granted, asked = token.grant.resources, targets(request)
    yield "resource_granted", reachable(core, request, token), " or ".join(granted), " ".join(asked)
    scope = wanted(request, token)
    yield "scope_granted", set(scope) <= set(token.scope.split()), token.scope or "no scope", " ".join(scope) or "none"


def _seen(token: AccessToken | None) -> str:
    if token is None or isinstance(token, RefreshToken):
        return "no access token"
    if token.is_expired() or token.is_revoked():
        return "one that is over"
    return f"one for {' and '.join(token.audience) or 'everybody'}"
