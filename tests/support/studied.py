"""Studies that several tests look at: some cells of the matrix, and two systems that were audited.

An audit takes long, whichever test asks for it first: every test of one is marked slow, and the processes of a run share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from sandbox.core import memo
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.studies import adaptive, audit, questions
from sandbox.studies.matrix import Cell, cells
from sandbox.studies.questions import System
from tests.support.sharing import shared

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
def audited(system: System) -> audit.Audit:
    """The audit of a system."""
    return shared(f"audit {system!r}", partial(audit.audit, system))


def answered() -> audit.Audit:
    """The audit of the system that ANSWERS describe."""
    return audited(questions.system(ANSWERS))


def naive() -> audit.Audit:
    """The audit of the naive design."""
    return audited(System(Settings.of("naive-jwt")))


@contextmanager
def searches_shared() -> Iterator[None]:
    """Inside the block, what an attacker who adapts has found is looked for once, whichever process of the test run asks."""
    kept = memo.of(adaptive._looked)
    look = kept.function

    def once(attack: str, script: Scenario, settings: Settings) -> adaptive.Looked:
        return shared(f"search {attack} {script!r} {settings!r}", partial(look, attack, script, settings))

    kept.function = once
    yield
    kept.function = look


def system(link: str) -> System:
    """The system that the answers of a link mean."""
    return questions.system(questions.parse(link)[0])
