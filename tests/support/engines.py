"""Two other engines, driven by what they bring along: Firefox by WebDriver BiDi, WebKitGTK, a stand-in for Safari, by WebDriver.

Playwright drives only builds of its own of them.  What a test needs is small: go to an address, evaluate JavaScript, press keys.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import requests
from websockets.sync.client import ClientConnection, connect

from tests.support import needs
from tests.support.needs import MINI_BROWSER, program
from tests.support.serving import free_port
from tests.support.waiting import until

PATIENCE = 120  # seconds
DEEP = """((all) => (selector) => all(document, selector)[0] ?? null)(function all(root, selector) {
  return [...root.querySelectorAll(selector), ...[...root.querySelectorAll('*')].filter((el) => el.shadowRoot).flatMap((el) => all(el.shadowRoot, selector))]; })"""
KEYS = {
    "ArrowRight": "\ue014",
    "ArrowLeft": "\ue012",
    "Shift": "\ue008",
    "End": "\ue010",
    "Home": "\ue011",
    "Escape": "\ue00c",
    "Enter": "\ue007",
}


class Driver(Protocol):
    """What an engine can be told."""

    def go(self, url: str) -> None: ...

    def evaluate(self, expression: str) -> Any: ...

    def act(self, actions: list[dict[str, str]]) -> None: ...


class Tab:
    """The one page of an engine; elements are found in shadow trees, too."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def go(self, url: str) -> None:
        self.driver.go(url)

    def js(self, expression: str) -> Any:
        """The value of an expression in which `$` finds an element by its selector."""
        return self.driver.evaluate(f"(() => {{ const $ = {DEEP}; return ({expression}); }})()")

    def wait(self, expression: str) -> Any:
        """The value as soon as it is true."""
        return until(lambda: self.js(expression), expression, PATIENCE)

    def text(self, selector: str) -> str:
        return str(self.wait(f"$({json.dumps(selector)})?.textContent"))

    def click(self, selector: str) -> None:
        self.wait(f"$({json.dumps(selector)}) && true")
        self.js(f"$({json.dumps(selector)}).click()")

    def press(self, *keys: str) -> None:
        """Press these keys one after the other; `Shift+ArrowRight` is a chord."""
        for chord in keys:
            values = [re.sub(r"\\\\u(....)", lambda m: chr(int(m[1], 16)), KEYS.get(key, key)) for key in chord.split("+")]
            down, up = ([{"type": kind, "value": value} for value in values] for kind in ("keyDown", "keyUp"))
            self.driver.act([*down, *reversed(up)])


class BiDi:
    """Firefox's own protocol (W3C WebDriver BiDi), over a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.numbers = socket, count(1)
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("browsingContext.setViewport", context=self.context, viewport={"width": 1440, "height": 900})

    def ask(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv(PATIENCE))).get("id") != number:
            pass
        assert answer["type"] == "success", answer
        return answer["result"]

    def go(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="interactive")

    def evaluate(self, expression: str) -> Any:
        whole = f"JSON.stringify({expression} ?? null)"
        told = self.ask("script.evaluate", expression=whole, target={"context": self.context}, awaitPromise=True)
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def act(self, actions: list[dict[str, str]]) -> None:
        self.ask("input.performActions", context=self.context, actions=[{"type": "key", "id": "keys", "actions": actions}])


class Classic:
    """WebDriver (W3C), over HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address
        options = {"webkitgtk:browserOptions": {"binary": MINI_BROWSER, "args": ["--automation"]}}
        session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]
        self.address = f"{address}/session/{session}"
        self.ask("POST", "/window/rect", {"x": 0, "y": 0, "width": 1440, "height": 900})

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = requests.request(method, self.address + path, json=body, timeout=PATIENCE)
        value = answer.json()["value"]
        assert answer.ok, value
        return value

    def go(self, url: str) -> None:
        self.ask("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        return json.loads(self.ask("POST", "/execute/sync", {"script": f"return JSON.stringify({expression} ?? null)", "args": []}))

    def act(self, actions: list[dict[str, str]]) -> None:
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})


@contextmanager
def firefox() -> Iterator[Tab]:
    """Firefox in a profile of its own, without a window."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        quiet = (
            "datareporting.policy.dataSubmissionEnabled",
            "app.update.enabled",
            "browser.shell.checkDefaultBrowser",
            "extensions.getAddons.cache.enabled",
        )
        (Path(profile) / "user.js").write_text("".join(f'user_pref("{name}", false);\n' for name in quiet), encoding="utf-8")
        command = [
            needs.firefox() or "firefox",
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            str(free_port()),
        ]
        with _running(command, {"MOZ_CRASHREPORTER_DISABLE": "1"}) as process:
            assert process.stderr is not None
            said = ""
            while (found := re.search(r"listening on (ws://\S+)", said)) is None:
                said = process.stderr.readline()
                assert said, "Firefox says where it listens"
            with connect(f"{found[1]}/session", max_size=None) as socket:
                yield Tab(BiDi(socket))


@contextmanager
def webkit() -> Iterator[Tab]:
    """WebKitGTK on a screen that nobody sees."""
    screen, port = f":{90 + os.getpid() % 900}", free_port()
    with _running([program("Xvfb") or "Xvfb", screen, "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]):
        until(lambda: Path(f"/tmp/.X11-unix/X{screen[1:]}").exists(), "a screen")
        there = {"DISPLAY": screen, "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
        with _running([program("WebKitWebDriver") or "", f"--port={port}"], there):
            until(lambda: _listens(port), "WebKitWebDriver")
            driver = Classic(f"http://127.0.0.1:{port}")
            try:
                yield Tab(driver)
            finally:
                driver.ask("DELETE", "")


def _listens(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/status", timeout=5).ok
    except OSError:
        return False


@contextmanager
def _running(command: list[str], there: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, env=os.environ | (there or {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)
