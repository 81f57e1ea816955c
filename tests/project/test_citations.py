"""Every section that the product cites is one that exists: in sections.txt, written from the documents' own headings.

This catches a slip in a number.  Whether the section says what it is cited for, only reading it can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.support.paths import DATA, ROOT

NAMES = r"RFC \d+|OIDC [A-Z][\w-]*(?: [A-Z][\w-]*)*|(?:YAML [\d.]+\d|Fetch|PNG|draft-[a-z-]+)(?= §)"
TOKEN = re.compile(rf"(?P<document>{NAMES})|(?:§|appendix )(?P<section>[A-Z\d][.\d]*)")


def known() -> dict[str, dict[str, str]]:
    """Document -> section -> heading.  An indented line is a section of the document above it; '' is the document itself."""
    table: dict[str, dict[str, str]] = {}
    document = ""
    for line in (DATA / "sections.txt").read_text(encoding="utf-8").splitlines():
        name, heading = line.strip().split("  ", 1)
        document, section = (document, name) if line.startswith(" ") else (name, "")
        table.setdefault(document, {})[section] = heading
    return table


def citations(text: str) -> Iterator[tuple[str, str]]:
    """(document, section), a section being one of the document named last before it; section '' where a document is named."""
    document = ""
    for found in TOKEN.finditer(text):
        document = found["document"] or document
        yield document, (found["section"] or "").rstrip(".")


def cited() -> set[tuple[str, str, str]]:
    """(file, document, section), in code, scenarios and README.  A draft's sections move; the one draft named is a placeholder."""
    files = [
        ROOT / "README.md",
        *(p for d in ("sandbox", "scenarios") for p in (ROOT / d).rglob("*") if p.suffix in {".py", ".yaml", ".js"}),
    ]
    return {
        (str(p.relative_to(ROOT)), document, section)
        for p in files
        for document, section in citations(p.read_text(encoding="utf-8"))
        if not document.startswith("draft-")
    }


def test_every_cited_section_exists() -> None:
    table = known()
    assert sorted(c for c in cited() if c[2] not in table.get(c[1], {})) == []


def test_every_known_section_is_cited() -> None:
    """So that the table stays as small as what it is for."""
    rows = {(document, section) for document, sections in known().items() for section in sections}
    assert sorted(rows - {(document, section) for _, document, section in cited()}) == []


def test_what_counts_as_a_citation() -> None:
    text = "(RFC 6749 §4.1.1, §4.2.1; OIDC Core §3.1.3.7.)  It (§2) and RFC 7636 appendix B; Fetch §4.8"
    assert [c for c in citations(text) if c[1]] == [
        ("RFC 6749", "4.1.1"),
        ("RFC 6749", "4.2.1"),
        ("OIDC Core", "3.1.3.7"),
        ("OIDC Core", "2"),
        ("RFC 7636", "B"),
        ("Fetch", "4.8"),
    ]
    assert "4.1.9" not in known()["RFC 6749"]
