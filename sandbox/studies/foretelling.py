"""What a defender can foretell before she sees a stand: who refuses the attacker, and at which check.

The right answer is that of the run; the others are checks that the same run made or left out, so that none can be told by its look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.attacker.question import is_hers
from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.engine.result import Verdict
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.trace import Checked, of
from sandbox.studies.defending import Stand

MOST = 5  # checks among the options
THROUGH, NOTHING = "through", "nothing"
LAST = {THROUGH: "Nobody: she still gets what she is after.", NOTHING: "Nobody, but this way gives her nothing any more."}
GOT_THROUGH = ("succeeded", "limited")


@dataclass(frozen=True)
class Option:
    """One thing that can be foretold: `id` is `party.check`, `through` or `nothing`; `about` says what the check looks at."""

    id: str
    text: str
    about: str = ""


def options(attack: Scenario, stand: Stand, seed: int = 0) -> tuple[Option, ...]:
    """What can be foretold of this stand, in the order in which the run looks at things; the last two are always the same."""
    made = list(dict.fromkeys(_checks(attack, stand, seed)))
    answer = right(stand)
    others = [each for each in made if each != answer]
    step = max(1, len(others) // (MOST - 1)) if others else 1
    kept = {answer, *others[::step][: MOST - 1]}
    shown = [each for each in made if each in kept]
    if answer not in (*shown, *LAST):
        shown.append(answer)  # a client may refuse without anybody having been asked
    return (*map(_option, shown), *(Option(id_, text) for id_, text in LAST.items()))


def right(stand: Stand) -> str:
    """The id of the option that comes true."""
    return _right(stand.verdict)


def _right(verdict: Verdict) -> str:
    if verdict.word in GOT_THROUGH:
        return THROUGH
    stop = verdict.blocked_by
    return f"{stop.party}.{stop.check}" if stop is not None and stop.check else NOTHING


def _checks(attack: Scenario, stand: Stand, seed: int) -> Iterator[str]:
    """Every check that somebody makes or leaves out where she acts, in the order of the run; then those of the honest steps."""
    script = attack if stand.way == attack.id else library.get(stand.way)
    record = player.play(Case(script, stand.settings, seed))
    hers = {s.id for s in script.steps if is_hers(s, script.attacker)}
    every = [e for e in of(record.events, Checked) if e.check in CHECKS and e.party not in record.hers]
    yield from (f"{e.party}.{e.check}" for e in every if e.step in hers)
    yield from (f"{e.party}.{e.check}" for e in every if e.step not in hers)


def _option(id_: str) -> Option:
    party, _, check = id_.partition(".")
    return Option(id_, f"{title(party)}, {check.replace('_', ' ')}", CHECKS[check].sentence)
