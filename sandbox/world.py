"""The world: the whole cast, built from settings and a seed, and connected to one network with one clock.

Cheap to build, and forkable: parties hold plain data, so `copy.deepcopy(world)` is a second world with the same past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.cast import BACKEND, CAST, EVIL, ISSUER, instances
from sandbox.clock import Clock
from sandbox.edits import Edit
from sandbox.entropy import Entropy
from sandbox.network import Network
from sandbox.parties.attacker import Attacker
from sandbox.parties.authorization_server import AuthorizationServer
from sandbox.parties.authorization_server import Client as Registered
from sandbox.parties.backend import Backend
from sandbox.parties.browser import Browser
from sandbox.parties.client import Registration
from sandbox.parties.client_hosts import Hosted, NativeClient, PageClient, WebClient
from sandbox.parties.denylist import Subscriber
from sandbox.parties.people import Directory, people
from sandbox.parties.records import Records
from sandbox.parties.resource_server import ResourceServer, TrustedIssuer
from sandbox.switches import Settings
from sandbox.tokens import Key, key_for, shared_key
from sandbox.trace import Trace

WORD = "sunshine"  # the shared word of as.signing=shared-word: in every word list
BUDGET_SECRET = "budget-8Zq3vT1x"
REDIRECTS = {"app": f"{CAST['app'].host}/cb", "mobile": f"{CAST['mobile'].host}/cb", "budget": f"{CAST['budget'].host}/cb"}
ALGORITHMS = {"shared-word": "HS256", "rs256": "RS256", "es256": "ES256"}


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


def build(settings: Settings, seed: int | str = 0, states: bool = True, edits: tuple[Edit, ...] = ()) -> World:
    """A fresh world at its first second.  `states=False` does not record the parties' state (for many runs in a row)."""
    clock = Clock()
    net = Network(clock, Entropy(seed), Trace(clock.now(), states), edits=edits)
    directory = people()
    issuer = _issuer(net, settings, directory)
    apis = {name: _api(name, net, settings, issuer) for name in instances("rs")}
    clients = {name: _client(name, net, settings, issuer) for name in instances("client")}
    browsers = {m.name: Browser(m.name, net, m.owner) for m in CAST.values() if m.kind == "browser"}
    attacker = Attacker("mallory", net)
    for party in (issuer, *apis.values(), *clients.values()):
        net.connect(party, CAST[party.name].host)
    for browser in browsers.values():
        net.connect(browser)
    net.connect(attacker, EVIL)
    net.keys |= {"mallory": next(iter(attacker.keys.values())), "issuer": signing_key(settings, net.entropy.seed, issuer.name)}
    return World(settings, net, directory, issuer, browsers, clients, apis, attacker)


def signing_key(settings: Settings, seed: str, owner: str) -> Key:
    """The issuer's signing key, as `as.signing` wants it."""
    how = settings.value(f"{owner}.signing")
    if how == "shared-word":
        return shared_key(WORD)
    return key_for(seed, owner, "RS256" if how == "rs256" else "ES256")


def _issuer(net: Network, settings: Settings, directory: Directory) -> AuthorizationServer | Backend:
    name = "auth" if settings.architecture == "oauth" else "backend"
    key, policy = signing_key(settings, net.entropy.seed, name), settings.policy(name)
    resources = tuple(CAST[n].host for n in instances("rs"))
    subscribers = tuple(Subscriber(f"{CAST[n].host}/denylist", 0) for n in instances("rs") if settings.value(f"{n}.denylist") == "eventual")
    if name == "backend":
        return Backend(name, net, policy, BACKEND, key, directory, resources, subscribers)
    return AuthorizationServer(name, net, policy, ISSUER, key, directory, _registered(), resources, subscribers)


def _registered() -> tuple[Registered, ...]:
    """The clients that are registered at `auth`; each API is one too, so that it may introspect."""
    scope = "openid profile email address phone read write"
    apis = tuple(Registered(n, CAST[n].title, (), "", f"{n}-secret", (), (), resource=CAST[n].host) for n in instances("rs"))
    return (
        Registered("app", CAST["app"].title, (REDIRECTS["app"],), scope, None, response_types=("code", "token")),
        Registered("mobile", CAST["mobile"].title, (REDIRECTS["mobile"],), scope),
        Registered("budget", CAST["budget"].title, (REDIRECTS["budget"],), scope, BUDGET_SECRET),
        *apis,
    )


def _api(name: str, net: Network, settings: Settings, issuer: AuthorizationServer | Backend) -> ResourceServer:
    how = settings.value(f"{issuer.name}.signing")
    trusted = TrustedIssuer(issuer.issuer, ALGORITHMS[how], WORD.encode() if how == "shared-word" else None)
    return ResourceServer(name, net, settings.policy(name), CAST[name].host, trusted, _records(name), f"{name}-secret")


def _records(name: str) -> Records:
    if name == "transactions":
        return Records("transaction", {"alice:transaction-7": "alice", "mallory:transaction-8": "mallory"})
    return Records("account", {"alice:account-1": "alice", "mallory:account-2": "mallory"})


def _client(name: str, net: Network, settings: Settings, issuer: AuthorizationServer | Backend) -> Hosted:
    kinds: dict[str, type[Hosted]] = {"app": PageClient, "mobile": NativeClient, "budget": WebClient}
    servers: dict[str, dict[str, Any]] = {issuer.issuer: issuer.describe() if isinstance(issuer, AuthorizationServer) else {}}
    secret = BUDGET_SECRET if name == "budget" else None
    registration = Registration(name, secret, REDIRECTS[name], CAST["accounts"].host)
    return kinds[name](name, net, settings.policy(name), settings.architecture, registration, servers, public_page=name == "app")
