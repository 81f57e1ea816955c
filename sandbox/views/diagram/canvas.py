"""A drawing in Graphviz DOT on which everything is pinned: we say where, Graphviz only measures text and writes SVG or PNG.

Untrusted text reaches a label through `escaped` only, after `clean` has spelled out what cannot be seen; node names are numbers.
The drawing order is the order of the calls.  Nothing here knows what is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count, pairwise

import graphviz

from sandbox.core.text import clean

FONT = "Helvetica"  # one name: Graphviz knows its metrics
SIZE = 11.0  # points
SMALL = 10.0  # whole numbers: Graphviz cuts off the rest
LINE = 13.5  # height of one line of text

_WORDS = re.compile(r"\s+|/?[^\s/]+|/")  # an address may break before a slash
_PARTS = re.compile(r"[^?&_.,=:;+-]*[?&_.,=:;+-]+|[^?&_.,=:;+-]+")  # and, if that is not enough, after punctuation

# Advance widths of Helvetica for the characters 32 to 126, in thousandths of the font size.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,
    611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833,
    556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip


# ---------------------------------------------------------------- text


def escaped(text: str) -> str:
    """Text inside an HTML-like label.  Backslashes are doubled: `\\N` and `\\G` expand there, too."""
    return text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def measure(text: str, size: float = SIZE, bold: bool = False) -> float:
    """Width in points."""
    units = sum(_WIDTHS[ord(c) - 32] if " " <= c <= "~" else 600 if c < "\u2e80" else 1000 for c in text)
    return units * size / 1000 * (1.07 if bold else 1.0)


def clipped(text: str, width: float, size: float = SIZE, bold: bool = False) -> str:
    """As much of the text as fits, with an ellipsis if something is missing."""
    if measure(text, size, bold) <= width:
        return text
    while text and measure(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, width: float, lines: int, size: float = SIZE, bold: bool = False) -> list[str]:
    """The cleaned text in at most `lines` lines, broken at blanks and punctuation; inside a word only if it alone is too long."""
    out = [""]
    for word in _WORDS.findall(clean(text).strip()):
        fits = measure(word.strip(), size, bold) <= width
        for piece in [word] if fits else [p for part in _PARTS.findall(word) for p in _pieces(part, width, size, bold)]:
            if measure((out[-1] + piece).rstrip(), size, bold) <= width:
                out[-1] += piece
            else:
                out.append(piece.lstrip())
    out = [line.strip() for line in out if line.strip()] or [""]
    if len(out) > lines:
        out = [*out[: lines - 1], clipped(" ".join(out[lines - 1 :]), width, size, bold)]
    return out


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word cut into parts that fit a line."""
    out = [""]
    for c in word:
        if out[-1] and measure(out[-1] + c, size, bold) > width:
            out.append("")
        out[-1] += c
    return out


# ---------------------------------------------------------------- drawing


class Canvas:
    """Collects DOT.  Coordinates are points, y grows downwards.  `cls` becomes the CSS class of the element."""

    def __init__(self, background: str, ink: str) -> None:
        self.graph = graphviz.Digraph("sequence", engine="neato")
        self.background = background
        self.ink = ink
        self._ids = count()
        self.graph.attr(inputscale="72", splines="line", overlap="true", notranslate="true", outputorder="breadthfirst")
        self.graph.attr(bgcolor="transparent", pad="0.06", margin="0", fontname=FONT, fontsize=f"{SIZE:g}")
        self.graph.attr(
            "node", shape="none", label="", fontname=FONT, fontsize=f"{SIZE:g}", fontcolor=ink, margin="0", width="0", height="0"
        )
        self.graph.attr("edge", arrowsize="0.7", penwidth="1.4")

    def dot(self, x: float, y: float) -> str:
        """An invisible point; also widens the drawing to include it."""
        return self._node(x, y, "", shape="none", fixedsize="true", width="0.001", height="0.001")

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        color: str,
        cls: str = "",
        *,
        pen: float = 1.4,
        style: str = "solid",
        arrow: str = "none",
    ) -> None:
        a, b = self.dot(x1, y1), self.dot(x2, y2)
        self.graph.edge(a, b, color=color, penwidth=f"{pen:g}", style=style, arrowhead=arrow, **_class(cls))

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
        self._node(
            x, y, cls, shape="box", style=style, fixedsize="true", fillcolor=fill, color=border, penwidth=f"{pen:g}", **_size(width, height)
        )

    def disc(self, x: float, y: float, text: str, fill: str, ink: str, cls: str = "") -> None:
        """A filled circle with a short text in it."""
        label = f'<<B><FONT POINT-SIZE="{9 if len(text) < 3 else 7}" COLOR="{ink}">{escaped(text)}</FONT></B>>'
        self._node(x, y, cls, shape="circle", style="filled", fixedsize="true", fillcolor=fill, color=fill, label=label, **_size(16, 16))

    def ring(self, x: float, y: float, width: float, fill: str, border: str, cls: str = "") -> None:
        """A circle with a border."""
        self._node(x, y, cls, shape="circle", style="filled", fixedsize="true", fillcolor=fill, color=border, **_size(width, width))

    def text(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        color: str,
        cls: str = "",
        *,
        bold: bool = False,
        size: float = SIZE,
        align: str = "CENTER",
        halo: bool = True,
    ) -> None:
        """Lines of text around the point (x, y): centred on it, or with their left or right edge at it.  `halo` covers lifelines."""
        width = max(measure(line, size, bold) for line in lines)
        shift = {"LEFT": width / 2, "RIGHT": -width / 2}.get(align, 0.0)
        body = f"<BR{f' ALIGN={chr(34)}{align}{chr(34)}' if align != 'CENTER' else ''}/>".join(
            self._run(line, color, bold, size) for line in lines
        )
        if align != "CENTER":
            body += f'<BR ALIGN="{align}"/>'
        back = f' BGCOLOR="{self.background}"' if halo else ""
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"{back}><TR><TD>{body}</TD></TR></TABLE>'
        self._node(x + shift, y, cls, shape="plain", label=f"<{table}>")

    def _run(self, text: str, color: str, bold: bool, size: float) -> str:
        # An empty FONT element is a syntax error in Graphviz
        body = f'<FONT COLOR="{color}" POINT-SIZE="{size:g}">{escaped(text) if text.strip() else "&#160;"}</FONT>'
        return f"<B>{body}</B>" if bold else body

    def tick(self, x: float, y: float, color: str, cls: str = "") -> None:
        self.path(((x - 4, y), (x - 1.2, y + 3), (x + 4, y - 3.5)), color, cls, pen=2)

    def cross(self, x: float, y: float, color: str, cls: str = "") -> None:
        self.line(x - 3.6, y - 3.6, x + 3.6, y + 3.6, color, cls, pen=2)
        self.line(x - 3.6, y + 3.6, x + 3.6, y - 3.6, color, cls, pen=2)

    def path(self, points: Iterable[tuple[float, float]], color: str, cls: str = "", *, pen: float = 1.4, arrow: str = "none") -> None:
        """Straight lines from point to point, with an arrowhead at the last."""
        every = list(points)
        for i, ((x1, y1), (x2, y2)) in enumerate(pairwise(every)):
            self.line(x1, y1, x2, y2, color, cls, pen=pen, arrow=arrow if i == len(every) - 2 else "none")

    def _node(self, x: float, y: float, cls: str, **attributes: str) -> str:
        name = f"n{next(self._ids)}"
        self.graph.node(name, pos=f"{x:.2f},{-y:.2f}!", **_class(cls), **attributes)
        return name


def _class(cls: str) -> dict[str, str]:
    return {"class": cls} if cls else {}


def _size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
