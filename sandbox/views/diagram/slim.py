"""Graphviz's SVG -> a small SVG of allowed elements and attributes only."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from sandbox.views.diagram.metrics import Font, estimated, measure

ELEMENTS = frozenset({"svg", "g", "path", "polygon", "polyline", "ellipse", "text"})

_NUMBERS = ("viewBox", "points", "x", "y", "cx", "cy", "rx", "ry", "stroke-width", "stroke-dasharray", "font-size")
_COLOURS = ("fill", "stroke")

# Attribute -> the pattern that its value must match as a whole; the family of fonts is one for all, at the top.
ATTRIBUTES = {
    "class": "[A-Za-z0-9_ -]*",
    "transform": "[a-z0-9()., -]*",
    "d": "[MmLlCcZz0-9., -]*",
    "font-weight": "bold|normal",
    "text-anchor": "start|middle|end",
    **dict.fromkeys(_NUMBERS, "[-+0-9.eE, ]*"),
    **dict.fromkeys(_COLOURS, "none|transparent|black|white|#[0-9a-f]{3,8}"),
}

# What most elements have is said once, at the top; what is left out there is SVG's own default.
_DEFAULTS = {"fill": "none", "stroke-width": "1.4", "font-size": "11", "text-anchor": "middle"}
# Without geometricPrecision a browser may round the width of each letter to whole pixels.
_TOP = {"xmlns": "http://www.w3.org/2000/svg", "font-family": "Helvetica,Arial,sans-serif", "text-rendering": "geometricPrecision"}
_CURVE = re.compile(r"M(-?[\d.]+),(-?[\d.]+)C(?:-?[\d.]+,-?[\d.]+[ ,]){2}(-?[\d.]+),(-?[\d.]+)")  # an edge: Graphviz has no straight ones
_NUMBER = re.compile(r"-?\d+\.\d+")
_SIZE, _LENGTH = ("width", "height"), re.compile(r"[0-9.]+pt")  # of the whole drawing
_PLACED = frozenset({"d", "points", "x", "y", "cx", "cy", "rx", "ry"})


def slim(svg: bytes) -> str:
    """The drawing rebuilt from allowed elements: no DOCTYPE, comments, links, titles, ids, scripts or styles.

    Neighbours of one class are merged.  Width and height stay: the file is opened on its own.  Raises ValueError if it is no SVG.
    """
    drawn = ElementTree.fromstring(svg)
    top = _copied(drawn)
    if top is None:
        raise ValueError("this is not an SVG drawing")
    top.attrib |= {name: drawn.get(name, "") for name in _SIZE if _LENGTH.fullmatch(drawn.get(name, ""))}
    top.attrib |= _TOP | _DEFAULTS
    return ElementTree.tostring(top, encoding="unicode")


def _copied(element: ElementTree.Element) -> ElementTree.Element | None:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if tag not in ELEMENTS:
        return None
    children = _merged([c for c in (_copied(child) for child in element) if c is not None])
    if tag == "g" and not children:
        return None
    out = ElementTree.Element(tag, _attributes(element))
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


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in element.items():
        if name in ATTRIBUTES and re.fullmatch(ATTRIBUTES[name], value) and (short := _short(name, value)):
            out[name] = short
    return out


def _short(name: str, value: str) -> str:
    """The value in the fewest characters; '' if it says nothing."""
    if name in _PLACED:
        value = _NUMBER.sub(lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
    match name:
        case "d" if curve := _CURVE.fullmatch(value):
            return "M{},{}L{},{}".format(*curve.groups())
        case "points":
            return " ".join(dict.fromkeys(value.split()))  # a polygon closes by itself
        case "stroke" if value in ("none", "transparent"):
            return ""
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
