"""Which scenario files come with the sandbox: their names and places, before anybody reads them (`library.py` does)."""

from __future__ import annotations

from pathlib import Path

from sandbox.core.memo import memo


def folder() -> Path:
    """Where the files are: inside the package once it is installed, beside it in the repository."""
    package = Path(__file__).parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


@memo("table", 1)
def files() -> dict[str, Path]:
    """Id -> file: flows, attacks, ways, each in the order of their names."""
    return {path.stem: path for kind in ("flows", "attacks", "ways") for path in sorted((folder() / kind).glob("*.yaml"))}


def ids() -> tuple[str, ...]:
    """The ids of all shipped scenarios."""
    return tuple(files())
