"""The option `--outgoing` of the app and of `serve`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sandbox.app import launcher
from sandbox.cli.main import main


def test_the_app_gets_the_hosts_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    got = list[object]()
    monkeypatch.setattr(launcher, "serve", lambda *given: got.append(given[1]))
    for options in ((), ("--outgoing", "sso.example", "--outgoing", "127.0.0.1:9000", "--outgoing", "sso.example")):
        assert CliRunner().invoke(main, options).exit_code == 0
    assert got == [(), (("sso.example", None), ("127.0.0.1", 9000))]


@pytest.mark.parametrize("command", [(), ("serve", "--issuer", "http://127.0.0.1:1")])
def test_what_is_no_host_is_refused(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*command, "--outgoing", "https://sso.example/"])
    assert result.exit_code == 2
    assert "is no host: write it as sso.example or 127.0.0.1:9000" in result.output
