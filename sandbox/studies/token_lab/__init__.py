"""The token lab: read a token however broken it is, change it, sign it or forge it, and show it to a real API of the sandbox.

Nothing that is pasted is kept: it is decoded, and shown to an API, inside `nothing_kept()`.
"""

from __future__ import annotations

from sandbox.studies.token_lab.forging import FORGERIES, make
from sandbox.studies.token_lab.reading import MAX, BadInput, Reading, pretty, read
from sandbox.studies.token_lab.samples import Found, opens_something, sample, tokens_of
from sandbox.studies.token_lab.verifying import PROOFS, WAITS, Check, Ruling, apis, verify

WARNING = "Never paste a token of a real system: whoever sees it can use it. Take one from a run; this page keeps nothing."

__all__ = [
    "FORGERIES",
    "MAX",
    "PROOFS",
    "WAITS",
    "WARNING",
    "BadInput",
    "Check",
    "Found",
    "Reading",
    "Ruling",
    "apis",
    "make",
    "opens_something",
    "pretty",
    "read",
    "sample",
    "tokens_of",
    "verify",
]
