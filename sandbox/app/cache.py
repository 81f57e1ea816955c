"""Runs and the documents made from them, computed once per process for all visitors: the case decides everything.

Only frozen values and text are kept.  The text of a visitor's own file is part of its case, so nobody without the file gets its run.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.memo import memo
from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Run, Word
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import adaptive, basis, costs, matrix, searched
from sandbox.studies.adaptive import Looked
from sandbox.studies.costs import Exposure, Work
from sandbox.studies.matrix import Cell
from sandbox.views.stepper import document as _document
from sandbox.views.stepper.closed import questions
from sandbox.views.timeline import moments


@memo("run", 256)
def run(case: Case) -> Run:
    return simulation.run_case(case)


@memo("run", 2048)
def verdict(case: Case) -> Word:
    """The verdict's word alone, which is small enough to keep for every cell of every table."""
    return run(case).verdict.word


def by_profile(scenario: Scenario) -> dict[str, Word]:
    """Profile -> the verdict's word."""
    return {profile: verdict(Case(scenario, Settings.of(profile))) for profile in PROFILES}


@memo("run", 32)  # what pages send of it is kept packed, which is a hundredth of the objects
def _document_of(case: Case, far: Looked | None) -> dict[str, Any]:
    played = run(case)
    return _document((played,), editable=True, against=plain(played), looked=(far,))


@memo("run", 1024)
def asked(case: Case) -> dict[str, dict[str, Any]]:
    """The questions of a run by their keys, in the order in which they are asked.  To be read only."""
    return questions(document(run(case)))


@memo("run", 2048)
def length(case: Case) -> int:
    """How many moments a run has."""
    return len(moments(run(case)))


def looked(run: Run) -> Looked | None:
    """How far an attacker who adapts has looked around a run that is blocked or cannot go on, if somebody has let her."""
    if run.verdict.word not in basis.OPEN or run.edits:
        return None
    return _around(run.scenario, run.settings)


def around(attack: str, settings: Settings) -> Looked | None:
    """The same for a cell of the matrix, by all known ways of its attack; known without a search where the file has it."""
    return _around(library.get(attack), settings) or searched.known(attack, settings)


def _around(attack: Scenario, settings: Settings) -> Looked | None:
    scripts = adaptive.known(attack)
    return adaptive.already(scripts[0].id, scripts, settings)


def plain(played: Run) -> Run | None:
    """The same run without its edits; None if it has none."""
    return run(played.case.plain) if played.edits else None


def document(run: Run) -> dict[str, Any]:
    """What the stepper shows of a run.  To be read only: all visitors get the same one."""
    return _document_of(run.case, looked(run))


@memo("run", 64)
def _compared(cases: tuple[Case, ...], far: tuple[Looked | None, ...]) -> dict[str, Any]:
    return _document(tuple(map(run, cases)), looked=far)


def compared(shown: tuple[Run, ...]) -> dict[str, Any]:
    """What the stepper shows of several runs side by side.  To be read only."""
    return _compared(tuple(run.case for run in shown), tuple(map(looked, shown)))


@memo("run", 1024)
def exposure(case: Case) -> Exposure:
    """For how many seconds the credentials stolen in this attack work."""
    return costs.exposure_in(case)


@memo("run", 256)
def work(settings: Settings, seed: int) -> Work:
    """What the issuer has to be in these settings."""
    return costs.work(settings, seed)


@memo("run", 256)
def row(attack: Scenario) -> tuple[Cell, ...]:
    """All cells of an attack's row in the matrix."""
    return tuple(matrix.row(attack))
