"""Options of `serve` about a setup: what wins, what is refused, and with which words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.cli.serve_setup import EXAMPLE
from sandbox.serve.setup import Served
from tests.support.real import served as really_served

ONE = """profile: oauth-basic
switches: {as.pkce: required, client.bff: on}
registration: false
clients:
  - {client_id: shop, redirect_uris: ["http://127.0.0.1:3000/cb"]}
lifetimes: {access_token: 2m, refresh_token: 1h}
keys: [{alg: RS256}]
"""
TWO = "issuers: [{name: acme}, {name: legacy, profile: oauth-basic}]"


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> list[Served]:
    """The worlds that were to be served."""
    found: list[Served] = []
    monkeypatch.setattr("sandbox.serve.listen.serve", lambda worlds, *_: found.extend(worlds))
    return found


def serve(*options: str, stdin: str = "") -> Any:
    return CliRunner().invoke(main, ["serve", "--port", "0", *options], input=io.BytesIO(stdin.encode()))


@pytest.fixture
def one(tmp_path: Path) -> str:
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    return str(tmp_path / "one.yaml")


@pytest.fixture
def two(tmp_path: Path) -> str:
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")
    return str(tmp_path / "two.yaml")


def test_the_file_is_served_and_printed(one: str, worlds: list[Served]) -> None:
    result = serve("--config", one)
    assert result.exit_code == 0, result.output
    world = worlds[0].world
    assert (world.settings.profile, world.settings.value("as.pkce"), world.settings.value("client.bff")) == (
        "oauth-basic",
        "required",
        "on",
    )
    assert not world.issuer.registration
    assert world.issuer.core.lifetimes.access == 120
    for line in (
        "serves oauth-basic as.pkce=required",
        "shop / no secret, public / http://127.0.0.1:3000/cb",
        "access tokens 2m, refresh tokens 1h",
    ):
        assert line in result.output


def test_what_the_command_line_says_wins_and_adds(one: str, worlds: list[Served]) -> None:
    more = ("--set", "as.pkce=optional", "--alg", "EdDSA", "--registration", "--access-life", "7", "--client", "shop=http://127.0.0.1:4/cb")
    assert serve("--config", one, "--profile", "oauth-bcp", *more).exit_code == 0
    world = worlds[0].world
    assert (world.settings.profile, world.settings.value("as.pkce"), world.settings.value("client.bff")) == ("oauth-bcp", "optional", "on")
    assert world.issuer.registration
    assert [key.alg for key in world.issuer.core.keys] == ["EdDSA", "RS256"]
    assert (world.issuer.core.lifetimes.access, world.issuer.core.lifetimes.refresh) == (7, 3600)
    assert world.issuer.store.clients["shop"].redirect_uris == ("http://127.0.0.1:3000/cb", "http://127.0.0.1:4/cb")


def test_a_file_comes_from_standard_input(worlds: list[Served]) -> None:
    assert serve("--config", "-", stdin=ONE).exit_code == 0
    assert worlds[0].world.settings.profile == "oauth-basic"


def test_several_issuers_are_served_each_below_its_name(two: str, worlds: list[Served]) -> None:
    result = serve("--config", two, "--url", "http://127.0.0.1:7777/x", "--seed", "s")
    assert result.exit_code == 0, result.output
    assert [world.base for world in worlds] == ["http://127.0.0.1:7777/x/acme", "http://127.0.0.1:7777/x/legacy"]
    assert all(world.base in result.output for world in worlds)
    assert len({world.world.net.entropy.seed for world in worlds}) == 2, "not the same keys twice"


@pytest.mark.parametrize(
    "option",
    [
        ("--profile", "oauth-bcp"),
        ("--set", "as.pkce=off"),
        ("--alg", "RS256"),
        ("--client", "a=http://127.0.0.1/"),
        ("--no-registration",),
        ("--code-life", "3"),
    ],
)
def test_a_file_with_several_issuers_says_all_of_it_itself(two: str, option: tuple[str, ...]) -> None:
    result = serve("--config", two, *option)
    assert result.exit_code == 2
    assert "lists its issuers: write it there" in result.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--config", "/nothing/here.yaml"), "there is no file /nothing/here.yaml; --example prints one"),
        (("--config", "x" * 300), "--config: "),
        (("--config", "/dev/zero"), "there is no file /dev/zero"),
        (("--access-life", "soon"), "--access-life soon: write seconds such as 300"),
        (("--refresh-life", "0"), "--refresh-life 0: write something between"),
        (("--now", "soon"), "--now soon: write a time such as"),
        (("--now", "9999-01-01"), "--now 9999-01-01: write a time between 1970 and 2100"),
        (("--seed", ""), "--seed : write 1 to 200 characters"),
        (("--seed", "s", "--host", "0.0.0.0", "--beyond-loopback"), "0.0.0.0 can be reached by others: leave --host out"),
        (("--seed", "s", "--url", "https://sandbox.example"), "sandbox.example can be reached by others: leave --url out"),
        (("--config", "x.yaml", "--issuer", "http://127.0.0.1:1"), "--config has no effect with --issuer"),
        (("--seed", "x", "--issuer", "http://127.0.0.1:1"), "--seed has no effect with --issuer"),
        (("--code-life", "3", "--profile", "naive-jwt"), "--code-life has no effect in this profile"),
    ],
)
def test_wrong_options_say_what_is_right(options: tuple[str, ...], complaint: str) -> None:
    result = serve(*options)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_broken_file_is_answered_as_a_broken_scenario_is(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("usrs: []", encoding="utf-8")
    result = serve("--config", str(tmp_path / "bad.yaml"))
    assert result.exit_code == 2
    assert result.output == f"{tmp_path}/bad.yaml:1:1: there is no key `usrs` here\n  usrs: []\n  ^\n  cure: did you mean `users`?\n"


def test_a_seed_comes_with_a_warning_and_a_clock_is_printed(worlds: list[Served]) -> None:
    result = serve("--seed", "hello", "--now", "2027-01-15T08:00:00Z")
    assert "Warning: everything random here follows from --seed" in result.stderr
    assert 'the seed "hello", and can be guessed' in result.stdout
    assert "the clock stands at 2027-01-15 08:00:00 UTC" in result.stdout
    operator = worlds[0].operator
    assert operator is not None
    assert serve("--seed", "hello").exit_code == 0
    assert worlds[1].operator is not None
    assert worlds[1].operator.word != operator.word, "the operator's word cannot be guessed"


def test_the_example_that_is_printed_loads(worlds: list[Served]) -> None:
    printed = CliRunner().invoke(main, ["serve", "--example"])
    assert (printed.exit_code, printed.output) == (0, EXAMPLE.read_text(encoding="utf-8"))
    result = serve("--config", "-", stdin=printed.output)
    assert result.exit_code == 0
    for line in (
        "carol / through-the-looking-glass",
        "shop / a-secret-of-the-shop",
        "nightly-job / a-secret-of-the-job",
        "scope invoices: see your invoices",
        "resource=http://127.0.0.1:8080/api",
        "codes 30s",
    ):
        assert line in result.output


def test_the_schema_of_setup_files_is_printed() -> None:
    printed = json.loads(CliRunner().invoke(main, ["schema", "--serve"]).output)
    assert {"users", "clients", "lifetimes", "keys", "scopes", "issuers", "profile", "switches"} <= set(printed["properties"])


@pytest.mark.slow
def test_two_issuers_answer_over_real_http(two: str) -> None:
    with really_served("--config", two) as base:
        root = base.removesuffix("/acme")
        for name in ("acme", "legacy"):
            said = requests.get(f"{root}/{name}/auth/.well-known/openid-configuration", timeout=60).json()
            assert said["issuer"] == f"{root}/{name}/auth"
