"""Where a command is to write: looked at before the work begins, and nothing is made or emptied by looking."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class Writable(click.Path):
    """A file, or with `folder` a folder, that can be written as far as can be told; a wrong one is wrong usage."""

    def __init__(self, folder: bool = False) -> None:
        super().__init__(file_okay=not folder, dir_okay=folder, path_type=str)
        self.folder = folder

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if (why := unfit(path, self.folder)) is not None:
            self.fail(f"{path} cannot be written: {why}", param, ctx)
        return path


def unfit(path: Path, folder: bool = False) -> str | None:
    """Why nothing can be written there, or None.  A folder may be made, with those above it; a file needs its folder."""
    try:
        if path.exists():
            return None if os.access(path, os.W_OK) else "it may not be written to"
        above = path.parent
        while folder and not above.exists() and above != above.parent:
            above = above.parent
        if not above.exists():
            return f"there is no folder {above}"
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "it is no path"
    if not above.is_dir():
        return f"{above} is no folder"
    return None if os.access(above, os.W_OK | os.X_OK) else f"nothing may be written into {above}"
