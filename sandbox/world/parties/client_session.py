"""What a client keeps of one person's use of it, and how it is registered and set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.frozen import Frozen
from sandbox.core.wire import Request
from sandbox.protocol.policies import ClientPolicy
from sandbox.protocol.switches import Architecture
from sandbox.protocol.tokens import Key

Servers = dict[str, dict[str, Any]]  # issuer -> its metadata


class Refused(Exception):
    """The client stops: `error` is the code that its error page shows."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Session:
    """One person's use of the client in one browser: first the pending values, then the received ones."""

    key: str
    browser: str = ""
    born: str = ""  # its first key, after which its own cryptographic keys are named
    issuer: str = ""
    scope: str = ""
    resource: str = ""
    state: str = ""
    nonce: str = ""
    verifier: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    bound: bool = False
    certificate: str = ""
    refresh_token: str = ""
    id_token: str = ""
    user: str = ""
    email: str = ""  # as the ID token names it
    nonces: dict[str, str] = field(default_factory=dict)  # the newest for DPoP proofs, by the server that gave it (RFC 9449 §8.2)
    wanted: dict[str, str] = field(default_factory=dict)  # what an API asks of the next sign-in (RFC 9470), and which API
    authentication: dict[str, str] = field(default_factory=dict)  # what the authorization request asks of it
    asking: Request | None = None  # the token request of a page that waits for its answer
    sid: str = ""  # of the session at the server in which the person signed in

    def access_token(self, resource: str = "") -> str:
        """The access token for this API, or the latest one."""
        return self.tokens.get(resource) or next(reversed(self.tokens.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The registration of a client: its id, secret, address for answers, default API, and the others.

    `key`: the one whose public half is registered: it signs requests, and proves who the client is if there is no secret.  Without either
    it is a public client."""

    client_id: str
    secret: str | None
    redirect_uri: str
    resource: str
    others: tuple[str, ...] = ()
    scope: str = "read"  # what it asks for unless it is told otherwise
    key: Key | None = None

    @property
    def public(self) -> bool:
        return self.secret is None and self.key is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere(Frozen):
    """Another server with which a client is registered: its metadata, and the registration there."""

    metadata: Mapping[str, Any]
    registration: Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """How a client is set up.  `servers`: the metadata of each issuer it uses (RFC 8414), by issuer; `elsewhere`: other issuers that it
    offers to people, where it is registered under other names; `public_page`: whether it is the script of a page and nothing else."""

    policy: ClientPolicy
    architecture: Architecture
    registration: Registration
    servers: Servers
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    public_page: bool = False
