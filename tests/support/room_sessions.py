"""People in a room over real HTTP: a websocket that hears what is new, and requests for what they do; no browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import requests
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.support.waiting import until

PATIENCE = 60


class Session:
    """One browser in the room at one of the servers; `heard` is called with each view that comes, from a thread of its own."""

    def __init__(self, app: str, code: str, shows: str = "learner", heard: Callable[[Any], None] = lambda _: None) -> None:
        self.app, self.code, self.shows, self.heard = app, code, shows, heard
        self.http = requests.Session()
        self.views = 0
        self.view: Any = {}
        self._open = ExitStack()
        self._listener: threading.Thread | None = None

    @property
    def cookies(self) -> str:
        return "; ".join({f"{c.name}={c.value}" for c in self.http.cookies if c.path.endswith("/room")})

    def post(self, what: str, told: Any) -> requests.Response:
        return self.http.post(f"{self.app}/room/{self.code}/{what}", json=told, headers={"Cookie": self.cookies}, timeout=PATIENCE)

    def do(self, **told: Any) -> int:
        """Do this; the status of the answer, 0 where nobody answers."""
        try:
            return self.post("do", told).status_code
        except requests.RequestException:
            return 0

    def get(self, what: str) -> requests.Response:
        return self.http.get(f"{self.app}/room/{self.code}/{what}", headers={"Cookie": self.cookies}, timeout=PATIENCE)

    def listen(self) -> Session:
        address = f"{self.app.replace('http', 'ws', 1)}/room/{self.code}/live?as={self.shows}"
        connecting = connect(address, additional_headers={"Cookie": self.cookies}, open_timeout=PATIENCE, compression=None)
        socket: ClientConnection = self._open.enter_context(connecting)
        self._listener = threading.Thread(target=self._hear, args=(socket,), daemon=True)
        self._listener.start()
        return self

    def _hear(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException, OSError):
            for text in socket:
                self.view = json.loads(text)
                self.views += 1
                self.heard(self.view)

    def sees(self, right: Callable[[Any], bool], what: str) -> None:
        """Wait for a view like this."""

        def seen() -> bool:
            try:
                return right(self.view)
            except (LookupError, TypeError):
                return False

        until(seen, what)

    def move_to(self, app: str) -> None:
        """The server has gone: the same browser at another one, as a proxy would do it."""
        self.close()
        self.app = app
        self.listen()

    def close(self) -> None:
        self._open.close()
        if self._listener is not None:
            self._listener.join(PATIENCE)
