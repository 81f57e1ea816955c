"""The table of drafts: each with its number and its date, cited nowhere else, and about something that is cited."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sandbox.language import library
from sandbox.protocol.drafts import DRAFTS, SEEN, Draft, notes
from tests.support.paths import ROOT

TABLE = ROOT / "sandbox" / "protocol" / "drafts.py"
NUMBERED = re.compile(r"draft-[a-z0-9]+(?:-[a-z0-9]+)+-\d\d\b|draft-ietf-[a-z0-9-]+")


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda d: d.name)
def test_a_draft_is_named_with_its_number_and_its_date(draft: Draft) -> None:
    assert re.fullmatch(r"draft-[a-z0-9-]+-\d\d", draft.name), "a version is meant, so write its number"
    assert date.fromisoformat(draft.date) <= date.fromisoformat(SEEN)
    assert draft.changes.endswith(".")


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda d: d.name)
def test_a_draft_is_about_something_that_a_scenario_cites(draft: Draft) -> None:
    assert any(notes(s.refs) for s in map(library.get, library.ids()) if draft.of.split(" §")[0] in " ".join(s.refs))
    assert notes([draft.of]) == [f"{draft.of}: {draft.name} ({draft.date}) {draft.changes}"]


def test_drafts_are_named_in_the_table_and_nowhere_else() -> None:
    files = [
        ROOT / "README.md",
        *(p for d in ("sandbox", "scenarios") for p in (ROOT / d).rglob("*") if p.suffix in {".py", ".yaml", ".js", ".md"}),
    ]
    named = {p.relative_to(ROOT).as_posix() for p in files if p != TABLE and NUMBERED.search(p.read_text(encoding="utf-8"))}
    assert not named, f"cite the published text there, and enter the draft in {TABLE.relative_to(ROOT)}"


def test_a_section_belongs_to_its_document_and_to_no_longer_number() -> None:
    assert len(notes(["RFC 8725 §3.1", "RFC 8725 §3.2"])) == 1
    assert notes(["RFC 87250", "RFC 6749 §4.1.30", "RFC 6749 §4.1"]) == []
