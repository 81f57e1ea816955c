"""How the app is started: the same settings and headers by either way, and a clear word when the port is taken."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from streamlit import config
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sandbox.app.launcher import CONFIG, HEADERS, NoDelay
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
    program = "import sandbox.app.launcher as l, streamlit.net_util as n; n._make_blocking_http_get = lambda *a, **k: print('ASKED', a) or '8.8.8.8'; l.serve('0.0.0.0', %d)"
    command = [sys.executable, "-c", program % port]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        until(lambda: answers(f"http://127.0.0.1:{port}"), "the app")
        process.terminate()
        rest = process.communicate(timeout=60)[0]
    assert said == f"The app listens on port {port}, at every address of this machine.\n"
    assert "ASKED" not in rest
