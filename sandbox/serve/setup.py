"""Putting a world together for serving: which parties, at which addresses, with which keys, clients and clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.core.entropy import KeyType, fresh_rsa
from sandbox.core.wire import Response, json_response, split
from sandbox.protocol.cast import CAST, ROUTES
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key, from_private, key_for
from sandbox.protocol.trace import RecentTrace
from sandbox.serve.back_channel import BackChannel
from sandbox.serve.carry_over import Past, remember
from sandbox.serve.client_documents import ClientDocuments
from sandbox.serve.fetching import Fetching
from sandbox.serve.key_sets import KeySets
from sandbox.serve.operator import Operator
from sandbox.serve.pages import front, offered
from sandbox.serve.relocate import moved
from sandbox.serve.wishes import NOTHING, Wishes, extend, welcome
from sandbox.world.external import External, use
from sandbox.world.outgoing import Outgoing
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.authorization_server.config import SCOPES
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.backend_for_frontend import BackendForFrontend
from sandbox.world.parties.bank import Bank
from sandbox.world.parties.gateway import Gateway
from sandbox.world.parties.resource_server import ResourceServer
from sandbox.world.parties.signing_keys import SigningKeys
from sandbox.world.parties.web_client import WebClient
from sandbox.world.world import World, build

SERVED = ("server", "api", "gateway")  # kinds of the cast
SCOPE = "openid profile email address phone offline_access read write"
USUAL: tuple[KeyType, ...] = ("ES256", "RS256")  # every client can verify one of them
OPEN = {"client.bff": "off"}  # the single-page app is a public client unless told otherwise: a page of the learner's own can take its place
CALLBACK = "http://127.0.0.1:9999/cb"  # where a client on the learner's own machine may wait for its code


class ClientTaken(ValueError):
    """A new client has the id of one that is there, with another secret, or the name of a person."""


@dataclass
class Keys:
    """What the keys of a served world are made of: a seed, and for each turn one RSA key, which is made when one is first wanted.

    `turns`: how often the operator has wanted others; `derived`: whether RSA keys follow from the seed, too, which takes a second each.
    """

    seed: str
    rsas: dict[int, RSAPrivateKey] = field(default_factory=dict)
    turns: int = 0
    derived: bool = False

    def of(self, alg: KeyType, issuer: str = "auth") -> Key:
        """This issuer's key for this algorithm."""
        return self.at(issuer, self.turns, alg)

    def at(self, issuer: str, turn: int, alg: KeyType) -> Key:
        """The same at another turn."""
        if alg == "RS256" and not self.derived:
            if turn not in self.rsas:
                self.rsas = {t: key for t, key in self.rsas.items() if t >= self.turns} | {turn: fresh_rsa()}
            return from_private(self.rsas[turn], alg)
        return key_for(self.seed, f"{issuer} {turn}" if turn or alg == "RS256" else issuer, alg)


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client from the command line; one without a secret is public.  `post_logout`: where people may be sent who are signed out,
    `backchannel`: where it takes logout tokens, '' for nowhere."""

    client_id: str
    redirect_uri: str
    secret: str | None = None
    post_logout: tuple[str, ...] = ()
    backchannel: str = ""


@dataclass
class Served:
    """A world at real addresses.  `base` is where it begins, `paths` has each party's first part of the path below the origin."""

    world: World
    base: str
    trace: RecentTrace
    paths: dict[str, str] = field(default_factory=dict)
    external: External | None = None
    back_channel: BackChannel | None = None
    operator: Operator | None = None
    fetching: Fetching | None = None
    key_sets: KeySets | None = None
    documents: ClientDocuments | None = None

    @property
    def origin(self) -> str:
        u = split(self.base)
        return f"{u.scheme}://{u.netloc}"

    @property
    def root(self) -> str:
        return split(self.base).path

    def home(self, mount: str) -> Response | None:
        """The page at a party's own address, which says what can be asked there; None where the party has a page of its own."""
        name = next(name for name, path in self.paths.items() if path == mount)
        addresses = offers(self.world, name)
        return offered(CAST[name].title, f"{self.origin}{mount}", addresses) if addresses else None

    def front(self, path: str) -> Response:
        """The page at the base, which says who lives where; anything else is nowhere."""
        if path not in ("", "/"):
            return json_response(404, {"error": "not_found", "error_description": f"Parties are at {', '.join(self.paths.values())}."})
        return front((CAST[name].title, f"{self.origin}{path}") for name, path in self.paths.items())


def offers(world: World, name: str) -> dict[str, str]:
    """What can be asked of a party, each path with its methods; nothing of one that shows a page of its own."""
    party = world.net.parties[name]
    if isinstance(party, Gateway):
        behind = {path: methods for api in dict.fromkeys(ROUTES.values()) for path, methods in world.apis[api].records.offers().items()}
        return {path: methods for path, methods in behind.items() if path.split("/")[1] in party.routes}
    if isinstance(party, ResourceServer):
        return party.records.offers()
    return party.offers() if isinstance(party, AuthorizationServer | Backend | Bank) else {}


def served(
    settings: Settings,
    base: str,
    alg: KeyType = "ES256",
    clients: Iterable[NewClient] = (),
    registration: bool = True,
    external: External | None = None,
    past: Past | None = None,
    outgoing: Outgoing | None = None,
    keys: Keys | None = None,
    telling: Outgoing | None = None,
    wishes: Wishes = NOTHING,
    fetching: Outgoing | None = None,
) -> Served:
    """A fresh world at `base`, in real time and with real randomness, that remembers only its latest past.

    With an `external` authorization server only those are served who use it: Budget and the APIs; `outgoing` is how they ask it.
    Raises NotAnIssuer.
    With a `past`, the world of before goes on under these settings; `keys` are those of a world that has no past, but was here before.
    `telling`: how logout tokens leave; without it, they do not; `wishes`: what else whoever runs it wants; `fetching`: how
    what clients publish is fetched, their keys and who they are; without it, not at all.  Raises ClientTaken.
    """
    entropy, clock = wishes.entropy, wishes.clock
    keys = keys or Keys(past.seed if past is not None else entropy.seed, derived=wishes.seed is not None)
    entropy.seed = keys.seed
    trace = RecentTrace(clock.now())
    world = build(settings, entropy.seed, states=False, lifetimes=wishes.lifetimes)
    names = [m.name for m in CAST.values() if m.name in world.net.parties and is_served(world, m.name)]
    if not registration and isinstance(world.issuer, AuthorizationServer):
        names.remove("assistant")  # it could not register
    world = moved(world, {CAST[name].host: f"{base}/{name}" for name in names})
    world.net.clock, world.net.entropy, world.net.trace = clock, entropy, trace
    welcome(world.people, wishes)
    if isinstance(world.issuer, AuthorizationServer):
        _open(world.issuer, keys, wishes.algs or (alg, *USUAL), registration, past.server if past else None)
        _bring(world.issuer, wishes.pems)
        _at_home(world.issuer)
        extend(world.issuer, wishes)
        _enroll(world.issuer, clients)
        for client in world.clients.values():
            if world.issuer.issuer in client.servers:
                client.servers[world.issuer.issuer] = world.issuer.describe()
    elif world.issuer.key.jwk is not None:
        _sign(world.issuer.signing, keys)
    if past is not None:
        remember(world, past)
    back_channel = BackChannel(net=world.net, party=world.issuer.name, outgoing=telling)
    if isinstance(world.issuer, AuthorizationServer):
        world.issuer.log_outs.courier = back_channel
    if external is not None:
        external = use(world, external, outgoing=outgoing)
        names = ["budget", *world.apis]
    for api in world.apis.values():
        api.announces = external is not None or isinstance(world.issuer, AuthorizationServer)
    root = split(base).path
    there = Served(world, base, trace, {name: f"{root}/{name}" for name in names}, external, back_channel)
    if fetching is not None and external is None and isinstance(world.issuer, AuthorizationServer):
        _let_fetch(there, world.issuer, fetching, registration)
    return there


def _let_fetch(there: Served, server: AuthorizationServer, outgoing: Outgoing, registration: bool) -> None:
    """What clients publish is fetched: their keys and, where anybody may register, who they are."""
    there.fetching = Fetching(net=there.world.net, party=server.name, outgoing=outgoing)
    at, server.core.unfetchable = there.paths[server.name], there.fetching.refuses
    there.key_sets = KeySets(fetching=there.fetching, server=server, at=at)
    if registration:  # who describes itself has registered itself
        there.documents = ClientDocuments(fetching=there.fetching, server=server, at=at)
        server.core.reads_documents = True


def is_served(world: World, name: str) -> bool:
    """Servers of all kinds, and clients that live on a server; not those whose page has a script, and Mallory has to bring her own."""
    member, party = CAST[name], world.net.parties[name]
    web = isinstance(party, WebClient) and not isinstance(party, BackendForFrontend)
    return not member.hers and (member.kind in SERVED or web)


def _open(server: AuthorizationServer, keys: Keys, algs: Iterable[KeyType], registration: bool, past: AuthorizationServer | None) -> None:
    """Fresh keys of these algorithms, or those of the server before; registration for everybody, single claims, and
    keys that are published before they sign."""
    core = server.core
    core.keys = past.core.keys if past else tuple(keys.of(a) for a in dict.fromkeys(algs))
    if core.key.jwk is not None:
        _sign(core.signing, keys)
    core.signing.current = next((k for k in core.keys if k.alg == core.key.alg), core.key)
    if past:
        core.signing.retired = list(past.core.signing.retired)
    server.registration, core.takes_claims, core.publishes_ahead = registration, True, True


def _bring(server: AuthorizationServer, brought: tuple[Key, ...]) -> None:
    """The operator's own keys instead of fresh ones."""
    core, own = server.core, {key.alg: key for key in brought}
    core.keys = tuple(own.get(key.alg, key) for key in core.keys)
    core.signing.current = own.get(core.key.alg, core.key)


def _sign(signing: SigningKeys, keys: Keys) -> None:
    """Keys that nobody else has: the simulation's RSA key is public."""
    signing.turns, signing.make = keys.turns, keys.at
    signing.current = keys.of(cast(KeyType, signing.current.alg), signing.owner)


def _at_home(server: AuthorizationServer) -> None:
    """The clients of the cast get an address on this machine."""
    for client in list(server.store.clients.values()):
        if client.redirect_uris and not CAST[client.client_id].hers:
            back = (*client.post_logout_redirect_uris, CALLBACK)
            server.store.change(client.client_id, redirect_uris=(*client.redirect_uris, CALLBACK), post_logout_redirect_uris=back)


def _enroll(server: AuthorizationServer, clients: Iterable[NewClient]) -> None:
    """The clients of the command line."""
    known = server.store.clients
    for new in clients:
        if new.client_id in server.people.users:  # its own tokens would be taken for that person's (RFC 9700 §4.15)
            raise ClientTaken(f"{new.client_id} is the name of a person here; choose another id.")
        old = known.get(new.client_id)
        if old is not None and new.secret not in (None, old.secret):
            raise ClientTaken(
                f"{new.client_id} is there already, {'with another secret' if old.secret else 'a public client'}; choose another id."
            )
        if old is not None:
            server.store.change(
                new.client_id,
                redirect_uris=(*old.redirect_uris, new.redirect_uri),
                post_logout_redirect_uris=(*old.post_logout_redirect_uris, *new.post_logout),
                backchannel_logout_uri=new.backchannel or old.backchannel_logout_uri,
            )
        else:
            exact = server.policy.exact_redirect == "on"
            grants = (*Client.grant_types, DEVICE_CODE, *(("client_credentials",) if new.secret else ()))
            known[new.client_id] = Client(
                client_id=new.client_id,
                title=new.client_id,
                redirect_uris=(new.redirect_uri,),
                scope=" ".join((SCOPE, *(s for s in server.core.scopes if s not in SCOPES))),
                secret=new.secret,
                grant_types=grants,
                exact_redirect=exact,
                post_logout_redirect_uris=new.post_logout,
                backchannel_logout_uri=new.backchannel,
            )
