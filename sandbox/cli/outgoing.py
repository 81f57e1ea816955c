"""The option `--outgoing` of the app and of `serve`: the hosts that may be asked, for an authorization server or what clients publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sandbox.world.outgoing import Host

OUTGOING = "Let live worlds ask this host, for an authorization server or what clients publish; https, or this machine; repeatable."


def outgoing(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[Host, ...]:
    """The hosts; a text that is none is refused."""
    from sandbox.world.outgoing import host_of

    try:
        return tuple(dict.fromkeys(host_of(text) for text in given))
    except ValueError as error:
        raise click.UsageError(f"--outgoing: {error}") from None
