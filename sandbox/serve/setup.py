"""Putting a world together for serving: which parties, at which addresses, with which keys, clients and clock."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sandbox.cast import CAST
from sandbox.clock import WallClock
from sandbox.entropy import KeyType, SystemEntropy, fresh_rsa
from sandbox.external import External, use
from sandbox.parties.authorization_server import AuthorizationServer, Client
from sandbox.parties.client_hosts import WebClient
from sandbox.parties.pages import page
from sandbox.serve.place import moved
from sandbox.switches import Settings
from sandbox.tokens import Key, from_private, key_for
from sandbox.trace import RecentTrace
from sandbox.wire import Response, json_response, split
from sandbox.world import World, build

SERVED = ("server", "api", "gateway")  # kinds of the cast
SCOPE = "openid profile email read write"
USUAL: tuple[KeyType, ...] = ("ES256", "RS256")  # every client can verify one of them
CALLBACK = "http://127.0.0.1:9999/cb"  # where a client on the learner's own machine may wait for its code


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client from the command line; one without a secret is public."""

    client_id: str
    redirect_uri: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a world that is put together anew has from the one before it: what its keys were made of, the keys of its
    authorization server, clients that registered themselves, and the record."""

    seed: str
    keys: tuple[Key, ...]
    clients: tuple[Client, ...]
    trace: RecentTrace


@dataclass
class Served:
    """A world at real addresses.  `base` is where it begins, `paths` has each party's first part of the path below the origin."""

    world: World
    base: str
    trace: RecentTrace
    paths: dict[str, str] = field(default_factory=dict)
    external: External | None = None

    @property
    def origin(self) -> str:
        u = split(self.base)
        return f"{u.scheme}://{u.netloc}"

    @property
    def root(self) -> str:
        return split(self.base).path

    def front(self, path: str) -> Response:
        """The page at the base, which says who lives where; anything else is nowhere."""
        if path not in ("", "/"):
            return json_response(404, {"error": "not_found", "error_description": f"Parties are at {', '.join(self.paths.values())}."})
        rows = "".join(f"<tr><td>{html.escape(CAST[n].title)}</td><td>{self.origin}{p}</td></tr>" for n, p in self.paths.items())
        front = page("app", "OAuth Sandbox, served", f"<table>{rows}</table>")
        return Response(200, front.headers, front.body.replace("<body ", '<body class="wide" '))


def served(
    settings: Settings,
    base: str,
    alg: KeyType = "ES256",
    clients: Iterable[NewClient] = (),
    registration: bool = True,
    external: External | None = None,
    kept: Kept | None = None,
) -> Served:
    """A fresh world at `base`, in real time and with real randomness, that remembers only its latest past.

    With an `external` authorization server only those are served who use it: Budget and the APIs.  Raises NotAnIssuer.
    """
    entropy, clock = SystemEntropy(), WallClock()
    if kept is not None:
        entropy.seed = kept.seed
    trace = kept.trace if kept is not None else RecentTrace(clock.now())
    world = build(settings, entropy.seed, states=False)
    names = [m.name for m in CAST.values() if m.name in world.net.parties and _is_served(world, m.name)]
    world = moved(world, {CAST[name].host: f"{base}/{name}" for name in names})
    world.net.clock, world.net.entropy, world.net.trace = clock, entropy, trace
    if isinstance(world.issuer, AuthorizationServer):
        _open(world.issuer, entropy.seed, alg, registration, kept.keys if kept is not None else ())
        _enroll(world.issuer, clients)
        _restore(world.issuer, kept.clients if kept is not None else ())
        for client in world.clients.values():
            if world.issuer.issuer in client.servers:
                client.servers[world.issuer.issuer] = world.issuer.describe()
    if external is not None:
        external = use(world, external)
        names = ["budget", *world.apis]
    root = split(base).path
    return Served(world, base, trace, {name: f"{root}/{name}" for name in names}, external)


def _is_served(world: World, name: str) -> bool:
    """Servers of all kinds, and clients that live on a server; Mallory has to bring her own."""
    member = CAST[name]
    return not member.hers and (member.kind in SERVED or isinstance(world.net.parties[name], WebClient))


def kept(served: Served, before: Kept | None = None) -> Kept:
    """What is to be kept of a world; a design without authorization server passes on what it got."""
    issuer, seed = served.world.issuer, served.world.net.entropy.seed
    if not isinstance(issuer, AuthorizationServer):
        return replace(before, trace=served.trace) if before is not None else Kept(seed, (), (), served.trace)
    registered = tuple(c for c in issuer.store.clients.values() if c.registered_at)
    return Kept(seed, issuer.core.keys, registered, served.trace)


def _restore(server: AuthorizationServer, clients: Iterable[Client]) -> None:
    exact = server.policy["exact_redirect"] == "on"
    server.store.clients.update({c.client_id: replace(c, exact_redirect=exact) for c in clients})


def _open(server: AuthorizationServer, seed: str, alg: KeyType, registration: bool, keys: tuple[Key, ...] = ()) -> None:
    """Fresh keys of the usual algorithms, the wanted one first, if there are none yet; registration for everybody."""
    core, usual = server.core, USUAL
    core.keys = keys or tuple(_key(seed, a) for a in dict.fromkeys((alg, *usual)))
    core.key = next((k for k in core.keys if k.alg == core.key.alg), core.key)  # for access tokens; the simulation's RSA key is public
    server.registration = registration


def _key(seed: str, alg: KeyType) -> Key:
    return from_private(fresh_rsa(), alg) if alg == "RS256" else key_for(seed, "auth", alg)


def _enroll(server: AuthorizationServer, clients: Iterable[NewClient]) -> None:
    """The clients of the cast get an address on this machine; then those of the command line."""
    known = server.store.clients
    for client in known.values():
        if client.redirect_uris and not CAST[client.client_id].hers:
            client.redirect_uris = (*client.redirect_uris, CALLBACK)
    for new in clients:
        old = known.get(new.client_id)
        if old is not None:
            old.redirect_uris = (*old.redirect_uris, new.redirect_uri)
        else:
            exact = server.policy["exact_redirect"] == "on"
            known[new.client_id] = Client(new.client_id, new.client_id, (new.redirect_uri,), SCOPE, new.secret, exact_redirect=exact)
