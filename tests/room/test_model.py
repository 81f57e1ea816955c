"""What a room is: bounded, the same after JSON, and without anything that was not said."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandbox.room.model import LETTERS, MOST_PEOPLE, Person, Position, Room, code_of, read_did, shown
from tests.support.rooms import ANA, ASKED, BO, DESK, FILES, RIGHT, did, room_of


def test_a_code_has_forty_bits_and_is_read_as_people_type_it() -> None:
    assert len(set(LETTERS)) == 32
    assert [code_of(text) for text in ("ABCDEFGH", "abcd-efgh", " abcd efgh ")] == ["ABCDEFGH"] * 3
    assert [code_of(text) for text in ("", "ABCDEFG", "ABCDEFGHI", "ABCDEFG0", "ABCDEFGI", "ÄBCDEFGH", "A" * 1000)] == [""] * 7
    assert shown("ABCDEFGH") == "ABCD-EFGH"


def test_it_is_the_same_after_json() -> None:
    room = did(room_of("Ana", "Bo"), ANA, do="say", question=ASKED, said=RIGHT)
    assert Room.model_validate_json(room.model_dump_json()) == room


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\u202eb", "a\x00b", "\u200b"])
def test_a_name_has_characters_that_can_be_seen(name: str) -> None:
    with pytest.raises(ValidationError, match="a name has 1 to 40 characters"):
        Person(browser=ANA, name=name, joined=0)


def test_a_name_is_any_text_of_any_script() -> None:
    for name in ("<b>Ana</b>", "Zoë & Ümit", "張偉", "' OR 1=1 --", "=cmd()", "  two   blanks "):
        assert Person(browser=ANA, name=name, joined=0).name == " ".join(name.split())


def test_people_keep_their_numbers() -> None:
    room = room_of("Ana", "Bo")
    assert [room.number(who) for who in (ANA, BO, DESK)] == [1, 2, 0]
    room = did(room, ANA, do="leave")
    assert (room.number(ANA), room.number(BO), room.person(1), room.person(3)) == (0, 2, None, None)
    assert [number for number, _ in room.present] == [2]


def test_there_are_bounds() -> None:
    for wrong in ({"step": 0}, {"step": 10_000}, {"item": 0}, {"item": 61}, {"profile": "x" * 41}, {"changes": (("a", "b"),) * 101}):
        with pytest.raises(ValidationError):
            Position(**wrong)
    person = Person(browser=ANA, name="Ana", joined=0)
    with pytest.raises(ValidationError):
        Room(code="ABCDEFGH", title="x", desk=DESK, items=1, files=FILES, opened=0, people=(person,) * (MOST_PEOPLE + 1))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"person": 0, "asked": 1, "good": 1, "latest": []}',
        '{"person": 1, "asked": -1, "good": 1, "latest": []}',
        "{" * 9000,
    ],
)
def test_what_is_called_out_of_a_world_is_read_as_hostile_input(text: str) -> None:
    assert read_did(text) is None
