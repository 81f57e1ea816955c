"""The options of the app for what stands in front of it."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from sandbox.app import launcher
from sandbox.app.launcher import Place
from sandbox.cli.main import main


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where the app was started, and with which name of a replica, instead of being started."""
    got: list[Any] = []
    monkeypatch.setattr(launcher, "serve", lambda where, _outgoing, _store, replica: got.append((where, replica)))
    return got


def test_without_options_nobody_is_believed_and_there_is_no_path(started: list[Any]) -> None:
    assert CliRunner().invoke(main, []).exit_code == 0
    assert started == [(Place(), "")]


def test_all_of_them(started: list[Any]) -> None:
    words = ["--base-path", "sandbox/", "--trusted-proxy", "127.0.0.1,::1", "--trusted-proxy", "10.0.0.0/8", "--replica", "a"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert started == [(Place(base="/sandbox", trusted=("127.0.0.1", "::1", "10.0.0.0/8")), "a")]


def test_the_variables_of_streamlit_and_uvicorn_say_the_same(started: list[Any]) -> None:
    env = {"STREAMLIT_SERVER_BASE_URL_PATH": "/sandbox", "FORWARDED_ALLOW_IPS": "127.0.0.1,::1"}
    assert CliRunner().invoke(main, [], env=env).exit_code == 0
    assert started == [(Place(base="/sandbox", trusted=("127.0.0.1", "::1")), "")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--base-path", "/live"], "--base-path: '/live' begins like an address of the app itself: choose another path"),
        (["--base-path", "/a/../b"], "--base-path: '/a/../b' is no path: write it as /sandbox"),
        (["--trusted-proxy", "*"], "--trusted-proxy: '*' is no address: write 192.0.2.7, or a network such as 192.0.2.0/24"),
        (["--replica", "ab"], "--replica: write one letter or digit"),
        (["--replica", "-"], "--replica: write one letter or digit"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(started: list[Any], words: list[str], says: str) -> None:
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, started) == (2, [])
    assert says in " ".join(result.output.split())
