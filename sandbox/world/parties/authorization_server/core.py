"""Authlib's AuthorizationServer without a framework: the engine behind the endpoints, and what our switches change about it.

Authlib decides, through the classes that `grants.py`, `endpoints.py`, `exchange.py` and `device.py` register; `explain.py` records why
from the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError
from authlib.oauth2.rfc9207 import IssuerParameter

from sandbox.core.wire import Request, Response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT
from sandbox.protocol.tokens import Key, key_for
from sandbox.world.network import Network
from sandbox.world.parties.authorization_server.asserted import brought, by_assertion
from sandbox.world.parties.authorization_server.basic import by_basic
from sandbox.world.parties.authorization_server.config import LONG, ServerConfig
from sandbox.world.parties.authorization_server.devices import Devices
from sandbox.world.parties.authorization_server.minting import Minter
from sandbox.world.parties.authorization_server.requests import ASRequest, ASResponse
from sandbox.world.parties.authorization_server.store import Client, Grant, Session, Store
from sandbox.world.parties.denylist import Denylist
from sandbox.world.parties.people import Directory, User
from sandbox.world.parties.signing_keys import SigningKeys, staying

REALM = "clients"
Unfetchable = Callable[[str], str | None]
Extension = Callable[["Core", ASRequest, Client, Checklist], Iterator[tuple[str, bool, object, object] | None]]


class Issuer(IssuerParameter):  # type: ignore[misc]
    """RFC 9207."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer

    def add_issuer_parameter(self, authorization_server: AuthorizationServer, response: ASResponse) -> None:
        """At the end of the query.  Authlib would take the whole address apart once more, which it has just put together itself."""
        place = response.location
        if place is None or "?" not in place or "#" in place:
            super().add_issuer_parameter(authorization_server, response)
        else:
            response.location = f"{place}&{urlencode({'iss': self.issuer})}"


class Core(AuthorizationServer):  # type: ignore[misc]
    """The engine behind the endpoints."""

    def __init__(self, net: Network, config: ServerConfig, people: Directory, *, store: Store, denylist: Denylist) -> None:
        super().__init__(scopes_supported=list(config.scopes))
        policy = config.policy
        self.net, self.policy, self.issuer = net, policy, config.url
        self.signing = SigningKeys(net, denylist.owner, config.key)
        self.people, self.store, self.denylist = people, store, denylist
        self.lifetimes = config.lifetimes
        self.minter = Minter(
            net, denylist.owner, policy=policy, issuer=config.url, store=store, signing=self.signing, lifetimes=config.lifetimes
        )
        self.resources, self.scopes = config.resources, config.scopes
        shared = config.key.jwk is None  # a secret that the APIs have proves nothing to a client (OIDC Core §10.1)
        id_key = key_for(net.entropy.seed, denylist.owner) if shared else config.key
        self.keys: tuple[Key, ...] = (id_key,)  # that sign ID tokens, the usual one first; where it is really served there are several
        self.extensions: dict[str, Extension] = {}  # grants of other RFCs, each with the checks that explain it
        self.devices: Devices | None = None
        self.unfetchable: Unfetchable | None = None  # where something of clients can be fetched: why it cannot be from one address
        self.reads_documents = False  # whether a client's id can be the address of a document in which it describes itself
        self.publishes_ahead = False  # whether the key set has the keys of the next turn, before they sign
        self.takes_claims = False  # whether a client may ask for single claims (OIDC Core §5.5)
        self.document_faults: dict[str, str] = {}  # by address, why the document that was read last describes no client
        self.register_client_auth_method("client_secret_basic", by_basic)
        self.register_client_auth_method(PRIVATE_KEY_JWT, by_assertion)
        self.issuer_parameter = Issuer(self.issuer)
        if policy.iss_param == "on":
            self.register_extension(self.issuer_parameter)

    @property
    def key(self) -> Key:
        """The key that signs access tokens."""
        return self.signing.current

    @property
    def coming(self) -> tuple[Key, ...]:
        """The keys of the next turn, where they are published before they sign: whoever keeps a copy of the key set has them in it.

        OIDC Core §10.1.1 lets a verifier look again for a key that it does not know; many real ones look only so often."""
        ahead = self.publishes_ahead and self.key.jwk is not None
        return tuple(self.signing.following(alg) for alg in dict.fromkeys(key.alg for key in (self.key, *self.keys))) if ahead else ()

    def rotate(self, request: Request) -> Response:
        """The operator's wish for other signing keys, for access tokens and for ID tokens of every algorithm."""
        before, life = self.key, staying(request, max(LONG, self.minter.life, self.lifetimes.id_token))
        response = self.signing.rotate(request, life)
        if response.ok:
            self.keys = tuple(self.key if key is before else self.signing.follower(key, life) for key in self.keys)
        return response

    @property
    def grant_types(self) -> list[str]:
        """The grants of the token endpoint."""
        password = ["password"] if self.policy.no_ropc == "off" else []
        return ["authorization_code", "refresh_token", "client_credentials", *password, *self.extensions]

    def unknown(self, scope: str) -> str:
        """A sentence that names the first scope which does not exist here, as far as an error may repeat it (RFC 6749 §5.2)."""
        first = next((s for s in scope.split() if s not in self.scopes), "")
        said = "".join(c for c in first if "!" <= c <= "~" and c not in '"\\')[:60]
        return f"There is no scope {said}. There are: {', '.join(self.scopes)}."

    # ---- what Authlib asks for
    def query_client(self, client_id: str) -> Client | None:
        return self.store.clients.get(client_id)

    def authenticate_client(self, request: ASRequest, methods: list[str], endpoint: str = "token") -> Client:
        """By an assertion where there is one (RFC 7523 §2.2), and then by nothing else."""
        wanted = [method for method in methods if (method == PRIVATE_KEY_JWT) == brought(request)]
        try:
            client: Client = super().authenticate_client(request, wanted, endpoint)
        except InvalidClientError as error:  # Authlib says that the client cannot use these methods, even if only its secret is wrong
            if error.description != f"The client cannot authenticate with methods: {wanted}":
                raise
            why = f"The client is not known, or it did not prove who it is by one of: {', '.join(wanted)}."
            raise InvalidClientError(status_code=error.status_code, description=why) from None
        return client

    def save_token(self, token: dict[str, Any], request: ASRequest) -> None:
        """Nothing: it was stored when it was minted."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: ASRequest) -> ASRequest:
        request.server = self
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> ASResponse:
        return ASResponse(status, dict(body) if body else None, [(name, _with_realm(value)) for name, value in headers])

    # ---- what is ours
    def new_grant(self, user: User, client: Client, scope: str, session: Session | None, resources: tuple[str, ...] = ()) -> Grant:
        """Record that this user has allowed this client this scope at these APIs; at the usual one if it has named none."""
        name = self.net.entropy.token("grant", 6)
        sid, device = (session.sid, session.device) if session else ("", "")
        auth_time = session.auth_time if session else self.net.clock.now()
        grant = Grant(
            id=name,
            user=user,
            client_id=client.client_id,
            scope=scope,
            sid=sid,
            device=device,
            auth_time=auth_time,
            resources=resources or self.resources[:1],
            acr=session.acr if session else "",
        )
        return self.store.add_grant(grant)

    def about(self, user: User, scope: str) -> dict[str, Any]:
        """What an ID token tells about a user: what the scopes `profile` and `email` allow, and claims that somebody has set up.  OIDC Core
        §5.4 asks for that at the userinfo endpoint only, where there is an access token; that the ID token says it, too, is allowed (§5.1).
        """
        granted = scope.split()
        out: dict[str, Any] = {"sub": user.name}
        out |= {"name": user.full_name} if "profile" in granted else {}
        out |= {"email": user.email} if "email" in granted else {}
        return out | {name: value for scope, own in user.own.items() if scope in granted for name, value in own.items()}

    def id_key(self, client: Client) -> Key:
        """The key for this client's ID tokens: of the algorithm that it registered (OIDC Registration §2), or this server's usual one."""
        return next((k for k in self.keys if k.alg == client.id_alg), self.keys[0])

    def end_grant(self, grant: Grant) -> None:
        """Kill all that this grant has yielded; self-contained access tokens can only be listed."""
        if not grant.alive:
            return
        grant.alive = False
        self.net.noted(self.denylist.owner, f"The grant of {grant.user.name} to {grant.client_id} is revoked.")
        for token in grant.access_tokens:
            self.denylist.add(token.jti, token.expires_at)

    def end_client(self, client_id: str) -> None:
        """Kill all that this client was ever granted, by anybody, and the tokens with which it acts for people."""
        for grant in self.store.grants.values():
            if grant.client_id == client_id:
                self.end_grant(grant)
        for token in self.store.tokens.values():
            if token.act.get("sub") == client_id and not token.is_revoked():
                token.revoked = True
                self.denylist.add(token.jti, token.expires_at)


def _with_realm(challenge: str) -> str:
    """A Basic challenge must name a realm (RFC 7617 §2), and Authlib's does not."""
    return challenge.replace("Basic ", f'Basic realm="{REALM}", ', 1) if challenge.startswith("Basic ") else challenge
