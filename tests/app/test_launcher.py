"""How the app is started: the same settings and headers by either way, and a clear word when the port is taken."""

from __future__ import annotations

import gzip
import re
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from streamlit import config
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sandbox.app.launcher import CONFIG, HEADERS, NoDelay
from tests.support.learner import Learner
from tests.support.paths import ROOT
from tests.support.serving import answers, free_port, serving
from tests.support.waiting import until

pytestmark = pytest.mark.slow


def flat(table: dict[str, Any], above: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in table.items():
        out |= flat(value, f"{above}{key}.") if isinstance(value, dict) else {above + key: value}
    return out


def test_streamlit_run_reads_the_settings_of_the_console_script() -> None:
    assert flat(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())) == CONFIG


@pytest.mark.parametrize("name", CONFIG)
def test_streamlit_knows_every_setting(name: str) -> None:
    assert name in config._config_options_template


def test_pages_come_with_security_headers(app: str) -> None:
    with urllib.request.urlopen(app, timeout=60) as answer:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def fetched(url: str) -> tuple[Message, bytes]:
    """Headers and body as they were sent to somebody who takes compressed answers."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip, deflate, br"}), timeout=60) as answer:
        return answer.headers, answer.read()


def test_static_files_are_compressed_and_stay_for_a_year(app: str) -> None:
    scripts = re.findall(r"\./(static/js/[\w.-]+\.js)", gzip.decompress(fetched(app)[1]).decode())
    assert scripts
    for script in scripts:
        headers, body = fetched(f"{app}/{script}")
        small = headers["Content-Encoding"] is None and len(body) < 1000
        assert small or headers["Content-Encoding"] == "gzip"
        assert small or "Accept-Encoding" in headers["Vary"]
        assert set(headers["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
        assert re.search(r"\.[\w-]{8}\.js\Z", script), "its name changes with its text, or it may not stay for a year"
        assert small or len(body) < len(gzip.decompress(body))


@pytest.mark.parametrize("path", ["", "/live", "/index.html"])
def test_the_document_is_asked_for_anew_each_time(app: str, path: str) -> None:
    assert fetched(f"{app}{path}")[0]["Cache-Control"] == "no-cache"


def test_no_answer_of_a_live_world_is_compressed(app: str) -> None:
    """A token and a text that others choose may share it."""
    with Learner(app) as learner:
        learner.visit(profile="oauth-basic").press("Open my world")
        world = f"{app}/world/{learner.world}"
        for address in (f"{world}/auth/.well-known/openid-configuration", f"{world}/auth/authorize?client_id=app&scope={'x' * 2000}"):
            try:
                headers, body = fetched(address)
            except urllib.error.HTTPError as error:
                with error:
                    headers, body = error.headers, error.read()
            assert len(body) > 1000
            assert headers["Content-Encoding"] is None
            body.decode()
        learner.press("Close")


def test_nor_is_what_the_websocket_of_a_page_carries() -> None:
    assert config._config_options_template["server.enableWebsocketCompression"].default_val is False
    assert "server.enableWebsocketCompression" not in CONFIG


def test_an_upload_without_token_is_refused(app: str) -> None:
    request = urllib.request.Request(f"{app}/_stcore/upload_file/x/y", data=b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    refused.value.close()
    assert refused.value.code in (400, 403)


def test_the_console_script_serves_the_app_from_any_folder(tmp_path: Path) -> None:
    port = free_port()
    with (
        serving([sys.executable, "-c", "from sandbox.cli.main import main; main()", "--port", str(port)], port, tmp_path) as url,
        urllib.request.urlopen(url, timeout=60) as answer,
    ):
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_busy_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", "from sandbox.cli.main import main; main()", "--port", str(port)],
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port\n"


def test_no_answer_waits_for_the_acknowledgement_of_the_one_before() -> None:
    found: list[int] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            connection = receive.__self__.transport.get_extra_info("socket")
            found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    with socket.socket() as listening:  # without its protocol, as Streamlit opens it: asyncio leaves the delay on then
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(NoDelay(inner), lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            address = f"ws://127.0.0.1:{listening.getsockname()[1]}"
            with pytest.raises(InvalidStatus), connect(address, open_timeout=60):
                pass
        finally:
            server.should_exit = True
            thread.join(20)
    assert found[0] != 0


def test_the_app_asks_nobody_outside_when_it_listens_on_every_address() -> None:
    """Streamlit would look for the machine's address at a stranger's server, and say so if it finds none."""
    port = free_port()
    program = "import sandbox.app.launcher as l, streamlit.net_util as n; n._make_blocking_http_get = lambda *a, **k: print('ASKED', a) or '8.8.8.8'; l.serve(l.Place(host='0.0.0.0', port=%d))"
    command = [sys.executable, "-c", program % port]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        until(lambda: answers(f"http://127.0.0.1:{port}"), "the app")
        process.terminate()
        rest = process.communicate(timeout=60)[0]
    assert said == f"The app listens on port {port}, at every address of this machine.\n"
    assert "ASKED" not in rest
