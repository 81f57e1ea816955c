"""Who may do what in a room, and what comes of it: the same entries in the same order are the same room."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.core.text import HIDDEN
from sandbox.room import commands
from sandbox.room.commands import Entry, Refused, State, applied, logged, read
from sandbox.room.model import MOST_DESKS, MOST_PEOPLE, Room
from sandbox.room.rooms import hashed
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.rooms import ANA, ASKED, BO, DESK, RIGHT, WRONG, command, did, room_of

STRANGER = hashed("a stranger")
OPTIONS = [{"says": says, "profile": "oauth-bcp", "changes": []} for says in ("One", "Two")]
LED: list[dict[str, Any]] = [
    {"do": "move", "to": {"item": 2, "step": 3}},
    {"do": "step", "at": {"item": 1, "step": 3}},
    {"do": "lead", "together": False},
    {"do": "admit", "joining": False},
    {"do": "reveal", "question": ASKED},
    {"do": "ask", "item": 1, "options": OPTIONS},
    {"do": "rename", "person": 1, "name": "Anna"},
    {"do": "remove", "person": 1},
    {"do": "give"},
]


@pytest.mark.parametrize("told", LED, ids=lambda told: told["do"])
def test_only_the_instructor_leads(told: dict[str, Any]) -> None:
    room = room_of("Ana")
    for other in (ANA, STRANGER):
        with pytest.raises(Refused, match="Only the instructor"):
            did(room, other, **told)
    assert did(room, DESK, **told) != room


@pytest.mark.parametrize(
    "told", [{"do": "say", "question": ASKED, "said": RIGHT}, {"do": "see", "item": 1}, {"do": "call", "name": "X"}, {"do": "leave"}]
)
def test_only_who_has_joined_takes_part(told: dict[str, Any]) -> None:
    for other in (STRANGER, DESK):
        with pytest.raises(Refused, match="not in this room"):
            did(room_of("Ana"), other, **told)


def test_the_instructors_key_is_another_one_in_each_room_and_cannot_be_guessed_from_the_code() -> None:
    with pytest.raises(Refused, match="not the instructor's link"):
        did(room_of(), STRANGER, do="claim", proof=hashed("ABCDEFGH"))
    assert room_of().desks == (DESK,)


def test_many_browsers_of_the_instructor_are_kept_and_not_more() -> None:
    room = room_of()
    for n in range(20):
        room = did(room, hashed(str(n)), do="claim", proof=room.desk)
    assert len(room.desks) == MOST_DESKS
    assert room.desks[-1] == hashed("19")


def test_a_browser_that_comes_back_is_the_same_person() -> None:
    room = did(room_of("Ana"), ANA, do="say", question=ASKED, said=RIGHT)
    again = did(room, ANA, do="join", name="Anna")
    assert [(person.name, len(person.answers)) for _, person in again.present] == [("Anna", 1)]


def test_two_of_one_name_are_told_apart() -> None:
    room = did(room_of("Ana", "Bo"), BO, do="call", name="ANA")
    assert [person.name for _, person in room.present] == ["Ana", "ANA 2"]
    assert did(room, ANA, do="call", name="Ana").person(1) == room.person(1)


def test_joining_can_be_closed_and_a_room_is_full_at_some_point() -> None:
    room = did(room_of("Ana"), DESK, do="admit", joining=False)
    with pytest.raises(Refused, match="Joining is closed"):
        did(room, BO, do="join", name="Bo")
    assert did(room, ANA, do="join", name="Ana").present
    room = room_of()
    for n in range(MOST_PEOPLE):
        room = did(room, hashed(f"p{n}"), do="join", name=f"P {n}")
    with pytest.raises(Refused, match="300 people"):
        did(room, BO, do="join", name="Bo")


def test_an_answer_counts_once_and_can_be_changed_until_it_is_revealed() -> None:
    room = room_of("Ana", "Bo")
    for said in (RIGHT, WRONG, WRONG):
        room = did(room, ANA, do="say", question=ASKED, said=said)
    room = did(room, BO, do="say", question=ASKED, said=RIGHT)
    assert room.spread(ASKED) == {RIGHT: 1, WRONG: 1}
    room = did(room, DESK, do="reveal", question=ASKED)
    for told in ({"do": "say", "question": ASKED, "said": RIGHT}, {"do": "reveal", "question": ASKED}):
        with pytest.raises(Refused, match="revealed"):
            did(room, ANA if told["do"] == "say" else DESK, **told)
    assert room.spread(ASKED) == {RIGHT: 1, WRONG: 1}


def test_at_ones_own_pace_the_first_answer_counts_and_is_told_at_once() -> None:
    room = did(room_of("Ana", "Bo"), DESK, do="lead", together=False)
    room = did(room, ANA, do="say", question=ASKED, said=WRONG)
    assert (room.is_open(ASKED, room.person(1)), room.is_open(ASKED, room.person(2))) == (False, True)
    room = did(room, DESK, do="lead", together=True)
    with pytest.raises(Refused, match="You have answered"):
        did(room, ANA, do="say", question=ASKED, said=RIGHT)


def test_a_vote_counts_each_person_once_and_can_be_ended() -> None:
    room = did(room_of("Ana", "Bo"), DESK, do="ask", item=1, options=OPTIONS)
    for who, option in ((ANA, 1), (ANA, 2), (BO, 2)):
        room = did(room, who, do="choose", option=option)
    assert room.vote is not None
    assert room.vote.counts == [0, 2]
    with pytest.raises(Refused, match="nothing to vote"):
        did(room, ANA, do="choose", option=3)
    room = did(room, DESK, do="count")
    with pytest.raises(Refused, match="nothing to vote"):
        did(room, ANA, do="choose", option=1)
    with pytest.raises(Refused, match="no vote to end"):
        did(room, DESK, do="count")


@pytest.mark.parametrize(("who", "told"), [(ANA, {"do": "leave"}), (DESK, {"do": "remove", "person": 1})])
def test_who_has_left_or_was_removed_is_forgotten(who: str, told: dict[str, Any]) -> None:
    room = did(room_of("Ana", "Bo"), DESK, do="ask", item=1, options=OPTIONS)
    room = did(did(room, ANA, do="choose", option=1), ANA, do="say", question=ASKED, said=RIGHT)
    room = did(room, who, **told)
    assert "Ana" not in room.model_dump_json()
    assert ANA not in room.model_dump_json()
    assert room.vote is not None
    assert (room.vote.counts, room.spread(ASKED)) == ([0, 0], {})
    with pytest.raises(Refused):
        did(room, who, **told)


def test_a_step_of_a_run_that_was_left_takes_nothing_back() -> None:
    room = did(room_of(), DESK, 100, do="step", at={"item": 1, "step": 2})
    assert (room.begun, room.position.step) == (100, 2)
    chosen = {"item": 1, "profile": "oauth-bcp", "changes": [["rs.check_aud", "on"]]}
    room = did(room, DESK, 200, do="move", to=chosen)
    left = did(room, DESK, 201, do="step", at={"item": 1, "step": 9})
    assert (left.position, left.begun) == (room.position, 100)
    assert did(room, DESK, 202, do="step", at=chosen | {"step": 9}).position == room.position.model_copy(update={"step": 9})


def test_where_the_room_is_and_since_when() -> None:
    room = did(room_of(), DESK, 100, do="move", to={"item": 1, "step": 2})
    room = did(room, DESK, 200, do="move", to={"item": 1, "step": 3})
    assert (room.begun, room.position.step) == (100, 3)
    room = did(room, DESK, 300, do="move", to={"item": 2})
    assert (room.begun, room.position.item, room.position.step) == (300, 2, 1)
    for wrong in ({"do": "move", "to": {"item": 4}}, {"do": "reveal", "question": "4.x"}, {"do": "ask", "item": 4, "options": OPTIONS}):
        with pytest.raises(Refused, match="no such"):
            did(room, DESK, **wrong)


def test_what_was_seen_is_known_once() -> None:
    room = did(room_of("Ana"), ANA, do="see", item=2)
    for item in (2, 4):
        with pytest.raises(Refused, match="known already"):
            did(room, ANA, do="see", item=item)


def test_nobody_has_more_answers_than_a_room_has_questions() -> None:
    room = room_of("Ana")
    for n in range(400):
        room = did(room, ANA, do="say", question=f"1.q{n}", said="a")
    with pytest.raises(Refused, match="more questions than"):
        did(room, ANA, do="say", question="1.q400", said="a")
    assert did(room, ANA, do="say", question="1.q0", said="b").spread("1.q0") == {"b": 1}


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '{"do": "no"}', '{"do": ["say"]}', '{"do": "say"}', '{"do": "join", "name": 1}', '{"do": "see", "item": true}',
        '{"do": "see", "item": 1.5}', '{"do": "say", "question": "0.x", "said": "a"}', '{"do": "say", "question": "1.x", "said": "<b>"}',
        '{"do": "join", "name": "a", "by": "' + DESK + '"}', '{"do": "state", "room": {}}', "[" * 10_000, '{"do": "join", "name": "' + "x" * 20_000 + '"}',
        '{"do": "move", "to": {"item": 1, "profile": "' + "x" * 50 + '"}}', '{"do": "join", "name": "\\ud800"}', "\x00",
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused) as why:
        read(text)
    assert 10 < len(str(why.value)) < 400
    assert not HIDDEN.search(str(why.value))


def test_a_log_is_a_room_and_what_is_no_entry_is_refused() -> None:
    room = room_of("Ana")
    state = logged(State(do="state", room=room).model_dump_json())
    assert isinstance(state, State)
    assert state.room == room
    entry = logged(Entry(by=ANA, at=5, command=command(do="say", question=ASKED, said=RIGHT)).model_dump_json())
    assert isinstance(entry, Entry)
    assert applied(room, entry).spread(ASKED) == {RIGHT: 1}
    for text in ("", "{}", "x" * 100, json.dumps({"by": "ana", "at": 1, "command": {"do": "leave"}}), "[" * 5000):
        with pytest.raises(Refused):
            logged(text)


def test_whatever_others_do_a_persons_answer_is_theirs() -> None:
    """Thousands of commands by others, drawn by lot and altered: what Ana said stays, and nobody else leads."""
    lot = dice("commands")
    room = did(room_of("Ana", "Bo"), ANA, do="say", question=ASKED, said=RIGHT)
    words: list[Any] = [ASKED, RIGHT, WRONG, 1, 2, 0, True, None, "Ana", DESK, ANA, room.desk[:-1], {"item": 2}, [], "1.x", OPTIONS]
    names = ("do", "question", "said", "item", "person", "name", "proof", "to", "option", "options", "together", "by")
    kinds = ("claim", "join", "call", "say", "see", "choose", *(told["do"] for told in LED), "count", "state", "leave")
    tried = done = 0
    for _ in range(effort(3000, 60_000)):
        told = {name: lot.choice(words) for name in lot.sample(names, lot.randrange(1, 5))} | {"do": lot.choice(kinds)}
        who = lot.choice((BO, STRANGER, hashed(str(lot.randrange(50)))))
        tried += 1
        try:
            room = applied(room, Entry(by=who, at=9, command=read(json.dumps(told))))
            done += 1
        except Refused:
            pass
    ana = room.person(1)
    assert ana is not None
    assert (ana.name, {q: a.said for q, a in ana.answers.items()}) == ("Ana", {ASKED: RIGHT})
    assert (room.desks, room.position.item, room.revealed, room.vote, room.together) == ((DESK,), 1, (), None, True)
    assert 0 < done < tried
    assert Room.model_validate_json(room.model_dump_json()) == room
    assert commands.LARGEST > 0


def test_worlds_are_given_shared_begun_anew_and_taken_by_the_instructor_alone() -> None:
    room = did(did(room_of("Ana", "Bo"), DESK, do="move", to={"item": 3, "step": 4}), DESK, do="give")
    assert room.given is not None
    assert (room.given.at.item, room.given.at.step, room.given.order, room.given.shared) == (3, 1, 1, False)
    room = did(did(room, ANA, do="have", world="a" * 24), DESK, do="share", on=True)
    ana, bo = (person for _, person in room.present)
    assert (ana.world, bo.world, room.order(ana)) == ("a" * 24, "", 1)
    for told in ({"do": "share", "on": False}, {"do": "reset", "person": 0}, {"do": "reset", "person": 1}, {"do": "take"}):
        with pytest.raises(Refused, match="Only the instructor"):
            did(room, ANA, **told)
    room = did(room, DESK, do="reset", person=1)
    assert [room.order(person) for _, person in room.present] == [2, 1]
    with pytest.raises(Refused, match="nobody with this number"):
        did(room, DESK, do="reset", person=2)
    room = did(room, DESK, do="reset", person=0)
    assert [room.order(person) for _, person in room.present] == [3, 3]
    room = did(room, DESK, do="give")
    assert room.given is not None
    assert (room.given.shared, room.given.order) == (True, 4)
    room = did(room, DESK, do="take")
    assert (room.given, [person.world for _, person in room.present]) == (None, ["", ""])
    for by, told in ((DESK, {"do": "take"}), (DESK, {"do": "share", "on": True}), (ANA, {"do": "have", "world": "a" * 24})):
        with pytest.raises(Refused, match="No worlds are given out"):
            did(room, by, **told)
    assert did(room, DESK, do="give").orders == 5  # a world that was not closed in time is begun anew all the same
