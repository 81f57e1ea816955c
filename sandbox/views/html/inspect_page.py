"""A team's own login as one page: drawn, questioned, and with what it means for the questionnaire.  Nothing from the network."""

from __future__ import annotations

from sandbox import __version__
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.views.html.frame import Document
from sandbox.views.reality import document, words
from sandbox.views.stepper import SHEETS, script

START = """
for (const place of document.querySelectorAll('.drawn'))
  mount(place, JSON.parse(document.getElementById(place.dataset.run).textContent));
"""
WITH_STEPPER = Document("inspect.html.j2", ("report.css", "inspect.css", *SHEETS), script() + START)
WITHOUT = Document("inspect.html.j2", ("report.css", "inspect.css"))


def html(found: Inspection, beside: Beside | None = None) -> str:
    """The whole page."""
    doc = document.document(found)
    numbers = document.steps(found.recorded.run) if found.recorded else {}
    return (WITH_STEPPER if doc else WITHOUT).render(
        f"Your login: {words.headline(found)}",
        found=found,
        words=words,
        document=doc,
        both=document.document(found, beside) if beside else None,
        likeness=words.likeness(beside),
        numbers=numbers,
        version=__version__,
    )
