"""One turn of a game in a terminal: what the player is told, and what is asked of the player."""

from __future__ import annotations

import sys

import click

from sandbox.core.text import spelled


def say(text: str) -> None:
    """Tell the player something; control characters are spelled out."""
    click.echo(spelled(text))


def asked() -> list[str]:
    """The words of the next line; `q` at the end of the input."""
    click.echo("> ", nl=False)
    line = sys.stdin.readline()
    if not line:
        click.echo()
    return line.split() if line else ["q"]
