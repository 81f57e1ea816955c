"""The way into rooms from the network: a few addresses beside the app, and a websocket that brings what is new to each browser.

A browser is known by a random cookie that no script can read and that travels to rooms and to Streamlit's own connection alone.  What it
may do is decided in `commands.py`, what it may see in `sight.py`.  Names are in no address, and nothing of them is logged.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.core.wire import split
from sandbox.protocol.settings import Settings
from sandbox.room import commands, report, sight
from sandbox.room.commands import INSIDE, Ask, Claim, Command, Join, Move, Refused, Reveal, Say
from sandbox.room.log import DAY, Changed, Gone
from sandbox.room.model import Position, item_of, key_of
from sandbox.room.own_worlds import EVERY, OwnWorlds
from sandbox.room.rooms import Held, Rooms, hashed
from sandbox.serve.opener import network_of
from sandbox.serve.store import Away
from sandbox.serve.worlds import Worlds
from sandbox.views.diagram.render import NoRenderer

ROOM = "/room"
BROWSER, CURRENT = "room_browser", "room"  # cookies: which browser this is, and the room that it is in
LENGTHS = range(24, 65)  # of the text that such a cookie has
PAUSE = 0.25  # seconds in which changes are collected that nobody waits for
BREATH = 0.1  # seconds between two places of one browser
PATIENCE = 4  # seconds after which a room is looked at again though nothing was heard
MOST_MESSAGE = 200  # characters of what a browser says of its place
MOST_SOCKETS = 600  # of one room
ONCE = ("items", "neighbours")  # what is told again only when it has changed
NAME = "X-Run"  # of the answer that is a run: which one it is
ORIGIN = re.compile(r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d+)?")
NONE_HERE = "There is no such room. It has ended, or the code is another one."

T = TypeVar("T")


class Door:
    """The ASGI application of all rooms, below `base`."""

    def __init__(self, rooms: Rooms, base: str = "", worlds: Worlds | None = None) -> None:
        self.rooms, self.base = rooms, base
        self.own = OwnWorlds(rooms, worlds) if worlds is not None else None
        self._tending: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._common: dict[str, tuple[object, dict[str, Any]]] = {}  # what everybody in a room sees, of the room as it is

    def is_at(self, path: str) -> bool:
        """Whether this is an address of rooms."""
        return path.startswith(f"{self.base}{ROOM}/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._tend()
        code, _, what = scope["path"].removeprefix(f"{self.base}{ROOM}/").partition("/")
        if scope["type"] == "websocket":
            await self._live(WebSocket(scope, receive, send), code if what == "live" else "")
            return
        request = Request(scope, receive)
        answer = await self._answer(request, code, what)
        answer.headers.setdefault("Cache-Control", "no-store")
        await answer(scope, receive, send)

    def _tend(self) -> None:
        """From the first request on, the worlds that rooms have given out are looked after."""
        if self.own is not None and (self._tending is None or self._tending.done()):
            self._tending = asyncio.get_running_loop().create_task(self._always(self.own))

    async def _always(self, own: OwnWorlds) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(own.tend)

    async def _answer(self, request: Request, code: str, what: str) -> Response:
        handler = _HANDLERS.get((request.method, what))
        if handler is None:
            return _said(404, "There is nothing at this address.")
        if request.method == "POST" and not _same_origin(request):
            return _said(403, "Ask from a page of this app.")
        try:
            held = await self._slowly(partial(self.rooms.find, code))
            if held is None:
                raise Gone
            answer: Response = await handler(self, request, held)
            return answer
        except Refused as why:
            return _said(409, str(why))
        except (Gone, Changed):
            return _said(404, NONE_HERE)
        except Away as away:
            return JSONResponse({"error": f"{away} Try again."}, 503, {"Retry-After": "1"})

    async def _slowly(self, work: Callable[[], T]) -> T:
        """Do this without holding up others, if it may have to wait for a store."""
        return await asyncio.to_thread(work) if self.rooms.log.slow else work()

    # ------------------------------------------------------------ requests

    async def _look(self, request: Request, held: Held) -> Response:
        """What there is to know before one joins."""
        browser = _browser(request, held)
        me = held.room.person(held.room.number(browser))
        told = {"title": held.room.title, "joining": held.room.joining, "me": me.name if me else "", "desk": browser in held.room.desks}
        return JSONResponse(told)

    async def _do(self, request: Request, held: Held) -> Response:
        command = commands.read(await _body(request, commands.LARGEST))
        if isinstance(command, INSIDE):
            raise Refused("This is done in another way.")
        if isinstance(command, Join):
            return await self._entered(request, held, command)
        self._check(held, command)
        await self._done(request, held, command)
        return JSONResponse({})

    async def _done(self, request: Request, held: Held, command: Command) -> None:
        browser = _browser(request, held)
        if not browser:
            raise Refused("You are not in this room.")
        await self._slowly(partial(self.rooms.do, held.code, browser, command))

    def _check(self, held: Held, command: Command) -> None:
        """What the room itself does not know: questions, answers and settings that exist.  Raises Refused."""
        if isinstance(command, Say) and not held.stage.fits(item_of(command.question), key_of(command.question), command.said):
            raise Refused("There is no such question, or no such answer.")
        if isinstance(command, Reveal) and key_of(command.question) not in held.stage.questions(item_of(command.question)):
            raise Refused("There is no such question.")
        if isinstance(command, Move):
            held.stage.case(command.to)

    async def _entered(self, request: Request, held: Held, command: Join | Claim) -> Response:
        """Come in, as a learner or to lead; the browser gets its cookie, if it has none."""
        secret = _secret(request) or self.rooms.entropy.token("room browser", 24)
        await self._slowly(partial(self.rooms.do, held.code, hashed(secret, held.code), command))
        answer = JSONResponse({})
        for path in (f"{self.base}{ROOM}", f"{self.base}/_stcore"):
            for name, value in ((BROWSER, secret), (CURRENT, held.code)):
                answer.set_cookie(name, value, DAY, path=path, secure=request.url.scheme == "https", httponly=True, samesite="lax")
        return answer

    async def _claim(self, request: Request, held: Held) -> Response:
        told = _json(await _body(request, 400))
        key = told.get("key") if isinstance(told, dict) else None
        if not isinstance(key, str) or len(key) > 100:
            raise Refused("This is not the instructor's link of this room.")
        return await self._entered(request, held, Claim(do="claim", proof=hashed(key)))

    async def _ask(self, request: Request, held: Held) -> Response:
        """A vote on the defences of the item on show."""
        item = held.room.position.item
        options = held.stage.options(item)
        if len(options) < 2:
            raise Refused("There is no choice of defences here.")
        await self._done(request, held, Ask(do="ask", item=item, options=options))
        return JSONResponse({})

    async def _won(self, request: Request, held: Held) -> Response:
        """Run what was voted for: the option with this number."""
        told = _json(await _body(request, 400))
        vote, number = held.room.vote, told.get("option") if isinstance(told, dict) else None
        if vote is None or vote.open or not isinstance(number, int) or not 1 <= number <= len(vote.options):
            raise Refused("There is no such option to run.")
        option = vote.options[number - 1]
        settings = Settings.of(option.profile, dict(option.changes))
        to = Position(item=vote.item, profile=settings.profile, changes=settings.changes, step=1)
        await self._done(request, held, Move(do="move", to=to))
        return JSONResponse({})

    async def _world(self, request: Request, held: Held) -> Response:
        """A live world for this person, of their own."""
        app, client = f"{request.url.scheme}://{request.headers.get('host', '')}", request.client
        if self.own is None or not ORIGIN.fullmatch(app):
            raise Refused("There are no live worlds at this server.")
        await _body(request, 400)
        network = network_of(client.host) if client is not None else ""
        await asyncio.to_thread(self.own.open, held, _browser(request, held), network, app + self.base)
        return JSONResponse({})

    async def _leave(self, request: Request, held: Held) -> Response:
        """Out of the room, as far as this browser's cookie says; who wants to be forgotten says so before."""
        answer = JSONResponse({})
        for path in (f"{self.base}{ROOM}", f"{self.base}/_stcore"):
            answer.delete_cookie(CURRENT, path=path, httponly=True, samesite="lax")
        return answer

    async def _end(self, request: Request, held: Held) -> Response:
        _led(request, held)
        await self._slowly(partial(self.rooms.end, held.code))
        return await self._leave(request, held)

    async def _run(self, request: Request, held: Held) -> Response:
        """The run of an item in its own setting, or of the place on show, as far as this browser may see it."""
        browser = _browser(request, held)
        person = held.room.person(held.room.number(browser))
        if person is None and browser not in held.room.desks:
            raise Refused("You are not in this room.")
        item = request.query_params.get("item", "")
        if item and not (item.isascii() and item.isdigit() and len(item) < 3):
            raise Refused("There is no such item.")
        position = Position(item=max(1, int(item))) if item else held.room.position
        seen_by = None if browser in held.room.desks and "wall" in request.query_params else person
        name = sight.name_of(held.room, position, seen_by)
        body = await asyncio.to_thread(held.stage.shown, position, sight.opened(held.room, position.item, seen_by))
        return Response(body, media_type="application/json", headers={"Content-Encoding": "gzip", NAME: name})

    async def _qr(self, request: Request, held: Held) -> Response:
        """The link for learners as a picture."""
        code, drawn = segno.make(_link(request, self.base, held.code), error="m", micro=False), io.BytesIO()
        code.save(drawn, kind="svg", scale=8, border=2, dark="#000000", light="#ffffff")
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    async def _report(self, make: Callable[[Held], bytes], kind: str, name: str, request: Request, held: Held) -> Response:
        _led(request, held)
        try:
            body = await asyncio.to_thread(make, held)
        except NoRenderer as error:
            return _said(501, str(error))
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return Response(body, media_type=kind, headers=headers)

    async def _card(self, request: Request, held: Held) -> Response:
        """What a learner takes home: their own report, and no line of another's."""
        number = held.room.number(_browser(request, held))
        if not number:
            raise Refused("You are not in this room.")
        body = await asyncio.to_thread(report.page, held.room, held.stage, number)
        headers = {"Content-Disposition": 'attachment; filename="my-answers.html"'}
        return Response(body, media_type="text/html; charset=utf-8", headers=headers)

    # ------------------------------------------------------------ what is new

    async def _live(self, socket: WebSocket, code: str) -> None:
        if not _same_origin(socket):
            await socket.close(1008)
            return
        try:
            held = await self._slowly(partial(self.rooms.find, code))
        except Away:
            await socket.close(1013)
            return
        await socket.accept()
        if held is None or len(held.watchers) >= MOST_SOCKETS:
            await _send(socket, {"gone": held is None})
            await socket.close()
            return
        await self._watching(socket, held)

    async def _watching(self, socket: WebSocket, held: Held) -> None:
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def told() -> None:
            loop.call_soon_threadsafe(news.set)

        held.watchers[told] = socket.query_params.get("as") == "desk"
        listener = asyncio.create_task(self._listening(socket, held, news))
        news.set()
        try:
            await self._telling(socket, held, news, listener)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the browser has gone
        finally:
            held.watchers.pop(told, None)
            listener.cancel()
            number = held.room.number(_browser(socket, held))
            if number:
                await self._slowly(partial(self.rooms.roam, held, number, 0, 0, False))

    async def _telling(self, socket: WebSocket, held: Held, news: asyncio.Event, listener: asyncio.Task[None]) -> None:
        """Send the view whenever it has changed; at once where people wait for it, and otherwise a little later."""
        browser, shows, sent, urgent = _browser(socket, held), socket.query_params.get("as", ""), "", None
        known = dict[str, Any]()
        while not listener.done():
            try:
                await asyncio.wait_for(news.wait(), PATIENCE)
            except TimeoutError:
                await self._again(held)
            if held.gone:
                await _send(socket, {"gone": True})
                await socket.close()
                return
            news.clear()
            if sent and _urgent(held, browser) == urgent:
                await self._quiet(held, browser, news, urgent)
            urgent = _urgent(held, browser)
            common = await self._shared(held)
            told = self._view(held, common, browser, shows)
            same = {name for name in ONCE if name in known and known[name] == told.get(name)}
            view = json.dumps({name: value for name, value in told.items() if name not in same}, separators=(",", ":"))
            if view != sent:
                await socket.send_text(view)
                rest = {name: value for name, value in told.items() if name not in ONCE}
                sent = view if len(rest) + len(same) == len(told) else json.dumps(rest, separators=(",", ":"))
                known |= {name: told[name] for name in ONCE if name in told}

    async def _quiet(self, held: Held, browser: str, news: asyncio.Event, urgent: object) -> None:
        """Collect what changes, as answers do, until something does that people wait for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                while _urgent(held, browser) == urgent and not held.gone:
                    await news.wait()
                    news.clear()

    async def _again(self, held: Held) -> None:
        """Nothing was heard for a while: read, and say that the room is in use."""
        if self.rooms.due(held):
            try:
                await self._slowly(partial(self.rooms.look, held))
            except Away:
                return

    async def _listening(self, socket: WebSocket, held: Held, news: asyncio.Event) -> None:
        """Where this browser says that it is.  Anything else ends the connection."""
        try:
            while True:
                text = await socket.receive_text()
                place = _json(text) if len(text) <= MOST_MESSAGE else None
                number = held.room.number(_browser(socket, held))
                if not isinstance(place, list) or len(place) != 3:
                    return
                item, step, follows = place
                if number and isinstance(item, int) and isinstance(step, int) and 1 <= item <= held.room.items and 1 <= step <= 9999:
                    await self._slowly(partial(self.rooms.roam, held, number, item, step, follows is True))
                    await asyncio.sleep(BREATH)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            return
        finally:
            news.set()

    async def _shared(self, held: Held) -> dict[str, Any]:
        """Find out what everybody in the room sees, once for all of them; a run that has to be made for it holds up no other room."""
        if not held.warm:
            held.warm = True
            self._warming = asyncio.create_task(asyncio.to_thread(held.stage.warm))
        async with self._turn:
            room, known = held.room, self._common.get(held.code)
            if known is None or known[0] is not room:
                known = room, await asyncio.to_thread(sight.shared, held)
                self._common = {code: kept for code, kept in self._common.items() if code != held.code and self.rooms.here(code)}
                self._common[held.code] = known
        return known[1]

    def _view(self, held: Held, common: dict[str, Any], browser: str, shows: str) -> dict[str, Any]:
        """What this browser sees as a learner, or on the wall or the desk if it leads the room."""
        if browser not in held.room.desks or shows not in ("desk", "wall"):
            return sight.learners(held, common, browser)
        if shows == "wall":
            return sight.walls(held, common)
        return sight.desks(held, common, self.rooms.places(held), self.rooms.clock.now())


def _urgent(held: Held, browser: str) -> object:
    """What somebody waits for at once when it changes."""
    room = held.room
    return (
        room.position,
        room.revealed,
        room.together,
        room.vote and room.vote.open,
        room.number(browser),
        room.person(room.number(browser)),
    )


def _said(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status)


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


async def _body(request: Request, most: int) -> bytes:
    """Raises Refused."""
    whole = b""
    async for part in request.stream():
        whole += part
        if len(whole) > most:
            raise Refused("This is too long.")
    return whole


def _secret(request: Request | WebSocket) -> str:
    secret = request.cookies.get(BROWSER, "")
    return secret if len(secret) in LENGTHS else ""


def _browser(request: Request | WebSocket, held: Held) -> str:
    """What a room knows of a browser: a hash of its secret that is another one in each room; '' without a cookie."""
    secret = _secret(request)
    return hashed(secret, held.code) if secret else ""


def _led(request: Request, held: Held) -> None:
    """Raises Refused for anybody but the instructor."""
    if _browser(request, held) not in held.room.desks:
        raise Refused("Only the instructor can do this.")


def _same_origin(request: Request | WebSocket) -> bool:
    """Whether a page of this app asks; other sites can neither send JSON here nor open the websocket."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    asks = origin is None or split(origin).netloc == host
    return asks and (isinstance(request, WebSocket) or request.headers.get("content-type", "").startswith("application/json"))


async def _send(socket: WebSocket, told: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(told))


def _link(request: Request, base: str, code: str) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}{base}/?room={code}"


def _made(make: Callable[[Held], bytes], kind: str, name: str) -> Any:
    async def answer(door: Door, request: Request, held: Held) -> Response:
        return await door._report(make, kind, name, request, held)

    return answer


_HANDLERS: dict[tuple[str, str], Any] = {
    ("GET", ""): Door._look,
    ("POST", "do"): Door._do,
    ("POST", "claim"): Door._claim,
    ("POST", "ask"): Door._ask,
    ("POST", "won"): Door._won,
    ("POST", "world"): Door._world,
    ("POST", "leave"): Door._leave,
    ("POST", "end"): Door._end,
    ("GET", "run"): Door._run,
    ("GET", "qr.svg"): Door._qr,
    ("GET", "mine.html"): Door._card,
    ("GET", "report.html"): _made(lambda held: report.page(held.room, held.stage), "text/html; charset=utf-8", "report.html"),
    ("GET", "report.csv"): _made(lambda held: report.table(held.room, held.stage), "text/csv; charset=utf-8", "report.csv"),
    ("GET", "report.json"): _made(lambda held: report.data(held.room, held.stage), "application/json", "report.json"),
    ("GET", "handout.html"): _made(lambda held: report.handed(held.room, held.stage), "text/html; charset=utf-8", "handout.html"),
    ("GET", "room.zip"): _made(lambda held: report.packed(held.room, held.stage), "application/zip", "room.zip"),
}
