"""Graphviz's SVG -> a small, themeable SVG of allowed elements and attributes only.

`allowed.json` is the list: the elements, and the attributes with a pattern that a value must match as a whole.  The stepper copies
what it is given by the same list, in the browser; so the patterns mean the same in Python and in JavaScript.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sandbox.views.diagram.metrics import Font, estimated, measure

ALLOWED: dict[str, Any] = json.loads(Path(__file__).with_name("allowed.json").read_text(encoding="utf-8"))

_ELEMENTS = frozenset(ALLOWED["elements"])
_ATTRIBUTES = {name: re.compile(pattern) for name, pattern in ALLOWED["attributes"].items()}

# What most elements have is said once, at the top; what is left out there is SVG's own default.
_DEFAULTS = {"fill": "none", "stroke-width": "1.4", "font-size": "11", "text-anchor": "middle"}
# Without geometricPrecision a browser may round the width of each letter to whole pixels.
_TOP = {"xmlns": "http://www.w3.org/2000/svg", "font-family": "Helvetica,Arial,sans-serif", "text-rendering": "geometricPrecision"}
_CURVE = re.compile(r"M(-?[\d.]+),(-?[\d.]+)C(?:-?[\d.]+,-?[\d.]+[ ,]){2}(-?[\d.]+),(-?[\d.]+)")  # an edge: Graphviz has no straight ones
_NUMBER = re.compile(r"-?\d+\.\d+")
_PLACED = frozenset({"d", "points", "x", "y", "cx", "cy", "rx", "ry"})


def slim(svg: bytes, variables: Mapping[str, str] | None = None, *, keep_size: bool = False) -> str:
    """The drawing rebuilt from allowed elements: no DOCTYPE, comments, links, titles, ids, scripts or styles.

    Colours found in `variables` (`{"#2563eb": "front"}`) become `var(--sd-front)`.  Neighbours of one class are merged.
    `keep_size` leaves width and height, for a file that is opened on its own.
    """
    drawn = ElementTree.fromstring(svg)
    top = _copied(drawn, variables or {})
    if top is None:
        raise ValueError("this is not an SVG drawing")
    if keep_size:
        top.attrib |= {name: drawn.get(name, "") for name in ("width", "height")}
    top.attrib |= _TOP | _DEFAULTS
    return ElementTree.tostring(top, encoding="unicode")


def _copied(element: ElementTree.Element, variables: Mapping[str, str]) -> ElementTree.Element | None:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if tag not in _ELEMENTS:
        return None
    children = _merged([c for c in (_copied(child, variables) for child in element) if c is not None])
    if tag == "g" and not children:
        return None
    out = ElementTree.Element(tag, _attributes(element, variables))
    if tag == "text":
        out.text = element.text
        out.attrib |= _held(element)
    out.extend(children)
    return out


def _held(text: ElementTree.Element) -> dict[str, str]:
    """What keeps the text to its box where no table says how wide a font draws it."""
    said = text.text or ""
    if not estimated(said):
        return {}
    font = Font(float(text.get("font-size", "11")), text.get("font-weight") == "bold")
    return {"textLength": f"{measure(said, font):.1f}", "lengthAdjust": "spacingAndGlyphs"}


def _attributes(element: ElementTree.Element, variables: Mapping[str, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in element.items():
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value) and (short := _short(name, value, variables)):
            out[name] = short
    return out


def _short(name: str, value: str, variables: Mapping[str, str]) -> str:
    """The value in the fewest characters; '' if it says nothing."""
    if name in _PLACED:
        value = _NUMBER.sub(lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
    match name:
        case "font-family":
            return ""  # one for all, at the top
        case "d" if curve := _CURVE.fullmatch(value):
            return "M{},{}L{},{}".format(*curve.groups())
        case "points":
            return " ".join(dict.fromkeys(value.split()))  # a polygon closes by itself
        case "stroke" if value in ("none", "transparent"):
            return ""
        case "fill" | "stroke" if value in variables:
            return f"var(--sd-{variables[value]})"
        case "class":
            return " ".join(word for word in value.split() if word not in ("node", "edge", "graph"))
        case "font-size":
            value = value.removesuffix(".00")
    return "" if _DEFAULTS.get(name) == value else value


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
