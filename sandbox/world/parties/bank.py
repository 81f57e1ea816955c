"""The bank: another company, with an authorization server, an API and rules of its own.

ConnectSphere's switches do not reach it.  It looks each token up in its own books, so what Alice takes back is gone at once.
Beside OAuth it has what banks had before: `POST /login` with name and password, for whatever Alice herself may do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.policies import IssuerPolicy, ResourcePolicy
from sandbox.protocol.tokens import Key
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.authorization_server import AuthorizationServer, Client, ServerConfig
from sandbox.world.parties.authorization_server.minting import Wanted
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.parties.people import Directory, User
from sandbox.world.parties.published_keys import PublishedKeys
from sandbox.world.parties.records import Records
from sandbox.world.parties.resource_server import ResourceConfig, ResourceServer

SCOPES = {"statements": "read your bank statements", "payments": "pay from your account"}
ONLINE = Client(
    client_id="online-banking",
    title="Online banking",
    redirect_uris=(),
    scope=" ".join(SCOPES),
    secret="",
    grant_types=(),
    response_types=(),
)


def customers() -> Directory:
    """Alice's account at the bank has a password of its own."""
    return Directory({"alice": User("alice", "Alice Adler", "penny-lane-64")})


@dataclass(frozen=True, slots=True, kw_only=True)
class BankConfig:
    """How the bank is set up.  `url`: the one address of both its halves."""

    issuer: IssuerPolicy
    api: ResourcePolicy
    url: str
    key: Key
    clients: tuple[Client, ...]


class Bank:
    """One address, two halves: whatever is not an operation of the API goes to the authorization server."""

    def __init__(self, name: str, net: Network, config: BankConfig) -> None:
        self.name, self.net, self.people = name, net, customers()
        server = ServerConfig(
            policy=config.issuer,
            url=config.url,
            key=config.key,
            resources=(config.url,),
            clients=(*config.clients, ONLINE),
            title="the bank",
            scopes=SCOPES,
        )
        self.server = AuthorizationServer(name, net, server, self.people)
        api = ResourceConfig(policy=config.api, url=config.url, issuer=TrustedIssuer(config.url, config.key.alg))
        self.api = OwnApi(name, net, api, self.server)

    @property
    def issuer(self) -> str:
        return self.server.issuer

    def handle(self, request: Request) -> Response:
        """Answer an API request, a sign-in with a password, or a request of the protocol."""
        if self.api.records.methods(request.path):
            return self.api.handle(request)
        if request.path == "/login" and (request.json is not None or cors.is_preflight(request)):
            return cors.served(request, lambda asked: self._password(asked.json))
        return self.server.handle(request)

    def offers(self) -> dict[str, str]:
        """The addresses that exist, each with its methods."""
        return self.server.offers() | self.api.records.offers()

    def state(self) -> dict[str, str]:
        return self.server.state() | self.api.state()

    def _password(self, body: Any) -> Response:
        """Whoever knows the password is Alice: a token without any limit but its life."""
        fields, checks = body if isinstance(body, dict) else {}, Checklist(self.net.trace, self.name)
        user = self.people.login(str(fields.get("username")), str(fields.get("password")))
        if not checks.test("password", user is not None, "a user and its password", fields.get("username") or "nobody"):
            return json_response(401, {"error": "access_denied"})
        assert user is not None
        core = self.server.core
        grant = core.new_grant(user, ONLINE, ONLINE.scope, None)
        return json_response(200, core.minter.mint(grant, Wanted(scope=ONLINE.scope)), ("Cache-Control", "no-store"))


class OwnKeys(PublishedKeys):
    """The key that the bank signs with now; nobody has to be asked for it."""

    def __init__(self, server: AuthorizationServer) -> None:
        super().__init__()
        self.server = server

    def named(self, kid: object, fetch: Callable[[], Any], now: int = 0) -> list[dict[str, Any]]:
        jwk = self.server.core.key.jwk
        return [dict(jwk)] if jwk and jwk.get("kid") == kid else []


class OwnApi(ResourceServer):
    """The bank's statements.  The API need not ask the issuer over the network, because it is the issuer's own."""

    def __init__(self, name: str, net: Network, config: ResourceConfig, server: AuthorizationServer) -> None:
        super().__init__(name, net, config, Records.of("statement"))
        self.server = server
        self.signatures.jwks = OwnKeys(server)

    def _introspect(self, token: str) -> dict[str, Any]:
        found = self.server.store.tokens.get(token)
        if found is None or found.is_expired() or found.is_revoked():
            return {"active": False}
        return {"active": True, "sub": found.grant.user.name, "scope": found.scope}
