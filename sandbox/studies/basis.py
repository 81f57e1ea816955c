"""What "blocked" rests on, in the words that every page, report and command prints.

It rests on scripts that were run, and on who stopped them; and, once an attacker who adapts has looked around it, on how far she looked,
or else there is a way that no file tells.  Nothing here looks; that is `adaptive.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.core.text import cut, plural
from sandbox.engine.judge import UNTRIED, named
from sandbox.engine.result import NOT_DENIED, Stop, Word
from sandbox.protocol.cast import title

if TYPE_CHECKING:  # whoever runs one script need not wait for the search
    from sandbox.language.document import Scenario
    from sandbox.studies.adaptive import Looked

SEARCHED = "An attacker who adapts has looked for another way, within the bound that is named."
ANOTHER = "Another way"
NONE = "No other way"
OPEN: tuple[Word, ...] = ("blocked", "stalled")  # what says nothing about other ways
CELL = 90  # characters
MARK = "◎"  # of what was searched


def said(word: Word, sentence: str, scripts: int = 1, looked: Looked | None = None) -> str:
    """A verdict's sentence; of what is blocked with what it rests on: `This script: Budget refused …  No other way within …`."""
    return " ".join(filter(None, (scripted(word, sentence, scripts, looked), around(looked) if word in OPEN else "")))


def scripted(word: Word, sentence: str, scripts: int = 1, looked: Looked | None = None) -> str:
    """The first half of it: what the scripts come to.  Once another way was looked for, it is not said that none was tried."""
    if word == "stalled" and around(looked):
        return f"{sentence.removesuffix(UNTRIED)}."
    return f"{script(scripts)}: {sentence}" if word == "blocked" else sentence


def brief(word: Word, stop: Stop | None, scripts: int = 1) -> str:
    """The same for a cell: `This script: Transactions, audience`; of what is not blocked, who refused; '' if nobody did."""
    if stop is None:
        return ""
    return f"{script(scripts)}: {refused(stop)}" if word == "blocked" else refused(stop)


def script(scripts: int = 1) -> str:
    """What was run: one script, or the attack's own and those of the other known ways."""
    return "This script" if scripts == 1 else plural(scripts, "script")


def refused(stop: Stop) -> str:
    """Who refused at which check: `Transactions, audience`; or what happened where nobody did."""
    if stop.check:
        return f"{title(stop.party)}, {stop.check.replace('_', ' ')}"
    return f"{'honest request answered' if stop.missing == NOT_DENIED else 'nothing learned'} at “{named(stop.step)}”"


def around(looked: Looked | None) -> str:
    """What an attacker who adapts has found around it, and how far she looked; '' if she did not."""
    if looked is None or not looked.states:
        return ""
    return " ".join(another(way) for way in looked.ways) if looked.ways else f"{NONE} {within(looked)}."


def within(looked: Looked) -> str:
    """`within 2 changing moves: 561 states, exhausted`"""
    return f"within {moves(looked.changes)}: {far(looked.states, looked.exhausted)}"


def moves(changes: int) -> str:
    """The bound, in moves of hers that change something: reading, forging and asking are free."""
    return plural(changes, "changing move")


def far(states: int, exhausted: bool) -> str:
    """`561 states, exhausted`"""
    return f"{plural(states, 'state')}, {'exhausted' if exhausted else 'not exhausted'}"


def counted(looked: Iterable[Looked]) -> str:
    """What came of many searches: `Searched: 62 blocked cells.  No other way in 60, within 2 changing moves, exhausted in 58.`"""
    every = list(looked)
    none = [far for far in every if not far.ways]
    bound = moves(max((far.changes for far in every), default=0))
    tried = f"{MARK} {plural(len(every), 'blocked cell')} searched within {bound}, {plural(sum(f.states for f in every), 'state')}"
    found = f"{ANOTHER.lower()} in {len(every) - len(none)}"
    return f"{tried}: {found}; {NONE.lower()} in {len(none)}, exhausted in {sum(far.exhausted for far in none)}."


def another(way: Scenario) -> str:
    """`Another way: Mallory reads the log of Accounts.`"""
    return f"{ANOTHER}: {told(way)}"


def short(way: Scenario) -> str:
    """The same, not longer than a cell allows."""
    return cut(told(way), CELL)


def told(way: Scenario) -> str:
    """What the attacker does, in her own steps' words."""
    from sandbox.attacker.question import is_hers

    return " ".join(step.say for step in way.steps if is_hers(step, way.attacker))
