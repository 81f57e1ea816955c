"""Authlib's endpoints for revocation (RFC 7009) and introspection (RFC 7662), answered from the store."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from sandbox.world.parties.authorization_server import second_factor
from sandbox.world.parties.authorization_server.asserted import brought
from sandbox.world.parties.authorization_server.config import AUTH_METHODS, CONFIDENTIAL
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.minting import confirmation, named
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.store import AccessToken, Client, RefreshToken


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, value: str, hint: str | None) -> AccessToken | None:
        token: AccessToken | None = self.server.store.tokens.get(value)
        return token

    def revoke_token(self, token: AccessToken, request: ASRequest) -> None:
        if isinstance(token, RefreshToken):
            self.server.end_grant(token.grant)  # RFC 7009 §2.1
        else:
            token.revoked = True
            self.server.denylist.add(token.jti, token.expires_at)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def authenticate_endpoint_client(self, request: ASRequest) -> Client | None:
        if self.server.policy.endpoint_auth == "on" or "Authorization" in request.headers or brought(request):
            client: Client = super().authenticate_endpoint_client(request)
            return client
        return None

    def query_token(self, value: str, hint: str | None) -> AccessToken | None:
        token: AccessToken | None = self.server.store.tokens.get(value)
        return token

    def check_permission(self, token: AccessToken, client: Client | None, request: ASRequest) -> bool:
        """A resource server hears only about tokens that are meant for it (RFC 7662 §4), and a client, here, only about its own."""
        if client is None:
            return True
        return (
            token.check_client(client)
            if not client.resources
            else (not token.audience or bool(set(token.audience) & set(client.resources)))
        )

    def introspect_token(self, token: AccessToken) -> dict[str, Any]:
        user = token.grant.user
        out = {"active": True, "client_id": token.grant.client_id, "scope": token.scope, "sub": user.name, "iss": self.server.issuer}
        out |= {"iat": token.issued_at, "exp": token.expires_at, "jti": token.jti, "roles": user.roles}
        out |= {"aud": named(token.audience)} if token.audience else {}
        out |= second_factor.claims(token.grant)
        policy = self.server.policy
        out |= user.personal() if (policy.token_format, policy.min_claims) == ("opaque", "off") else {}  # what a JWT would say of a person
        out |= {"client_id": token.act["sub"], "act": token.act} if token.act else {}
        return out | confirmation(token.jkt, token.x5t)


def install(core: Core) -> None:
    """Offer the endpoints that the setting has."""
    core.register_endpoint(Introspection)
    if core.policy.revocation == "on":
        core.register_endpoint(Revocation)
