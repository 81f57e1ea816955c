"""The token lab: read a token however broken it is, change it, sign it or forge it, and show it to a real API of the sandbox.

Nothing that is pasted is kept: it is decoded, and shown to an API, inside `nothing_kept()`.
"""

from __future__ import annotations

from sandbox.studies.token_lab.applying import Applies, Outcome, applies
from sandbox.studies.token_lab.dating import Dated, dates, in_words, life
from sandbox.studies.token_lab.finding import MAX, BadInput
from sandbox.studies.token_lab.forging import FORGERIES, make
from sandbox.studies.token_lab.forms import FORMS
from sandbox.studies.token_lab.reading import Part, Reading, pretty, read
from sandbox.studies.token_lab.samples import Found, opens_something, sample, tokens_of
from sandbox.studies.token_lab.showing import design
from sandbox.studies.token_lab.verifying import PROOFS, WAITS, Check, Ruling, apis, verify

WARNING = "Never paste a token of a real system: whoever sees it can use it. Take one from a run; this page keeps nothing."

__all__ = [
    "FORGERIES",
    "FORMS",
    "MAX",
    "PROOFS",
    "WAITS",
    "WARNING",
    "Applies",
    "BadInput",
    "Check",
    "Dated",
    "Found",
    "Outcome",
    "Part",
    "Reading",
    "Ruling",
    "apis",
    "applies",
    "dates",
    "design",
    "in_words",
    "life",
    "make",
    "opens_something",
    "pretty",
    "read",
    "sample",
    "tokens_of",
    "verify",
]
