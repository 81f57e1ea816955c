"""What the operator of the service does, and the clock."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sandbox.core.forms import refuse
from sandbox.core.wire import Request, json_request
from sandbox.verbs.names import Person
from sandbox.verbs.values import ClientOrReference, Text
from sandbox.verbs.verb import Args, Outputs, verb
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


@verb(by=("admin",), gives=("status",), wire="POST /admin/keys at the server that logs users in; 404 where a secret is shared")
def rotate_key(world: World, actor: str, args: RotateKey) -> Outputs:
    world.net.deliver(Request("POST", f"{world.issuer.issuer}/admin/keys"), actor, "internal")
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
