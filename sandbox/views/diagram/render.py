"""DOT -> SVG or PNG by whichever Graphviz is there, and SVG -> a small, themeable SVG of allowed elements only."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import graphviz

from sandbox.core.memo import memo

KEEP = frozenset({"svg", "g", "path", "polygon", "polyline", "ellipse", "text"})
# Attributes that may stay, each with the values that it may have; stepper.js holds the same list.
_NUMBERS = r"[-+0-9.eE, ]*"
_COLOUR = r"none|transparent|black|white|#[0-9a-f]{3,8}"
ALLOWED = {
    "class": r"[\w -]*", "viewBox": _NUMBERS, "transform": r"[a-z0-9(),.\s-]*", "d": r"[MmLlCcZz0-9.,\s-]*",
    "points": _NUMBERS, "x": _NUMBERS, "y": _NUMBERS, "cx": _NUMBERS, "cy": _NUMBERS, "rx": _NUMBERS, "ry": _NUMBERS,
    "fill": _COLOUR, "stroke": _COLOUR, "stroke-width": _NUMBERS, "stroke-dasharray": _NUMBERS,
    "text-anchor": "start|middle|end", "font-size": _NUMBERS, "font-weight": "bold|normal",
}  # fmt: skip
_ALLOWED = {name: re.compile(pattern) for name, pattern in ALLOWED.items()}
# What most elements have is said once, at the top; what is left out there is SVG's own default.
DEFAULTS = {"fill": "none", "stroke-width": "1.4", "font-size": "11", "text-anchor": "start"}
_CURVE = re.compile(r"M(-?[\d.]+),(-?[\d.]+)C(?:-?[\d.]+,-?[\d.]+[ ,]){2}(-?[\d.]+),(-?[\d.]+)")
_NUMBER = re.compile(r"-?\d+\.\d+")
_PLACED = frozenset({"d", "points", "x", "y", "cx", "cy", "rx", "ry"})
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
    """Draw a pinned graph.  Raises NoRenderer."""
    return _rendered(graph.source, form, dpi)


@memo("run", 128)
def _rendered(source: str, form: str, dpi: int | None) -> bytes:
    command = [renderer(), "-Kneato", f"-T{form}", *([f"-Gdpi={dpi}"] if dpi else [])]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRenderer(f"{command[0]} cannot draw this: {error}; cure: `pip install --force-reinstall graphviz-pure`") from None
    if done.returncode or not done.stdout:
        raise NoRenderer(f"{command[0]} failed: {done.stderr.decode(errors='replace')[:400]}")
    return done.stdout


# ---------------------------------------------------------------- SVG


def slim(svg: bytes, variables: Mapping[str, str] | None = None, *, keep_size: bool = False) -> str:
    """The drawing rebuilt from allowed elements: no DOCTYPE, comments, links, titles, ids, scripts or styles.

    Colours found in `variables` (`{"#2563eb": "front"}`) become `var(--sd-front)`.  Neighbours of one class are merged.
    `keep_size` leaves width and height, for a file that is opened on its own.
    """
    drawn = ElementTree.fromstring(svg)
    top = _copied(drawn, variables or {})
    if top is None:
        raise ValueError("this is not an SVG drawing")
    top.set("xmlns", "http://www.w3.org/2000/svg")
    for name, value in DEFAULTS.items():
        top.set(name, value)
    if keep_size:
        top.attrib |= {name: drawn.get(name, "") for name in ("width", "height")}
    top.set("font-family", "Helvetica,Arial,sans-serif")
    return ElementTree.tostring(top, encoding="unicode")


def _copied(element: ElementTree.Element, variables: Mapping[str, str]) -> ElementTree.Element | None:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if tag not in KEEP:
        return None
    children = _merged([c for c in (_copied(child, variables) for child in element) if c is not None])
    if tag == "g" and not children:
        return None
    out = ElementTree.Element(tag, _attributes(element, variables))
    out.text = element.text if tag == "text" else None
    out.extend(children)
    return out


def _attributes(element: ElementTree.Element, variables: Mapping[str, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in element.items():
        if name not in _ALLOWED or not _ALLOWED[name].fullmatch(value):
            continue
        if name in _PLACED:
            value = _NUMBER.sub(lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
        if name == "d" and (curve := _CURVE.fullmatch(value)):
            value = "M{},{}L{},{}".format(*curve.groups())
        if name == "stroke" and value in ("none", "transparent"):
            continue
        if name == "points":
            value = " ".join(dict.fromkeys(value.split()))  # a polygon closes by itself
        if name in ("fill", "stroke") and value in variables:
            value = f"var(--sd-{variables[value]})"
        if name == "class":
            value = " ".join(word for word in value.split() if word not in ("node", "edge", "graph"))
        if name == "font-size":
            value = value.removesuffix(".00")
        if value and DEFAULTS.get(name) != value:
            out[name] = value
    return out


def _merged(children: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """Groups of the same class that follow each other become one; groups without a class dissolve."""
    out: list[ElementTree.Element] = []
    for child in children:
        if child.tag == "g" and not child.keys():
            out.extend(child)
        elif child.tag == "g" and out and out[-1].tag == "g" and out[-1].attrib == child.attrib:
            out[-1].extend(child)
        else:
            out.append(child)
    return out
