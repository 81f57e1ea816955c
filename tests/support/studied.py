"""Studies that several tests look at: some cells of the matrix, and two systems that were audited."""

from __future__ import annotations

import re

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import audit, questions
from sandbox.studies.matrix import cells
from sandbox.studies.questions import System

SOME = sorted(library.attacks(), key=lambda s: not s.limited_by)[:3]  # those with a limit first
CELLS = list(cells(SOME, jobs=1))
ELSEWHERE = next(s.id for s in SOME[0].steps if s.id != SOME[0].blocked_by[0].at)
WRONG = re.sub(
    r"(blocked_by:.*?\bat: )\w+", rf"\g<1>{ELSEWHERE}", SOME[0].source, count=1, flags=re.S
)  # the first defence claims another step

ANSWERS = questions.parse("design-oauth.clients-spa-partners.signing-ec.token-aud.api-alg-iss-aud.life-minutes.signin-code-pkce")[0]
RESULT = audit.audit(questions.system(ANSWERS))
NAIVE = audit.audit(System(Settings.of("naive-jwt")))
