"""Worlds that a room gives out: one for each person, begun anew and closed as the room says, seen by nobody else unless it says so."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.room.commands import Refused
from sandbox.room.own_worlds import OwnWorlds, right
from sandbox.room.rooms import Held, Rooms, hashed
from sandbox.serve.live import Live
from sandbox.serve.opener import Opener
from sandbox.serve.worlds import Full, Worlds
from tests.room.test_replicas import opened, servers
from tests.support.learner import Learner
from tests.support.live_worlds import ORIGIN, ask
from tests.support.redis_server import redis_server
from tests.support.room_sessions import Session
from tests.support.rooms import ANA, BO, DESK, FILES, command, rooms
from tests.support.signing_in import calls, signed_in

EVE = hashed("eve")


class Class:
    """A room in this process with people in it and their worlds."""

    def __init__(self, *people: str) -> None:
        self.rooms: Rooms = rooms()
        self.worlds = Worlds(WallClock(), SystemEntropy())
        self.own = OwnWorlds(self.rooms, self.worlds)
        self.code, key = self.rooms.open("An hour", FILES)
        self.does(DESK, do="claim", proof=hashed(key))
        for browser in people:
            self.does(browser, do="join", name="X")

    def does(self, by: str, **told: Any) -> None:
        self.rooms.do(self.code, by, command(**told))

    @property
    def held(self) -> Held:
        held = self.rooms.find(self.code)
        assert held is not None
        return held

    def opens(self, browser: str) -> Live:
        self.own.open(self.held, browser, "192.0.2.1", ORIGIN)
        person = self.held.room.person(self.held.room.number(browser))
        assert person is not None
        live = self.worlds.here(person.world)
        assert live is not None
        return live


def test_each_person_has_one_world_with_the_setting_on_show() -> None:
    room = Class(ANA, BO)
    room.does(DESK, do="move", to={"item": 3})
    with pytest.raises(Refused, match="No worlds"):
        room.opens(ANA)
    room.does(DESK, do="give")
    ana, bo = room.opens(ANA), room.opens(BO)
    assert room.opens(ANA) is ana is not bo
    assert ana.settings == room.held.stage.entry(3).settings
    assert "192.0.2.1" not in ana.blueprint().written()
    with pytest.raises(Refused, match="not in this room"):
        room.opens(EVE)


def test_the_desk_hears_what_is_asked_of_each_and_which_of_it_succeeds() -> None:
    room = Class(ANA, BO)
    room.does(DESK, do="give")
    ana, _ = room.opens(ANA), room.opens(BO)
    ask(room.worlds, f"{ana.base}/auth/jwks")
    ask(room.worlds, f"{ana.base}/accounts/accounts")
    ask(room.worlds, f"{ana.base}/auth/authorize?client_id=nobody&redirect_uri=x")
    room.own.tend()
    did = room.held.did
    assert (did[1].asked, did[1].good, did[2].asked) == (3, 1, 0)
    assert did[1].latest[:2] == (("GET /auth/jwks", 200, True), ("GET /accounts/accounts", 401, False))
    assert ana.key not in did[1].model_dump_json()


def test_one_or_all_begin_anew_with_the_setting_that_was_given() -> None:
    room = Class(ANA, BO)
    room.does(DESK, do="give")
    ana, bo = room.opens(ANA), room.opens(BO)
    given = ana.settings
    for live in (ana, bo):
        ask(room.worlds, f"{live.base}/auth/jwks")
        live.rebuild(given.but({"rs.check_aud": "on"}))
    room.does(DESK, do="reset", person=2)
    room.own.tend()
    assert (ana.requests, bo.requests, bo.settings == given, ana.settings == given) == (1, 0, True, False)
    with pytest.raises(Refused, match="nobody with this number"):
        room.does(DESK, do="reset", person=9)
    room.does(DESK, do="reset", person=0)
    room.own.tend()
    room.own.tend()
    assert (ana.requests, ana.settings == given, room.worlds.here(ana.key) is ana) == (0, True, True)
    room.does(DESK, do="move", to={"item": 3})
    room.does(DESK, do="give")
    room.own.tend()
    assert ana.settings == bo.settings == room.held.stage.entry(3).settings


@pytest.mark.parametrize("end", [{"do": "take"}, {"do": "remove", "person": 1}, {"do": "leave"}, None])
def test_a_world_is_closed_with_its_reason(end: dict[str, Any] | None) -> None:
    room = Class(ANA)
    room.does(DESK, do="give")
    ana = room.opens(ANA)
    room.own.tend()
    assert room.worlds.here(ana.key) is ana
    if end is None:
        room.rooms.end(room.code)
    else:
        room.does(ANA if end["do"] == "leave" else DESK, **end)
    room.own.tend()
    assert room.worlds.find(ana.key) is None


def test_a_person_who_is_in_the_room_keeps_a_world_that_nobody_asks() -> None:
    room = Class(ANA, BO)
    room.does(DESK, do="give")
    ana, bo = room.opens(ANA), room.opens(BO)
    room.worlds.clock.advance(room.worlds.idle - 100)
    room.rooms.roam(room.held, 1, 1, 1, True)
    room.own.tend()
    room.worlds.clock.advance(200)
    assert (room.worlds.here(ana.key), room.worlds.here(bo.key)) == (ana, None)
    assert room.opens(BO) is not bo


def test_who_may_see_and_who_may_change() -> None:
    room = Class(ANA, BO)
    room.does(DESK, do="give")
    ana = room.opens(ANA)

    def rights() -> list[str]:
        return [right(room.held.room, ana.key, by) for by in (ANA, DESK, BO, EVE, "")]

    assert rights() == ["all", "all", "", "", ""]
    room.does(DESK, do="share", on=True)
    assert rights() == ["all", "all", "look", "", ""]
    room.does(BO, do="leave")
    assert rights() == ["all", "all", "", "", ""]
    room.does(DESK, do="take")
    assert rights() == [""] * 5


def test_a_room_of_forty_fits_and_no_other_room_puts_it_out() -> None:
    """Those who open many worlds from one address lose theirs first, however many rooms they open."""
    worlds = Worlds(WallClock(), SystemEntropy(), most=2)
    worlds.most_in_rooms = 8
    settings = rooms_setting()

    def opens(browser: int, network: str, code: str) -> Live:
        worlds.clock.advance(1)
        return worlds.open(ORIGIN, settings, Opener(f"{browser:064}", network, code))

    ours = [opens(n, "192.0.2.1", "OURS2222") for n in range(3)]
    theirs = [opens(10 + n, "198.51.100.7", f"THEIRS{n}2") for n in range(5)]
    with pytest.raises(Full):
        opens(99, "198.51.100.7", "THEIRS92")
    ours.append(opens(4, "192.0.2.1", "OURS2222"))
    assert [worlds.here(live.key) is live for live in (*ours, *theirs)] == [True] * 4 + [False] + [True] * 4
    with pytest.raises(Full):
        opens(5, "192.0.2.1", "OURS2222")
    for n in range(2):  # and those that no room has given have their own places
        assert worlds.open(ORIGIN, settings, Opener(f"{200 + n:064}", "203.0.113.9"))


def rooms_setting() -> Any:
    return Class().held.stage.entry(1).settings


@pytest.mark.slow
def test_at_two_servers_the_desk_sees_and_resets_every_world_and_neighbours_change_none() -> None:
    with redis_server() as store, servers(store) as made:
        (one, _), (other, dies) = made
        code, key = opened(store)
        desk = Session(one, code, "desk")
        assert desk.post("claim", {"key": key}).ok
        desk.listen()
        people = [Session(one, code), Session(other, code)]
        for n, person in enumerate(people):
            assert person.do(do="join", name=f"P {n}") == 200
            person.listen()
        assert desk.do(do="give") == 200
        for person in people:
            person.sees(lambda view: view["worlds"], "that worlds are given")
            assert person.post("world", {}).ok
            assert person.post("world", {}).ok
            person.sees(lambda view: view["world"], "their world")
        ana, bo = (person.view["world"] for person in people)
        assert (ana[0], bo[0]) == ("a", "b")
        world = f"{other}/world/{bo}"
        token = signed_in(world)
        assert calls(world, token).ok
        desk.sees(lambda view: view["own"][1]["good"] > 2 and view["own"][0]["asked"] == 0, "what was asked at the other server")

        def look(at: str, by: Session, key: str) -> Learner:
            with Learner(at, cookies=by.cookies) as page:
                return page.visit(world=key)

        assert any("This world was given to somebody" in text for text in look(other, people[0], bo).texts)
        assert "Clear" in look(other, people[1], bo).buttons
        assert "Clear" in look(other, desk, bo).buttons
        assert desk.do(do="share", on=True) == 200
        people[0].sees(lambda view: [each[2] for each in view["neighbours"]] == [ana, bo], "the worlds of all")
        seen = look(other, people[0], bo)
        assert any("/accounts" in title for title in seen.titles())
        assert "Clear" not in seen.buttons
        assert "Send again" not in seen.buttons
        hers = look(other, people[1], bo)
        with Learner(other, cookies=people[0].cookies) as page:  # replays every button of the owner's page, and asks for another setting
            for label in hers.buttons:
                page.visit(world=bo)
                page.buttons = dict(hers.buttons)
                page.press(label)
            page.visit(world=bo, profile="naive-jwt", set="rs.check_aud=off")
        after = look(other, people[1], bo)
        assert "New keys" in hers.buttons
        assert (after.titles(), after.query) == (hers.titles(), hers.query)
        assert calls(world, token).ok

        assert desk.do(do="reset", person=2) == 200
        desk.sees(lambda view: view["own"][1]["asked"] == 0, "a world that has begun anew")
        assert calls(world, token).status_code == 401
        dies.kill()
        dies.wait(60)
        assert requests.get(f"{one}/world/{bo}/auth/jwks", timeout=60).ok  # opened again where a proxy leads now
        desk.sees(lambda view: view["own"][1]["latest"] == [["GET /auth/jwks", 200, True]], "what was asked of it there")
        assert desk.do(do="take") == 200
        people[0].sees(lambda view: not view["worlds"] and not view["world"], "that worlds were taken")
        for session in (desk, *people):
            session.close()
