"""What the operator of the service does, and the clock."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sandbox.core.wire import json_request
from sandbox.verbs.names import Person
from sandbox.verbs.values import Text
from sandbox.verbs.verb import Args, Outputs, verb
from sandbox.world.world import World


class SetUser(Args):
    """The operator changes a user - roles, groups, permissions, disabled."""

    user: Person = Field(description="a person, such as alice")
    roles: Annotated[tuple[Text, ...], Field(strict=False)] | None = None
    groups: int | None = Field(None, ge=0, le=10_000)
    permissions: int | None = Field(None, ge=0, le=10_000)
    disabled: bool | None = None


@verb(by=("admin",), gives=("status",), wire="PATCH /admin/users/NAME at the server that logs users in")
def set_user(world: World, actor: str, args: SetUser) -> Outputs:
    wanted = {k: v for k, v in args.model_dump(exclude={"user"}).items() if v is not None}
    world.net.deliver(json_request("PATCH", f"{world.issuer.issuer}/admin/users/{args.user}", wanted), actor, "internal")
    return {}


class Wait(Args):
    """Let time pass."""

    seconds: int = Field(gt=0, le=31_536_000, description="a number of seconds")


@verb(by=("clock",), wire="nothing; time passes")
def wait(world: World, actor: str, args: Wait) -> Outputs:
    world.net.wait(args.seconds)
    return {}
