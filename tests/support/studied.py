"""Studies that several tests look at: some cells of the matrix, and two systems that were audited.

An audit takes long, whichever test asks for it first: every test of one is marked slow.
"""

from __future__ import annotations

import re
from functools import cache

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import audit, questions
from sandbox.studies.matrix import Cell, cells
from sandbox.studies.questions import System

SOME = sorted(library.attacks(), key=lambda s: not s.limited_by)[:3]  # those with a limit first
ELSEWHERE = next(s.id for s in SOME[0].steps if s.id != SOME[0].blocked_by[0].at)
WRONG = re.sub(
    r"(blocked_by:.*?\bat: )\w+", rf"\g<1>{ELSEWHERE}", SOME[0].source, count=1, flags=re.S
)  # the first defence claims another step

ANSWERS = questions.parse("design-oauth.clients-spa-partners.signing-ec.token-aud.api-alg-iss-aud.life-minutes.signin-code-pkce")[0]


@cache
def some_cells() -> list[Cell]:
    """The cells of SOME in the matrix."""
    return list(cells(SOME, jobs=1))


@cache
def answered() -> audit.Audit:
    """The audit of the system that ANSWERS describe."""
    return audit.audit(questions.system(ANSWERS))


@cache
def naive() -> audit.Audit:
    """The audit of the naive design."""
    return audit.audit(System(Settings.of("naive-jwt")))


def system(link: str) -> System:
    """The system that the answers of a link mean."""
    return questions.system(questions.parse(link)[0])
