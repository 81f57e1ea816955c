"""Secrets found again in other writings."""

import pytest

from sandbox.reality.needles import Needles, writings
from tests.support import reality
from tests.support.dice import dice

SECRET = "Zm9-x_Q7/k+81 aLq"


@pytest.mark.parametrize("text", list(writings(SECRET)))
def test_every_writing_is_found_wherever_it_stands(text):
    needles = Needles()
    needles.add(SECRET, "secret#1")
    for before in range(9):
        assert needles.sweep("." * before + text + "!") == "." * before + "secret#1!"


def test_the_writings_are_those_that_others_would_look_for():
    assert set(reality.writings(SECRET)) - {SECRET, SECRET.encode().hex()} <= set(writings(SECRET)) | {
        text for text in reality.writings(SECRET) if any(w in text for w in writings(SECRET))
    }


def test_base64_of_a_text_around_it():
    import base64

    needles = Needles()
    needles.add("correct-horse-7", "password#1")
    for before in ("", "a", "ab", "abc"):
        packed = base64.b64encode(f'{before}correct-horse-7"}}'.encode()).decode()
        assert "password#1" in needles.sweep(packed)


def test_a_word_is_replaced_as_a_word_only():
    needles = Needles()
    needles.add("alice", "user#1", whole_word=True)
    needles.add("Liddell", "name#1", whole_word=True)
    assert needles.sweep("alice malice /alice? Liddell Liddells") == "user#1 malice /user#1? name#1 Liddells"


def test_any_of_many_secrets_is_found_at_any_place():
    rolls, needles = dice("needles"), Needles()
    values = ["".join(rolls.choice("abcdefghijkmnpqrstuvwxyz0123456789") for _ in range(rolls.randint(7, 60))) for _ in range(300)]
    for n, value in enumerate(values):
        needles.add(value, f"<{n}>")
    for n in range(0, 300, 7):
        text = "=" * rolls.randint(0, 20) + values[n] + "&"
        assert values[n] not in needles.sweep(text)
