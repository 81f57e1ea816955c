"""Options of the app for what stands in front of it: a path, proxies that are believed, and the name of a replica."""

from __future__ import annotations

import re

import click

BASE = "The path below which proxies have the app, as /sandbox; they may take it off or leave it."
TRUSTED = (
    "Believe X-Forwarded-For and X-Forwarded-Proto from this address or network alone; repeatable, or with commas.  Without it nobody"
    " is believed."
)
REPLICA = "A letter or digit with which the keys of live worlds begin that are opened here, so that a proxy finds them."

_NAME = re.compile(r"[A-Za-z0-9]?")


def base(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """The path; one that has a meaning already is refused."""
    if not given.strip("/"):
        return ""
    from sandbox.app import place

    try:
        return place.checked(given)
    except ValueError as error:
        raise click.UsageError(f"--base-path: {error}") from None


def trusted(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The proxies; a text that is none is refused, `*` too: whoever believes everybody believes an attacker."""
    from sandbox.serve.below import proxies

    try:
        return proxies(given)
    except ValueError as error:
        raise click.UsageError(f"--trusted-proxy: {error}") from None


def replica(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """One letter or digit, or none."""
    if not _NAME.fullmatch(given):
        raise click.UsageError("--replica: write one letter or digit")
    return given
