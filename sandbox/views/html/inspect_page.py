"""A team's own login as one page: drawn, questioned, and with what it means for the questionnaire.  Nothing from the network."""

from __future__ import annotations

from sandbox import __version__
from sandbox.reality.differing import differences
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


def html(found: Inspection, beside: Beside | None = None, old: Inspection | None = None) -> str:
    """The whole page; with what differs from an `old` inspection of the same system, if there is one."""
    doc = document.document(found)
    return (WITH_STEPPER if doc else WITHOUT).render(
        f"Your login: {words.headline(found)}",
        found=found,
        words=words,
        document=doc,
        both=document.document(found, beside) if beside else None,
        likeness=words.likeness(beside),
        step=document.drawn_at(found),
        anchor=document.ANCHOR,
        differences=differences(old.findings, found.findings) if old else None,
        before=", ".join(f.name for f in old.files) if old else "",
        version=__version__,
    )
