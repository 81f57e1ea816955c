"""The option `--store` of the app."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from sandbox.app import launcher
from sandbox.cli.main import main
from sandbox.serve.redis_store import RedisStore
from tests.support.redis_server import redis_server


def test_the_app_gets_a_store_that_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    got = list[object]()
    monkeypatch.setattr(launcher, "serve", lambda *given: got.append(given[2]))
    with redis_server() as server:
        assert CliRunner().invoke(main, ["--store", server.url, "--store-prefix", "mine"]).exit_code == 0
        assert CliRunner().invoke(main, env={"OAUTH_SANDBOX_STORE": server.url}).exit_code == 0
    assert [s.prefix for s in got if isinstance(s, RedisStore)] == ["mine", "oauth-sandbox"]
    for store in got:
        store.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "code", "says"),
    [
        ("http://127.0.0.1", 2, "write the address of the store as redis://"),
        ("redis://:secret@127.0.0.1:1/0", 1, "The store at redis://127.0.0.1:1 does not answer: ConnectionError."),
    ],
)
def test_a_store_that_is_none_is_a_clear_error(url: str, code: int, says: str) -> None:
    result = CliRunner().invoke(main, ["--store", url])
    assert (result.exit_code, says in result.output, "secret" in result.output) == (code, True, False)


def test_without_the_client_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "sandbox.serve.redis_store")
    result = CliRunner().invoke(main, ["--store", "redis://127.0.0.1:1/0"])
    assert result.exit_code == 2
    assert "pip install 'oauth-sandbox[redis]'" in result.output
