"""Mutated recordings and documents: no crash, no secret in an error, and no time that grows faster than the file.

Ten thousand in `make long`; a failure prints the seed, which gives the same file again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.reality.inspection import inspect
from sandbox.reality.masked_file import masked
from sandbox.reality.masking import Masker
from sandbox.reality.unreadable import Unreadable
from sandbox.views.reality import document, record
from tests.support.cost import bounded
from tests.support.dice import Dice, dice
from tests.support.effort import effort
from tests.support.reality import NAIVE, OWN, WEB

ROUNDS = 10
EACH = effort(25, long=1000)  # of each round
FILES = sorted(p for p in OWN.iterdir() if p.suffix in (".har", ".json", ".txt"))
SECRETS = ("rabbit-hole-42", "correct-horse-7", "bob@globex.example", "Bob Builder")
ODD: tuple[Any, ...] = (
    None, True, -1, 1e308, [], {}, "", "a" * 3000, "http://[::1", "//x", "%", "%E0%A4%A", "eyJhbGciOiJub25lIn0.e30.", "eyJ.eyJ.x", "Bearer ", "=&=&", "#",
    '{"a":', "\u202e", "\ud800", [[[[[[]]]]]], {"keys": {}}, {"kty": 7}, {"name": "a", "value": []},
)  # fmt: skip


def mutated(rolls: Dice, value: Any, depth: int = 0) -> Any:
    """The value with something changed somewhere in it."""
    roll = rolls.random()
    if isinstance(value, dict) and value:
        key = rolls.choice(list(value))
        if depth > 1 and roll < 0.15:
            return value | {key: rolls.choice(ODD)}
        if depth > 1 and roll < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: mutated(rolls, value[key], depth + 1)}
    if isinstance(value, list) and value:
        at = rolls.randrange(len(value))
        middle = [rolls.choice(ODD)] if roll < 0.1 else value[at : at + 1] * 3 if roll < 0.2 else [mutated(rolls, value[at], depth + 1)]
        return value[:at] + middle + value[at + 1 :]
    if isinstance(value, str) and value and roll < 0.7:
        at = rolls.randrange(len(value))
        return (
            value[:at] + rolls.choice('#?&=%"\\{}[]\x00é\u202e.:/@') + value[at:]
            if roll < 0.3
            else value[:at]
            if roll < 0.5
            else value[at:]
        )
    return rolls.choice(ODD)


def broken(seed: str) -> tuple[str, bytes]:
    """A file with a few things wrong in it."""
    rolls = dice(seed)
    path = rolls.choice(FILES)
    raw = bytearray(path.read_bytes())
    if rolls.random() < 0.3 or path.suffix == ".txt":
        for _ in range(rolls.randint(1, 6)):
            at, roll = rolls.randrange(len(raw) or 1), rolls.random()
            raw = (
                raw[:at]
                if roll < 0.2
                else raw[:at] + raw[at + rolls.randint(1, 200) :]
                if roll < 0.6
                else raw[:at] + bytes([rolls.randrange(256)]) + raw[at:]
            )
        return path.name, bytes(raw)
    data = json.loads(raw)
    for _ in range(rolls.randint(1, 4)):
        data = mutated(rolls, data)
    return path.name, json.dumps(data).encode()


def refusal(act: Callable[[], object]) -> str:
    """What is said of a file that cannot be read; '' of one that can."""
    try:
        act()
    except Unreadable as error:
        return str(error)
    return ""


def whole(name: str, raw: bytes) -> None:
    """Everything that is made of a file."""
    found = inspect([(name, io.BytesIO(raw))])
    assert record.text(found)
    document.document(found)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(ROUNDS))
def test_no_file_is_a_crash_and_no_error_repeats_it(turn: int) -> None:
    for n in range(EACH):
        name, raw = broken(f"{turn}/{n}")
        for said in (
            refusal(lambda name=name, raw=raw: whole(name, raw)),
            refusal(lambda raw=raw: "".join(masked(io.BytesIO(raw)).pieces)),
        ):
            assert not [s for s in SECRETS if s in said], f"{turn}/{n}"


@pytest.mark.parametrize(("name", "at"), [(NAIVE, 5), (WEB, 7)])
def test_a_secret_is_masked_whatever_is_wrong_around_it(name: str, at: int) -> None:
    entries = json.loads((OWN / name).read_bytes())["log"]["entries"]
    for n in range(effort(8, long=200)):
        around = [e if i == at else mutated(dice(name, n, i), e, 1) for i, e in enumerate(entries)]
        out = "".join(masked(io.BytesIO(json.dumps({"log": {"entries": around}}).encode())).pieces)
        assert "rabbit-hole-42" not in out, n
        assert "correct-horse-7" not in out, n


N = 20_000
PATTERNS = {
    "quotes": '"ab":"' * (N // 6), "assigned": "token=aaaa1 " * (N // 12), "pairs": "a=b&" * (N // 4), "percent": "%25" * (N // 3), "word": "a" * N,
    "dots": "1." * (N // 2), "colons": "1:" * (N // 2), "at": "a@" * (N // 2), "jwts": "eyJaaaa.aa" * (N // 10), "addresses": "http://" * (N // 7),
    "inputs": "<input " * (N // 7), "slashes": "/a" * (N // 2), "base64": "QUJD" * (N // 4), "backslashes": '\\"' * (N // 2), "objects": '{"a":' * 3000,
}  # fmt: skip


@pytest.mark.parametrize("name", PATTERNS)
def test_a_text_costs_no_more_than_its_length(name: str) -> None:
    """Counted in calls of Python, which know no clock; a regular expression that backtracks would show in the run as a hang."""
    masker = Masker()
    with bounded(name, 40 * N):
        masker.text(PATTERNS[name])
