"""What the attacker sends, and where she leads others: any request, a link on her page, an answer on her host."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal, Self

from pydantic import Field, model_validator

from sandbox.core.forms import refuse
from sandbox.core.wire import JSON, Pairs, Request, Response, form_request, json_request
from sandbox.protocol.cast import EVIL
from sandbox.verbs.browsers import where
from sandbox.verbs.change import Change, changed
from sandbox.verbs.names import BrowserName, Party
from sandbox.verbs.values import Fields, Method, Url, Value
from sandbox.verbs.verb import PAGE, Args, Missing, Outputs, a_token, verb
from sandbox.world.world import World


class Send(Args):
    """Send any request, built from parts or copied from one that was seen."""

    method: Method | None = None
    url: Url | None = None
    like: Value = None
    change: Change | None = None
    headers: Fields | None = None
    form: Fields | None = None
    json_: dict[str, Value] | None = Field(None, alias="json")
    token: Value = None
    from_: Party | None = Field(None, alias="from")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        self.one_of(("url", "like"))
        if self.form is not None and self.json_ is not None:
            raise refuse("`form` and `json` cannot be combined", "keep one of them: a request has one body")
        return self


@verb(by=("attacker", "browser"), gives=("status", "json"), wire="exactly what is written; a browser adds its cookies")
def send(world: World, actor: str, args: Send) -> Outputs:
    if args.like is not None:
        if not isinstance(args.like, Request):
            raise Missing("a message to copy")
        own = world.attacker.certificate() if args.like.certificate and actor == world.attacker.name else ""
        request = replace(args.like, peer="", certificate=own)  # a message can be copied, a connection cannot
    else:
        request = _built(args)
    request = changed(request, args.change)
    if args.token is not None:
        request = request.with_header("Authorization", f"Bearer {a_token(args.token)}")
    if actor in world.browsers:
        world.browsers[actor].send(request)
    else:
        world.net.deliver(request, args.from_ or actor)
    return {}


def _built(args: Send) -> Request:
    headers: Pairs = tuple((args.headers or {}).items())
    if args.json_ is not None:
        return json_request(args.method or "POST", args.url or "", args.json_, headers)
    if args.form is not None:
        return replace(form_request(args.url or "", dict(args.form), headers), method=args.method or "POST")
    return Request(args.method or "GET", args.url or "", headers)


class Lure(Args):
    """Make a browser go to an address, as a link of a page at evil.example."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    url: Url = Field(description="an address, such as https://evil.example/")
    change: Change | None = None
    how: Literal["link"] = "link"
    hold: Party | None = None


@verb(by=("attacker",), gives=PAGE, wire="GET the attacker's page, then as visit")
def lure(world: World, actor: str, args: Lure) -> Outputs:
    browser = world.browsers[args.browser]
    browser.begin()
    browser.visit(f"{EVIL}/")
    browser.begin(args.hold or "")
    browser.link(changed(Request("GET", args.url), args.change).url)
    return where(browser)


class Serve(Args):
    """Put an answer at an address on a host under Mallory's control."""

    url: Url = Field(description="an address, such as https://evil.example/jwks.json")
    json_: Value = Field(None, alias="json")
    redirect: Url | None = None
    status: int = Field(200, ge=100, le=599)


@verb(by=("attacker",), wire="nothing until somebody asks")
def serve(world: World, actor: str, args: Serve) -> Outputs:
    headers: Pairs = (("Content-Type", JSON),) if args.json_ is not None else ()
    headers += (("Location", args.redirect),) if args.redirect else ()
    status = args.status if args.status != 200 or not args.redirect else 302
    world.attacker.served[args.url] = Response(status, headers, json.dumps(args.json_) if args.json_ is not None else "")
    return {}
