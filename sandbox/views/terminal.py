"""How every command speaks: words on standard output, errors and progress on standard error, nothing from outside as escape codes.

What the words are is made in `report.py`.  Rich is imported only when it is needed, and nothing that runs scenarios.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox.core.text import spelled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 160  # columns where nobody sees columns


class Unusable(click.ClickException):
    """Something that was given is wrong, or a file cannot be read or written; exit code 2, as for wrong usage."""

    exit_code = 2
    prefix = "oauth-sandbox: "

    def show(self, file: Any = None) -> None:
        say(f"{self.prefix}{self.message}")


class UnusableFile(Unusable):
    """A file that does not load; the message says file:line:column by itself."""

    prefix = ""


def say(text: str) -> None:
    """One message on standard error, with what cannot be seen spelled out."""
    click.echo(spelled(text), err=True)


def plain(text: str, style: str = "") -> Text:
    """Text as data for rich: no markup, and what cannot be seen (escape codes, bidi overrides, lone surrogates) as U+XXXX."""
    from rich.text import Text

    return Text(spelled(text), style)


def console(err: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=None if stream.isatty() else PIPED_WIDTH)


def print_all(lines: Iterable[Any]) -> None:
    """Print rich renderables, one after the other; without the padding of columns where nobody sees columns."""
    out = console()
    for line in lines:
        if out.is_terminal:
            out.print(line)
            continue
        with out.capture() as captured:
            out.print(line)
        click.echo("\n".join(part.rstrip() for part in captured.get().splitlines()))


def write(path: Path, content: str | bytes) -> None:
    """Write a file and say so; Unusable if that cannot be done."""
    store(path, content)
    click.echo(f"wrote {path}", err=True)


def store(path: Path, content: str | bytes, folders: bool = False) -> None:
    """Write a file, with the folders above it if wanted; Unusable if that cannot be done."""
    try:
        if folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise Unusable(f"cannot write {path}: {error.strerror}") from None


def pairs(changes: Iterable[str]) -> dict[str, str]:
    """`--set SWITCH=VALUE`, as often as it was given."""
    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise Unusable(f"--set {change}: write it as SWITCH=VALUE")
        wanted[name.strip()] = value.strip()
    return wanted
