"""Rooms for tests: the people in one, their messages, and a door to knock at."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from http.cookies import SimpleCookie
from typing import Any, TypeVar

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.room import commands
from sandbox.room.commands import Entry, applied
from sandbox.room.door import Door
from sandbox.room.log import InProcess, Log
from sandbox.room.model import Room
from sandbox.room.rooms import Rooms, hashed

T = TypeVar("T")

PLAYLIST = (
    "title: An hour\nitems:\n  - {scenario: missing-aud-replay, minutes: 10, note: Ask first.}\n  - {scenario: code-flow}\n"
    "  - {scenario: missing-aud-replay, title: The same today, setting: {profile: oauth-bcp}}\n"
)
FILES = {"list.yaml": PLAYLIST}
ASKED, RIGHT, WRONG = "1.replay", "accepted", "refused"  # the first question of the first item
DESK, ANA, BO = (hashed(name) for name in ("desk", "ana", "bo"))
KEY = "the-instructors-key"


def command(**told: Any) -> commands.Command:
    """A command as a browser sends it."""
    return commands.read(json.dumps(told))


def did(room: Room, by: str, at: int = 1_800_000_000, /, **told: Any) -> Room:
    """The room after somebody has done this."""
    return applied(room, Entry(by=by, at=at, command=command(**told)))


def room_of(*names: str) -> Room:
    """A room with an instructor and these people, each at a browser that is called like them."""
    room = Room(code="ABCDEFGH", title="An hour", desk=hashed(KEY), items=3, files=FILES, opened=1_800_000_000)
    room = did(room, DESK, do="claim", proof=hashed(KEY))
    for name in names:
        room = did(room, hashed(name.lower()), do="join", name=name)
    return room


def rooms(log: Log | None = None, clock: Clock | None = None) -> Rooms:
    """An empty house, whose codes and keys are always the same."""
    clock = clock or Clock()
    return Rooms(clock, Entropy(7), log or InProcess(clock))


def ran(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What comes of it in an event loop of its own; Playwright may keep one in this thread."""
    found: list[T] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work()))
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(120)
    if wrong:
        raise wrong[0]
    return found[0]


class Answer:
    """What came back."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = [(k.decode().lower(), v.decode("latin-1")) for k, v in messages[0]["headers"]]
        self.body = b"".join(message.get("body", b"") for message in messages[1:])

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """A browser at the door, with the cookies that it was given."""

    def __init__(self, door: Door, host: str = "class.example") -> None:
        self.door, self.host, self.cookies = door, host, dict[str, str]()

    def scope(self, kind: str, method: str, target: str, headers: dict[str, str]) -> dict[str, Any]:
        path, _, query = target.partition("?")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": self.host} | ({"cookie": cookies} if cookies else {}) | headers
        pairs = [(k.encode(), v.encode("latin-1", "replace")) for k, v in sent.items()]
        return {"type": kind, "method": method, "path": path, "query_string": query.encode(), "headers": pairs, "scheme": "http"}

    async def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        sent: list[dict[str, Any]] = []
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        await self.door(self.scope("http", method, f"{self.door.base}{target}", told), receive, send)
        answer = Answer(sent)
        for name, value in answer.headers:
            if name == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer

    async def post(self, target: str, told: Any, **headers: str) -> Answer:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return await self.ask("POST", target, body, **{"content-type": "application/json"} | headers)

    async def views(self, code: str, shows: str, until: Callable[[Any], bool], say: tuple[str, ...] = (), **headers: str) -> list[Any]:
        """What the websocket brings, until one of them is as wished; `say` is sent first.  A connection that is refused brings its code."""
        got: list[Any] = []
        waiting = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in say)]
        done = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop(0)
            await done.wait()
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                got.append(json.loads(message["text"]))
                if until(got[-1]):
                    done.set()
            elif message["type"] == "websocket.close":
                got.append(message.get("code"))
                done.set()

        scope = self.scope("websocket", "GET", f"{self.door.base}/room/{code}/live?as={shows}", headers)
        task = asyncio.create_task(self.door(scope, receive, send))
        await asyncio.wait_for(done.wait(), 60)
        await asyncio.wait_for(task, 60)
        return got


async def led(door: Door) -> tuple[str, str, Browser]:
    """A room that is led: its code, the instructor's key, and the instructor's browser."""
    code, key = door.rooms.open("An hour", FILES)
    desk = Browser(door)
    assert (await desk.post(f"/room/{code}/claim", {"key": key})).status == 200
    return code, key, desk


async def joined(door: Door, code: str, name: str) -> Browser:
    """A learner's browser in this room."""
    browser = Browser(door)
    answer = await browser.post(f"/room/{code}/do", {"do": "join", "name": name})
    assert answer.status == 200, answer.body
    return browser
