"""What the authorization server remembers: clients, sessions, codes, grants, tokens.

A grant is what a resource owner has allowed one client in one session; all codes and tokens that come from it point to it,
so that ending it ends them without a search.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oidc.core import AuthorizationCodeMixin

from sandbox.core.clock import Clock
from sandbox.core.frozen import Frozen
from sandbox.core.wire import Request, origin
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT, SeenAssertions
from sandbox.protocol.step_up import PASSWORD
from sandbox.world.parties.authorization_server.claims_request import NOTHING, ClaimsRequest
from sandbox.world.parties.authorization_server.pushed import Pushed
from sandbox.world.parties.authorization_server.redirect_uris import same
from sandbox.world.parties.limits import ISSUED, forget_oldest
from sandbox.world.parties.people import User

ABOUT_PEOPLE = ("openid", "profile", "email", "address", "phone", "offline_access")


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A registered client.  With neither a secret nor a key to prove itself by it is a public one (RFC 6749 §2.1).  `resources`: the APIs
    it is, or guards, by their names in tokens; none for a client of another kind.

    `id_alg`: the algorithm that it wants for ID tokens; `registered_at`: when it registered itself (RFC 7591), 0 if others did.
    `post_logout_redirect_uris`: where people may be sent when they are signed out (OIDC RP-Initiated Logout §3.1);
    `backchannel_logout_uri`: where it takes logout tokens, '' for nowhere (OIDC Back-Channel Logout §2.2).
    `keys`: its public keys, as JWKs; `jwks_uri`: where it publishes them, '' if it has told them; `by_key`: whether it authenticates by
    them (OIDC Core §9) and not by a secret; `algs`: the one algorithm that it has registered for a kind of JWT, by the name of the
    metadata; `demands`: what it has registered to be demanded of its requests; `by_document`: its id is the address of a document in
    which it describes itself; `by_itself`: whether it says itself what it is, and nobody has looked at that.
    """

    client_id: str
    title: str
    redirect_uris: tuple[str, ...]
    scope: str
    secret: str | None = None
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token", "password")
    response_types: tuple[str, ...] = ("code",)
    exact_redirect: bool = True
    resources: tuple[str, ...] = ()
    id_alg: str = ""
    registered_at: int = 0
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    keys: tuple[Mapping[str, Any], ...] = ()
    jwks_uri: str = ""
    by_key: bool = False
    algs: Mapping[str, str] = field(default_factory=dict)
    demands: tuple[str, ...] = ()
    by_document: bool = False
    by_itself: bool = False

    @property
    def confidential(self) -> bool:
        """Whether it can prove who it is."""
        return self.by_key or self.secret is not None

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    @property
    def own_scope(self) -> tuple[str, ...]:
        """What it may ask for in its own name: nothing that is about a person (RFC 6749 §4.4)."""
        return tuple(s for s in self.scope.split() if s not in ABOUT_PEOPLE)

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(s for s in (scope or "").split() if s in self.scope.split())

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        if any(same(known, redirect_uri) for known in self.redirect_uris):
            return True
        return not self.exact_redirect and any(redirect_uri.startswith(origin(known)) for known in self.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret == client_secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        if self.by_key:
            return method == PRIVATE_KEY_JWT
        return method in (("none",) if self.secret is None else ("client_secret_basic", "client_secret_post"))

    def check_response_type(self, response_type: str) -> bool:
        return response_type in self.response_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


@dataclass
class Machine(User):
    """A client that acts in its own name (RFC 6749 §4.4): it has no person's data, roles or permissions."""

    def personal(self) -> dict[str, object]:
        return {}


@dataclass
class Session:
    """One browser that is logged in here.  `sid` names the session to others; the cookie stays secret."""

    sid: str
    user: User
    auth_time: int
    device: str
    acr: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Pending(Frozen):
    """An authorization request that waits for a person; `browser`: the cookie of the browser that fetched the form, if forms are bound."""

    request: Request
    browser: str = ""


@dataclass(kw_only=True)
class Grant:
    """What one resource owner has allowed one client in one session."""

    id: str
    user: User
    client_id: str
    scope: str
    sid: str
    device: str
    auth_time: int
    resources: tuple[str, ...] = ()  # the APIs that its tokens may be for (RFC 8707 §2.2)
    acr: str = ""  # how the owner signed in; '' if nobody did here
    tells: bool = False  # whether its tokens tell of the sign-in, because the request asked something of it (RFC 9470 §6)
    claims: ClaimsRequest = NOTHING  # the single claims that were asked for (OIDC Core §5.5)
    alive: bool = True
    refresh_until: int = 0  # when the last refresh token of this family ends, however often it is rotated; 0 before there is one
    access_tokens: deque[AccessToken] = field(default_factory=deque)

    @property
    def tellable(self) -> frozenset[str]:
        """The claims about the owner that the client may be told."""
        return self.user.told_by(self.scope.split()) | self.claims.about(self.user)

    def add(self, token: AccessToken) -> None:
        """Remember a token that this grant has yielded; those that have expired need no revoking."""
        self.access_tokens.append(token)
        while self.access_tokens[0].is_expired():
            self.access_tokens.popleft()


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code and the parameters of the request for it."""

    code: str
    grant: Grant
    redirect_uri: str | None
    nonce: str | None
    expires_at: int
    code_challenge: str | None
    code_challenge_method: str | None
    jkt: str | None = None
    used: bool = False

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.grant.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.grant.auth_time


@dataclass(kw_only=True)
class AccessToken(TokenMixin):  # type: ignore[misc]
    """An issued access token."""

    value: str
    jti: str
    grant: Grant
    scope: str
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    clock: Clock
    jkt: str | None = None
    act: dict[str, Any] = field(default_factory=dict)  # who acts for the owner, where the token was exchanged (RFC 8693 §4.1)
    revoked: bool = False
    x5t: str | None = None

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return self.expires_at - self.issued_at

    def is_expired(self) -> bool:
        return self.expires_at <= self.clock.now()

    def is_revoked(self) -> bool:
        return self.revoked or not self.grant.alive


@dataclass(kw_only=True)
class RefreshToken(AccessToken):
    """An issued refresh token.  `rotated`: it has been exchanged for a newer one."""

    rotated: bool = False

    def is_revoked(self) -> bool:
        return self.rotated or super().is_revoked()


@dataclass
class Store:
    """Everything that was issued, each thing under the one text by which it comes back."""

    clients: dict[str, Client]
    sessions: dict[str, Session] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    grants_of: defaultdict[str, deque[Grant]] = field(default_factory=lambda: defaultdict(deque))
    pushed: dict[str, Pushed] = field(default_factory=dict)
    assertions: SeenAssertions = field(default_factory=SeenAssertions)

    def change(self, client_id: str, **changes: Any) -> None:
        """Register a client anew, with these changes."""
        self.clients[client_id] = replace(self.clients[client_id], **changes)

    def admit(self, client: Client, most: int) -> None:
        """Take in a client that describes itself at its address; of these there are at most so many, and the oldest are forgotten."""
        self.clients.pop(client.client_id, None)
        self.clients[client.client_id] = client
        for old in [c.client_id for c in list(self.clients.values()) if c.by_document][:-most]:
            del self.clients[old]

    def add_grant(self, grant: Grant) -> Grant:
        self.grants[grant.id] = grant
        self.grants_of[grant.user.name].append(grant)
        if len(self.grants) > ISSUED:
            oldest = self.grants.pop(next(iter(self.grants)))
            self.grants_of[oldest.user.name].popleft()
        return grant

    def take_over(self, before: Store, most: int) -> None:
        """What another store has issued, the latest of it: at most so many of each kind."""
        self.assertions = before.assertions
        kinds = ((self.sessions, before.sessions), (self.codes, before.codes), (self.tokens, before.tokens), (self.pushed, before.pushed))
        for mine, theirs in kinds:
            mine.update(theirs)  # type: ignore[arg-type]
            forget_oldest(mine, most)
        for grant in list(before.grants.values())[-most:]:
            self.add_grant(grant)

    def forget(self) -> None:
        """Drop the oldest codes and tokens if there are too many."""
        forget_oldest(self.codes, ISSUED)
        forget_oldest(self.tokens, ISSUED)

    def allowed(self, user: User, client_id: str, scope: str, claims: frozenset[str] = frozenset()) -> bool:
        """Whether this user has said yes to this client, all of this scope and these claims before."""
        wanted = set(scope.split())
        return any(
            g.client_id == client_id and g.alive and wanted <= set(g.scope.split()) and claims <= g.tellable
            for g in reversed(self.grants_of[user.name])
        )
