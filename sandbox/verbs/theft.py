"""What falls into the attacker's hands together with a session: its tokens, and the keys that they are bound to."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.protocol.cast import CAST
from sandbox.verbs.verb import Outputs
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import Session
from sandbox.world.world import World


def held_by(session: Session | None) -> Outputs:
    """The tokens of a session, by name; None where there is none."""
    if session is None:
        return {"access_token": None, "refresh_token": None, "id_token": None}
    return {
        "access_token": session.access_token() or None,
        "refresh_token": session.refresh_token or None,
        "id_token": session.id_token or None,
    }


def keep_tokens(world: World, sessions: Iterable[Session], source: str) -> Outputs:
    """She learns the tokens of these sessions; the last ones stand in the outputs."""
    out: Outputs = {"access_token": None, "refresh_token": None, "id_token": None}
    for session in sessions:
        held = held_by(session)
        for name, value in held.items():
            if value:
                world.net.learned(world.attacker.name, name, value, source)
        out |= {k: v for k, v in held.items() if v}
    return out


def keep_keys(world: World, client: Hosted, device: str, source: str) -> None:
    """Let the attacker use the keys that a client keeps on a device she holds: the DPoP key and that of the certificate."""
    session = client.sessions.get(device)  # clients on a web server keep nothing here
    if session is None:
        return
    key = client.proof_key(session) if session.bound else None
    if key is not None:
        world.attacker.keep(key)
        world.net.learned(world.attacker.name, "key", key.thumbprint, source)
    if session.certificate:
        world.attacker.keep_certificate(session.certificate)
        world.net.learned(world.attacker.name, "certificate", session.certificate, source)
    world.attacker.taken |= dict.fromkeys(session.tokens.values(), (key, session.certificate))


def on_her_device(world: World, client: Hosted, browser: Browser) -> None:
    """Whatever a client keeps on a device of the attacker's, she has."""
    session = client.sessions.get(browser.name)
    if browser.owner == world.attacker.name and session is not None:
        keep_keys(world, client, browser.name, "her own device")
        keep_tokens(world, [session], "her own device")


def own_keys(world: World) -> None:
    """Let the attacker use the keys that clients keep in her own browsers."""
    for device in (b.name for b in world.browsers.values() if CAST[b.name].hers):
        for client in world.clients.values():
            session = client.sessions.get(device)
            if session is not None and session.bound:
                world.attacker.keep(client.proof_key(session))
