"""What a device without a browser does, and what a person does for it in a browser (RFC 8628)."""

from __future__ import annotations

from typing import cast

from pydantic import Field

from sandbox.protocol.cast import CAST
from sandbox.verbs.browsers import where
from sandbox.verbs.names import Api
from sandbox.verbs.theft import held_by
from sandbox.verbs.values import Scalar, Text
from sandbox.verbs.verb import PAGE, TOKENS, Args, Missing, Outputs, verb
from sandbox.world.parties.television import Television
from sandbox.world.world import World


class ShowCode(Args):
    """The device asks the server for a code, and shows it with the address at which a person is to type it."""

    scope: Text | None = Field(None, description="the scope that the device asks for; its usual one by default")
    api: Api | None = Field(None, description="the API that the tokens are for; the device's usual one by default")


@verb(by=("device",), gives=("status", "json"), wire="POST /device_authorization; go on with $step.json.user_code")
def show_code(world: World, actor: str, args: ShowCode) -> Outputs:
    tv = cast(Television, world.services[actor])
    request = tv.device_request(args.scope or "", CAST[args.api].host if args.api else "")
    if request is None:
        raise Missing("a server that knows devices")
    tv.show(tv.ask(tv.own, request))
    world.net.show(actor)
    return {}


class Poll(Args):
    """The device asks once whether somebody has typed its code and said yes."""


@verb(by=("device",), gives=TOKENS[:2], wire="POST /token grant_type=device_code, with a proof if the server knows DPoP")
def poll(world: World, actor: str, args: Poll) -> Outputs:
    tv = cast(Television, world.services[actor])
    if not tv.device_code:
        raise Missing("a device code")
    tv.take_answer(tv.ask(tv.own, tv.poll_request()))
    world.net.show(actor)
    held = held_by(tv.own)
    return {name: held[name] for name in TOKENS[:2]}


class TypeCode(Args):
    """Type a code into the page that asks for it."""

    code: Scalar = Field(description="a code, such as WDJB-MJHT")


@verb(by=("browser",), gives=PAGE, wire="POST of the form, then as visit")
def type_code(world: World, actor: str, args: TypeCode) -> Outputs:
    browser = world.browsers[actor]
    if browser.page is None or browser.page.page != "device":
        raise Missing("a page that asks for a code")
    browser.begin()
    browser.submit(browser.forms()[0], {"user_code": args.code})
    return where(browser)
