"""`run(scenario, settings, edits, seed) -> Run`: take a scenario's steps in a fresh world, and judge the trace.

A pure function: the same input gives the same trace, byte for byte.  `claims.py` asks whether a file's claims are true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox.engine import verdict
from sandbox.engine.case import Case
from sandbox.engine.judge import judge
from sandbox.engine.player import Stage
from sandbox.engine.record import Record
from sandbox.engine.result import Run, Verdict
from sandbox.language.document import Scenario
from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.edits import Edit, Unfit
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Sent, of


def run(scenario: Scenario, settings: Settings | None = None, edits: tuple[Edit, ...] = (), seed: int = 0) -> Run:
    """Run a scenario; `settings` None means the file's own.  Raises NotLearned if the file itself does not hold together."""
    return run_case(Case.of(scenario, settings, seed, edits))


def run_case(case: Case) -> Run:
    """The same for a case."""
    if (lacking := case.lacking) is not None:
        idle = tuple((edit, "nothing is sent in this run") for edit in case.edits)
        return Run(case, (), case.hers, (), Verdict("not-applicable", lacking.without), unfit=idle)
    stage = Stage.opened(case, states=True).go_on()
    record = stage.record
    return Run(
        case,
        _in_order(record),
        record.hers,
        tuple(record.events),
        judge(record),
        verdict.counters(record, frozenset(instances("rs"))),
        unfit=(*stage.world.net.unfit, *_unsent(record)),
    )


def so_far(stage: Stage, parties: Iterable[str] = ()) -> Run:
    """What has happened on a stage by now, as a run that nobody has judged.  `parties` are drawn although they may not have acted yet."""
    record = stage.record
    verdict = Verdict("stalled", "It is not over.")
    return Run(record.case, _in_order(record, parties), record.hers, tuple(record.events), verdict)


def _unsent(record: Record) -> Iterator[Unfit]:
    """The edits of messages that this run does not have."""
    sent = {e.message for e in record.events if isinstance(e, Sent | Answered)}
    return ((edit, "this message is not sent in this run") for edit in record.case.edits if edit.message not in sent)


def _in_order(record: Record, parties: Iterable[str] = ()) -> tuple[str, ...]:
    """Those who took part, and these: browsers, clients, issuers, APIs, and the attacker's machine last."""
    seen = {p for e in of(record.events, Sent) for p in (e.sender, e.receiver)} | set(parties)
    seen |= {p for e in record.events if (p := getattr(e, "party", ""))}
    rank = {"person": 0, "browser": 1, "malware": 1, "device": 1, "client": 2, "gateway": 3, "server": 4, "api": 5, "attacker": 6}
    known = sorted((p for p in seen if p in CAST), key=lambda p: (rank.get(CAST[p].kind, 7), list(CAST).index(p)))
    return (*known, *sorted(p for p in seen if p not in CAST))
