"""The diagram as a real browser draws it, in several fonts: the page's rows at several sizes, and the exported file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.views import pictures
from sandbox.views.html.offline import page as offline
from sandbox.views.stepper import document
from tests.support import sample_runs as samples
from tests.support.needs import need
from tests.support.pictures import FACES, Box, misfits, picture

SHIPPED = ("code-pkce", "connect-your-bank", "missing-aud-replay", "gateway-header-spoof", "denylist-race")  # the last has nine parties
TEXTS = {
    "strange": "\ufdfd\ufdfd 漢字漢字漢字 🔒🔒🔒 ⟦⟧ " * 2,
    "long": f"{'one-long-word' * 20}?{'b' * 200}=1&{'c' * 200}=2",
}
RUNS = (*SHIPPED, *TEXTS)
SIZES = {"desk": (1440, 900), "small desk": (1024, 768), "telephone": (390, 844)}

PIXEL = 1.0  # what a browser says of a text is rounded to its own pixels

DRAWN = """(family) => {
  const svg = document.documentElement;
  svg.style.fontFamily = family;
  const texts = [...svg.querySelectorAll('text')].map((text) => { const { x, width } = text.getBBox(); return [x, x + width]; });
  return [new XMLSerializer().serializeToString(svg), texts];
}"""

# What is wrong with the labels that can be seen, and how wide all of them are
BOARD = """(family) => {
  document.querySelector('.stepper').style.fontFamily = family;
  window.dispatchEvent(new Event('resize'));
  const scroll = document.querySelector('.stepper .scroll'), left = scroll.getBoundingClientRect().left + scroll.clientLeft, right = left + scroll.clientWidth;
  const seen = [...scroll.querySelectorAll('.rows :is(.lab, .names, .chip)')].filter((el) => el.checkVisibility() && el.offsetWidth);
  const said = (el) => `${el.className} "${el.textContent}"`, faults = [];
  for (const el of seen) {
    const box = el.getBoundingClientRect();
    if (box.left < left - .5 || box.right > right + .5) faults.push(`${said(el)} leaves the diagram: ${box.left} to ${box.right}, not in ${left} to ${right}`);
    const whole = el.offsetWidth >= el.parentElement.clientWidth - 1;   // no row has room for more, and the text ends in an ellipsis
    for (const part of [el, ...el.children]) {
      if (part.scrollWidth <= part.clientWidth || !part.clientWidth || (whole && getComputedStyle(part).textOverflow === 'ellipsis')) continue;
      faults.push(`${said(el)} is clipped: ${part.scrollWidth} in ${part.clientWidth}`);
    }
  }
  const names = [...document.querySelectorAll('.stepper .cast b')].map((b) => { const range = document.createRange(); range.selectNodeContents(b); return [b, range.getBoundingClientRect()]; });
  for (const [b, box] of names) {
    if (box.left < left - 1 || box.right > right + 1) faults.push(`the name ${b.textContent} leaves the diagram`);
    for (const [other, its] of names) if (other !== b && box.left < its.right - 1 && its.left < box.right - 1 && box.top < its.bottom - 1 && its.top < box.bottom - 1) faults.push(`${b.textContent} lies on ${other.textContent}`);
    const text = document.createTreeWalker(b, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (text.nextNode()) for (const word of text.currentNode.data.matchAll(/\\S+/g)) {
      range.setStart(text.currentNode, word.index); range.setEnd(text.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1) faults.push(`${word[0]} is broken`);
    }
  }
  return [faults, seen.length, seen.flatMap((el) => [...el.children]).reduce((sum, part) => sum + part.scrollWidth, 0)];
}"""


def opened(page: Any, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.goto(file.as_uri())


def run_of(name: str) -> Run:
    return samples.noted(TEXTS[name]) if name in TEXTS else simulation.run(library.get(name))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", RUNS)
def test_every_label_of_the_page_stays_in_the_diagram(page: Any, tmp_path: Path, name: str, size: str) -> None:
    need("fonts")
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    opened(page, tmp_path / "page.html", offline(document([run_of(name)]), "A run").encode())
    page.wait_for_selector('.stepper[data-ready="true"]')
    page.keyboard.press("End")
    page.wait_for_function("() => !document.querySelector('.stepper .row.later')")
    page.evaluate("() => document.querySelectorAll('.stepper .fold[aria-expanded=false]').forEach((fold) => fold.click())")
    widths = set()
    for family in FACES:
        faults, count, width = page.evaluate(BOARD, family)
        assert faults == [], family
        assert count >= page.locator(".stepper .row[data-n]").count(), "each moment has a label"
        widths.add(width)
    assert len(widths) == len(FACES), "the fonts are really different ones"


@pytest.mark.parametrize("name", RUNS)
def test_every_text_of_the_exported_file_keeps_to_its_box(page: Any, tmp_path: Path, name: str) -> None:
    need("fonts")
    opened(page, tmp_path / "run.svg", pictures.svg(run_of(name)))
    widths = set()
    for family in FACES:
        svg, texts = page.evaluate(DRAWN, family)
        drawn = picture(svg)
        heights = [text.box(family) for text in drawn.texts]
        boxes = [Box(left, box.top, right, box.bottom) for (left, right), box in zip(texts, heights, strict=True)]
        assert list(misfits(drawn, boxes, PIXEL)) == [], family
        widths.add(round(sum(box.right - box.left for box in boxes)))
    assert len(widths) == len(FACES), "the fonts are really different ones"
