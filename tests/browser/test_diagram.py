"""The diagram as a real browser draws it: in several fonts, at several sizes, and copied by the list that Python has, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.views.diagram.sequence import drawings
from sandbox.views.diagram.slim import slim
from sandbox.views.html.offline import page as offline
from sandbox.views.stepper import document, script
from tests.support import sample_runs as samples
from tests.support.hostile import SVG
from tests.support.needs import need
from tests.support.pictures import FACES, Box, misfits, picture

SHIPPED = ("code-pkce", "connect-your-bank", "missing-aud-replay", "gateway-header-spoof")
SIZES = {"desk": (1440, 900), "telephone": (390, 844)}

PIXEL = 1.0  # what a browser says of a text is rounded to its own pixels

COVERED = """(family) => [...document.querySelectorAll('.stepper .seq svg')].map((svg) => {
  svg.style.fontFamily = family;
  const texts = [...svg.querySelectorAll('text')].map((text) => { const { x, width } = text.getBBox(); return [x, x + width]; });
  return [new XMLSerializer().serializeToString(svg), texts];
})"""


def opened(page: Any, folder: Path, html: str) -> None:
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())


def run_of(name: str) -> Run:
    return samples.noted("\ufdfd\ufdfd 漢字漢字漢字 🔒🔒🔒 ⟦⟧ " * 2) if name == "strange" else simulation.run(library.get(name))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*SHIPPED, "strange"])
def test_every_text_keeps_to_its_box(page: Any, tmp_path: Path, name: str, size: str) -> None:
    need("fonts")
    run = run_of(name)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    opened(page, tmp_path, offline(document([run]), "A run"))
    page.wait_for_selector('.stepper[data-ready="true"]')
    widths = []
    for family in FACES:
        for svg, texts in page.evaluate(COVERED, family):
            drawn = picture(svg)
            heights = [text.box(family) for text in drawn.texts]
            boxes = [Box(left, box.top, right, box.bottom) for (left, right), box in zip(texts, heights, strict=True)]
            assert list(misfits(drawn, boxes, PIXEL)) == [], family
            widths.append(sum(box.right - box.left for box in boxes))
    assert len(widths) == 2 * len(FACES), "a head and a body in each font"
    assert len({round(w) for w in widths[1::2]}) == len(FACES), "the fonts are really different ones"


def test_the_browser_copies_what_python_lets_through(page: Any, tmp_path: Path) -> None:
    """Both have the same list; so a copy of what Python made is the same, and a foreign drawing loses the same parts."""
    opened(
        page,
        tmp_path,
        f'<!doctype html><meta charset="utf-8"><script type="module">{script()}\nwindow.copied = (text) => new XMLSerializer().serializeToString(safeSvg(text));</script>',
    )
    page.wait_for_function("() => window.copied")
    ours = [str(one[part]) for one in drawings(samples.blocked()) for part in ("head", "body")]
    for svg in ours:
        assert tree(page.evaluate("copied", svg)) == tree(svg)
    foreign = SVG.replace("&x;", "").partition("]>")[2]
    assert {tag for tag, _ in tree(page.evaluate("copied", foreign))} == {tag for tag, _ in tree(slim(foreign.encode()))}
    assert (
        page.evaluate("copied", '<svg xmlns="http://www.w3.org/2000/svg" fill="red;x" class="a" x="1" href="x"/>')
        == '<svg xmlns="http://www.w3.org/2000/svg" class="a" x="1"/>'
    )


def tree(svg: str) -> list[tuple[str, dict[str, str]]]:
    return [(element.tag, dict(element.attrib)) for element in ElementTree.fromstring(svg).iter()]
