"""Minting access tokens and refresh tokens: what they say, what they are bound to, and how long they live.

It is ours, because Authlib has no resource indicators, no DPoP, no mutual TLS and no families of refresh tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.frozen import Frozen
from sandbox.protocol.policies import IssuerPolicy
from sandbox.world.network import Network
from sandbox.world.parties.authorization_server import second_factor
from sandbox.world.parties.authorization_server.config import LONG, SHORT
from sandbox.world.parties.authorization_server.store import AccessToken, Grant, RefreshToken, Store
from sandbox.world.parties.issuer import Lifetimes
from sandbox.world.parties.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Frozen):
    """A wish for tokens.  `resources`: the APIs that the access token is for, or none named: all that access was granted to; `jkt`, `x5t`:
    thumbprints of the key and of the certificate to bind it to; `refresh`: whether a refresh token is wanted, too; `act`: who acts for
    the owner, with a token that lives until `until` (seconds) at most (RFC 8693 §4.1); `readable`: whether it is to be a JWT,
    whatever the others are."""

    scope: str
    resources: tuple[str, ...] = ()
    jkt: str | None = None
    x5t: str | None = None
    refresh: bool = False
    act: Mapping[str, Any] = field(default_factory=dict)
    until: int = 0
    readable: bool = False


class Minter:
    """What mints the tokens of one server, for its store."""

    def __init__(
        self, net: Network, owner: str, *, policy: IssuerPolicy, issuer: str, store: Store, signing: SigningKeys, lifetimes: Lifetimes
    ) -> None:
        self.net, self.owner, self.policy, self.issuer = net, owner, policy, issuer
        self.store, self.signing, self.lifetimes = store, signing, lifetimes

    @property
    def life(self) -> int:
        """For how many seconds an access token lives."""
        return self.lifetimes.access or (SHORT if self.policy.short_ttl == "on" else LONG)

    def mint(self, grant: Grant, wanted: Wanted) -> dict[str, Any]:
        """Issue an access token and, if wanted, a refresh token (RFC 6749 §5.1; RFC 9068 §2; RFC 9449 §5; RFC 8705 §3)."""
        access = self._access_token(grant, wanted)
        life = access.expires_at - access.issued_at
        out: dict[str, Any] = {"token_type": "DPoP" if wanted.jkt else "Bearer", "access_token": access.value, "expires_in": life}
        out |= {"scope": wanted.scope} if wanted.scope else {}  # an empty one is none (RFC 6749 §3.3)
        if wanted.refresh:
            out["refresh_token"] = self._refresh_token(grant, wanted, access.jti).value
        self.store.forget()
        return out

    def _access_token(self, grant: Grant, wanted: Wanted) -> AccessToken:
        now = self.net.clock.now()
        life = min(self.life, wanted.until - now) if wanted.until else self.life
        acting = {"client_id": wanted.act["sub"], "act": wanted.act} if wanted.act else {}
        audience = (wanted.resources or grant.resources) if self.policy.stamp_aud == "on" else ()
        jti = self.net.entropy.token("jti", 9)
        if self.policy.token_format == "opaque" and not wanted.readable:
            value = self.net.entropy.token("access", 24)
        else:
            claims = self._claims(grant, wanted.scope, audience, jti, now, life) | acting | confirmation(wanted.jkt, wanted.x5t)
            value = self.signing.current.sign(claims, "at+jwt" if self.policy.stamp_typ == "on" else "JWT")
        token = AccessToken(
            value=value,
            jti=jti,
            grant=grant,
            scope=wanted.scope,
            audience=audience,
            issued_at=now,
            expires_at=now + life,
            clock=self.net.clock,
            jkt=wanted.jkt,
            act=dict(wanted.act),
            x5t=wanted.x5t,
        )
        self.store.tokens[value] = token
        grant.add(token)
        self.net.issued(self.owner, "access_token", value, grant.user.name, acting.get("client_id", grant.client_id))
        return token

    def _refresh_token(self, grant: Grant, wanted: Wanted, jti: str) -> RefreshToken:
        now, value = self.net.clock.now(), self.net.entropy.token("refresh", 24)
        public = not self.store.clients[grant.client_id].confidential
        grant.refresh_until = grant.refresh_until or now + self.lifetimes.refresh  # rotation does not move the end (RFC 10017 §6.3.2.3)
        token = self.store.tokens[value] = RefreshToken(
            value=value,
            jti=jti,
            grant=grant,
            scope=wanted.scope,
            audience=(),
            issued_at=now,
            expires_at=grant.refresh_until,
            clock=self.net.clock,
            jkt=wanted.jkt if public else None,  # RFC 9449 §5: a confidential client's is bound to the client already
            x5t=wanted.x5t if public else None,
        )
        self.net.issued(self.owner, "refresh_token", value, grant.user.name, grant.client_id)
        return token

    def _claims(self, grant: Grant, scope: str, audience: tuple[str, ...], jti: str, now: int, life: int) -> dict[str, Any]:
        """The claims of an access token (RFC 9068 §2.2)."""
        out: dict[str, Any] = {"iss": self.issuer, "sub": grant.user.name}
        out |= {"aud": named(audience)} if audience else {}
        out |= {"client_id": grant.client_id} | ({"scope": scope} if scope else {}) | {"iat": now, "exp": now + life, "jti": jti}
        out |= second_factor.claims(grant)
        if self.policy.min_claims == "off":
            user = grant.user
            out |= user.personal() | {"roles": user.roles, "groups": user.groups, "permissions": user.permissions}
        return out


def named(audience: tuple[str, ...]) -> str | list[str]:
    """The `aud` of a token: a text if it is for one API, a list if it is for several (RFC 7519 §4.1.3)."""
    return audience[0] if len(audience) == 1 else list(audience)


def confirmation(jkt: str | None, x5t: str | None) -> dict[str, Any]:
    """The `cnf` of a token that is bound to a key, to a certificate, or to both (RFC 9449 §6.1, RFC 8705 §3.1)."""
    cnf = ({"jkt": jkt} if jkt else {}) | ({"x5t#S256": x5t} if x5t else {})
    return {"cnf": cnf} if cnf else {}
