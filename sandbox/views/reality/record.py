"""An inspection as plain data: what `inspect --json` prints, and what the next one can be compared with."""

from __future__ import annotations

import json

from sandbox import FORMAT
from sandbox.reality import answers
from sandbox.reality.differing import differences
from sandbox.reality.finding import Evidence, Finding
from sandbox.reality.inspection import Inspection
from sandbox.reality.reading import File
from sandbox.reality.resemblance import Beside
from sandbox.views.reality.shape import EvidenceData, FileData, FindingData, InspectionData


def as_json(found: Inspection, beside: Beside | None = None, old: Inspection | None = None) -> InspectionData:
    """The inspection as plain data, `differs` from an `old` one if there is one.  Everything in it is masked."""
    parts = found.story.parts if found.story else None
    data: InspectionData = {
        "format": FORMAT,
        "files": [_file(f) for f in found.files],
        "findings": [finding(f) for f in found.findings],
        "about": [
            {"answer": s.id, "says": s.drawer, "why": s.why, "findings": list(dict.fromkeys(f.id for f in s.findings))}
            for s in answers.said(found.findings)
        ],
        "answers": {name: list(given) for name, given in found.answers.items()},
        "unseen": [{"id": u.id, "asks": u.asks, "why": u.why, "look": u.look, "curl": u.curl} for u in found.unseen],
        "masked": [{"placeholder": s.placeholder, "kind": s.kind, "about": s.about} for s in found.masked],
        "parts": {"issuers": parts.issuers, "clients": parts.clients, "apis": parts.apis, "others": parts.others} if parts else None,
        "resembles": {
            "lesson": beside.lesson.scenario.id,
            "figure": beside.figure.name if beside.figure else None,
            "measure": round(beside.measure, 3),
            "difference": beside.difference,
        }
        if beside
        else None,
    }
    if old is not None:
        every = differences(old.findings, found.findings)
        data["differs"] = [{"sign": d.sign, "id": d.id, "says": d.says, "better": d.better} for d in every]
    return data


def _file(file: File) -> FileData:
    data: FileData = {"name": file.name, "kind": file.kind}
    return data | {"entries": file.source.entries, "truncated": file.source.truncated} if file.kind == "recording" else data


def finding(f: Finding) -> FindingData:
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
        "evidence": [_evidence(e) for e in f.evidence],
    }


def _evidence(e: Evidence) -> EvidenceData:
    data: EvidenceData = {"file": e.file, "at": e.at}
    if e.entry is not None:
        data["entry"] = e.entry
    if e.value:
        data["value"] = e.value
    return data


def text(found: Inspection, beside: Beside | None = None, old: Inspection | None = None) -> str:
    """The same as the text of a file, which `audit --answers` takes, too."""
    return json.dumps(as_json(found, beside, old), indent=2) + "\n"
