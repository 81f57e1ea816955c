"""The ASGI application in front of a served world: HTTP in, the party's answer out.

It only translates: which party is meant, limits, real addresses in headers and pages, CORS.  Everything else is the party's own.
Parties are synchronous and fast, so they run in the event loop, one request at a time; where one of them asks a server
outside, requests run in a thread instead, still one at a time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sandbox.core.wire import MAX_FIELDS, Pairs, Request, Response, json_response, own_path
from sandbox.protocol.trace import Checked, Event
from sandbox.serve.operator import OPERATOR
from sandbox.serve.pages import dressed
from sandbox.serve.setup import Served
from sandbox.world.parties import cors
from sandbox.world.parties.authorization_server.server import PAGES as SERVER_PAGES
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.bank import Bank
from sandbox.world.parties.tool_server import ToolServer

Scope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Log = Callable[[str], None]

OUTSIDE = "outside"  # the sender's name of whoever is not in the cast
LONGEST_URL, LARGEST_HEAD, LARGEST_BODY = 8 * 1024, 32 * 1024, 64 * 1024  # bytes
MOST_DISCARDED = 16 * 1024 * 1024  # bytes of a body that is too large; beyond, the connection is cut
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SWEEP = 500  # requests between two looks at what may be forgotten
PAGES = frozenset(SERVER_PAGES)  # for browsers to go to, not for scripts
ONCE = ("Authorization", "Host", "Content-Type")  # which of two counts is a question that nobody should have to ask (RFC 9110 §5.3)
HOST_ONLY = "__Host-"  # a prefix of cookies that demands https and the path /, which parties below a path do not have
NO_SNIFFING = ("x-content-type-options", "nosniff")


ANY_PAGE = Request("GET", "", (("Origin", "*"),))


class Refused(Exception):
    """The request is not for a party to see."""

    def __init__(self, status: int, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(text)
        answer = json_response(status, {"error": "invalid_request", "error_description": text}, *headers)
        self.answer = answer if status == 421 else cors.readable(ANY_PAGE, answer)  # a stranger's name for this machine may be a trick


class Edge:
    """Serves one world.  `hosts`: the Host headers that are answered (others could be DNS rebinding); empty for any.

    `begin` is called before each request that a party gets, and `log` after it, both in its turn.
    """

    def __init__(self, served: Served, hosts: Iterable[str] = (), log: Log | None = None, begin: Callable[[], None] | None = None) -> None:
        self.served, self.world, self.net = served, served.world, served.world.net
        self.hosts, self.log, self.begin = frozenset(hosts), log, begin
        self.names = {path: name for name, path in served.paths.items()}
        self.turn = asyncio.Lock()
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            head = self._head(scope)
            response, mount = await self._answer(scope["method"], *head, await _body(receive, _announced(head[2])))
        except Refused as refused:
            response, mount = refused.answer, ""
        content = response.body.encode("utf-8", "replace")
        headers = [*self._outgoing(response, mount), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    # ---- what comes in
    def _head(self, scope: Scope) -> tuple[str, str, Pairs]:
        """Path, query and headers, all of them within limits."""
        raw, query, fields = scope.get("raw_path") or quote(scope["path"]).encode(), scope["query_string"], scope["headers"]
        if scope["method"] not in METHODS:
            raise Refused(405, "This method is not known here.", ("Allow", ", ".join(sorted(METHODS))))
        if len(raw) + len(query) > LONGEST_URL:
            raise Refused(414, f"An address has at most {LONGEST_URL} bytes here.")
        if sum(len(k) + len(v) for k, v in fields) > LARGEST_HEAD:
            raise Refused(431, f"All headers together have at most {LARGEST_HEAD} bytes here.")
        headers = tuple((k.decode("latin-1").title(), v.decode("latin-1")) for k, v in fields)
        names = [k for k, _ in headers]
        twice = next((name for name in ONCE if names.count(name) > 1), None)
        if twice is not None:
            raise Refused(400, f"A request has at most one {twice} header.")
        host = next((v for k, v in headers if k == "Host"), "").lower()
        if self.hosts and host not in self.hosts:
            raise Refused(421, f"This server is {self.served.base}.")
        return _ascii(raw).partition("?")[0], _ascii(query), headers

    async def _answer(self, method: str, path: str, query: str, headers: Pairs, body: bytes) -> tuple[Response, str]:
        """The party's answer as it goes out, and where its paths begin."""
        mount, rest = self._party(path)
        if not mount and self.served.operator is not None and rest.startswith(f"{OPERATOR}/"):
            return self._operated(method, rest, query, headers), ""
        if not mount:
            if method not in ("GET", "HEAD") and rest in ("", "/"):
                raise Refused(405, "This page is there to be read.", ("Allow", "GET, HEAD"))
            return cors.readable(ANY_PAGE, self.served.front(rest)), ""
        request = Request(
            "GET" if method == "HEAD" else method, self._url(mount, rest, query), _host_only(headers), _text(body), mount=mount
        )
        home = self.served.home(mount) if rest in ("", "/") and method in ("GET", "HEAD") else None
        if home is not None:
            return cors.readable(ANY_PAGE, home), mount
        if method == "OPTIONS":
            return self._preflight(request), mount
        if any(text.count("&") >= MAX_FIELDS for text in (query, request.body)):
            raise Refused(400, f"A request has at most {MAX_FIELDS} parameters here.")
        if request.json_fault is not None and request.path not in ("/register", "/mcp"):  # their protocols have words of their own for it
            raise Refused(400, request.json_fault)
        if self.served.external is not None:
            async with self.turn:
                return dressed(await asyncio.to_thread(self._deliver, request), mount), mount
        if self.served.documents is not None:
            await self.served.documents.prepare(request)  # may say where the client's keys are
        if self.served.key_sets is not None:
            await self.served.key_sets.prepare(request)
        response = dressed(self._deliver(request), mount)
        if self.served.back_channel is not None and self.served.back_channel.waiting:
            await self.served.back_channel.finish(self.log)
        return response, mount

    def _operated(self, method: str, path: str, query: str, headers: Pairs) -> Response:
        """What the operator wants; nothing of it is for a page of another origin, so no answer says that one may read it."""
        assert self.served.operator is not None
        request = Request(method, f"{self.served.base}{path}{'?' if query else ''}{query}", headers, mount=self.served.root)
        trace = self.served.trace
        trace.now, before = self.net.clock.now(), trace.count
        response = self.served.operator.handle(request)
        if self.log is not None:
            self.log(_line(replace(request, mount=""), response, trace.since(before)))
        return response

    def _party(self, path: str) -> tuple[str, str]:
        """Where the addressed party's paths begin, and the rest; nowhere for what belongs to no party."""
        for mount in self.names:
            own = own_path(path, mount)
            if own is not None:
                return mount, own
        return "", path.removeprefix(self.served.root)

    def _url(self, mount: str, path: str, query: str) -> str:
        """The address as the party knows it, whatever name the caller used for this machine."""
        return f"{self.served.origin}{mount}{path}{'?' if query else ''}{query}"

    def _preflight(self, request: Request) -> Response:
        """What a browser asks before a script may call (Fetch §4.8); pages are not for scripts (RFC 9700 §2.6), and not every
        script is for the tool server."""
        party = self.net.parties[self.names[request.mount]]
        unwelcome = isinstance(party, ToolServer) and not party.welcomes(request.header("origin"))
        return Response(204) if unwelcome or self._is_page(request) else cors.permission(cors.LIBRARIES)

    def _is_page(self, request: Request) -> bool:
        """Whether only a whole window goes there: not to the sign-in of a backend, nor to that of the bank if it is asked in JSON."""
        party = self.net.parties[self.names[request.mount]]
        if isinstance(party, Backend) or request.path not in PAGES:
            return False
        return not (isinstance(party, Bank) and request.path == "/login" and (request.method == "OPTIONS" or request.json is not None))

    def _deliver(self, request: Request) -> Response:
        """Over the simulated network, at the real time."""
        trace = self.served.trace
        trace.now = self.net.clock.now()
        if self.begin is not None:
            self.begin()
        self.net.arrive(trace.now)
        before = trace.count
        try:
            response = self.net.deliver(request, OUTSIDE, "front" if "text/html" in (request.header("accept") or "") else "back")
        except Exception:
            traceback.print_exc(file=sys.stderr)
            response = json_response(500, {"error": "server_error"})
        if not self._is_page(request):
            response = cors.readable(ANY_PAGE, response)  # every answer: proxies may keep it for others
        self._forget()
        if self.log is not None:
            self.log(_line(request, response, trace.since(before)))
        return response

    def _forget(self) -> None:
        """Now and then, forget how often each message was seen; the parties bound their own memory (parties/limits.py)."""
        self.count += 1
        if self.count % SWEEP == 0:
            self.net.counted.clear()

    # ---- what goes out
    def _outgoing(self, response: Response, mount: str) -> list[tuple[bytes, bytes]]:
        headers = [(k.lower(), self._header(k.lower(), v, mount)) for k, v in (*response.headers, NO_SNIFFING)]
        return [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers]

    def _header(self, name: str, value: str, mount: str) -> str:
        if not value.isprintable():
            value = "".join(c for c in value if c.isprintable())  # no line break from a parameter may end a header
        if name == "location":
            value = quote(value, safe="%/:?#[]@!$&'()*+,;=~")
            return mount + value if value.startswith("/") and not value.startswith("//") else value
        if name == "set-cookie":
            value = value.removeprefix(HOST_ONLY).replace("Path=/", f"Path={mount or '/'}")
            value = value if self.served.origin.startswith("https:") else value.replace("; Secure", "")
        return value.encode("latin-1", "replace").decode("latin-1")


def _host_only(headers: Pairs) -> Pairs:
    """The headers with the cookies under the names that the parties gave them, too: with the prefix that is taken off on the way out."""
    return tuple((k, _both(v) if k.lower() == "cookie" else v) for k, v in headers)


def _both(cookies: str) -> str:
    each = [part.strip() for part in cookies.split(";") if "=" in part]
    return "; ".join([*each, *(HOST_ONLY + part for part in each if not part.startswith(HOST_ONLY))])


def _ascii(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(400, "An address consists of ASCII characters; all others must be percent-encoded.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "The body must be UTF-8.") from None


def _announced(headers: Pairs) -> int:
    """How long the body is to be, as the request says."""
    told = next((v for k, v in headers if k == "Content-Length"), "0")
    return int(told) if told.isascii() and told.isdigit() else 0


def _too_large(cut: bool) -> Refused:
    """The refusal of a body; `cut`: without reading it to its end."""
    return Refused(413, f"A body has at most {LARGEST_BODY} bytes here.", *([("Connection", "close")] if cut else []))


async def _body(receive: Receive, announced: int = 0) -> bytes:
    """The body.  What is too large is read to its end and thrown away: a sender who is hung up on reads no answer."""
    body, size = bytearray(), 0
    if announced > MOST_DISCARDED:
        raise _too_large(cut=True)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The connection was closed too early.")
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            body += part
        if size > MOST_DISCARDED or (size > LARGEST_BODY and not message.get("more_body")):
            raise _too_large(cut=size > MOST_DISCARDED)
        if not message.get("more_body"):
            return bytes(body)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _line(request: Request, response: Response, events: Iterable[Event]) -> str:
    """One line of the log: what was asked, what was answered, and which check refused."""
    failed = next((e for e in events if isinstance(e, Checked) and e.outcome == "fail"), None)
    why = f"  {failed.party}.{failed.check}: expected {failed.expected}, found {failed.found}" if failed else ""
    text = f"{request.method} {request.mount}{request.path} -> {response.status} {response.error or ''}{why}"
    return json.dumps(text, ensure_ascii=False)[1:-1][:300]
