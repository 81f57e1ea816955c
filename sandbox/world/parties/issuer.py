"""The configuration of an issuer of access tokens, of either design, and of the parties that trust it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sandbox.core.frozen import Frozen
from sandbox.core.wire import form_request
from sandbox.protocol.grant_types import ACCESS_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE
from sandbox.protocol.policies import IssuerPolicy
from sandbox.protocol.tokens import Key
from sandbox.world.network import Network
from sandbox.world.parties.denylist import Subscriber

REFRESH_LIFE = 30 * 86400  # seconds
CODE_LIFE = 600  # seconds; RFC 6749 §4.1.2 recommends at most ten minutes
ID_TOKEN_LIFE = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes(Frozen):
    """For how many seconds that lives which an issuer issues.  `access`: 0 leaves it to the switch `as.short_ttl`.

    A design without codes and ID tokens has no use for the last two."""

    access: int = 0
    refresh: int = REFRESH_LIFE
    code: int = CODE_LIFE
    id_token: int = ID_TOKEN_LIFE


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerConfig:
    """How an issuer is set up.  `url`: its address, and its name in tokens; `resources`: the APIs that its tokens may be for,
    the default one first; `subscribers`: the replicas to which it pushes its denylist."""

    policy: IssuerPolicy
    url: str
    key: Key
    resources: tuple[str, ...]
    subscribers: tuple[Subscriber, ...] = ()
    lifetimes: Lifetimes = Lifetimes()


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """Whose tokens a service accepts: the one algorithm, and where the key comes from (a JWKS, or a shared secret).

    `listed_by`: the claims by which its denylist names what is revoked.
    """

    url: str
    alg: str
    secret: bytes | None = None
    jwks_uri: str = ""  # '' is where our own issuers have it
    listed_by: tuple[str, ...] = ("jti",)

    @property
    def keys_at(self) -> str:
        return self.jwks_uri or f"{self.url}/jwks"

    def introspect(self, net: Network, caller: str, password: str, token: str) -> dict[str, Any]:
        """What the issuer says about a token (RFC 7662 §2); nothing if it does not say anything."""
        return self._asked(net, caller, password, "introspect", {"token": token})

    def exchange(self, net: Network, caller: str, password: str, token: str, resource: str) -> str:
        """A JWT for this API in the place of an opaque token (RFC 8693 §2.1); '' if the issuer gives none."""
        fields = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN_TYPE}
        answer = self._asked(net, caller, password, "token", fields | {"requested_token_type": JWT_TYPE, "resource": resource})
        return str(answer.get("access_token", ""))

    def _asked(self, net: Network, caller: str, password: str, endpoint: str, fields: dict[str, str]) -> dict[str, Any]:
        basic = base64.b64encode(f"{caller}:{password}".encode()).decode()
        answer = net.deliver(form_request(f"{self.url}/{endpoint}", fields, (("Authorization", f"Basic {basic}"),)), caller, "back").json
        return answer if isinstance(answer, dict) else {}
