"""Where an edited run goes another way than the same run without edits."""

from __future__ import annotations

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Sent
from sandbox.views.divergence import difference
from sandbox.views.timeline import moments

FLOW = library.get("naive-jwt")
STRICT = Settings.of("jwt-done-properly")


def message(run: Run, ending: str) -> str:
    return next(e.message for e in run.events if isinstance(e, Sent | Answered) and e.message.endswith(ending))


def edited(settings: Settings, ending: str, *changes: tuple[str, str | None]) -> tuple[Run, Run]:
    plain = simulation.run(FLOW, settings)
    at = message(plain, ending)
    return simulation.run(FLOW, settings, tuple(Edit(at, *change) for change in changes)), plain


def test_the_first_to_notice_is_the_first_difference() -> None:
    run, plain = edited(
        STRICT, "accounts:GET /accounts#1", ("headers.authorization.claims.aud", "x"), ("headers.authorization.signature", "issuer")
    )
    found = difference(run, plain)
    assert found.first is not None
    assert moments(run)[found.first - 1].title == "Checks: audience fails"
    assert found.sentence.startswith("Without the edits: ")
    assert [moments(run)[n - 1].edited for n in found.edited] == [True]


def test_nobody_noticed() -> None:
    run, plain = edited(FLOW.settings, "accounts:GET /accounts#1", ("headers.x-new", "1"))
    assert difference(run, plain).first is None
    assert difference(run, plain).sentence == "Nothing else changes: nobody noticed."


def test_the_same_run_has_no_difference() -> None:
    plain = simulation.run(FLOW)
    assert difference(plain, plain).sentence == "Nothing changes."


def test_an_edited_title_is_no_difference_by_itself() -> None:
    run, plain = edited(FLOW.settings, "answer GET /transactions#1", ("status", "202"))
    found = difference(run, plain)
    assert all(n not in found.edited for n in [found.first])
