"""Runs as one page of HTML that needs no network: the stepper for an e-mail, a static site, a USB stick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.engine.result import Run
from sandbox.views.html.frame import Document
from sandbox.views.stepper import SHEETS, document, script

if TYPE_CHECKING:
    from sandbox.studies.adaptive import Looked

START = "\nmount(document.getElementById('stepper'), JSON.parse(document.getElementById('run').textContent));\n"
PAGE = Document("offline.html.j2", ("offline.css", *SHEETS), script() + START)


def html(runs: Sequence[Run], title: str, against: Run | None = None, looked: Sequence[Looked | None] = ()) -> str:
    """The whole stepper as one file.

    `against` is the first run without its edits; `looked` says for each run how far an attacker who adapts has looked around it.
    """
    return page(document(runs, against=against, looked=looked), title)


def page(doc: dict[str, Any], title: str) -> str:
    """The offline page around a document of the stepper."""
    return PAGE.render(title, document=doc)
