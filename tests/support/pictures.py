"""A drawn diagram taken apart: each text with its place, each shape with its box, in the order in which they are drawn; and what is
wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from PIL import ImageFont

FONTS = Path("/usr/share/fonts")
FACES = {  # family: the files of its regular and its bold face
    "DejaVu Sans": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "Liberation Sans": ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "Open Sans": ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
}
_EM = 1000
ROUNDED = 0.11  # coordinates are rounded to a tenth
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Box:
    """A rectangle, and what is in it: `kind` is the element's name, `cls` the class of its group."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str = ""
    cls: str = ""
    filled: bool = False

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def meets(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True)
class Text:
    """A line of text; `order` is the number of shapes that are drawn before it."""

    x: float
    y: float
    words: str
    size: float
    bold: bool
    anchor: str
    held: float | None
    cls: str
    order: int

    def box(self, family: str) -> Box:
        """What it covers in this font: from the top of its capitals to the foot of its descenders."""
        width = self.held if self.held is not None else advance(family, self.bold, self.words) * self.size / _EM
        left = self.x - width * {"start": 0, "middle": 0.5, "end": 1}[self.anchor]
        return Box(left, self.y - 0.73 * self.size, left + width, self.y + 0.21 * self.size, "text", self.cls)


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn."""

    frame: Box
    texts: tuple[Text, ...]
    shapes: tuple[Box, ...]

    def under(self, text: Text, box: Box) -> int | None:
        """The filled shape on which the text stands: the last before it that holds its middle, by its number."""
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        return next((i for i in range(text.order - 1, -1, -1) if self.shapes[i].filled and self.shapes[i].holds(x, y)), None)


@lru_cache(maxsize=16)
def face(family: str, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(next(FONTS.rglob(FACES[family][bold])), _EM)


@lru_cache(maxsize=100_000)
def advance(family: str, bold: bool, words: str) -> float:
    """Width in thousandths of the font size, kerned as a browser does."""
    return face(family, bold).getlength(words)


def picture(svg: str) -> Picture:
    """The parts of a slim SVG."""
    top = ElementTree.fromstring(svg)
    left, upper, width, height = (float(n) for n in top.get("viewBox", "").split())
    dx, dy = _moved(top)
    texts: list[Text] = []
    shapes: list[Box] = []

    def walk(element: ElementTree.Element, cls: str) -> None:
        cls = element.get("class") or cls
        kind = element.tag.rpartition("}")[2]
        if kind == "text":
            texts.append(_text(element, cls, len(shapes), top))
        elif kind in ("path", "polygon", "polyline", "ellipse"):
            shapes.append(_shape(element, kind, cls))
        for child in element:
            walk(child, cls)

    walk(top, "")
    return Picture(Box(left - dx, upper - dy, left - dx + width, upper - dy + height), tuple(texts), tuple(shapes))


def _moved(top: ElementTree.Element) -> tuple[float, float]:
    """How far the drawing is moved into its frame: `translate(23 -4)` at its outermost group."""
    said = next((g.get("transform", "") for g in top.iter() if g.get("transform")), "")
    found = re.search(r"translate\(([^)]*)\)", said)
    dx, dy = (float(n) for n in _NUMBERS.findall(found[1])) if found else (0.0, 0.0)
    return dx, dy


def _text(element: ElementTree.Element, cls: str, order: int, top: ElementTree.Element) -> Text:
    def given(name: str) -> str:
        return element.get(name) or top.get(name, "")

    held = element.get("textLength")
    return Text(
        float(given("x")),
        float(given("y")),
        element.text or "",
        float(given("font-size")),
        element.get("font-weight") == "bold",
        given("text-anchor"),
        float(held) if held else None,
        cls,
        order,
    )


def _shape(element: ElementTree.Element, kind: str, cls: str) -> Box:
    filled = element.get("fill", "none") not in ("none", "transparent")
    if kind == "ellipse":
        cx, cy, rx, ry = (float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
        return Box(cx - rx, cy - ry, cx + rx, cy + ry, kind, cls, filled)
    numbers = [float(n) for n in _NUMBERS.findall(element.get("points") or element.get("d") or "")]
    return Box(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]), kind, cls, filled)


# ---------------------------------------------------------------- what is wrong


def misfits(drawn: Picture, boxes: Sequence[Box], tolerance: float = ROUNDED) -> Iterator[str]:
    """Each text that is not where it belongs, given what each covers."""
    for i, (text, box) in enumerate(zip(drawn.texts, boxes, strict=True)):
        under = drawn.under(text, box)
        if not within(box, drawn.frame, tolerance):
            yield f"{text.words!r} leaves the picture"
        if under is None or drawn.shapes[under].cls != text.cls:
            yield f"{text.words!r} has no box"
        else:
            yield from misplaced(text, box, drawn.shapes[under], tolerance)
        yield from (f"{text.words!r} covers {s}" for s in drawn.shapes if s.meets(box) and in_the_way(s, drawn, under))
        yield from (f"{text.words!r} covers {drawn.texts[j].words!r}" for j in range(i) if boxes[j].meets(box))


def within(box: Box, outer: Box, tolerance: float) -> bool:
    return outer.left - tolerance <= box.left and box.right <= outer.right + tolerance


def misplaced(text: Text, box: Box, outer: Box, tolerance: float) -> Iterator[str]:
    """A text is inside the shape on which it stands, and in its middle or at its edge."""
    if not within(box, outer, tolerance):
        yield f"{text.words!r} leaves its box: {box} is not in {outer}"
    at = {"start": outer.left, "middle": (outer.left + outer.right) / 2, "end": outer.right}[text.anchor]
    if abs(text.x - at) > ROUNDED and not text.cls.startswith("aside"):  # a heading begins with a margin
        yield f"{text.words!r} is anchored at {text.x}, not at {at} of its box"


def in_the_way(shape: Box, drawn: Picture, under: int | None) -> bool:
    """Whether a text may not cover the shape: lifelines may pass behind it, and its own box and the line that the box covers."""
    own = None if under is None else drawn.shapes[under]
    if shape is own or not shape.cls.startswith("step"):
        return False
    return not (own and shape.kind == "path" and shape.left < own.left and own.right < shape.right)
