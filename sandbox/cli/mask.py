"""The command `oauth-sandbox mask`: a recording, a configuration or a token without its secrets, for a support ticket."""

from __future__ import annotations

from pathlib import Path

import click

from sandbox.cli.writable import Writable
from sandbox.views.terminal import UnusableFile, console, say


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=Writable(), metavar="OUT", help="Write there instead of to standard output.")
@click.option("--list", "listed", is_flag=True, help="List on standard error what was masked.")
def mask(file: Path, output: Path | None, listed: bool) -> None:
    """FILE without its secrets: each is replaced by a placeholder, the same for the same value.

    A recording (HAR), metadata, a realm, any JSON or YAML, or a text. Scripts, styles and pictures of a recording are left out. What is
    secret is recognised by its name or by its shape; look at the result before you send it to anybody.
    """
    from sandbox.core.text import spelled
    from sandbox.reality.masked_file import masked
    from sandbox.reality.unreadable import Unreadable

    try:
        with file.open("rb") as stream, Bar("Reading") as bar:
            result = masked(stream, bar.tell)
            if output is None:
                for piece in result.pieces:
                    click.echo(piece, nl=False)
            else:
                with output.open("w", encoding="utf-8") as out:
                    out.writelines(result.pieces)
    except OSError as error:
        raise UnusableFile(f"{spelled(file)}: {error.strerror or 'cannot be read'}") from None
    except Unreadable as error:
        raise UnusableFile(f"{spelled(file)}: {error}") from None
    for secret in result.masker.listed if listed else ():
        say(secret.label)
    say(f"oauth-sandbox: {result.summary}")


class Bar:
    """A bar on standard error while files are read, if that is a terminal."""

    def __init__(self, what: str) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        stderr = console(err=True)
        self.bar = Progress(
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self.task = self.bar.add_task(what, total=None)

    def tell(self, done: int, total: int) -> None:
        """So many bytes of all."""
        self.bar.update(self.task, completed=done, total=total)

    def __enter__(self) -> Bar:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
