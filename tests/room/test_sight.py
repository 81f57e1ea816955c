"""What each may see: no answer of another, and no right answer before it is revealed."""

from __future__ import annotations

import json
from typing import Any

from sandbox.room import sight
from sandbox.room.model import Did, Position, Room
from sandbox.room.rooms import Held, Where
from sandbox.room.stage import Stage
from tests.support.rooms import ANA, ASKED, BO, DESK, FILES, RIGHT, WRONG, did, room_of

STAGE = Stage(FILES)


def held(room: Room) -> Held:
    return Held(room.code, room, STAGE)


def learner(room: Room, browser: str) -> Any:
    return sight.learners(held(room), sight.shared(held(room)), browser)


def test_a_stranger_sees_the_title_and_whether_one_can_join() -> None:
    seen = learner(room_of("Ana"), "0" * 64)
    assert seen == {"role": "stranger", "code": "ABCD-EFGH", "title": "An hour", "joining": True, "leads": False}
    assert learner(room_of("Ana"), DESK)["leads"]


def test_a_learner_sees_counts_and_their_own_answers_alone() -> None:
    room = did(did(room_of("Ana", "Bo"), ANA, do="say", question=ASKED, said=RIGHT), BO, do="say", question=ASKED, said=WRONG)
    seen = learner(room, ANA)
    assert (seen["me"]["name"], seen["answers"], seen["answered"], seen["spreads"]) == ("Ana", {ASKED: RIGHT}, 2, {})
    assert "Bo" not in json.dumps(seen)
    assert ANA not in json.dumps(seen)
    revealed = learner(did(room, DESK, do="reveal", question=ASKED), BO)
    assert [row[1:] for row in revealed["spreads"][ASKED]["rows"]] == [[1, True], [1, False]]


def test_what_is_shown_has_another_name_when_more_of_it_may_be_seen() -> None:
    room = room_of("Ana", "Bo")
    names = [sight.name_of(room, Position(), None)]
    for change in ({"do": "reveal", "question": ASKED}, {"do": "reveal", "question": "1.replay.1"}):
        room = did(room, DESK, **change)
        names.append(sight.name_of(room, Position(), None))
    names.append(sight.name_of(room, Position(profile="oauth-bcp"), None))
    assert len(set(names)) == 4
    free = did(did(room_of("Ana", "Bo"), DESK, do="lead", together=False), ANA, do="say", question=ASKED, said=RIGHT)
    assert sight.opened(free, 1, free.person(1)) == ("replay",)
    assert sight.opened(free, 1, free.person(2)) == ()


def test_the_wall_shows_nothing_that_spoils_and_no_name() -> None:
    room = did(room_of("Ana"), ANA, do="say", question=ASKED, said=RIGHT)
    told = json.dumps(sight.walls(held(room), sight.shared(held(room))))
    right = STAGE.questions(1)["replay"]["options"][0]["text"]
    assert right not in told
    assert "Ana" not in told
    assert "Ask first." not in told  # the note is for the desk


def test_the_desk_sees_who_is_where_who_thinks_and_what_is_right() -> None:
    room = did(room_of("Ana", "Bo"), ANA, do="say", question=ASKED, said=RIGHT)
    seen = sight.desks(held(room), sight.shared(held(room)), {2: Where(1, 4, False, 1000, 800)}, 1000)
    assert (seen["note"], seen["minutes"], seen["asks"]["right"][:4]) == ("Ask first.", 10, "Yes:")
    ana, bo = seen["everybody"]
    assert (ana["thinks"], ana["where"], bo["thinks"], bo["where"], bo["still"]) == (False, None, True, [1, 4, False], True)


def test_a_vote_is_counted_for_all_when_it_has_ended() -> None:
    options = [option.model_dump() for option in STAGE.options(1)]
    room = did(did(room_of("Ana"), DESK, do="ask", item=1, options=options), ANA, do="choose", option=2)
    assert (learner(room, ANA)["vote"]["counts"], learner(room, ANA)["choice"]) == (None, 2)
    assert learner(did(room, DESK, do="count"), ANA)["vote"]["counts"][1] == 1


def test_a_learner_sees_their_own_world_and_those_of_others_while_the_instructor_shares_them() -> None:
    room = did(room_of("Ana", "Bo"), DESK, do="give")
    for by, letter in ((ANA, "a"), (BO, "b")):
        room = did(room, by, do="have", world=letter * 24)
    seen = learner(room, ANA)
    assert (seen["world"], seen["neighbours"], "b" * 24 in json.dumps(seen)) == ("a" * 24, [], False)
    shared = did(room, DESK, do="share", on=True)
    assert learner(shared, ANA)["neighbours"] == [[1, "Ana", "a" * 24], [2, "Bo", "b" * 24]]
    assert "a" * 24 not in json.dumps(learner(shared, "0" * 64))
    assert "a" * 24 not in json.dumps(sight.walls(held(shared), sight.shared(held(shared))))
    here = held(shared)
    here.did[2] = Did(person=2, asked=3, good=1, latest=(("GET /x", 200, True),))
    own = sight.desks(here, sight.shared(here), {}, 1000)["own"]
    assert [(each["name"], each["asked"], each["good"]) for each in own] == [("Ana", 0, 0), ("Bo", 3, 1)]
