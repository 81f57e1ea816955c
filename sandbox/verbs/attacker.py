"""What the attacker sends, and where she leads others: any request, a link on her page, an answer on her host."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from sandbox.core.wire import JSON, Pairs, Response, origin, split
from sandbox.protocol.cast import CAST, EVIL, made_up
from sandbox.verbs.browsers import where
from sandbox.verbs.messages import AddressChange, Change, built, changed, changed_address
from sandbox.verbs.names import BrowserName, Host, Party
from sandbox.verbs.values import Fields, Json, Message, Method, Parts, Scalar, Text, Url, is_reference
from sandbox.verbs.verb import PAGE, Args, Outputs, verb
from sandbox.world.parties.attacker import EvilServer, LeadsOn, copied_login
from sandbox.world.parties.browser import WRITTEN_BY_BROWSERS
from sandbox.world.world import World


class Send(Args):
    """Send any request, built from parts or copied from one that was seen."""

    method: Method | None = Field(None, description="the method; POST with a body and GET without one by default")
    url: Url | None = Field(None, description="an address, such as https://accounts.connectsphere.example/accounts")
    like: Message | None = Field(None, description="a reference to the request to copy")
    change: Change | None = Field(None, description="what to change in the request")
    headers: Fields | None = Field(None, description="the headers")
    form: Fields | None = Field(None, description="a form as the body")
    json_: Parts | None = Field(None, alias="json", description="JSON as the body")
    token: Scalar | None = Field(None, description="a token, as Authorization: Bearer")
    sender: Party | None = Field(None, alias="from", description="the party of Mallory's from which the request leaves")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        self.exactly_one("url", "like")
        self.at_most_one("form", "json_")
        for name in ("method", "headers", "form", "json_"):
            if self.like is not None and self.given(name):
                raise self.refused(name, "has no effect with `like`", "remove it, and write what differs from the copy under `change`")
        for path in (("headers",), ("change", "headers")) if self.token is not None else ():
            self.no_headers(path, ("authorization",), "`token`", "keep one of them")
        return self

    def suits(self, actor: str) -> None:
        """A browser sends for itself, and writes some headers itself."""
        if CAST[actor].kind == "browser":
            if self.given("sender"):
                raise self.refused("sender", "has no effect here: a browser sends for itself", "remove it")
            for path in (("headers",), ("change", "headers")):
                self.no_headers(path, WRITTEN_BY_BROWSERS, "the browser", "remove it: only mallory.send can write it")


@verb(by=("attacker", "browser"), gives=("status", "json"), wire="exactly what is written; a browser adds its cookies")
def send(world: World, actor: str, args: Send) -> Outputs:
    if args.like is not None:
        own = world.attacker.certificate() if args.like.certificate and actor == world.attacker.name else ""
        request = replace(args.like, peer="", certificate=own)  # a message can be copied, a connection cannot
    else:
        request = built(args.method, args.url or "", args.headers, args.json_, args.form)
    request = changed(request, args.change)
    if args.token is not None:
        request = request.with_header("Authorization", f"Bearer {args.token}")
    if actor in world.browsers:
        world.browsers[actor].send(request, f"{origin(request.url)}/")  # as a page of that address would
    else:
        world.net.deliver(request, args.sender or actor)
    return {}


class Lure(Args):
    """Make a browser go to an address, as a link of a page at evil.example."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    url: Url = Field(description="an address, such as https://evil.example/")
    change: AddressChange | None = Field(None, description="what to change in the address")
    form: Fields | None = Field(None, description="fields of a form that the page sends there by itself, with POST")
    hold: Host | None = Field(None, description="stop before the next request to this party")

    retired: ClassVar[dict[str, str]] = {"how": "remove it: a link is the only way here, or a `form`"}


@verb(by=("attacker",), gives=PAGE, wire="GET the attacker's page, then as visit; with a form, POST instead")
def lure(world: World, actor: str, args: Lure) -> Outputs:
    browser = world.browsers[args.browser]
    browser.begin()
    browser.visit(f"{EVIL}/")
    browser.begin(args.hold or "")
    url = changed_address(args.url, args.change)
    browser.link(url) if args.form is None else browser.submit_to(url, args.form)
    return where(browser)


class Vouch(Args):
    """Let Mallory's server say, about everybody who is sent there from now on, what these claims say."""

    claims: Parts = Field(description="claims of the ID token, such as {sub: alice}")


@verb(by=("attacker",), wire="nothing until a client sends somebody to her server: then 303 with a code at once, and an ID token for it")
def vouch(world: World, actor: str, args: Vouch) -> Outputs:
    server = world.net.parties["evil_as"]
    assert isinstance(server, EvilServer)
    server.says = dict(args.claims)
    return {}


class Frame(Args):
    """A page of Mallory's, open in a browser, shows an address in a frame that nobody sees."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    url: Url = Field(description="an address, such as https://auth.connectsphere.example/authorize")
    change: AddressChange | None = Field(None, description="what to change in the address")


@verb(
    by=("attacker",),
    wire="GET the attacker's page, then GET in its frame with the cookies that travel there, and redirects; she can read nothing of it",
)
def frame(world: World, actor: str, args: Frame) -> Outputs:
    browser = world.browsers[args.browser]
    browser.begin()
    browser.visit(f"{EVIL}/")
    browser.show_in_frame(changed_address(args.url, args.change))
    return {}


class Popup(Args):
    """A page of Mallory's, open in a browser, opens another window, and hears the messages that are sent from it."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    url: Url = Field(description="an address, such as https://auth.connectsphere.example/authorize")
    change: AddressChange | None = Field(None, description="what to change in the address")


@verb(by=("attacker",), gives=PAGE, wire="GET the attacker's page, then as visit in a window of its own; a message goes to evil.example")
def popup(world: World, actor: str, args: Popup) -> Outputs:
    browser = world.browsers[args.browser]
    browser.begin()
    browser.visit(f"{EVIL}/")
    browser.popup(changed_address(args.url, args.change))
    return where(browser)


class Serve(Args):
    """Put an answer at an address on a host under Mallory's control."""

    url: Url = Field(description="an address, such as https://evil.example/jwks.json")
    json_: Json | None = Field(None, alias="json", description="the body, as JSON")
    redirect: Url | None = Field(None, description="the address that the answer leads to")
    headers: Fields | None = Field(None, description="more headers of the answer")
    status: int | None = Field(None, ge=100, le=599, description="the status; 302 with `redirect` and 200 without it by default")
    page: Literal["login"] | None = Field(None, description="a copy of the login page, whose form comes back to this address")
    keep: tuple[Text, ...] = Field(
        (), strict=False, max_length=10, description="parameters that `redirect` takes over from the asked address"
    )

    @model_validator(mode="after")
    def _on_her_host(self) -> Self:
        self.only_with("keep", "redirect")
        self.at_most_one("page", "json_")
        self.at_most_one("page", "redirect")
        self.at_most_one("page", "headers")
        self.at_most_one("keep", "headers")
        hers = origin(self.url) == EVIL or made_up(split(self.url).netloc)
        if not hers and not is_reference(self.url):
            raise self.refused("url", "is on no host of Mallory's, so nobody would ask her", f"begin with {EVIL}/")
        return self


@verb(by=("attacker",), wire="nothing until somebody asks")
def serve(world: World, actor: str, args: Serve) -> Outputs:
    if args.page is not None:
        world.attacker.served[args.url] = copied_login(args.url, args.status or 200)
        return {}
    headers: Pairs = (("Content-Type", JSON),) if args.json_ is not None else ()
    headers += (("Location", args.redirect),) if args.redirect else ()
    headers += tuple((args.headers or {}).items())
    status = args.status or (302 if args.redirect else 200)
    if args.redirect and args.keep:
        world.attacker.served[args.url] = LeadsOn(args.redirect, args.keep, status)
        return {}
    world.attacker.served[args.url] = Response(status, headers, json.dumps(args.json_) if args.json_ is not None else "")
    return {}
