"""What a served world still knows after its settings have changed: everything that people and clients have done.

A world is put together anew for its new settings; what its parties remember is then taken over from the one before, so that a
token, a sign-in or a revocation from before the change meets the new rules, and is not simply unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandbox.world.parties.assistant import Assistant
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.gateway import Gateway
from sandbox.world.parties.importer import Importer
from sandbox.world.parties.limits import KEPT, forget_oldest
from sandbox.world.parties.resource_server import ResourceServer
from sandbox.world.parties.web_client import WebClient
from sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Past:
    """The world before, and its authorization server; the latest one, where the world before had none.

    `only_setup`: keys and clients are taken over, and not what anybody has done; `emptied`: that goes for the server.
    """

    world: World
    server: AuthorizationServer | None
    only_setup: bool = False
    emptied: bool = False

    @property
    def seed(self) -> str:
        """What its keys were made of."""
        return self.world.net.entropy.seed


def past_of(world: World, before: Past | None, only_setup: bool = False) -> Past:
    """The past of a world, with the past that it had taken over itself."""
    issuer = world.issuer
    if isinstance(issuer, AuthorizationServer):
        return Past(world, issuer, only_setup, emptied=only_setup)
    return Past(world, before.server if before else None, only_setup, emptied=only_setup or (before is not None and before.emptied))


def remember(world: World, past: Past) -> None:
    """Take over what the parties of the world before remember."""
    old = past.world
    if isinstance(world.issuer, AuthorizationServer) and past.server is not None:
        _registered(world.issuer, past.server)
    if isinstance(world.issuer, Backend) and isinstance(old.issuer, Backend) and world.issuer.key.alg == old.issuer.key.alg:
        world.issuer.signing.take_over(old.issuer.signing)
    if not past.only_setup:
        _done(world, past)


def _done(world: World, past: Past) -> None:
    """What people and clients have done."""
    old = past.world
    world.people.users |= old.people.users
    world.bank.people.users |= old.bank.people.users
    _server(world.bank.server, old.bank.server)
    _api(world.bank.api, old.bank.api)
    if isinstance(world.issuer, AuthorizationServer) and past.server is not None and not past.emptied:
        _server(world.issuer, past.server)
    if isinstance(world.issuer, Backend) and isinstance(old.issuer, Backend):
        world.issuer.logins.take_over(old.issuer.logins, KEPT)
    world.issuer.denylist.revoked.take_over(old.issuer.denylist.revoked)
    for name, api in world.apis.items():
        _api(api, old.apis[name])
        api.denied.take_over(world.issuer.denylist.revoked)
    for name, client in world.clients.items():
        before = old.clients[name]
        if isinstance(client, Assistant) and isinstance(before, Assistant):
            client.take_over(before, world.issuer.describe())
        if isinstance(client, WebClient):
            _client(client, before)


def void_before(world: World, second: int) -> None:
    """Whatever was issued before this second is void: the parties do not remember it, and must not be deceived."""
    bank = world.bank
    for party in (world.issuer, *world.apis.values(), bank.server, bank.api):
        party.since = second
    for other in world.net.parties.values():
        if isinstance(other, Gateway):
            other.since = second


def registered(server: AuthorizationServer) -> list[Client]:
    """The clients that have registered themselves, or that a learner has."""
    return [c for c in list(server.store.clients.values()) if c.registered_at]  # a copy: requests go on


def _server(server: AuthorizationServer, old: AuthorizationServer) -> None:
    server.store.take_over(old.store, KEPT)
    server.denylist.revoked.take_over(old.denylist.revoked)
    server.sign_in.pending |= old.sign_in.pending
    server.log_outs.pending |= old.log_outs.pending
    server.proofs = old.proofs


def _registered(server: AuthorizationServer, old: AuthorizationServer) -> None:
    """The clients that registered themselves (RFC 7591), or that describe themselves at their address, under the new rules."""
    exact = server.policy.exact_redirect == "on"
    described = [c for c in list(old.store.clients.values()) if c.by_document]
    server.store.clients |= {c.client_id: replace(c, exact_redirect=exact) for c in (*registered(old), *described)}


def _api(api: ResourceServer, old: ResourceServer) -> None:
    api.records, api.proofs = old.records, old.proofs
    api.denied.take_over(old.denied)
    api.introspected |= old.introspected


def _client(client: WebClient, old: object) -> None:
    """Its visitors; a visit that began at an issuer that is no longer there is over."""
    if not isinstance(old, WebClient):
        return
    client.sessions |= {key: s for key, s in dict(old.sessions).items() if s.issuer in client.servers or not s.issuer}
    client.states |= old.states
    client.logout_tokens |= old.logout_tokens
    if isinstance(client, Importer) and isinstance(old, Importer):
        client.kept |= old.kept
        forget_oldest(client.kept)
