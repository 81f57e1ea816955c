"""The audit as one page of HTML, to be mailed and kept: no script, nothing from the network, readable without colour."""

from __future__ import annotations

from sandbox import __version__
from sandbox.language import library
from sandbox.protocol.switches import SWITCHES
from sandbox.reality.inspection import Inspection
from sandbox.studies import effort, retelling
from sandbox.studies.audit import Audit
from sandbox.studies.questions import Answers
from sandbox.views.audit import checklist, words
from sandbox.views.html.frame import Document
from sandbox.views.reality import words as reality

PAGE = Document("audit.html.j2", ("report.css", "audit.css"))


def html(
    result: Audit,
    answers: Answers | None = None,
    base: str = "",
    *,
    name: str = "",
    date: str = "",
    stepper: words.Address = words.nowhere,
    seen: Inspection | None = None,
) -> str:
    """The whole page.  `base`: where the app runs, if links into it are wanted, and `stepper` the address at which it steps through
    a file; `name` (of the system) and `date` stand at its top; `seen`: what was found in its files."""
    return PAGE.render(
        f"Your system: {words.headline(result)}",
        result=result,
        words=words,
        checklist=checklist,
        head=words.headed(name, date),
        works=effort.works(result),
        stories={f.attack: retelling.story(f.attack, result.system) for f in result.of("succeeded")},
        base=words.web(base),
        stepper=stepper,
        switches=SWITCHES,
        after=dict(result.plan.after),
        titles={a.id: retelling.title(a.id, result.system) for a in library.attacks()},
        answered=list(words.said_to(answers)) if answers else [],
        seen=seen,
        reality=reality,
        grounds=reality.grounds(seen, answers) if seen and answers else {},
        version=__version__,
    )
