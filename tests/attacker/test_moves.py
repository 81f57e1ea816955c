"""The moves: only what her powers allow, only with what she knows, and each a step that the language accepts."""

from __future__ import annotations

import pytest

from sandbox.attacker import changes, gains, probes
from sandbox.attacker.moves import Move
from sandbox.attacker.taking import Taker
from sandbox.attacker.values import Value
from sandbox.language.powers import OPEN
from sandbox.protocol.cast import CAST
from tests.support.questions import BFF_OFF, LATE, READ, SESSION, TOKEN, asked, first_moment

EVERYBODY = frozenset(CAST)


def of(kind: str, powers: tuple[str, ...]) -> list[str]:
    question = asked("oauth-bcp", BFF_OFF, powers, READ)
    node = first_moment(question)
    if kind == "gain":
        return [m.do for m in gains.gains(question, node.stage, node.known, True, EVERYBODY)]
    return [m.do for m in changes.changes(question, node.stage, node.known, frozenset())]


@pytest.mark.parametrize(
    ("power", "kind", "do"),
    [
        ("account", "gain", "mobile.sign_in"),
        ("account", "change", "budget.sign_in"),
        ("lures", "change", "mallory.lure"),
        ("log.accounts", "gain", "mallory.read"),
        ("history.laptop", "gain", "mallory.read"),
        ("device.phone", "gain", "mallory.read"),
        ("storage.app", "change", "mallory.read"),
        ("script.app", "change", "mallory.act"),
    ],
)
def test_a_power_gives_moves_that_she_does_not_have_without_it(power: str, kind: str, do: str) -> None:
    assert do in of(kind, (power,))
    assert do not in of(kind, ())


def test_every_move_is_a_step_of_the_language() -> None:
    """It has arguments that the verb takes, and that suit the actor."""
    question = asked(
        "oauth-bcp",
        BFF_OFF,
        tuple(p for p in OPEN if CAST.get(p.partition(".")[2]) is None or p.endswith((".app", ".laptop", ".accounts"))),
        READ,
        SESSION,
        LATE,
    )
    node = first_moment(question)
    taker = Taker()
    known = (
        *node.known,
        TOKEN,
        Value("$b.request", "request", None, "the logged request", "alice"),
        Value(
            "$c.url.query.code", "code", "c", "the code", "alice", "app", challenge="another", place="https://app.connectsphere.example/cb"
        ),
    )
    chains = [*probes.probes(question, node.stage, known)]
    every: list[Move] = [m for chain in chains for m in chain]
    every += gains.gains(question, node.stage, known, True, EVERYBODY)
    every += changes.changes(question, node.stage, known, frozenset())
    assert len(every) > 60
    for move in every:
        if "$1" not in str(move.args):
            taker.step(move)
        assert move.say.endswith("."), move


def test_a_move_is_told_from_others_by_provenance() -> None:
    other = Value("$z.access_token", "token", "u", TOKEN.name, "alice", "app")
    first, second = (Move("mallory.call_api", {"token": v.ref}, "probe", "call", "x", (v,)) for v in (TOKEN, other))
    assert first.sign == second.sign
