"""What people do at their browsers: open addresses, log in, agree, log out."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from sandbox.core.wire import Request, Response, form_request, origin
from sandbox.protocol.one_time_codes import code_at
from sandbox.verbs.messages import AddressChange, Change, changed, changed_address
from sandbox.verbs.names import BrowserName, ClientName, Host, Person, Server
from sandbox.verbs.values import Scalar, Url
from sandbox.verbs.verb import PAGE, Args, Missing, Outputs, verb
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.bank import Bank
from sandbox.world.parties.browser import WRITTEN_BY_BROWSERS, Browser
from sandbox.world.parties.pages import read
from sandbox.world.parties.people import Directory
from sandbox.world.world import World


class Visit(Args):
    """Type an address.  Redirects are followed until a page is shown or `hold` stops them."""

    url: Url = Field(description="an address, such as https://budget.example/login")
    change: AddressChange | None = Field(None, description="what to change in the address")
    hold: Host | None = Field(None, description="stop before the next request to this party")


@verb(
    by=("browser",),
    gives=PAGE,
    wire="GET url with cookies, then each redirect, sub-resource and page script, by browser rules",
)
def visit(world: World, actor: str, args: Visit) -> Outputs:
    browser = world.browsers[actor]
    browser.begin(args.hold or "")
    browser.visit(changed_address(args.url, args.change))
    return where(browser)


class Follow(Args):
    """Go on with the request that was held, changed if wanted."""

    change: Change | None = Field(None, description="what to change in the request")
    hold: Host | None = Field(None, description="stop before the next request to this party")

    @model_validator(mode="after")
    def _browsers_headers(self) -> Self:
        self.no_headers(("change", "headers"), WRITTEN_BY_BROWSERS, "the browser", "remove it: only mallory.send can write it")
        return self


@verb(
    by=("browser",),
    gives=PAGE,
    wire="the held request, then as visit",
)
def follow(world: World, actor: str, args: Follow) -> Outputs:
    browser = world.browsers[actor]
    if browser.held is None:
        raise Missing("a request to go on with")
    browser.begin(args.hold or "")
    browser.follow(changed(browser.held.request, args.change))
    return where(browser)


class LogIn(Args):
    """Fill in and send the login form on the page shown."""

    user: Person | None = Field(None, description="whose name and password are typed in; the owner of the browser by default")
    password: Scalar | None = Field(None, description="another password than that person's own")
    hold: Host | None = Field(None, description="stop before the next request to this party")


@verb(
    by=("browser",),
    gives=PAGE,
    wire="POST of the login form, then as visit",
)
def log_in(world: World, actor: str, args: LogIn) -> Outputs:
    browser = world.browsers[actor]
    if browser.page is None or browser.page.page != "login":
        raise Missing("a login page")
    browser.begin(args.hold or "")
    _fill(world, browser, args.user or browser.owner, args.password)
    return where(browser)


class Approve(Args):
    """Say yes on the page shown, seen or unseen, logging in first where that is asked."""

    hold: Host | None = Field(None, description="stop before the next request to this party")


@verb(
    by=("browser",),
    gives=PAGE,
    wire="POST of the login form if there is one, POST of the consent form, then as visit; or POST of the form that asks about a log-out",
)
def approve(world: World, actor: str, args: Approve) -> Outputs:
    browser = world.browsers[actor]
    if browser.page is None or browser.page.page not in ("login", "consent", "logout"):
        raise Missing("a page that asks")
    browser.begin(args.hold or "")
    if browser.page.page == "logout":
        _fill(world, browser, browser.owner, None)
    else:
        say_yes(world, browser, browser.owner)
    return where(browser)


class Click(Args):
    """Click on what the page shown wants clicked: the button is that of the page in its frame."""


@verb(by=("browser",), wire="POST of the form in the frame, with the cookies that travel there, then its redirects")
def click(world: World, actor: str, args: Click) -> Outputs:
    browser = world.browsers[actor]
    if browser.inner is None or not read(browser.inner.url, browser.inner.page.body)[0]:
        raise Missing("a frame with something to click on")
    browser.begin()
    browser.click()
    return {}


class LogOut(Args):
    """Press the client's own log-out button in this browser."""

    client: ClientName = Field(description="a client, such as app")


@verb(
    by=("browser",),
    gives=("status",),
    wire="POST client /logout; the client revokes what it holds (RFC 7009) where the server can; cookies and storage are cleared",
)
def log_out(world: World, actor: str, args: LogOut) -> Outputs:
    browser = world.browsers[actor]
    browser.begin()
    browser.post(world.clients[args.client].logout_url)
    return {}


class LogOutEverywhere(Args):
    """Press the client's button that signs out of the server, too, and of what it signed in to."""

    client: ClientName = Field(description="a client, such as app")
    hold: Host | None = Field(None, description="stop before the next request to this party")


@verb(
    by=("browser",),
    gives=PAGE,
    wire="POST client /logout/everywhere, redirect to the server's end-session endpoint with the ID token, and back; the server sends "
    "logout tokens; in a JWT profile as log_out",
)
def log_out_everywhere(world: World, actor: str, args: LogOutEverywhere) -> Outputs:
    browser, client = world.browsers[actor], world.clients[args.client]
    browser.begin(args.hold or "")
    browser.post(f"{client.logout_url}/everywhere" if client.architecture == "oauth" else client.logout_url)
    return where(browser)


class Disconnect(Args):
    """On the server's account page, end a client's access, on all devices or on one."""

    client: ClientName = Field(description="a client, such as app")
    device: BrowserName | None = Field(None, description="the device whose access ends; all of them by default")
    at: Server | None = Field(None, description="whose account page; that of the server that logs people in by default")


@verb(
    by=("browser",),
    gives=("status",),
    wire="POST server /account/sessions with the cookie of this browser, in a JWT profile with the token of an app in it; POST /logout "
    "where there is no such page",
)
def disconnect(world: World, actor: str, args: Disconnect) -> Outputs:
    browser, issuer = world.browsers[actor], issuer_at(world, args.at)
    fields = {"client": args.client} | ({"device": args.device} if args.device else {})
    response = _press(world, browser, form_request(f"{issuer.issuer}/account/sessions", fields), issuer)
    if response.status == 404:  # there is no such page: all that can be done is to log this browser out
        browser.send(Request("POST", f"{issuer.issuer}/logout"), f"{issuer.issuer}/account", "navigate")
    return {}


def _press(world: World, browser: Browser, request: Request, issuer: AuthorizationServer | Backend | Bank) -> Response:
    """The button on the account page: the server's own page, or that of an app which is signed in in this browser (JWT design)."""
    if isinstance(issuer, Backend):
        here = ((client, client.session_in(browser)) for client in world.clients.values())
        found = next(((client, s) for client, s in here if s is not None and s.tokens and s.issuer == issuer.issuer), None)
        if found is not None:
            return found[0].at_issuer(browser, found[1], request)
    return browser.send(request, f"{issuer.issuer}/account", "navigate")


def say_yes(world: World, browser: Browser, user: str) -> None:
    """Log in and agree for as long as pages ask for it."""
    for _ in range(4):
        if browser.held is not None or browser.page is None or browser.page.page not in ("login", "consent"):
            return
        _fill(world, browser, user, None)
        if browser.page.page == "login" and browser.page.status == 401:
            return


def _fill(world: World, browser: Browser, user: str, password: str | None) -> None:
    forms = browser.forms()
    if not forms:
        raise Missing("a form on the page")
    here = world.bank.people if world.net.hosts.get(origin(browser.url)) == "bank" else world.people
    filled = {"username": user, "password": _password(here, user), "bank_password": _password(world.bank.people, user)}
    filled |= {"otp": _code(world, here, user)}
    browser.submit(forms[0], filled if password is None else filled | {"password": password, "bank_password": password})


def _password(people: Directory, user: str) -> str:
    """The user's own password there; '' for somebody who has no account."""
    return people.users[user].password if user in people.users else ""


def _code(world: World, people: Directory, user: str) -> str:
    """What the user's authenticator shows now; '' for somebody who has none."""
    secret = people.users[user].authenticator if user in people.users else ""
    return code_at(secret, world.net.clock.now()) if secret else ""


def where(browser: Browser) -> Outputs:
    """The address that is held, and the one that is shown."""
    return {"redirect": browser.held.request.url if browser.held else None, "url": browser.url or None}


def issuer_at(world: World, server: str | None) -> AuthorizationServer | Backend | Bank:
    """The server that is meant: the bank, or the one of this profile that logs people in, whether it is called auth or backend."""
    return world.bank if server == "bank" else world.issuer
