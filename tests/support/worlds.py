"""Small worlds for tests: build one, sign somebody in, read off what happened."""

from __future__ import annotations

from sandbox.core.wire import Request, Response
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Checked, Sent
from sandbox.verbs.reading import Read, read
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client_session import Session
from sandbox.world.world import World, build


def world(profile: str = "oauth-bcp", **switches: str) -> World:
    """`world("oauth-basic", as_pkce="required")`: the first underscore of a name stands for its dot.

    The app is a page that keeps its tokens itself, unless `client_bff` is told."""
    return build(Settings.of(profile, {"client.bff": "off"} | {k.replace("_", ".", 1): v for k, v in switches.items()}))


def agree(w: World, browser: Browser) -> None:
    """Fill in pages for as long as they ask."""
    while browser.page and browser.page.page in ("login", "consent") and browser.held is None:
        browser.submit(browser.forms()[0], {"username": browser.owner, "password": w.people.users[browser.owner].password})


def sign_in(w: World, client: str = "app", browser: str = "laptop", hold: str = "", **wishes: str) -> Session | None:
    b = w.browsers[browser]
    b.begin(hold)
    b.visit(w.clients[client].start_url(**{"scope": "read"} | wishes))
    agree(w, b)
    return w.clients[client].session_in(b)


def call(
    w: World, client: str = "app", browser: str = "laptop", api: str = "accounts", path: str = "/accounts", method: str = "GET"
) -> Response:
    c, b, url = w.clients[client], w.browsers[browser], w.apis[api].url
    session = c.session_in(b)
    assert session is not None
    return c.call(session, Request(method, url + path), url, c.sender(b))


def failures(w: World) -> list[str]:
    """party.check of every check that failed."""
    return [f"{e.party}.{e.check}" for e in w.net.trace.events if isinstance(e, Checked) and e.outcome == "fail"]


def outcomes(w: World, party: str) -> dict[str, str]:
    """The latest outcome of each check of a party."""
    return {e.check: e.outcome for e in w.net.trace.events if isinstance(e, Checked) and e.party == party}


def asked(w: World, party: str) -> list[Request]:
    """The requests that reached a party."""
    return [e.request for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == party]


def steal(w: World, client: str = "app", browser: str = "laptop", **more: object) -> dict[str, object]:
    """What a script in a client's page finds in its storage, and sends to the attacker."""
    return read(w, "mallory", Read.model_validate({"storage": client, "browser": browser} | more))
