"""The audit as one page of HTML, to be mailed and kept: no script, nothing from the network, readable without colour."""

from __future__ import annotations

from sandbox import __version__
from sandbox.language import library
from sandbox.protocol.switches import SWITCHES
from sandbox.studies.audit import Audit
from sandbox.studies.questions import Answers
from sandbox.views.audit import words
from sandbox.views.html.frame import Document

PAGE = Document("audit.html.j2", ("report.css", "audit.css"))


def html(result: Audit, answers: Answers | None = None, base: str = "") -> str:
    """The whole page.  `base`: where the app runs, if links into it are wanted."""
    return PAGE.render(
        f"Your system: {words.headline(result)}",
        result=result,
        words=words,
        base=words.web(base),
        switches=SWITCHES,
        after=dict(result.plan.after),
        titles={attack: library.get(attack).title for tick in result.monday for attack in tick.attacks},
        answered=list(words.said_to(answers)) if answers else [],
        version=__version__,
    )
