"""What a script of the attacker's does in somebody else's page: whatever the page could do, for as long as it runs there."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from sandbox.core.wire import Response, compact, origin
from sandbox.verbs.messages import AddressChange, built, changed_address
from sandbox.verbs.names import BrowserName, ClientName
from sandbox.verbs.values import Fields, Json, Method, Url
from sandbox.verbs.verb import Args, Outputs, verb
from sandbox.world.parties.browser import WRITTEN_BY_BROWSERS, Browser
from sandbox.world.world import World

SCRIPT = "a script in the page of"  # where what it reads comes from


class Act(Args):
    """A script in a client's page sends a request, or opens a frame, and reads what the browser lets it read."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    in_: ClientName = Field(alias="in", description="the client in whose page the script runs, such as app")
    url: Url = Field(description="an address, such as https://evil.example/collect")
    change: AddressChange | None = Field(None, description="what to change in the address")
    method: Method | None = Field(None, description="the method; POST with a body and GET without one by default")
    headers: Fields | None = Field(None, description="the headers that the script sets")
    form: Fields | None = Field(None, description="a form as the body")
    json_: Json | None = Field(None, alias="json", description="the body, as JSON; to a host of hers it goes as plain text")
    cookies: bool | None = Field(None, description="whether cookies go along to another origin (fetch with credentials)")
    frame: bool | None = Field(None, description="open the address in a hidden frame, and read where it ends if that is the page's origin")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self.no_headers(("headers",), WRITTEN_BY_BROWSERS, "the browser", "remove it: no script can write it")
        self.at_most_one("form", "json_")
        for name in ("method", "headers", "form", "json_", "cookies") if self.frame else ():
            if self.given(name):
                raise self.refused(name, "has no effect with `frame`: a frame is opened with GET", "remove it")
        return self


@verb(
    by=("attacker",),
    gives=("url",),
    wire="a request of the page: Origin and cookies as browsers send them, a preflight where CORS asks for one; or GET in a frame",
)
def act(world: World, actor: str, args: Act) -> Outputs:
    browser, page = world.browsers[args.browser], f"{world.clients[args.in_].home}/"
    url = changed_address(args.url, args.change)
    browser.begin()
    if args.frame:
        return _frame(world, browser, args, url)
    if args.json_ is not None and world.net.owner(url) == world.attacker.name:
        browser.beacon(url, compact(args.json_), page)
        return {"url": None}
    request = built(args.method, url, args.headers, args.json_, args.form)
    answer = browser.send(request, page, "cors", bool(args.cookies))
    _read(world, actor, args, answer)
    return {"url": None}


def _frame(world: World, browser: Browser, args: Act, address: str) -> Outputs:
    """Where the frame ends is readable on the page's own origin only."""
    page = f"{world.clients[args.in_].home}/"
    url, answer = browser.frame(address, page)
    if answer is None or origin(url) != origin(page):
        return {"url": None}
    world.net.learned(world.attacker.name, "url", url, f"a frame in the page of {args.in_}")
    _read(world, world.attacker.name, args, answer)
    return {"url": url}


def _read(world: World, actor: str, args: Act, answer: Response) -> None:
    """What the script has read it can use; it is nowhere else until it is sent home."""
    if answer.ok and answer.body:
        for name, value in _leaves("", answer.json):
            world.net.learned(actor, name, value, f"{SCRIPT} {args.in_}")


def _leaves(name: str, value: Any) -> list[tuple[str, str]]:
    """The texts in a JSON value, each with the name that it stands under."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(key, item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(name, item)]
    return [(name or "value", value)] if isinstance(value, str) and value else []
