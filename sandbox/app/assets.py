"""The scripts and style sheets of the front end, each read once, and those scripts that have addresses of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.core.memo import memo
from sandbox.language import schema
from sandbox.views import stepper

HERE = Path(__file__).parent / "frontend"
PLACE = "front"  # the first part of their addresses
FOREVER = "public, max-age=31536000, immutable"


@memo("table", 32)
def text(file: str | Path) -> str:
    """The text of a file: of one in `frontend/` by its name, of another by its path."""
    return (HERE / file).read_text(encoding="utf-8")


@memo("table", 32)
def script(file: str | Path, *before: str) -> str:
    """The script of a component, likewise, after the helpers that our scripts share, and after those of `frontend/` that it needs."""
    whole = stepper.script(HERE / file)
    own = (HERE / file).read_text(encoding="utf-8")
    return whole.removesuffix(own) + "".join(f"{text(each)}\n" for each in before) + own


# ---------------------------------------------------------------- scripts with addresses of their own


def _stepper() -> str:
    """The stepper as the app mounts it: with what the browser remembers of the learner, and with the game."""
    sheet = json.dumps(f"{stepper.style()}\n{text('turn.css')}")
    return "\n".join((f"const SHEET = {sheet};", script(stepper.JS, "places.js", "progress.js", "turn.js"), text("mounted.js")))


def _editor() -> str:
    """The editor of the workshop, which no other page loads: CodeMirror as .editor/ bundles it, and what may be written."""
    known = f"const HINTS = {json.dumps(schema.hints(), separators=(',', ':'))};"
    return f"{text('codemirror.js')}\n{known}\n{script('editor.js', 'hints.js')}"


def _room() -> str:
    """A room, with the stepper inside: its answers are the room's, so that it has nothing of what the browser remembers."""
    sheet = json.dumps(f"{stepper.style()}\n{text('room.css')}")
    return "\n".join((f"const SHEET = {sheet};", script(stepper.JS), text("room.js")))


SERVED: dict[str, Callable[[], str]] = {  # those whose data changes with a click: Streamlit would send the script again with it
    "stepper": _stepper,
    "room": _room,
    "address": lambda: script("address.js"),
    "editor": _editor,
    "reached": lambda: script("reached.js", "places.js", "progress.js"),
}


@memo("table", len(SERVED))
def served(name: str) -> bytes:
    """The text of such a script.  KeyError if there is none of this name."""
    return SERVED[name]().encode()


@memo("table", len(SERVED))
def file(name: str) -> str:
    """Where it is, beside the pages: another text has another name."""
    return f"{PLACE}/{name}.{hashlib.sha256(served(name)).hexdigest()[:12]}.js"


def loading(name: str) -> str:
    """The script of a component that loads it."""
    return f"const FILE = {json.dumps(file(name))};\n{text('loading.js')}"


class Front:
    """Serves these scripts to every page, and to the pages of another version, too, which ask for other names."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.below = app, f"{base}/{PLACE}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.below):
            await self.app(scope, receive, send)
            return
        await _answer(scope["method"], scope["path"].removeprefix(self.below))(scope, receive, send)


def _answer(method: str, asked: str) -> Response:
    if method not in ("GET", "HEAD"):
        return PlainTextResponse("GET it", 405, {"Allow": "GET, HEAD"})
    name = asked.partition(".")[0]
    if name not in SERVED or not asked.endswith(".js"):
        return PlainTextResponse("There is no such file.", 404)
    kept = FOREVER if f"{PLACE}/{asked}" == file(name) else "no-cache"
    return Response(served(name), media_type="text/javascript", headers={"Cache-Control": kept})
