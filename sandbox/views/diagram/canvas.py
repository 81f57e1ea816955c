"""A drawing in Graphviz DOT on which everything is pinned: we say where, and Graphviz writes SVG or PNG.

Untrusted text reaches a label through `escaped` only; node names are numbers.  The drawing order is the order of the calls.  Each
text is anchored in its box by Graphviz: in the middle, or at the left or right edge.  Nothing here knows what is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, pairwise
from typing import Literal

import graphviz

from sandbox.views.diagram.label import Label
from sandbox.views.diagram.metrics import Font, measure

Anchor = Literal["start", "middle", "end"]

_FACE = {False: "Helvetica", True: "Helvetica-Bold"}  # Graphviz knows the metrics of these names
_BREAK = {"start": "\\l", "middle": "\\n", "end": "\\r"}  # ends a line, and says where it is anchored
_PEN = 1.4  # points: the width of most lines
_SLACK = 1.0  # points that a box is wider than its text: everybody rounds
_NUMBER = 9.0  # points of the digits in a disc, if they fit


def escaped(text: str) -> str:
    """Text inside a label.  Backslashes are doubled: `\\N` and `\\G` would expand; `&` begins an entity of HTML, even here."""
    return text.replace("\\", "\\\\").replace("&", "&amp;")


class Canvas:
    """Collects DOT.  Coordinates are points, y grows downwards.  `cls` becomes the CSS class of the element."""

    def __init__(self, ink: str) -> None:
        self.graph = graphviz.Digraph("sequence", engine="neato")
        self._ids = count()
        self._dots: dict[tuple[str, str], str] = {}
        self.graph.attr(splines="line", outputorder="breadthfirst", bgcolor="transparent", notranslate="true", pad="0.06", margin="0")
        self.graph.attr("node", shape="none", label="", fixedsize="true", width="0.001", height="0.001", margin="0", fontcolor=ink)
        self.graph.attr("edge", arrowsize="0.7", arrowhead="none", penwidth=f"{_PEN:g}")

    def dot(self, x: float, y: float) -> str:
        """An invisible point; also widens the drawing to include it."""
        at = f"{x:.2f}", f"{-y:.2f}"
        if at not in self._dots:
            self._dots[at] = self._node(x, y, "")
        return self._dots[at]

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str, cls: str = "", *, pen: float = _PEN, style: str = "", arrow: str = ""
    ) -> None:
        a, b = self.dot(x1, y1), self.dot(x2, y2)
        self.graph.edge(
            a, b, color=color, **_given(penwidth="" if pen == 1.4 else f"{pen:g}", style=style, arrowhead=arrow, **{"class": cls})
        )

    def path(self, points: Iterable[tuple[float, float]], color: str, cls: str = "", *, pen: float = _PEN, arrow: str = "") -> None:
        """Straight lines from point to point, with an arrowhead at the last."""
        every = list(points)
        for i, ((x1, y1), (x2, y2)) in enumerate(pairwise(every)):
            self.line(x1, y1, x2, y2, color, cls, pen=pen, arrow=arrow if i == len(every) - 2 else "")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        border: str,
        cls: str = "",
        *,
        style: str = "filled",
        pen: float = 1.0,
    ) -> None:
        """A rectangle around the point (x, y)."""
        shown = {"shape": "box", "style": style, "fillcolor": fill, "color": border, "penwidth": f"{pen:g}"}
        self._node(x, y, cls, **shown, **_size(width, height))

    def ring(self, x: float, y: float, width: float, fill: str, border: str, cls: str = "") -> None:
        """A circle with a border."""
        self._node(x, y, cls, shape="circle", style="filled", fillcolor=fill, color=border, **_size(width, width))

    def disc(self, x: float, y: float, radius: float, text: str, fill: str, ink: str, cls: str = "") -> None:
        """A filled circle with a short text in it."""
        room = 1.7 * radius  # at the height of the digits
        size = min(_NUMBER, int(2 * room / measure(text, Font(1, bold=True))) / 2)
        shown = {"shape": "circle", "style": "filled", "fillcolor": fill, "color": fill, "label": graphviz.nohtml(escaped(text))}
        self._node(x, y, cls, **shown, **_font(Font(size, bold=True), ink), **_size(2 * radius, 2 * radius))

    def text(self, x: float, y: float, label: Label, color: str, cls: str = "", *, anchor: Anchor = "middle", back: str = "") -> None:
        """Lines of text around the point (x, y): centred on it, or with their left or right edge at it; `back` fills their box."""
        width = label.width + _SLACK
        x += {"start": width / 2, "middle": 0.0, "end": -width / 2}[anchor]
        filled = {"shape": "box", "style": "filled", "fillcolor": back, "color": "transparent"} if back else {}
        body = "".join(escaped(line) + _BREAK[anchor] for line in label.lines)
        # Without a line break at its end a centred label is set in its middle
        shown = {"label": graphviz.nohtml(body.removesuffix("\\n"))} | filled
        self._node(x, y, cls, **shown, **_font(label.font, color), **_size(width, label.height))

    def tick(self, x: float, y: float, color: str, cls: str = "") -> None:
        self.path(((x - 4, y), (x - 1.2, y + 3), (x + 4, y - 3.5)), color, cls, pen=2)

    def cross(self, x: float, y: float, color: str, cls: str = "") -> None:
        self.line(x - 3.6, y - 3.6, x + 3.6, y + 3.6, color, cls, pen=2)
        self.line(x - 3.6, y + 3.6, x + 3.6, y - 3.6, color, cls, pen=2)

    def _node(self, x: float, y: float, cls: str, **attributes: str) -> str:
        name = f"n{next(self._ids)}"
        self.graph.node(name, pos=f"{x:.2f},{-y:.2f}", **_class(cls), **attributes)
        return name


def _given(**attributes: str) -> dict[str, str]:
    """Those that are not empty; Graphviz has a default for the others."""
    return {name: value for name, value in attributes.items() if value}


def _class(cls: str) -> dict[str, str]:
    return {"class": cls} if cls else {}


def _font(font: Font, color: str) -> dict[str, str]:
    return {"fontname": _FACE[font.bold], "fontsize": f"{font.size:g}", "fontcolor": color}


def _size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
