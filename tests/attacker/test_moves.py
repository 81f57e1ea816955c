"""The moves: only what her powers allow, only with what she knows, and each a step that the language accepts."""

from __future__ import annotations

import pytest

from sandbox.attacker import moves
from sandbox.attacker.moves import Move
from sandbox.attacker.search import Bound, How, Search
from sandbox.attacker.taking import Taker
from sandbox.attacker.values import Value
from sandbox.core.fork import fork
from sandbox.language.powers import OPEN
from sandbox.protocol.cast import CAST
from tests.support.questions import LATE, LEAKS, READ, SESSION, asked

EVERYBODY = frozenset(CAST)
BFF_OFF = {"client.bff": "off"}
TOKEN = Value("$a.access_token", "token", "t", "the access token of alice for app", "alice", "app", bound=True)


def root(question) -> tuple:
    """The first moment of a search."""
    search = Search(question, Bound(), lambda: False, How())
    return question, search._rooted()


def of(kind: str, powers: tuple[str, ...]) -> list[str]:
    question, node = root(asked("oauth-bcp", BFF_OFF, powers, READ))
    if kind == "gain":
        return [m.do for m in moves.gains(question, node.stage, node.known, True, EVERYBODY)]
    return [m.do for m in moves.changes(question, node.stage, node.known, frozenset())]


def test_without_powers_she_fetches_public_keys_and_nothing_else() -> None:
    question = asked("oauth-bcp", BFF_OFF, (), READ)
    assert [m.do for m in moves.gains(question, Search(question, Bound(), lambda: False, How())._rooted().stage, (), True, EVERYBODY)] == [
        "mallory.send"
    ]
    assert of("change", ()) == []


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
    question, node = root(
        asked(
            "oauth-bcp",
            BFF_OFF,
            tuple(p for p in OPEN if CAST.get(p.partition(".")[2]) is None or p.endswith((".app", ".laptop", ".accounts"))),
            READ,
            SESSION,
            LATE,
        )
    )
    taker = Taker()
    known = (
        *node.known,
        TOKEN,
        Value("$b.request", "request", None, "the logged request", "alice"),
        Value(
            "$c.url.query.code", "code", "c", "the code", "alice", "app", challenge="another", place="https://app.connectsphere.example/cb"
        ),
    )
    chains = [*moves.probes(question, node.stage, known)]
    every: list[Move] = [m for chain in chains for m in chain]
    every += moves.gains(question, node.stage, known, True, EVERYBODY)
    every += moves.changes(question, node.stage, known, frozenset())
    assert len(every) > 60
    for move in every:
        if "$1" not in str(move.args):
            taker.step(move)
        assert move.say.endswith("."), move


def test_a_bound_token_is_shown_as_it_wants_as_bearer_and_in_the_address() -> None:
    question, node = root(asked("oauth-bcp", BFF_OFF, (), READ))
    shown = [chain[-1] for chain in moves.probes(question, node.stage, (TOKEN,))]
    assert {m.args.get("scheme") for m in shown} == {None, "bearer"}
    assert any(m.do == "mallory.send" and "access_token" in str(m.args) for m in shown)
    assert any(m.args.get("via") == "gateway" for m in shown)


def test_a_move_is_told_from_others_by_provenance() -> None:
    other = Value("$z.access_token", "token", "u", TOKEN.name, "alice", "app")
    first, second = (Move("mallory.call_api", {"token": v.ref}, "probe", "call", "x", (v,)) for v in (TOKEN, other))
    assert first.sign == second.sign


def test_what_alice_gave_to_her_client_is_used_by_her_client() -> None:
    question, node = root(asked("oauth-bcp", BFF_OFF, ("client",), READ))
    given = Value("$a.access_token", "token", "t", "the access token of alice for evil_app", "alice", "evil_app")
    assert {c[-1].do for c in moves.probes(question, node.stage, (given,))} == {"evil_app.call_api"}


def test_in_a_design_without_authorization_server_nobody_is_lured_to_one() -> None:
    question, node = root(asked("naive-jwt", {}, LEAKS, READ))
    assert not [m for m in moves.changes(question, node.stage, node.known, frozenset()) if m.group == "lure"]


def test_she_goes_on_where_her_own_browser_stands() -> None:
    question, node = root(asked("oauth-basic", {"client.pkce": "s256", "as.pkce": "optional"}, ("account",), SESSION))
    stage, taker = fork(node.stage), Taker()
    begin = next(
        m for m in moves.changes(question, stage, node.known, frozenset()) if m.do == "budget.sign_in" and m.args["hold"] == "auth"
    )
    taker.take(stage, taker.step(begin))
    told = [m.say for m in moves.changes(question, stage, node.known, frozenset({"budget"}))]
    assert "Mallory goes on without the challenge." in told
