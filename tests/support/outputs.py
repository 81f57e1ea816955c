"""Everything that is made of a team's own files, by its name: each of it is read by people who may not see a secret or a name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import cache

from sandbox.cli.inspect import findings
from sandbox.protocol.settings import Settings
from sandbox.reality import resemblance
from sandbox.reality.inspection import inspect
from sandbox.reality.masked_file import masked
from sandbox.studies.audit import Audit, Plan
from sandbox.studies.questions import System
from sandbox.views import har, mermaid, pictures, record
from sandbox.views.audit import markdown
from sandbox.views.audit import record as audit_record
from sandbox.views.html import audit_page, inspect_page, offline
from sandbox.views.reality import document
from sandbox.views.reality import record as reality_record
from sandbox.views.terminal import console


@cache
def _audit() -> Audit:
    """An audit that found nothing: what files show stands beside whatever it finds."""
    settings = Settings.of("oauth-basic")
    return Audit(system=System(settings), findings=(), plan=Plan(settings=settings), monday=())


def outputs(name: str, raw: bytes) -> dict[str, str]:
    """Every output of a file, as text."""
    return dict(_outputs(name, raw))


def _outputs(name: str, raw: bytes) -> Iterator[tuple[str, str]]:
    found = inspect([(name, io.BytesIO(raw))])
    beside = resemblance.beside(found.recorded, found.story) if found.recorded and found.story else None
    yield "JSON", reality_record.text(found, beside)
    yield "HTML", inspect_page.html(found)
    yield "masked file", "".join(masked(io.BytesIO(raw)).pieces)
    screen = console()
    with screen.capture() as words:
        for line in findings(found):
            screen.print(line)
    yield "words", words.get()
    yield "audit as HTML", audit_page.html(_audit(), found.answers, seen=found)
    yield "audit as Markdown", markdown.markdown(_audit(), found.answers, seen=found)
    yield "audit as JSON", audit_record.text(_audit(), found.answers, found)
    if found.recorded is not None:
        run = found.recorded.run
        yield "document of the stepper", json.dumps(document.document(found), ensure_ascii=False)
        if (both := document.document(found, beside)) is not None:  # of the lesson, whose people are its own, nothing
            yield "beside a lesson", json.dumps(both["panes"][0], ensure_ascii=False)
        yield "offline page", offline.html([run], "Your login")
        yield "HAR", json.dumps(har.har(run), ensure_ascii=False)
        yield "Mermaid", mermaid.mermaid(run)
        yield "drawing", pictures.svg(run).decode()
        yield "record", json.dumps(record.trace_json(run), ensure_ascii=False)
