"""A learner at a page of the app over its websocket, as a browser speaks to it: sees buttons and documents, and presses."""

from __future__ import annotations

import json
import ssl
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.support.apps import unpacked

PATIENCE = 60  # seconds for one answer


class Learner:
    """A page of the app, found at `app` (an address, with the path below which the app is).  `cookies`: those of the browser."""

    def __init__(self, app: str, page: str = "live", cookies: str = "", trust: ssl.SSLContext | None = None) -> None:
        self.app, self.path, self.buttons, self.pages = app, page, dict[str, str](), dict[str, str]()
        self.documents, self.texts = dict[str, Any](), list[str]()
        self._open = ExitStack()
        connecting = connect(
            f"{app.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Cookie": cookies} if cookies else {},
            origin=websockets.Origin("{0.scheme}://{0.netloc}".format(urlsplit(app))),
            ssl=trust,
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        self.socket: ClientConnection = self._open.enter_context(connecting)
        self.query: dict[str, str] = {}
        self._hash = ""

    def visit(self, **query: str) -> Learner:
        """The page, as by a link."""
        self.query = query
        if not self.pages:
            self._ask(BackMsg())
        self._hash = self.pages[self.path]
        self._ask(BackMsg())
        return self

    def press(self, label: str) -> Learner:
        """A button."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id, widget.trigger_value = self.buttons[label], True
        self._ask(message)
        return self

    @property
    def world(self) -> str:
        """The key of the world, by the address that the page gets."""
        key: str = self.documents["address"]["params"].get("world", "")
        return key

    def titles(self) -> list[str]:
        """The moments that the stepper shows."""
        shown = self.documents.get("stepper")
        return [m["title"] for m in shown["panes"][0]["moments"]] if shown else []

    def until(self, kind: str) -> Learner:
        """Look again, as the page does by itself, until there is such a document."""
        for _ in range(20):
            if kind in self.documents:
                return self
            self.look()
        raise AssertionError(f"no {kind} appeared")

    def look(self) -> Learner:
        """The page once more, at the address that it has given itself."""
        self._ask(BackMsg())
        return self

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Learner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, message: BackMsg) -> None:
        """One run of the page, to its end."""
        run = message.rerun_script
        run.query_string, run.page_script_hash = urlencode(self.query), self._hash
        run.context_info.url = f"{self.app}/{self.path}"
        self.buttons, self.documents, self.texts = {}, {}, []
        self.socket.send(message.SerializeToString())
        while not self._read(self.socket.recv(PATIENCE)):
            pass
        if "address" in self.documents:
            self.query = self.documents["address"]["params"]

    def _read(self, raw: str | bytes) -> bool:
        """Take one message of the server; whether it was the last of the run."""
        assert isinstance(raw, bytes)
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message.delta.new_element)
        return kind == "script_finished"

    def _see(self, element: Any) -> None:
        what = element.WhichOneof("type")
        assert what != "exception", element.exception.message
        if what == "button":
            self.buttons[element.button.label] = element.button.id
        elif what == "bidi_component":
            self.documents[element.bidi_component.component_name] = _document(element.bidi_component)
        elif what in ("html", "markdown", "alert"):
            self.texts.append(element.html.body if what == "html" else getattr(element, what).body)


def _document(component: Any) -> Any:
    """What a component was given, if anything."""
    return unpacked(component.bytes) if component.bytes else json.loads(component.json or "null")
