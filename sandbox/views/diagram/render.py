"""DOT -> SVG or PNG, by whichever Graphviz is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import graphviz

from sandbox.core.memo import memo

_PROLOG = b"<?xml "  # each SVG begins with it; inside one, `<` is escaped
_LIMIT = 60  # seconds for one drawing; the largest takes about one


class NoRenderer(RuntimeError):
    """No Graphviz was found, or it failed; the message says what to do."""


def renderer() -> str:
    """The Graphviz to use: the graphviz-pure wheel's, else a system `dot`.  Raises NoRenderer."""
    here = Path(sys.executable).parent
    for name in ("graphviz-pure", "dot"):
        for candidate in (here / name, here / f"{name}.exe"):
            if candidate.exists():
                return str(candidate)
        if found := shutil.which(name):
            return found
    raise NoRenderer("no Graphviz found to draw with; cure: `pip install graphviz-pure`, or install the system package `graphviz`")


def render(graph: graphviz.Digraph, form: Literal["svg", "png"] = "svg", dpi: int | None = None) -> bytes:
    """Draw a graph whose nodes all have their place: `neato -n` moves none.  Raises NoRenderer."""
    return _rendered(graph.source, form, dpi)


def render_all(graphs: Iterable[graphviz.Digraph]) -> list[bytes]:
    """Draw several as SVG, in one process.  Raises NoRenderer."""
    sources = [graph.source for graph in graphs]
    drawn = _rendered("\n".join(sources), "svg", None) if sources else b""
    return [_PROLOG + one for one in drawn.split(_PROLOG)[1:]]


@memo("run", 128)
def _rendered(source: str, form: str, dpi: int | None) -> bytes:
    command = [renderer(), "-Kneato", "-n", f"-T{form}", *([f"-Gdpi={dpi}"] if dpi else [])]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRenderer(f"{command[0]} cannot draw this: {error}; cure: `pip install --force-reinstall graphviz-pure`") from None
    if done.returncode or not done.stdout:
        raise NoRenderer(f"{command[0]} failed: {done.stderr.decode(errors='replace')[:400]}")
    return done.stdout
