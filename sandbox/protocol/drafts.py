"""The one table of drafts: what is on its way to replace or change a text that the product cites.

Everything else cites what is published, because the sections of a draft move.  A new version is entered here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """`name` with the number of the version, `date` of that version; `of`, the document or section that it will change, and how."""

    name: str
    date: str
    of: str
    changes: str


SEEN = "2026-11-28"  # when these versions were looked up
DRAFTS = (
    Draft(
        "draft-ietf-oauth-rfc8725bis-10",
        "2026-08-21",
        "RFC 8725",
        "is to replace it, and names more attacks, such as an algorithm spelled in other letters (nOnE).",
    ),
    Draft(
        "draft-ietf-oauth-client-id-metadata-document-03",
        "2026-11-02",
        "RFC 7591",
        "lets a client describe itself at an https address that is its client_id, so that it need not register.",
    ),
    Draft(
        "draft-ietf-oauth-v2-1-16",
        "2026-09-02",
        "RFC 6749 §4.1.3",
        "(OAuth 2.1) takes redirect_uri out of the token request, because every client has to use PKCE there.",
    ),
)


def notes(refs: Sequence[str]) -> list[str]:
    """A sentence for each draft that is to change something in these references."""
    return [f"{d.of}: {d.name} ({d.date}) {d.changes}" for d in DRAFTS if any(r == d.of or r.startswith(f"{d.of} ") for r in refs)]
