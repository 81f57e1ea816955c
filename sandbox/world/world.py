"""The world: the whole cast, built from settings and a seed, and connected to one network with one clock.

Cheap to build, and forkable: parties hold plain data, so `copy.deepcopy(world)` is a second world with the same past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy, KeyType
from sandbox.protocol.cast import BACKEND, CAST, EVIL, INTERNAL, ISSUER, instances, internal, resource
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES, Architecture
from sandbox.protocol.tokens import Key, key_for, shared_key
from sandbox.protocol.trace import Trace
from sandbox.world.network import Network
from sandbox.world.parties.attacker import Attacker, EvilApp
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server import Client as Registered
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.backend_for_frontend import BackendForFrontend
from sandbox.world.parties.bank import Bank
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client import OAuthClient, Registration
from sandbox.world.parties.client_hosts import Hosted, NativeClient, PageClient, WebClient
from sandbox.world.parties.denylist import Subscriber
from sandbox.world.parties.gateway import Gateway, Service
from sandbox.world.parties.importer import Importer
from sandbox.world.parties.people import Directory, people
from sandbox.world.parties.records import Records
from sandbox.world.parties.resource_server import Front, ResourceServer, TrustedIssuer

WORD = "sunshine"  # the shared word of as.signing=shared-word: in every word list
BUDGET_SECRET, APP_SECRET, EVIL_SECRET = "budget-8Zq3vT1x", "app-4mKw9rLe", "quiz-4Hw9kL2c"
REDIRECTS = {m.name: f"{m.host}/cb" for m in CAST.values() if m.kind == "client"}
ROUTES = {  # of the gateway: the first part of the path, and whose it is
    "accounts": "accounts",
    "admin": "accounts",
    "transactions": "transactions",
    "users": "transactions",
    "notifications": "notifications",
}
SERVICE_SCOPES = {"transactions": "notify"}  # what a service may ask for in its own name
LAG = 120  # seconds until a denylist entry arrives at a replica
BANK = Settings.of("oauth-bcp", {"as.pkce": "no-downgrade", "as.dpop_bind": "off", "rs.dpop": "off", "rs.introspect": "live"})
IMPORTER_SECRET = "importer-w4Jd9sPq"
WEAKEST = {s.key: s.values[0] for s in SWITCHES.values() if s.owner == "client"}
ALGORITHMS = {"shared-word": "HS256", "rs256": "RS256", "eddsa": "EdDSA", "es256": "ES256"}

Servers = dict[str, dict[str, Any]]  # issuer -> its metadata


@dataclass
class World:
    """One simulated world.  Parties by name in `net.parties`; the typed views below are the same objects."""

    settings: Settings
    net: Network
    people: Directory
    issuer: AuthorizationServer | Backend
    browsers: dict[str, Browser]
    clients: dict[str, Hosted]
    apis: dict[str, ResourceServer]
    attacker: Attacker
    bank: Bank
    services: dict[str, OAuthClient]  # the APIs once more, as clients that act in their own name


def build(settings: Settings, seed: int | str = 0, states: bool = True, edits: tuple[Edit, ...] = ()) -> World:
    """A fresh world at its first second.  `states=False` does not record the parties' state (for many runs in a row)."""
    clock = Clock()
    net = Network(clock, Entropy(seed), Trace(clock.now(), states), edits=edits)
    directory = people()
    issuer = _issuer(net, settings, directory)
    apis = {name: _api(name, net, settings, issuer) for name in instances("rs")}
    for name in apis:
        if CAST[name].replica_of:
            apis[name].records = apis[CAST[name].replica_of].records  # one database behind all replicas
    bank = _bank(net)
    servers = {issuer.issuer: issuer.describe() if isinstance(issuer, AuthorizationServer) else {}}
    clients = {name: _client(name, net, settings, servers) for name in instances("client")}
    clients["importer"] = _importer(net, settings, bank)
    adaptive = _adaptive(issuer, servers[issuer.issuer])
    clients["evil_app"] = _evil_app(net, settings.architecture, adaptive, servers)
    services = {name: _service(name, net, settings.architecture, adaptive, servers) for name in instances("rs")}
    browsers = {m.name: Browser(m.name, net, m.owner) for m in CAST.values() if m.kind == "browser"}
    attacker = Attacker("mallory", net)
    for party in (issuer, bank, *apis.values(), *clients.values()):
        net.connect(party, CAST[party.name].host)
    for name, api in apis.items():
        net.connect(api, internal(name), zone=INTERNAL)
    net.connect(_gateway(net, settings, issuer), CAST["gateway"].host)
    net.admit(INTERNAL, "gateway", *apis)
    for browser in browsers.values():
        net.connect(browser)
    net.connect(attacker, EVIL)
    net.connect(EvilApp("evil_mobile"))
    net.connect_domain(attacker.name, EVIL.removeprefix("https://"))
    net.keys |= {"mallory": next(iter(attacker.keys.values())), "issuer": signing_key(settings, net.entropy.seed, issuer.name)}
    return World(settings, net, directory, issuer, browsers, clients, apis, attacker, bank, services)


def claim(world: World, client: str) -> None:
    """Mallory's app on Alice's phone claims the links of a native app."""
    world.net.claim("phone", REDIRECTS[client], "evil_mobile")


def signing_key(settings: Settings, seed: str, owner: str) -> Key:
    """The issuer's signing key, as `as.signing` wants it."""
    if settings.value(f"{owner}.signing") == "shared-word":
        return shared_key(WORD)
    return key_for(seed, owner, key_type(settings, owner))


def key_type(settings: Settings, issuer: str) -> KeyType:
    """The kind of private key that this issuer signs with, or that whoever wants to be taken for it would need."""
    alg = ALGORITHMS[settings.value(f"{issuer}.signing")]
    return "ES256" if alg == "HS256" else cast(KeyType, alg)


def _issuer(net: Network, settings: Settings, directory: Directory) -> AuthorizationServer | Backend:
    name = "auth" if settings.architecture == "oauth" else "backend"
    key, policy = signing_key(settings, net.entropy.seed, name), settings.policy(name)
    resources = tuple(dict.fromkeys(resource(n) for n in instances("rs")))
    subscribers = tuple(
        Subscriber(f"{CAST[n].host}/denylist", LAG if CAST[n].replica_of else 0)
        for n in instances("rs")
        if settings.value(f"{n}.denylist") == "eventual"
    )
    if name == "backend":
        return Backend(name, net, policy, BACKEND, key, directory, resources, subscribers)
    return AuthorizationServer(name, net, policy, ISSUER, key, directory, _registered(_secret("app", settings)), resources, subscribers)


def _registered(app_secret: str | None) -> tuple[Registered, ...]:
    """The clients that are registered at `auth`; each API is one too, so that it may introspect."""
    scope = "openid profile email address phone read write"
    apis = tuple(
        Registered(n, CAST[n].title, (), SERVICE_SCOPES.get(n, ""), f"{n}-secret", ("client_credentials",), (), resource=resource(n))
        for n in instances("rs")
    )
    return (
        Registered("app", CAST["app"].title, (REDIRECTS["app"],), scope, app_secret, response_types=("code", "token")),
        Registered("mobile", CAST["mobile"].title, (REDIRECTS["mobile"],), scope),
        Registered("budget", CAST["budget"].title, (REDIRECTS["budget"],), scope, BUDGET_SECRET),
        Registered("evil_app", CAST["evil_app"].title, (REDIRECTS["evil_app"],), scope, EVIL_SECRET),
        *apis,
    )


def _api(name: str, net: Network, settings: Settings, issuer: AuthorizationServer | Backend) -> ResourceServer:
    how = settings.value(f"{issuer.name}.signing")
    trusted = TrustedIssuer(issuer.issuer, ALGORITHMS[how], WORD.encode() if how == "shared-word" else None)
    front = Front("gateway", internal(name), CAST["gateway"].host)
    return ResourceServer(name, net, settings.policy(name), resource(name), trusted, _records(name), f"{name}-secret", front)


def _gateway(net: Network, settings: Settings, issuer: AuthorizationServer | Backend) -> Gateway:
    how = settings.value(f"{issuer.name}.signing")
    policy = settings.policy("gateway") | {"dpop": settings.value("rs.dpop")}
    routes = {path: Service(internal(name), CAST[name].host) for path, name in ROUTES.items()}
    word = WORD.encode() if how == "shared-word" else None
    return Gateway("gateway", net, policy, CAST["gateway"].host, issuer.issuer, ALGORITHMS[how], word, routes)


def _records(name: str) -> Records:
    if name == "notifications":
        return Records("notification", {"alice:notification-1": "alice", "mallory:notification-2": "mallory"})
    if name == "transactions":
        return Records("transaction", {"alice:transaction-7": "alice", "mallory:transaction-8": "mallory"})
    return Records("account", {"alice:account-1": "alice", "mallory:account-2": "mallory"})


def _secret(name: str, settings: Settings) -> str | None:
    """A client's secret; the single-page app can keep one only if it has a backend."""
    if name == "app":
        return APP_SECRET if settings.value("app.bff") == "on" else None
    return BUDGET_SECRET if name == "budget" else None


def _client(name: str, net: Network, settings: Settings, servers: Servers) -> Hosted:
    backed = name == "app" and settings.value("app.bff") == "on"
    kinds: dict[str, type[Hosted]] = {
        "app": BackendForFrontend if backed else PageClient,
        "mobile": NativeClient,
        "budget": WebClient,
    }
    registration = Registration(name, _secret(name, settings), REDIRECTS[name], CAST["accounts"].host)
    public = name == "app" and not backed
    return kinds[name](name, net, settings.policy(name), settings.architecture, registration, servers, public_page=public)


def _adaptive(issuer: AuthorizationServer | Backend, metadata: dict[str, Any]) -> dict[str, str]:
    """What a client does that has no switches: whatever the server's metadata ask for (RFC 8414 §2), and as little checking as it can."""
    policy = WEAKEST | {"code_flow": "on", "state": "bound", "token_in_header": "on", "referrer_policy": "on"}
    policy |= {"pkce": "s256"} if "code_challenge_methods_supported" in metadata else {}
    policy |= {"dpop": "on"} if "dpop_signing_alg_values_supported" in metadata else {}
    return policy | {"resource_param": issuer.policy["stamp_aud"]}


def _evil_app(net: Network, architecture: Architecture, policy: dict[str, str], servers: Servers) -> Hosted:
    """Mallory's own client.  Registered like any other, and a web app like Budget."""
    registration = Registration("evil_app", EVIL_SECRET, REDIRECTS["evil_app"], CAST["accounts"].host)
    return WebClient("evil_app", net, policy, architecture, registration, servers, public_page=False)


def _service(name: str, net: Network, architecture: Architecture, policy: dict[str, str], servers: Servers) -> OAuthClient:
    registration = Registration(name, f"{name}-secret", "", CAST["accounts"].host)
    return OAuthClient(name, net, policy, architecture, registration, servers, public_page=False)


def _bank(net: Network) -> Bank:
    """The bank is nobody's profile: careful, whatever ConnectSphere does."""
    redirect = f"{CAST['importer'].host}/cb"
    importer = Registered("importer", "ConnectSphere", (redirect,), "statements payments", IMPORTER_SECRET)
    policies = {"as": BANK.policy("auth"), "rs": BANK.policy("accounts")}
    return Bank("bank", net, policies, CAST["bank"].host, key_for(net.entropy.seed, "bank"), (importer,))


def _importer(net: Network, settings: Settings, bank: Bank) -> Importer:
    """It keeps to the rules of the bank, which demands more of its clients than ConnectSphere may demand of its own."""
    registration = Registration("importer", IMPORTER_SECRET, f"{CAST['importer'].host}/cb", CAST["bank"].host, "statements")
    return Importer(
        "importer",
        net,
        BANK.policy("budget") | {"nonce": "off", "dpop": "off"},
        settings.architecture,
        registration,
        {bank.issuer: bank.server.describe()},
    )
