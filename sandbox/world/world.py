"""The world: the whole cast, built from settings and a seed, and connected to one network with one clock.

Cheap to build, and forkable: parties hold plain data, so `core/fork.py` makes a second world with the same past of one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.protocol.cast import CAST, EVIL, EVIL_AS, INTERNAL, LAPSED
from sandbox.protocol.edits import Edit
from sandbox.protocol.policies import resolved
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import Trace
from sandbox.world import members
from sandbox.world.members import USUAL_LIFETIMES
from sandbox.world.network import Network
from sandbox.world.parties.attacker import Attacker, EvilApp, EvilServer
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.bank import Bank
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.issuer import Lifetimes
from sandbox.world.parties.people import Directory, people
from sandbox.world.parties.resource_server import ResourceServer


@dataclass(kw_only=True)
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
    services: dict[str, OAuthClient]  # clients that live in no browser: the APIs once more, in their own name, and the television


def build(
    settings: Settings, seed: int | str = 0, states: bool = True, edits: tuple[Edit, ...] = (), lifetimes: Lifetimes = USUAL_LIFETIMES
) -> World:
    """A fresh world at its first second.  `states=False` does not record the parties' state (for many runs in a row)."""
    clock, policies = Clock(), resolved(settings)
    net = Network(clock, Entropy(seed), Trace(clock.now(), states), edits=edits)
    directory = people()
    key = members.signing_key(policies.issuer, net.entropy.seed, settings.issuer)
    issuer = members.issuer(net, policies, key, directory, lifetimes)
    trusted = members.trusted(issuer, key)
    apis = {name: members.api(name, net, policy, trusted) for name, policy in policies.apis.items()}
    for name in apis:
        if CAST[name].replica_of:
            apis[name].records = apis[CAST[name].replica_of].records  # one database behind all replicas
    bank = members.bank(net)
    servers = {issuer.issuer: issuer.describe()}
    clients = {name: members.client(name, net, policies, servers) for name in policies.clients}
    clients["importer"] = members.importer(net, policies.architecture, bank)
    adaptive = members.adaptive_policy(issuer.policy, servers[issuer.issuer])
    clients["evil_app"] = members.evil_app(net, policies, adaptive, servers)
    clients["cli"] = members.cli(net, policies, adaptive, servers)
    clients["assistant"] = members.assistant(net, policies, adaptive, servers)
    services: dict[str, OAuthClient] = {name: members.service(name, net, policies.architecture, adaptive, servers) for name in apis}
    services["tv"] = television = members.television(net, policies.architecture, adaptive, servers)
    browsers = {m.name: Browser(m.name, net, m.owner) for m in CAST.values() if m.kind == "browser"}
    attacker = Attacker("mallory", net)
    for party in (issuer, bank, *apis.values(), *clients.values()):
        net.connect(party, CAST[party.name].host)
    for name, api in apis.items():
        api.announces = policies.architecture == "oauth" and bool(CAST[name].path)
        if api.front is not None:
            net.connect(api, api.front.internal, zone=INTERNAL)
    net.connect(members.gateway(net, policies, trusted), CAST["gateway"].host)
    net.admit(INTERNAL, "gateway", *apis)
    for browser in browsers.values():
        net.connect(browser)
    net.connect(television)
    net.connect(attacker, EVIL, LAPSED)
    net.connect(EvilApp("evil_mobile"))
    net.connect(EvilServer("evil_as", attacker), EVIL_AS)
    net.connect_domain(attacker.name, EVIL.removeprefix("https://"))
    net.keys |= {"mallory": next(iter(attacker.keys.values())), "issuer": key}
    return World(
        settings=settings,
        net=net,
        people=directory,
        issuer=issuer,
        browsers=browsers,
        clients=clients,
        apis=apis,
        attacker=attacker,
        bank=bank,
        services=services,
    )


def claim(world: World, client: str) -> None:
    """Mallory's app on Alice's phone claims the links of a native app."""
    world.net.claim("phone", members.REDIRECTS[client], "evil_mobile")


def issuers() -> tuple[AuthorizationServer | Backend, ...]:
    """The server that logs people in, of each architecture, with all that it can offer."""
    last = {p.architecture: p.name for p in PROFILES.values()}  # profiles stand from weak to strong
    return tuple(build(Settings.of(name)).issuer for name in last.values())


def holding(kind: str) -> tuple[str, ...]:
    """The parties that hold records of this kind."""
    world = build(Settings.of(next(iter(PROFILES))))
    return tuple(name for name, api in (*world.apis.items(), (world.bank.name, world.bank.api)) if api.records.kind == kind)
