"""What whoever runs a server wants of a world beyond its settings: people, clients, scopes, APIs, keys, lifetimes, a seed, a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.core.clock import Clock, WallClock
from sandbox.core.entropy import ChosenEntropy, Entropy, KeyType, SystemEntropy
from sandbox.protocol.tokens import Key
from sandbox.world.members import USUAL_LIFETIMES
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.issuer import Lifetimes
from sandbox.world.parties.people import Directory, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`scopes`: what each further one allows, for people; `resources`: further APIs that tokens may be for, by their names in tokens;
    `algs`: of the ID tokens, the usual one first, or none named: the usual ones; `pems`: keys that the operator has brought; `seed`: what
    everything random follows from; `now`: the second at which the clock stands until it is moved."""

    users: tuple[User, ...] = ()
    clients: tuple[Client, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    algs: tuple[KeyType, ...] = ()
    pems: tuple[Key, ...] = ()
    lifetimes: Lifetimes = USUAL_LIFETIMES
    seed: str | None = None
    now: int | None = None

    @property
    def entropy(self) -> Entropy:
        return SystemEntropy() if self.seed is None else ChosenEntropy(self.seed)

    @property
    def clock(self) -> Clock:
        return WallClock() if self.now is None else Clock(self.now)


NOTHING = Wishes()


def welcome(people: Directory, wishes: Wishes) -> None:
    """The people of the wishes beside those of the cast; one with the name of somebody who is there takes that place."""
    people.users |= {user.name: replace(user) for user in wishes.users}


def extend(server: AuthorizationServer, wishes: Wishes) -> None:
    """The further scopes, APIs and clients; whoever of the cast has a redirect URI may ask for the scopes, too."""
    core, clients = server.core, server.store.clients
    core.scopes = {**core.scopes, **wishes.scopes}
    core.scopes_supported = list(core.scopes)
    core.resources = tuple(dict.fromkeys((*core.resources, *wishes.resources)))
    for client in list(clients.values()):
        if client.redirect_uris:
            server.store.change(client.client_id, scope=" ".join((client.scope, *wishes.scopes)).strip())
    exact = server.policy.exact_redirect == "on"
    clients |= {client.client_id: replace(client, exact_redirect=exact) for client in wishes.clients}
