"""The handout on paper: pages that carry something, and diagrams that are not cut where one ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.workshop.handout import handout
from sandbox.workshop.program import opened

STORIES = ("code-pkce", "naive-jwt")
A4 = {"width": 680, "height": 1009}  # CSS pixels between margins of 15 mm

PLACES = """() => {
  const top = (el) => el.getBoundingClientRect().top + scrollY, box = (el) => ({ height: el.getBoundingClientRect().height, style: getComputedStyle(el).breakInside });
  return { figures: [...document.querySelectorAll('figure')].map(box), first: top(document.querySelector('section')) - top(document.querySelector('h1')) };
}"""


def test_every_piece_of_a_diagram_fits_on_a_page(page: Any, tmp_path: Path) -> None:
    shown = opened({f"{name}.yaml": library.get(name).source for name in STORIES})
    file = tmp_path / "handout.html"
    file.write_text(handout(shown, [(e, simulation.run(e.scenario)) for e in shown.entries]), encoding="utf-8")
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    page.goto(file.as_uri())
    found = page.evaluate(PLACES)
    page.emulate_media(media="screen")
    assert len(found["figures"]) > len(STORIES)
    assert all(figure["height"] < A4["height"] and figure["style"] == "avoid" for figure in found["figures"])
    assert found["first"] < 200, "the first story begins below the title, not on a page of its own"
