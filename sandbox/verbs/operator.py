"""What the operator of the service does, and the clock."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sandbox.core.forms import refuse
from sandbox.core.wire import Request, json_request
from sandbox.protocol.cast import CAST
from sandbox.verbs.names import Person, Server
from sandbox.verbs.values import ClientOrReference, Text
from sandbox.verbs.verb import Args, Outputs, verb
from sandbox.world.members import key_type
from sandbox.world.parties.resource_server import ISSUERS
from sandbox.world.parties.signing_keys import AT_ONCE
from sandbox.world.world import World

CHANGES = ("roles", "groups", "permissions", "disabled")


class SetUser(Args):
    """The operator changes a user - roles, groups, permissions, disabled."""

    user: Person = Field(description="a person, such as alice")
    roles: Annotated[tuple[Text, ...], Field(strict=False)] | None = Field(None, description="the roles, such as [admin]")
    groups: int | None = Field(None, ge=0, le=10_000, description="the number of groups")
    permissions: int | None = Field(None, ge=0, le=10_000, description="the number of permissions")
    disabled: bool | None = Field(None, description="whether logging in is over")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in CHANGES):
            raise refuse("nothing says what changes", f"add one of {', '.join(CHANGES)}")
        return self


@verb(by=("admin",), gives=("status",), wire="PATCH /admin/users/NAME at the server that logs users in")
def set_user(world: World, actor: str, args: SetUser) -> Outputs:
    wanted = {name: value for name in CHANGES if (value := getattr(args, name)) is not None}
    world.net.deliver(json_request("PATCH", f"{world.issuer.issuer}/admin/users/{args.user}", wanted), actor, "internal")
    return {}


class RotateKey(Args):
    """The operator has the server sign with its next key; the old one stays in the key set until its last token has expired."""

    at_once: bool = Field(False, description="whether the old key leaves the key set at once, and so all that it has signed is void")


@verb(by=("admin",), gives=("status",), wire="POST /admin/keys at the server that logs users in; 404 where a secret is shared")
def rotate_key(world: World, actor: str, args: RotateKey) -> Outputs:
    address = f"{world.issuer.issuer}/admin/keys"
    world.net.deliver(json_request("POST", address, AT_ONCE) if args.at_once else Request("POST", address), actor, "internal")
    return {}


class Trust(Args):
    """The operator has the APIs take the tokens of another server, too, as those of a partner."""

    server: Server = Field(description="a server, such as evil_as")


@verb(by=("admin",), gives=("status",), wire="POST /admin/issuers at each API, with its address and its algorithm")
def trust(world: World, actor: str, args: Trust) -> Outputs:
    told = {"issuer": CAST[args.server].host, "alg": key_type(world.issuer.policy)}
    for api in world.apis.values():
        world.net.deliver(json_request("POST", f"{CAST[api.name].host}{ISSUERS}", told), actor, "internal")
    return {}


class RemoveClient(Args):
    """The operator takes a client out of the register, and so ends all that anybody has granted to it."""

    client: ClientOrReference = Field(description="a client, such as budget")


@verb(by=("admin",), gives=("status",), wire="DELETE /admin/clients/NAME at the authorization server; 404 where there is none")
def remove_client(world: World, actor: str, args: RemoveClient) -> Outputs:
    world.net.deliver(Request("DELETE", f"{world.issuer.issuer}/admin/clients/{args.client}"), actor, "internal")
    return {}


class Wait(Args):
    """Let time pass."""

    seconds: int = Field(gt=0, le=31_536_000, description="a number of seconds, such as 60")


@verb(by=("clock",), wire="nothing; time passes")
def wait(world: World, actor: str, args: Wait) -> Outputs:
    world.net.wait(args.seconds)
    return {}
