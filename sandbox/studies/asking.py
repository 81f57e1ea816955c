"""The right answers to the questions of a scenario's steps (`ask`): found out by running, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import Stage
from sandbox.engine.references import leaves
from sandbox.engine.result import Run
from sandbox.language.asks import NOBODY, Ask
from sandbox.language.document import Scenario
from sandbox.protocol.trace import Answered, Checked, Sent, of
from sandbox.verbs.verb import Missing

Play = Callable[[Case], Run]


def right(case: Case, step: str, ask: Ask, play: Play = simulation.run_case) -> tuple[int, ...]:
    """Which of the answers are right, by their numbers in the file, from 0; of `order`, all numbers as they follow one another.

    Empty where the question makes no sense in this case: nothing blocks, nobody is among the answers, a message is not sent.
    `play` makes runs, so that somebody who keeps them need not make them twice.
    """
    if case.lacking is not None:
        return ()
    match ask.kind:
        case "stops":
            return tuple(_stopping(case, ask, play))
        case "refuses":
            return _refusing(play(case.at_least(ask.under)), step, ask)
        case "knows":
            return tuple(_knowing(case, step, ask))
        case "order":
            return _ordered(play(case), ask)


def askable(ask: Ask, found: tuple[int, ...]) -> bool:
    """Whether these right answers make a question: one of `stops` and `refuses`, some of `knows`, all of `order`."""
    wanted = {"stops": (1,), "refuses": (1,), "knows": range(1, len(ask.knows or ())), "order": (len(ask.order or ()),)}
    return len(found) in wanted[ask.kind]


def _stopping(case: Case, ask: Ask, play: Play) -> Iterator[int]:
    if play(case).verdict.word in ("succeeded", "limited"):
        stronger = (case.at_least(switches) for switches in (ask.stops or {}).values())
        yield from (number for number, each in enumerate(stronger) if play(each).verdict.word == "blocked")


def _refusing(run: Run, step: str, ask: Ask) -> tuple[int, ...]:
    """Whose check fails first at this step."""
    party = next((e.party for e in of(run.events, Checked, step) if e.outcome == "fail"), NOBODY)
    parties = ask.refuses or ()
    return (parties.index(party),) if party in parties else ()


def _knowing(case: Case, step: str, ask: Ask) -> Iterator[int]:
    """What has reached them by the end of this step, in a message or otherwise."""
    stage = Stage.opened(case).go_on(_following(case.scenario, step))
    ledger, who = Knowledge().read(stage.record.events), [ask.who] if ask.who else sorted(case.hers)
    for number, text in enumerate((ask.knows or {}).values()):
        try:
            texts = [t for t in leaves(stage.value(text)) if t]
        except Missing:
            continue
        if texts and all(ledger.known_to(who, t) for t in texts):
            yield number


def _following(scenario: Scenario, step: str) -> str:
    """The id of the next step; '' after the last one."""
    ids = [s.id for s in scenario.steps]
    return ids[ids.index(step) + 1] if step != ids[-1] else ""


def _ordered(run: Run, ask: Ask) -> tuple[int, ...]:
    sent = [e.message for e in run.events if isinstance(e, Sent | Answered)]
    messages = ask.order or ()
    if not set(messages) <= set(sent):
        return ()
    return tuple(sorted(range(len(messages)), key=lambda number: sent.index(messages[number])))
