"""A live world: one learner's own, at an unguessable path beside the app; `worlds.py` keeps all of them, `live_document.py` shows one.

A `Live` can be put together anew with other settings while a client uses it.  Requests run in the server's event loop, pages in
threads of their own: only the former write a record, and the latter read up to what is settled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from threading import Lock
from typing import Any, NamedTuple

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.text import clean
from sandbox.core.wire import Response, json_response, split
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Event, RecentTrace, StepStarted
from sandbox.serve.asgi import Edge, Message, Receive, Send
from sandbox.serve.banner import Token
from sandbox.serve.blueprint import MOST_CLIENTS, Blueprint, Registered, pem
from sandbox.serve.carry_over import Past, past_of, registered, void_before
from sandbox.serve.opener import NOBODY, Opener
from sandbox.serve.operator import rotate
from sandbox.serve.setup import Keys, served
from sandbox.views.labels import setting_name
from sandbox.world.external import External
from sandbox.world.outgoing import MOST_OUTGOING, Allowance, Outgoing, Policy
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.authorization_server.registration import FOR_PUBLIC, GRANTS, register
from sandbox.world.world import World

WORLD = "/world"  # the worlds' part of the path
EVENTS = 300  # kept of each world's record
LATEST = 8  # requests of which the outcome is remembered, each with so many characters:
LONGEST = 80
MOST_REQUESTS = 5000  # of one world until it is started over: what it remembers grows with them
ITSELF = "itself"  # what is done where a world asks on its own
STAMPED = ("index", "time", "step")  # of an event, by the trace
ROTATED = "From here on: other keys sign. The old ones stay in the key set until their last token has expired"
PATIENCE = 60  # seconds until a client may look whether somebody has started its world over
SPENT = (
    "This world has answered {most} requests, and one answers no more than that. Start it over on its page, Live: addresses, keys and"
    " clients stay, and sign-ins and tokens are forgotten."
)


class Came(NamedTuple):
    """A request and what came of it; `good`: it was not refused."""

    asked: str
    status: int
    good: bool


class Live:
    """One learner's world, beside the app at the address `app`.

    `version` changes with whatever a page may have to show anew; `asked`: whether a client has ever used it.
    """

    def __init__(
        self, key: str, app: str, settings: Settings, clock: WallClock, opener: Opener = NOBODY, fetching: Policy | None = None
    ) -> None:
        self._begin(key, app, clock, opener, fetching)
        self._set(settings)

    @classmethod
    def again(cls, blueprint: Blueprint, clock: WallClock, fetching: Policy | None = None) -> Live:
        """A world that is opened again, by its set-up: nobody knows any more what was done there.  Raises Unreadable."""
        live = cls.__new__(cls)
        live._begin(blueprint.key, blueprint.app, clock, Opener(blueprint.browser, blueprint.network, blueprint.room), fetching)
        live.order = blueprint.order
        live.keys, live._known = blueprint.keys, [client.client() for client in blueprint.clients]
        live.reopened = live.void_before = clock.now()
        live.asked, live.unsaved = True, False
        live._set(blueprint.settings)
        live.headings[:] = ["This world was opened again: sign-ins and tokens from before are gone"]
        return live

    def _begin(self, key: str, app: str, clock: WallClock, opener: Opener, fetching: Policy | None) -> None:
        self.key, self.app, self.base, self.clock, self.opener = key, app, f"{app}{WORLD}/{key}", clock, opener
        self.keys, self.unsaved, self.kept = Keys(SystemEntropy().seed), True, 0  # `kept`: when the store was last told of it
        self.reopened = self.void_before = 0
        self._known: list[Client] = []  # that have registered themselves, while there is no authorization server
        self._latest, self._made = "", 0
        self.trace = RecentTrace(clock.now(), EVENTS)
        self.used = clock.now()
        self.settled = self.since = self.rebuilt = self.requests = 0
        self.asked, self.order = False, 0  # `order`: the latest one of its room that it has followed
        self.good, self.latest = 0, deque[Came](maxlen=LATEST)  # of its requests, since it began
        self.token: Token | None = None  # of the latest flow that was sent for the learner
        self.headings: list[str] = []
        self.external: External | None = None
        self.allowance = Allowance(clock, MOST_OUTGOING)
        self._outgoing: Outgoing | None = None
        self._fetching = Outgoing(fetching, allowance=self.allowance) if fetching is not None else None  # to clients
        self.drawn: tuple[object, dict[str, Any]] | None = None
        self._past: Past | None = None
        self._lock = Lock()  # between pages
        self.turn = asyncio.Lock()  # between requests that wait for a server elsewhere

    @property
    def settings(self) -> Settings:
        return self.served.world.settings

    @property
    def version(self) -> tuple[int, int, int]:
        return self.settled, self.since, self.rebuilt

    @property
    def condition(self) -> tuple[object, ...]:
        """What decides which controls a page has."""
        return self.settings, self.spent, self.asked, self.external, self.has_keys

    @property
    def spent(self) -> bool:
        """Whether it has answered as many requests as it may."""
        return self.requests >= MOST_REQUESTS

    def change(self, shown: Settings, wanted: Settings) -> None:
        """Somebody who was shown some settings wants others: what differs is changed in those that are in force by now."""
        with self._lock:
            settings = self.settings.moved(shown, wanted)
            if settings != self.settings:
                self._rebuild(settings)

    def rebuild(self, settings: Settings) -> None:
        """The same world under other settings: addresses, keys, clients, sign-ins and tokens stay."""
        with self._lock:
            self._rebuild(settings)

    def _rebuild(self, settings: Settings) -> None:
        self._past = past_of(self.served.world, self._past)
        self._set(settings)
        self.unsaved = True
        self.headings[:] = [f"From here on: {setting_name(settings)}"]

    def begin_anew(self, settings: Settings, order: int) -> None:
        """What its room has ordered: on its first day, under these settings; addresses, keys and clients stay."""
        self.rebuild(settings)
        self.start_over()
        self.order, self.unsaved = order, True

    def use(self, external: External | None, outgoing: Outgoing | None = None) -> None:
        """Sign-ins at a server elsewhere, whose metadata are known; None: at the world's own again."""
        with self._lock:
            self.external, self._outgoing, self.token = external, outgoing, None
            self._rebuild(self.settings)
            self.headings[:] = [f"From here on: sign-ins at {external.issuer}" if external else "From here on: sign-ins at our own server"]

    def start_over(self) -> None:
        """The same world as on its first day: addresses, keys, clients and settings stay."""
        with self._lock:
            self._past, self.void_before = past_of(self.served.world, self._past, only_setup=True), self.clock.now()
            self._set(self.settings)
            self.requests, self.token, self.good = 0, None, 0
            self.latest.clear()
            self.headings.clear()
            self.clear()

    def _set(self, settings: Settings) -> None:
        external = self.external if settings.architecture == "oauth" else None
        fresh = served(
            settings,
            self.base,
            past=self._past,
            external=external,
            outgoing=self._outgoing,
            keys=self.keys,
            telling=self._fetching,
            fetching=self._fetching,
        )
        self._remind(fresh.world)
        fresh.trace = fresh.world.net.trace = self.trace
        for door in (fresh.fetching, fresh.back_channel):
            if door is not None:
                door.announce = self._itself
        edge = Edge(fresh, log=self._arrived, begin=self._announce)  # any Host: what others cannot guess is the path
        edge.turn = self.turn
        self.served, self.edge = fresh, edge
        self.rebuilt += 1

    def _itself(self, text: str) -> None:
        """Begin a step that no request from outside is."""
        self.trace.add(StepStarted, ITSELF, text)

    def _remind(self, world: World) -> None:
        """What a world has to know that was here before."""
        if self.void_before:
            void_before(world, self.void_before)
        if isinstance(world.issuer, AuthorizationServer):
            exact = world.issuer.policy.exact_redirect == "on"
            world.issuer.store.clients |= {c.client_id: replace(c, exact_redirect=exact) for c in self._known}
            self._known = []
            self._latest = next(reversed(world.issuer.store.clients), "")

    def blueprint(self) -> Blueprint:
        """What is needed to open it again."""
        server = self._server
        clients = registered(server) if server else self._known
        return Blueprint(
            version=1,
            key=self.key,
            app=self.app,
            profile=self.settings.profile,
            changes=dict(self.settings.changes),
            seed=self.keys.seed,
            rsa=pem(self.keys.rsas.get(self.keys.turns)),
            coming=pem(self.keys.rsas.get(self.keys.turns + 1)),
            turns=self.keys.turns,
            clients=tuple(map(Registered.of, clients[-MOST_CLIENTS:])),
            browser=self.opener.browser,
            network=self.opener.network,
            room=self.opener.room,
            order=self.order,
        )

    @property
    def _server(self) -> AuthorizationServer | None:
        """The authorization server, or the one that there was before."""
        issuer = self.served.world.issuer
        return issuer if isinstance(issuer, AuthorizationServer) else self._past.server if self._past else None

    def enroll(self, name: str, redirect_uri: str, secret: bool) -> Response:
        """A client by hand, by who runs this world, else as if it had registered itself; 404 in a design without authorization server."""
        issuer = self.served.world.issuer
        if not isinstance(issuer, AuthorizationServer):
            return json_response(404, {"error": "not_found", "error_description": "There is no authorization server in this design."})
        wanted = {"client_name": name, "redirect_uris": redirect_uri.split(), "grant_types": list(GRANTS if secret else FOR_PUBLIC)}
        answer = register(issuer.core, wanted | ({} if secret else {"token_endpoint_auth_method": "none"}), by_operator=True)
        self._noticed()
        return answer

    def _noticed(self) -> None:
        """Whether another client has been registered, or a key been made for the next turn, so that its set-up has changed."""
        if (made := max(self.keys.rsas, default=0)) != self._made:
            self._made, self.unsaved = made, True
        issuer = self.served.world.issuer
        if isinstance(issuer, AuthorizationServer) and (latest := next(reversed(issuer.store.clients), "")) != self._latest:
            self._latest, self.unsaved = latest, True

    def clear(self) -> None:
        """Show only what arrives from now on."""
        self.since = self.settled

    def seen(self) -> None:
        """Somebody looks at it or asks it."""
        self.used = self.clock.now()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if self.spent:
            await refuse(send, 429, "too_many_requests", SPENT.format(most=MOST_REQUESTS), ("Retry-After", str(PATIENCE)))
            return
        self.seen()
        self.requests += 1
        self.asked = True
        await self.edge(scope, receive, self._noting(scope, send))

    def _noting(self, scope: Mapping[str, Any], send: Send) -> Send:
        """Remember what comes of a request."""
        asked = clean(f"{scope['method']} {scope['path'].replace(split(self.base).path, '')}", LONGEST)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                back = next((v for k, v in message["headers"] if k == b"location"), b"")
                came = Came(asked, message["status"], message["status"] < 400 and b"error=" not in back)
                self.latest.append(came)
                self.good += came.good
            await send(message)

        return noted

    def _announce(self) -> None:
        """What has changed since the latest request."""
        while self.headings:
            self.trace.add(StepStarted, "", self.headings.pop())

    def _arrived(self, _: str) -> None:
        self.settled = self.trace.count
        self._noticed()

    async def rotate(self) -> Response:
        """Sign with other keys from now on; drawn like any request.  Call it where requests are served."""
        async with self.turn:
            world = self.served.world
            self.trace.now = self.clock.now()
            self._itself(ROTATED)
            answer = rotate(world.net, world.issuer)
            if answer.ok:
                self.keys.turns, self.unsaved = self.keys.turns + 1, True
            self.settled = self.trace.count
            return answer

    @property
    def has_keys(self) -> bool:
        """Whether it signs with keys of its own, of which only the public halves are known."""
        return self.served.external is None and self.served.world.issuer.key.jwk is not None

    async def record(self, about: str, events: Iterable[Event]) -> None:
        """Add what happened on its own: messages that no request from outside has caused."""
        async with self.turn:
            self.trace.now = self.clock.now()
            self.trace.add(StepStarted, ITSELF, about)
            first = self.trace.exchanges
            for event in events:
                told = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in STAMPED}
                if "exchange" in told:
                    told["exchange"] += first
                    self.trace.exchanges = max(self.trace.exchanges, told["exchange"] + 1)
                self.trace.add(type(event), **told)
            self.settled = self.trace.count

    @property
    def events(self) -> tuple[Event, ...]:
        """The finished events of the record since it was last cleared, as far as they are kept."""
        first, end = self.since, self.settled
        while True:
            try:
                return tuple(e for e in tuple(self.trace.recent) if first <= e.index < end)
            except RuntimeError:  # a request arrived just now
                continue


async def refuse(send: Send, status: int, error: str, text: str, *headers: tuple[str, str]) -> None:
    """An answer that no party gives."""
    answer = json_response(status, {"error": error, "error_description": text}, *headers)
    content = answer.body.encode()
    fields = [(k.lower().encode(), v.encode()) for k, v in (*answer.headers, ("access-control-allow-origin", "*"))]
    start: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [*fields, (b"content-length", str(len(content)).encode())],
    }
    await send(start)
    await send({"type": "http.response.body", "body": content})
