"""The way into rooms from the network: cookies, roles, what is new; and thousands of hostile messages."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.room.door import Door
from sandbox.serve.worlds import Worlds
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.rooms import ASKED, RIGHT, WRONG, Browser, joined, led, ran, rooms

pytestmark = pytest.mark.slow

DESK_ONLY = ("report.html", "report.csv", "report.json", "handout.html", "room.zip")


def is_view(seen: Any) -> bool:
    return isinstance(seen, dict)


def test_joining_gives_a_cookie_that_only_rooms_and_the_apps_connection_get() -> None:
    async def story() -> None:
        door = Door(rooms(), "/sandbox")
        code, _, _ = await led(door)
        assert door.is_at(f"/sandbox/room/{code}/live")
        assert not door.is_at("/sandbox/rooms")
        ana = Browser(door)
        assert (await ana.ask("GET", f"/room/{code}/")).json == {"title": "An hour", "joining": True, "me": "", "desk": False}
        answer = await ana.post(f"/room/{code}/do", {"do": "join", "name": "Ana"})
        cookies = [value for name, value in answer.headers if name == "set-cookie"]
        assert sorted(cookie.split("Path=")[1].split(";")[0] for cookie in cookies) == ["/sandbox/_stcore"] * 2 + ["/sandbox/room"] * 2
        assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
        assert "Ana" not in str(answer.headers)
        assert (await ana.ask("GET", f"/room/{code}/")).json["me"] == "Ana"
        again = await ana.post(f"/room/{code}/do", {"do": "join", "name": "Ana B"})
        assert again.status == 200
        held = door.rooms.find(code)
        assert held is not None
        assert [person.name for _, person in held.room.present] == ["Ana B"]

    ran(story)


def test_an_hour_with_a_question_a_vote_and_an_end() -> None:
    async def story() -> None:
        door = Door(rooms())
        code, _, desk = await led(door)
        ana = await joined(door, code, "Ana")
        await desk.post(f"/room/{code}/do", {"do": "move", "to": {"item": 1, "step": 7}})
        seen = (await ana.views(code, "learner", is_view, ("[1, 7, true]",)))[0]
        assert (seen["role"], seen["position"]["step"], seen["open"]) == ("learner", 7, "replay")
        run = await ana.ask("GET", f"/room/{code}/run")
        assert dict(run.headers)["cache-control"] == "no-store"
        assert json.loads(gzip.decompress(run.body))["open"] == "replay"
        assert (await ana.post(f"/room/{code}/do", {"do": "say", "question": ASKED, "said": WRONG})).status == 200
        assert (
            (await ana.post(f"/room/{code}/do", {"do": "say", "question": ASKED, "said": "x"}))
            .json["error"]
            .startswith("There is no such question")
        )
        assert (await desk.views(code, "desk", is_view))[0]["asks"]["spread"]["rows"][1][1] == 1
        assert (await desk.post(f"/room/{code}/do", {"do": "reveal", "question": "1.no"})).status == 409
        assert (await desk.post(f"/room/{code}/do", {"do": "reveal", "question": ASKED})).status == 200
        assert (await ana.post(f"/room/{code}/do", {"do": "say", "question": ASKED, "said": RIGHT})).status == 409
        assert (await ana.ask("GET", f"/room/{code}/mine.html")).body.count(b"You said: No") == 1
        assert (await desk.post(f"/room/{code}/ask", {})).status == 200
        assert (await ana.post(f"/room/{code}/do", {"do": "choose", "option": 1})).status == 200
        assert (await desk.post(f"/room/{code}/won", {"option": 1})).status == 409
        await desk.post(f"/room/{code}/do", {"do": "count"})
        assert (await ana.post(f"/room/{code}/won", {"option": 1})).status == 409
        assert (await desk.post(f"/room/{code}/won", {"option": 1})).status == 200
        assert b"succeeded" not in gzip.decompress((await ana.ask("GET", f"/room/{code}/run")).body).split(b'"moments"')[0]
        for name in DESK_ONLY:
            assert (await ana.ask("GET", f"/room/{code}/{name}")).status == 409
            assert (await desk.ask("GET", f"/room/{code}/{name}")).status == 200
        qr = await ana.ask("GET", f"/room/{code}/qr.svg")
        assert (dict(qr.headers)["content-type"], b"<svg" in qr.body) == ("image/svg+xml", True)
        assert (await ana.post(f"/room/{code}/end", {})).status == 409
        assert (await desk.post(f"/room/{code}/end", {})).status == 200
        assert (await ana.ask("GET", f"/room/{code}/run")).status == 404
        assert (await ana.views(code, "learner", is_view))[0] == {"gone": True}

    ran(story)


def test_another_site_can_neither_ask_nor_listen() -> None:
    async def story() -> None:
        door = Door(rooms())
        code, _, desk = await led(door)
        told = {"do": "lead", "together": False}
        assert (await desk.post(f"/room/{code}/do", told, origin="https://evil.example")).status == 403
        assert (await desk.post(f"/room/{code}/do", told, **{"content-type": "text/plain"})).status == 403
        assert (await desk.post(f"/room/{code}/do", told, origin="http://class.example")).status == 200
        assert await desk.views(code, "desk", is_view, origin="https://evil.example") == [1008]

    ran(story)


def test_the_instructors_link_works_in_another_browser_and_no_other_word_does() -> None:
    async def story() -> None:
        door = Door(rooms())
        code, key, _ = await led(door)
        for wrong in ({"key": key[:-1]}, {"key": code}, {"key": None}, {}, [], {"key": "x" * 200}):
            assert (await Browser(door).post(f"/room/{code}/claim", wrong)).status == 409
        assert (await Browser(door).post(f"/room/{code}/claim", {"key": key})).status == 200
        assert (await Browser(door).post(f"/room/{code}/do", {"do": "claim", "proof": "0" * 64})).status == 409

    ran(story)


def test_worlds_are_opened_by_those_who_are_in_the_room_and_said_by_no_browser() -> None:
    async def story() -> None:
        door = Door(rooms(), "/sandbox", Worlds(WallClock(), SystemEntropy()))
        code, _, desk = await led(door)
        ana = await joined(door, code, "Ana")
        assert (await ana.post(f"/room/{code}/world", {})).json["error"] == "No worlds are given out just now."
        await desk.post(f"/room/{code}/do", {"do": "give"})
        for wrong in (desk, Browser(door)):
            assert (await wrong.post(f"/room/{code}/world", {})).status == 409
        assert (await ana.post(f"/room/{code}/world", {}, host="evil.example/?", origin="http://evil.example")).status in (403, 409)
        assert (await ana.post(f"/room/{code}/do", {"do": "have", "world": "x" * 24})).status == 409
        assert (await ana.post(f"/room/{code}/world", {})).status == 200
        seen = (await ana.views(code, "learner", is_view))[0]
        assert door.own is not None
        live = door.own.worlds.here(seen["world"])
        assert live is not None
        assert live.base == f"http://class.example/sandbox/world/{live.key}"
        assert (await desk.views(code, "desk", is_view))[0]["own"][0]["world"] == live.key

    ran(story)


def test_a_run_says_which_one_it_is() -> None:
    """The room may have gone on between what a browser was told and what it asks for."""

    async def story() -> None:
        door = Door(rooms())
        code, _, desk = await led(door)
        ana = await joined(door, code, "Ana")
        before = (await ana.views(code, "learner", is_view))[0]
        await desk.post(f"/room/{code}/do", {"do": "move", "to": {"item": 3}})
        after = (await ana.views(code, "learner", is_view))[0]
        assert dict((await ana.ask("GET", f"/room/{code}/run")).headers)["x-run"] == after["here"] != before["here"]
        for item in (1, 2, 3):
            assert dict((await ana.ask("GET", f"/room/{code}/run?item={item}")).headers)["x-run"] == after["docs"][item - 1]

    ran(story)


@pytest.mark.parametrize("place", ["[]", "x", "[1]", "{}", "x" * 1000, '["a", {}, null]', "[99, 1, true]"])
def test_what_is_no_place_moves_nobody(place: str) -> None:
    async def story() -> None:
        door = Door(rooms())
        code, _, _ = await led(door)
        ana = await joined(door, code, "Ana")
        await ana.views(code, "learner", is_view, (place,))
        held = door.rooms.find(code)
        assert held is not None
        assert door.rooms.places(held) == {}

    ran(story)


def test_at_least_two_thousand_hostile_messages_change_and_tell_nothing() -> None:
    """By a learner, and by somebody without a room: guessed, replayed and altered, of each kind that there is."""

    async def story() -> None:
        lot, worlds = dice("door"), Worlds(WallClock(), SystemEntropy())
        door = Door(rooms(), "", worlds)
        code, key, desk = await led(door)
        ana = await joined(door, code, "Ana Secret")
        await ana.post(f"/room/{code}/do", {"do": "say", "question": ASKED, "said": WRONG})
        eve, nobody = await joined(door, code, "Eve"), Browser(door)
        await desk.post(f"/room/{code}/do", {"do": "give"})
        for one in (ana, eve):
            assert (await one.post(f"/room/{code}/world", {})).status == 200
        held = door.rooms.find(code)
        assert held is not None
        assert held.room.people[0] is not None
        hers = held.room.people[0].world
        live = worlds.here(hers)
        assert live is not None

        def now() -> str:
            """All that nobody but Ana and the instructor may change."""
            room = held.room
            assert room.people[0] is not None
            mine = [room.people[0].model_dump(), worlds.here(hers) is live, live.settings.key, live.order, live.requests]
            return json.dumps(
                [room.position.model_dump(), mine, room.desks, room.revealed, room.together, room.given and room.given.model_dump()]
            )

        ours = now()
        told = [
            {"do": "say", "question": ASKED, "said": RIGHT, "person": 1}, {"do": "say", "question": ASKED, "said": WRONG, "by": held.room.people[0] and held.room.people[0].browser},
            {"do": "reveal", "question": ASKED}, {"do": "move", "to": {"item": 2}}, {"do": "remove", "person": 1}, {"do": "rename", "person": 1, "name": "x"},
            {"do": "lead", "together": False}, {"do": "admit", "joining": False}, {"do": "claim", "proof": held.room.desk}, {"do": "ask", "item": 1, "options": []},
            {"do": "state", "room": {}}, {"do": "count"}, {"do": "choose", "option": 1}, {"do": "see", "item": 3},
            {"do": "give"}, {"do": "share", "on": True}, {"do": "reset", "person": 0}, {"do": "reset", "person": 1}, {"do": "take"},
            {"do": "have", "world": hers}, {"person": 1, "asked": 9, "good": 9, "latest": []},
        ]  # fmt: skip
        places = [
            "do",
            "do",
            "claim",
            "ask",
            "won",
            "world",
            "end",
            "leave",
            "run",
            "mine.html",
            *DESK_ONLY,
            "live",
            "..",
            "do/../end",
            "%2e%2e",
            "",
        ]
        codes = [code, code, code, code.lower(), code[::-1], "22222222", "", "A" * 500, "../" + code]
        secrets = [None, "x" * 30, "0" * 64, key, code, "'; DROP", "\xff" * 30]
        leaks = 0
        for n in range(effort(2400, 40_000)):
            who = Browser(door)
            who.cookies = dict(lot.choice((eve, eve, nobody)).cookies)
            if lot.random() < 0.2 and (secret := lot.choice(secrets)) is not None:
                who.cookies["room_browser"] = secret
            body = json.dumps(lot.choice(told))
            if lot.random() < 0.4:
                at = lot.randrange(len(body))
                body = body[:at] + lot.choice(('"', "}", "\\", "1", "é", "\\u0000", '{"do":')) + body[at + lot.randrange(3) :]
            method = lot.choice(("POST", "POST", "POST", "GET", "PUT", "DELETE"))
            answer = await who.ask(
                method,
                f"/room/{lot.choice(codes)}/{lot.choice(places)}?item={lot.randrange(-1, 5)}&wall",
                body.encode(),
                **{"content-type": "application/json"},
            )
            assert answer.status < 500, (n, answer.body)
            whole = gzip.decompress(answer.body) if ("content-encoding", "gzip") in answer.headers else answer.body
            leaks += (
                b"Ana Secret" in whole
                or hers.encode() in whole
                or b'"right"' in whole.split(b'"moments"')[0].replace(b'"right": false', b"")
            )
        assert door.own is not None
        door.own.tend()
        assert now() == ours
        assert len(worlds.in_rooms()) == 2
        assert leaks == 0
        for shows in ("desk", "wall", "learner", ""):
            seen = (await eve.views(code, shows, is_view))[0]
            assert seen["role"] == "learner"
            assert "Ana Secret" not in json.dumps(seen)
            assert hers not in json.dumps(seen)
            assert (await nobody.views(code, shows, is_view))[0]["role"] == "stranger"

    ran(story)
