"""The command serve: what may go wrong with its options, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import requests

from tests.support.real import served


def run_serve(*options: str) -> Any:
    from click.testing import CliRunner

    from sandbox.cli.serve import serve

    return CliRunner().invoke(serve, options)


def test_a_taken_port_is_a_clear_error() -> None:
    with served() as base:
        result = run_serve("--port", base.rpartition(":")[2])
    assert result.exit_code == 1
    assert "Address already in use; choose another with --port" in result.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--host", "0.0.0.0"), "say --beyond-loopback"),
        (("--set", "as.pkce"), "write it as SWITCH=VALUE"),
        (("--set", "as.pcke=off"), "did you mean 'as.pkce'?"),
        (("--profile", "oauth"), "there is no profile 'oauth'"),
        (("--client", "spa"), "write it as ID=REDIRECT_URI"),
    ],
)
def test_wrong_options_say_what_is_right(options: tuple[str, ...], complaint: str) -> None:
    result = run_serve(*options)
    assert result.exit_code == 2
    assert complaint in result.output


def test_beyond_loopback_comes_with_a_warning() -> None:
    with served(
        "--host", "0.0.0.0", "--beyond-loopback", "--url", "http://workshop.test:9000", says="Warning: this server can be reached"
    ) as base:
        assert base == "http://workshop.test:9000"


def test_an_issuer_that_is_none_is_a_clear_error() -> None:
    result = run_serve("--port", "0", "--issuer", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "http://127.0.0.1:1 cannot be reached" in result.output


def test_ctrl_c_ends_cleanly() -> None:
    import signal

    command = [sys.executable, "-c", "from sandbox.cli.serve import serve; serve()", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    base = process.stdout.readline().partition("http://")[2].partition("/ ")[0]
    assert requests.get(f"http://{base}/auth/jwks", timeout=60).ok
    requests.post(f"http://{base}/auth/token", {"grant_type": "x"}, timeout=60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Stopped.\n")
    assert "POST /auth/token -> 400 unsupported_grant_type  auth.grant_type: expected authorization_code" in out
