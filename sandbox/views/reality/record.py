"""An inspection as plain data: what `inspect --json` prints, and what the next one can be compared with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sandbox import FORMAT
from sandbox.reality import answers
from sandbox.reality.differing import differences
from sandbox.reality.finding import Finding
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.studies.answers import KEY


def as_json(found: Inspection, beside: Beside | None = None, old: Inspection | None = None) -> dict[str, Any]:
    """The inspection as plain data, `differs` from an `old` one if there is one.  Everything in it is masked."""
    return {
        "format": FORMAT,
        "files": [
            {
                "name": f.name,
                "kind": f.kind,
                **({"entries": f.source.entries, "truncated": f.source.truncated} if f.kind == "recording" else {}),
            }
            for f in found.files
        ],
        "findings": [finding(f) for f in found.findings],
        "about": [
            {"answer": s.id, "says": s.drawer, "why": s.why, "findings": list(dict.fromkeys(f.id for f in s.findings))}
            for s in answers.said(found.findings)
        ],
        KEY: {name: list(given) for name, given in found.answers.items()},
        "unseen": [{"id": u.id, "asks": u.asks, "why": u.why, "look": u.look, "curl": u.curl} for u in found.unseen],
        "masked": [{"placeholder": s.placeholder, "kind": s.kind, "about": s.about} for s in found.masked],
        "parts": {
            "issuers": found.story.parts.issuers,
            "clients": found.story.parts.clients,
            "apis": found.story.parts.apis,
            "others": found.story.parts.others,
        }
        if found.story
        else None,
        "resembles": {"lesson": beside.lesson.scenario.id, "measure": round(beside.measure, 3), "difference": beside.difference}
        if beside
        else None,
        **({"differs": [asdict(d) for d in differences(old.findings, found.findings)]} if old else {}),
    }


def finding(f: Finding) -> dict[str, Any]:
    """One finding as plain data."""
    return {
        "id": f.id,
        "tone": f.tone,
        "state": f.row.state,
        "title": f.row.title,
        "says": f.says,
        "check": f.row.sentence,
        "ref": f.row.ref,
        "attacks": list(f.row.attacks) if f.tone != "good" else [],
        "evidence": [
            {"file": e.file, **({"entry": e.entry} if e.entry is not None else {}), "at": e.at, **({"value": e.value} if e.value else {})}
            for e in f.evidence
        ],
    }


def text(found: Inspection, beside: Beside | None = None, old: Inspection | None = None) -> str:
    """The same as the text of a file, which `audit --answers` takes, too."""
    return json.dumps(as_json(found, beside, old), indent=2) + "\n"
