"""The audit as plain data: what `audit --json` prints, and what the page “Your system” offers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sandbox import FORMAT
from sandbox.reality.inspection import Inspection
from sandbox.studies import basis, incidents, upholding
from sandbox.studies.answers import KEY
from sandbox.studies.audit import Audit
from sandbox.studies.findings import Finding
from sandbox.studies.monday import Tick
from sandbox.studies.questions import Answers
from sandbox.views.reality.record import finding


def as_json(result: Audit, answers: Answers | None = None, seen: Inspection | None = None) -> dict[str, Any]:
    """The audit as plain data, with why each change is needed, what was answered if it came of answers, and what was `seen` in files."""
    settings, after = result.system.settings, result.plan.settings
    return {
        "format": FORMAT,
        "profile": settings.profile,
        "changes": dict(settings.changes),
        "absent": dict(result.system.absent),
        "unknown": list(result.system.unknown),
        "broken": list(result.broken),
        "repair": dict(sorted(result.repair)),
        "attacks": [_finding_json(f) for f in result.findings],
        "plan": {
            "changes": [asdict(c) for c in result.plan.changes],
            "set": dict(after.changes),
            "stops": list(result.plan.stops),
            "leaves": list(result.plan.leaves),
            "limits": list(result.plan.limits),
            "closed": list(result.plan.closed),
            "elsewhere": {e.attack: {"profile": e.profile, "changes": dict(sorted(e.change))} for e in result.plan.elsewhere},
            "after": dict(result.plan.after),
            "smallest": result.plan.exact,
            "rounds": result.plan.rounds,
            "looked": {
                "changes": result.plan.looked.changes,
                "states": result.plan.looked.states,
                "moves": result.plan.looked.moves,
                "exhausted": result.plan.looked.exhausted,
            },
            "around": list(result.plan.around),
            "rests_on": {attack: basis.around(looked) for attack, looked in result.plan.around_each},
            "found": [{"attack": attack, "way": way.id, "scenario": way.source} for attack, way in result.system.found],
            "scripts": result.plan.scripts,
            "flows": result.plan.flows,
        },
        "monday": [_tick_json(t) for t in result.monday],
        "upheld": upholding.as_json(result),
        **({KEY: {name: list(given) for name, given in answers.items()}} if answers else {}),
        **({"seen": {"files": [f.name for f in seen.files], "findings": [finding(f) for f in seen.findings]}} if seen else {}),
    }


def text(result: Audit, answers: Answers | None = None, seen: Inspection | None = None) -> str:
    """The same as the text of a file, which `audit --baseline` and `audit --answers` take."""
    return json.dumps(as_json(result, answers, seen), indent=2) + "\n"


def _tick_json(t: Tick) -> dict[str, Any]:
    said = {"item": t.item, "do": t.do, "state": t.state, "attacks": list(t.attacks), "refs": list(t.refs)}
    return said | ({"there": dict(sorted(t.there)), "lacking": dict(sorted(t.lacking))} if t.state == "open" else {})


def _finding_json(f: Finding) -> dict[str, Any]:
    stop = f.verdict.blocked_by
    return {
        "attack": f.attack,
        "target": f.target,
        "loses": f.loses,
        "found": f.word,
        "why": f.verdict.sentence,
        "rests_on": basis.said(f.word, f.verdict.sentence, f.scripts) if f.word == "blocked" else None,
        "way": f.another.id if f.another else f.way or None,
        "unsure": f.unsure,
        "exposure_seconds": f.verdict.exposure,
        "exposure_credential": f.verdict.credential or None,
        "blocked_by": f"{stop.party}.{stop.check}" if stop and stop.check else None,
        "stopped_by": [dict(sorted(d)) for d in f.fixes],
        "incident": incident.model_dump() if (incident := incidents.of(f.attack)) else None,
    }
