"""A run as plain data: what `run --json` prints."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sandbox import FORMAT, __version__
from sandbox.engine.result import Run, Stop, digest
from sandbox.protocol.switches import SWITCHES
from sandbox.protocol.trace import as_json
from sandbox.studies import basis

if TYPE_CHECKING:
    from sandbox.studies.adaptive import Looked


def trace_json(run: Run, looked: Looked | None = None) -> dict[str, Any]:
    """The run as plain data: what went in (enough to run it again), what came out, and every event.

    `looked`: how far an attacker who adapts has looked around it, if she has.
    """
    verdict = run.verdict
    return {
        "format": FORMAT,
        "version": __version__,
        "scenario": run.scenario.id,
        "source": digest(run.scenario.source),
        "settings": run.settings.key,
        "title": run.scenario.title,
        "profile": run.settings.profile,
        "changes": dict(run.settings.changes),
        "switches": {name: run.settings.value(name) for name in SWITCHES},
        "edits": [dataclasses.asdict(edit) for edit in run.edits],
        "seed": run.seed,
        "verdict": verdict.word,
        "sentence": verdict.sentence,
        "rests_on": basis.said(verdict.word, verdict.sentence, 1, looked) if verdict.word in basis.OPEN else None,
        "predicates": [dataclasses.asdict(reached) for reached in verdict.predicates],
        "unfit": [dataclasses.asdict(edit) | {"problem": problem} for edit, problem in run.unfit],
        "blocked_by": _stop(verdict.blocked_by),
        "stops": [_stop(stop) for stop in verdict.stops],
        "exposure_seconds": verdict.exposure,
        "exposure_credential": verdict.credential or None,
        "broken": list(verdict.broken),
        "counters": dataclasses.asdict(run.counters),
        "parties": list(run.parties),
        "hers": sorted(run.hers),
        "events": [as_json(event) for event in run.events],
    }


def _stop(stop: Stop | None) -> dict[str, Any] | None:
    if stop is None:
        return None
    return dataclasses.asdict(stop)
