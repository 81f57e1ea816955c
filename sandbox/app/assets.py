"""The scripts and style sheets of the front end, each read once."""

from __future__ import annotations

from pathlib import Path

from sandbox.core.memo import memo
from sandbox.views import stepper

HERE = Path(__file__).parent / "frontend"


@memo("table", 32)
def text(file: str | Path) -> str:
    """The text of a file: of one in `frontend/` by its name, of another by its path."""
    return (HERE / file).read_text(encoding="utf-8")


@memo("table", 1)
def stepper_style() -> str:
    """The stepper's sheet."""
    return stepper.style()


@memo("table", 32)
def script(file: str | Path, *before: str) -> str:
    """The script of a component, likewise, after the helpers that our scripts share, and after those of `frontend/` that it needs."""
    whole = stepper.script(HERE / file)
    own = (HERE / file).read_text(encoding="utf-8")
    return whole.removesuffix(own) + "".join(f"{text(each)}\n" for each in before) + own
