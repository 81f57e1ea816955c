"""The configuration of an issuer of access tokens, of either design, and of the parties that trust it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.protocol.policies import IssuerPolicy
from sandbox.protocol.tokens import Key
from sandbox.world.parties.denylist import Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerConfig:
    """How an issuer is set up.  `url`: its address, and its name in tokens; `resources`: the APIs that its tokens may be for,
    the default one first; `subscribers`: the replicas to which it pushes its denylist."""

    policy: IssuerPolicy
    url: str
    key: Key
    resources: tuple[str, ...]
    subscribers: tuple[Subscriber, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """Whose tokens a service accepts: the one algorithm, and where the key comes from (a JWKS, or a shared word)."""

    url: str
    alg: str
    secret: bytes | None = None
    jwks_uri: str = ""  # '' is where our own issuers have it

    @property
    def keys_at(self) -> str:
        return self.jwks_uri or f"{self.url}/jwks"
