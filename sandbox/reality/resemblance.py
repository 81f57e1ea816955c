"""The lesson that a login resembles most, by a stated measure; that it resembles none is an answer, too.

Both are recognised by the same rules and written as a row of signs: what was asked for, with which protections, and what followed.
The measure is twice the length of the longest common subsequence of the rows, over the length of both: 1 is the same, 0 nothing alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field, field_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.core.wire import Response
from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language import library, table
from sandbox.protocol.trace import Answered, Sent, of
from sandbox.reality.exchanges import Exchange
from sandbox.reality.masking import Masker
from sandbox.reality.recognition import Kind, Story, story
from sandbox.reality.record import Recorded

FILE = Path(__file__).with_suffix(".yaml")
STEPS: tuple[Kind, ...] = ("device", "push", "authorize", "sign_in", "callback", "token", "password_grant", "refresh", "own_login", "api")
PROTECTIONS = ("code_challenge", "state", "nonce")
WORDS: dict[str, str] = {
    "device": "code for a device",
    "push": "pushed request",
    "authorize": "authorization request",
    "sign_in": "page where the person signs in",
    "callback": "answer in the address",
    "token": "token request",
    "password_grant": "password for the token endpoint",
    "refresh": "renewal",
    "own_login": "login of the application's own",
    "api": "call of an API",
}
Sign = str


class Figure(Form):
    """A figure of the article, and the lessons that tell it."""

    name: str
    shows: str
    lessons: tuple[str, ...] = Field(strict=False, min_length=1)


class Lessons(Form):
    """Which lessons are compared, from which measure on one is shown, and which of them the article has drawn."""

    least: float = Field(ge=0, le=1)
    lessons: tuple[str, ...] = Field(strict=False, min_length=1, max_length=40)
    figures: tuple[Figure, ...] = Field((), strict=False)

    @field_validator("lessons")
    @classmethod
    def _exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in library.ids():
                raise refuse(f"there is no lesson `{name}`", suggestion(name, library.ids()) or "see oauth-sandbox list")
        return names


@memo("table", 1)
def shipped() -> Lessons:
    """The table that comes with the sandbox."""
    return table.loads(Lessons, FILE.read_bytes(), FILE.name)


@dataclass(frozen=True)
class Beside:
    """A login beside the lesson that it resembles: the measure, the first difference in words, and both records with aligned messages.

    `at`: the ids of the messages at which they first differ, of either record.
    """

    lesson: Run
    yours: Run
    measure: float
    difference: str
    at: tuple[str, ...]

    @property
    def figure(self) -> Figure | None:
        """The figure of the article that the lesson tells; None if it has none of it."""
        return next((f for f in shipped().figures if self.lesson.scenario.id in f.lessons), None)


def beside(recorded: Recorded, yours: Story) -> Beside | None:
    """The lesson to lay beside a login; None if it resembles none enough."""
    mine = _rows(yours, {e.exchange for e in of(recorded.run.events, Sent)})
    if not mine:
        return None
    best: tuple[float, str] | None = None
    for id in shipped().lessons:
        measure = _measure([s for s, _ in mine], [s for s, _ in _rows(_understood(id), None)])
        if best is None or measure > best[0]:
            best = measure, id
    if best is None or best[0] < shipped().least:
        return None
    lesson = _run(best[1])
    theirs = _rows(_understood(best[1]), None)
    words, at = _first(mine, theirs, _understood(best[1]), yours)
    aligned = _aligned(recorded.run, lesson, mine, theirs)
    ids = {e.exchange: e.message for e in of(aligned.events, Sent)} if at[1] else {e.exchange: e.message for e in of(lesson.events, Sent)}
    return Beside(lesson, aligned, best[0], words, tuple(filter(None, [ids.get(at[0], "")])))


def _run(id: str) -> Run:
    scenario = library.get(id)
    return simulation.run(scenario, scenario.settings)


@memo("table", 40)
def _understood(id: str) -> Story:
    run = _run(id)
    answers = {e.exchange: e.response for e in of(run.events, Answered)}
    sent = [
        Exchange(e.exchange, e.time * 1000 + n, e.request, answers.get(e.exchange, Response(0)), "fetch" if e.channel == "back" else "")
        for n, e in enumerate(of(run.events, Sent))
    ]
    return story(sent, Masker())


def _rows(of_: Story, among: set[int] | None) -> list[tuple[Sign, int]]:
    """The signs of a login, each with its exchange; what is repeated counts once."""
    out: list[tuple[Sign, int]] = []
    for e in of_.exchanges:
        kind = of_.kind(e)
        if kind not in STEPS or (among is not None and e.entry not in among):
            continue
        for sign in _signs(kind, e):
            if not out or sign not in [s for s, _ in out]:
                out.append((sign, e.entry))
    return out


def _signs(kind: Kind, e: Exchange) -> list[Sign]:
    if kind != "authorize":
        return [f"{kind} {e.form.get('grant_type', '')}".strip() if kind == "token" else kind]
    asked = e.query | e.form
    wanted = set(asked.get("response_type", "").split())
    kinds = "token" if "token" in wanted else " ".join(sorted(wanted))
    return [f"authorize {kinds}".strip(), *(f"with {name}" for name in PROTECTIONS if asked.get(name))]


def _common(a: Sequence[Sign], b: Sequence[Sign]) -> list[tuple[int, int]]:
    """The longest common subsequence, as pairs of places."""
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if a[i] == b[j] else max(lengths[i + 1][j], lengths[i][j + 1])
    out, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            out.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return out


def _measure(a: Sequence[Sign], b: Sequence[Sign]) -> float:
    return 2 * len(_common(a, b)) / (len(a) + len(b)) if a or b else 0.0


def _first(
    mine: Sequence[tuple[Sign, int]], theirs: Sequence[tuple[Sign, int]], lesson: Story, yours: Story
) -> tuple[str, tuple[int, bool]]:
    """The first difference in words, with the exchange at which it is, and whether that is one of yours."""
    pairs = _common([s for s, _ in mine], [s for s, _ in theirs])
    for n in range(len(pairs) + 1):
        i, j = pairs[n] if n < len(pairs) else (len(mine), len(theirs))
        i0, j0 = (pairs[n - 1][0] + 1, pairs[n - 1][1] + 1) if n else (0, 0)
        if j0 < j:
            sign, entry = theirs[j0]
            here = mine[pairs[n - 1][0]][1] if n and sign.startswith("with ") else entry
            return f"no {_word(sign)} here", (here, bool(n and sign.startswith("with ")))
        if i0 < i:
            sign, entry = mine[i0]
            return f"{_word(sign)} here, and none in the lesson", (entry, True)
    return "no difference in what is compared", (-1, True)


def _word(sign: Sign) -> str:
    kind, _, rest = sign.partition(" ")
    if kind == "with":
        return rest
    return f"{WORDS.get(kind, kind)}{f' ({rest})' if rest else ''}"


def _aligned(yours: Run, lesson: Run, mine: Sequence[tuple[Sign, int]], theirs: Sequence[tuple[Sign, int]]) -> Run:
    """Your record with the lesson's names for the messages that are alike, so that both are stepped through together."""
    asks = {e.exchange: e.message for e in of(lesson.events, Sent)}
    answers = {e.exchange: e.message for e in of(lesson.events, Answered)}
    alike: dict[int, int] = {}
    for i, j in _common([s for s, _ in mine], [s for s, _ in theirs]):
        if mine[i][1] not in alike and theirs[j][1] not in alike.values():
            alike[mine[i][1]] = theirs[j][1]
    events = tuple(
        replace(e, message=(asks if isinstance(e, Sent) else answers).get(alike.get(e.exchange, -1), e.message))
        if isinstance(e, Sent | Answered)
        else e
        for e in yours.events
    )
    return replace(yours, events=events)
