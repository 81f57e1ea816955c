"""The result of a run: what went in, the trace that came out, and the verdict over it.  Plain frozen data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from sandbox import __version__
from sandbox.core.text import plural
from sandbox.engine.case import Case
from sandbox.language.document import Scenario
from sandbox.protocol.edits import Edit, Unfit
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Event

NOT_DENIED = "not denied"  # the stop of an attack that was to have an honest request refused
SILENT = ("nothing learned", NOT_DENIED)  # answers of a stop without a check

Word = Literal["succeeded", "limited", "breaks-service", "blocked", "stalled", "not-applicable", "completed", "failed"]
SEVERITY: tuple[Word, ...] = (
    "succeeded",
    "limited",
    "failed",
    "breaks-service",
    "blocked",
    "stalled",
    "not-applicable",
    "completed",
)  # over the ways of an attack, the first counts


@dataclass(frozen=True, slots=True)
class Reached:
    """One goal of the attacker: predicate (READ, LATE, ...), what, at which scenario step, and whether the trace shows it."""

    predicate: str
    what: str
    at: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """What stopped the attack: at which scenario step, by which check of which party, with which answer.

    `party` and `check` are '' where no check was involved (nothing was learned); `missing` names the value that she lacked.
    """

    step: str
    party: str = ""
    check: str = ""
    status: int | None = None
    error: str | None = None
    missing: str = ""

    @property
    def by(self) -> str:
        return f"{self.party}.{self.check}" if self.check else self.party

    @property
    def answer(self) -> str:
        """The words of a scenario's `answer`: `401 invalid_token`, `nothing learned`, `not sent`, `not shown`, `not denied`."""
        if self.status is not None:
            return f"{self.status} {self.error}" if self.error else str(self.status)
        if self.missing == NOT_DENIED:
            return NOT_DENIED
        if self.check == "frame_ancestors":
            return "not shown"
        return "not sent" if self.check else "nothing learned"


@dataclass(frozen=True, slots=True)
class Counters:
    """What the run cost.  Bytes of the largest access token; requests to APIs; state lookups made for them; all exchanges."""

    token_bytes: int = 0
    api_requests: int = 0
    lookups: int = 0
    exchanges: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` says it to people.  `exposure`: for how many seconds she can go on, if that was measured and has an end, and
    `credential`: with what, `refresh token`, if it was measured; `broken`: the honest flows that fail.

    `blocked_by` is the first of the `stops`: also where the word is another one, because she got something all the same.
    """

    word: Word
    sentence: str
    predicates: tuple[Reached, ...] = ()
    blocked_by: Stop | None = None
    stops: tuple[Stop, ...] = ()
    exposure: int | None = None
    broken: tuple[str, ...] = ()
    credential: str = ""

    def __post_init__(self) -> None:
        if self.word == "blocked" and self.blocked_by is None:
            raise ValueError("blocked, and nobody stopped her: what nobody refuses is stalled")

    @property
    def places(self) -> tuple[Stop, ...]:
        """Where she was stopped, in order: where the run goes worse than the weak one, or at least where it was refused for good."""
        return self.stops or ((self.blocked_by,) if self.blocked_by else ())


@dataclass(frozen=True)
class Run:
    """The result of one case.  `parties`: the members of the cast that took part, in the order of a drawing;
    `hers`: those under the attacker's control, always or in this scenario."""

    case: Case
    parties: tuple[str, ...]
    hers: frozenset[str]
    events: tuple[Event, ...]
    verdict: Verdict
    counters: Counters = field(default=Counters())
    places: tuple[tuple[str, str], ...] = ()  # party -> where it lives, if it is not where the cast says
    unfit: tuple[Unfit, ...] = ()  # the edits that could not be made, each with the reason

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @property
    def settings(self) -> Settings:
        return self.case.settings

    @property
    def seed(self) -> int:
        return self.case.seed

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.case.edits

    @property
    def stamp(self) -> str:
        """What says in one line whether another run is this one: version, scenario and its text, settings, seed, edits."""
        edits = f", {plural(len(self.edits), 'edit')} {digest(repr(self.edits))}" if self.edits else ""
        story = f"{self.scenario.id} {digest(self.scenario.source)}"
        return f"OAuth Sandbox {__version__}: {story}, settings {self.settings.key}, seed {self.seed}{edits}"


def digest(text: str) -> str:
    """Eight hex digits that stand for a text in reports."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
