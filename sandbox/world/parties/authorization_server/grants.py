"""Authlib's grants (RFC 6749), with PKCE and ID tokens, as this server wants them: each says where its codes and tokens are kept.

Authlib decides; what its classes ask for is answered here from the store, by our clock, and with what our switches change.
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode, OpenIDToken

from sandbox.protocol.policies import IssuerPolicy
from sandbox.protocol.tokens import half_hash
from sandbox.world.parties.authorization_server import second_factor
from sandbox.world.parties.authorization_server.claims_request import NOTHING, told
from sandbox.world.parties.authorization_server.config import AUTH_METHODS, CONFIDENTIAL
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.store import Client, Code, Grant, Machine, RefreshToken
from sandbox.world.parties.people import User


def remember(grant: Grant, request: ASRequest, server: Core) -> None:
    """Keep with a grant what its request asks to be told: of the sign-in, and in single claims where somebody was asked about them."""
    grant.claims = request.claims(server.takes_claims) if request.session else NOTHING
    grant.tells = second_factor.asked(request.payload.data) or "acr" in grant.claims.id_token


class Mint:
    """Routes token creation through the request: Authlib's own generators never see it (no resource, no key, no session)."""

    server: Core
    request: ASRequest

    def generate_token(
        self, user: User, scope: str, grant_type: Any = None, expires_in: Any = None, include_refresh_token: bool = True
    ) -> dict[str, Any]:
        source = self.request.authorization_code or self.request.refresh_token
        request, server = self.request, self.server
        scope = scope or ""  # Authlib has None where nothing was asked for
        grant = source.grant if source else server.new_grant(user, request.client, scope, request.session, request.resources)
        if source is None:
            remember(grant, request, server)
        return server.minter.mint(grant, request.wanted(scope, refresh=include_refresh_token))


class CodeGrant(Mint, grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def generate_authorization_code(self) -> str:
        return self.server.net.entropy.token("code", 24)

    def save_authorization_code(self, code: str, request: ASRequest) -> None:
        server, data = self.server, request.payload.data
        known = server.policy.pkce != "ignore"
        grant = server.new_grant(request.user, request.client, request.scope, request.session, request.resources)
        remember(grant, request, server)
        server.store.codes[code] = Code(
            code=code,
            grant=grant,
            redirect_uri=data.get("redirect_uri"),
            nonce=data.get("nonce"),
            expires_at=server.net.clock.now() + server.lifetimes.code,
            code_challenge=data.get("code_challenge") if known else None,
            jkt=data.get("dpop_jkt") if server.policy.dpop_bind == "on" else None,
            code_challenge_method=data.get("code_challenge_method") if known else None,
        )
        server.net.issued(server.denylist.owner, "code", code, request.user.name, request.client.client_id)
        server.store.forget()

    def query_authorization_code(self, value: str, client: Client) -> Code | None:
        code = self.server.store.codes.get(value)
        if code is None or code.grant.client_id != client.client_id:
            return None
        if code.used and self.server.policy.code_single_use == "on":
            self.server.end_grant(code.grant)  # RFC 6749 §4.1.2: revoke what the first redemption yielded
            return None
        if not code.grant.alive:
            return None  # its session was ended, or its user disabled, before the client came
        if code.jkt not in (None, self.request.jkt):
            return None  # RFC 9449 §10
        return code if self.server.net.clock.now() < code.expires_at else None

    def delete_authorization_code(self, code: Code) -> None:
        code.used = True

    def authenticate_user(self, code: Code) -> User:
        return code.grant.user


class ImplicitGrant(Mint, grants.ImplicitGrant):  # type: ignore[misc]
    """RFC 6749 §4.2; nothing binds what it issues (RFC 9700 §2.1.2)."""


class RefreshGrant(Mint, grants.RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @property
    def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:  # Authlib's name
        return self.server.policy.rt_rotation != "off"

    def authenticate_refresh_token(self, value: str) -> RefreshToken | None:
        token = self.server.store.tokens.get(value)
        if not isinstance(token, RefreshToken):
            return None
        if token.rotated and self.server.policy.rt_rotation == "reuse-detect":
            self.server.end_grant(token.grant)  # RFC 9700 §4.14.2: two holders, so the whole family dies
        if token.is_revoked() or token.is_expired():
            return None
        bound = token.jkt in (None, self.request.jkt) and token.x5t in (None, self.request.x5t)
        return token if bound else None  # RFC 9449 §5, RFC 8705 §4

    def authenticate_user(self, token: RefreshToken) -> User:
        return token.grant.user

    def revoke_old_credential(self, token: RefreshToken) -> None:
        token.rotated = self.server.policy.rt_rotation != "off"


class PasswordGrant(Mint, grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """RFC 6749 §4.3: the client sends the user's password.  RFC 9700 §2.4: it must not be used."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def authenticate_user(self, username: str, password: str) -> User:
        user: User | None = self.server.people.login(username, password)
        if user is None or user.disabled:
            raise InvalidGrantError()  # RFC 6749 §5.2; Authlib would say invalid_request
        return user


class ServiceGrant(Mint, grants.ClientCredentialsGrant):  # type: ignore[misc]
    """RFC 6749 §4.4: the client asks in its own name.  The subject is the client itself (RFC 9068 §2.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    def validate_requested_scope(self) -> None:
        super().validate_requested_scope()
        asked = self.request.payload.scope or ""
        if not set(asked.split()) <= set(self.request.client.own_scope):
            raise InvalidScopeError()

    def generate_token(
        self, user: Any = None, scope: str = "", grant_type: Any = None, expires_in: Any = None, include_refresh_token: bool = False
    ) -> dict[str, Any]:
        client = self.request.client
        machine = Machine(client.client_id, client.title, "", [], [], [])
        return super().generate_token(machine, scope or "", include_refresh_token=include_refresh_token)


class IdToken(OpenIDCode):  # type: ignore[misc]
    """ID tokens by our clock and key.  Authlib's own would ask the real clock, and give a refreshed one a wrong auth_time."""

    def exists_nonce(self, nonce: str, request: ASRequest) -> bool:
        return False  # validation runs three times per authorization, so nothing may be remembered here

    def encode_id_token(self, token: dict[str, Any], request: ASRequest) -> str:
        server: Core = request.server
        source = request.authorization_code or request.refresh_token
        now = server.net.clock.now()
        claims = {"iss": server.issuer, "sub": request.user.name, "aud": request.client.client_id, "iat": now}
        claims["exp"] = now + server.lifetimes.id_token
        claims["auth_time"] = source.grant.auth_time  # OIDC Core §12.2: the original one, also on refresh
        if getattr(source, "nonce", None):
            claims["nonce"] = source.nonce
        claims |= second_factor.claims(source.grant)
        if request.client.backchannel_logout_uri and server.policy.backchannel_logout == "on":
            claims["sid"] = source.grant.sid  # by which a logout token will name the session (OIDC Back-Channel Logout §2.1)
        key = server.id_key(request.client)
        claims["at_hash"] = half_hash(token["access_token"], key.alg)
        about = server.about(request.user, token["scope"])
        return key.sign(claims | {k: v for k, v in told(request.user, source.grant.claims.id_token).items() if k not in about} | about)


class RefreshedIdToken(OpenIDToken):  # type: ignore[misc]
    """The same after a refresh."""

    encode_id_token = IdToken.encode_id_token


NO_CHALLENGE = (
    "There is no code_challenge: as.pkce=required demands PKCE (RFC 7636) of every client, because a stolen code is useless with it."
    " With as.pkce=no-downgrade, clients that cannot do it are let in."
)


class Pkce(CodeChallenge):  # type: ignore[misc]
    """Authlib's RFC 7636, with the states of the `as.pkce` switch."""

    def __init__(self, policy: IssuerPolicy) -> None:
        super().__init__(required=policy.pkce == "required")
        self.policy = policy

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if self.required and not data.get("code_challenge"):
            raise InvalidRequestError(NO_CHALLENGE)  # Authlib asks for it at the token endpoint only
        if data.get("code_challenge") and self.policy.pkce_s256_only == "on" and data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Unsupported 'code_challenge_method'")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: CodeGrant, result: Any) -> None:
        if self.policy.pkce == "optional" and not grant.request.authorization_code.code_challenge:
            return  # the downgrade that RFC 9700 §4.8.1 describes
        super().validate_code_verifier(grant, result)


def install(core: Core) -> None:
    """Offer those of the grants that the setting has."""
    policy = core.policy
    pkce = [Pkce(policy)] if policy.pkce != "ignore" else []
    core.register_grant(CodeGrant, [*pkce, IdToken()])
    core.register_grant(RefreshGrant, [RefreshedIdToken()])
    if policy.no_implicit == "off":
        core.register_grant(ImplicitGrant)
    if policy.no_ropc == "off":
        core.register_grant(PasswordGrant)
    core.register_grant(ServiceGrant)
