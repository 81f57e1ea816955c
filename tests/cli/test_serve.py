"""The command serve: what may go wrong with its options, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import click
import pytest
import requests

from sandbox.cli.serve import new_client, with_log_out
from tests.support.real import served


def run_serve(*options: str) -> Any:
    from click.testing import CliRunner

    from sandbox.cli.serve import serve

    return CliRunner().invoke(serve, options)


@pytest.mark.slow
def test_a_taken_port_is_a_clear_error() -> None:
    with served() as base:
        result = run_serve("--port", base.rpartition(":")[2])
    assert result.exit_code == 1
    assert "Address already in use; choose another with --port" in result.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--host", "0.0.0.0"), "say --beyond-loopback"),
        (("--host", "nosuch.invalid"), "--host nosuch.invalid: this machine has no such address"),
        (("--host", "nosuch.invalid", "--beyond-loopback"), "--host nosuch.invalid: this machine has no such address"),
        (("--host", "a..b"), "--host a..b: this machine has no such address"),
        (("--issuer", "foo"), "--issuer foo: it is no address"),
        (("--issuer", ""), "it is no address"),
        (("--issuer", "ftp://sso.example"), "it is no address"),
        (("--issuer", "https://"), "it is no address"),
        (("--issuer", "https://sso.example:99999"), "it is no address"),
        (("--issuer", "https://sso.example?tenant=1"), "no query and no fragment"),
        (("--issuer", "https://sso.example/#realm"), "no query and no fragment"),
        (("--issuer", "https://sso.example#"), "no query and no fragment"),
        (("--issuer", "https://me@sso.example"), "no user name"),
        (("--set", "as.pkce"), "write it as SWITCH=VALUE"),
        (("--set", "as.pcke=off"), "did you mean 'as.pkce'?"),
        (("--profile", "oauth"), "there is no profile 'oauth'"),
        (("--client", "spa"), "write it as ID=REDIRECT_URI"),
        (("--client", "spa="), "absolute"),
        (("--client", "spa:=http://127.0.0.1/cb"), "write it as ID=REDIRECT_URI"),
        (("--client", "=http://127.0.0.1/cb"), "write it as ID=REDIRECT_URI"),
        (("--client", "js=javascript:alert(1)"), "javascript: is not an address"),
        (("--client", "x=data:text/html,hello"), "data: is not an address"),
        (("--client", "x=http://127.0.0.1/cb#frag"), "without a fragment"),
        (("--client", "app:mine=http://127.0.0.1/cb"), "app is there already"),
        (("--client", "a:1111=http://127.0.0.1/cb", "--client", "a:2222=http://127.0.0.1/cb"), "a is there already"),
        (("--client", "spa=http://127.0.0.1/cb", "--profile", "naive-jwt"), "has no authorization server"),
        (("--client", "spa=http://127.0.0.1/cb", "--issuer", "http://127.0.0.1:1"), "--client has no effect with --issuer"),
        (("--alg", "RS256", "--issuer", "http://127.0.0.1:1"), "--alg has no effect with --issuer"),
        (("--client-id", "x"), "--client-id needs --issuer"),
        (("--outgoing", "sso.example"), "--outgoing needs --issuer"),
        (("--url", "not a url"), "--url not a url: write an address"),
        (("--url", "https://x.example/path/?q"), "--url https://x.example/path/?q: write an address"),
        (("--url", "https://x.example/#f"), "--url https://x.example/#f: write an address"),
        (("--url", "sandbox.example"), "write an address"),
        (("--url", "ftp://sandbox.example"), "write an address"),
        (("--url", "https://"), "write an address"),
        (("--url", "https://sandbox.example:99999"), "write an address"),
        (("--url", "https://a@sandbox.example"), "write an address"),
    ],
)
def test_wrong_options_say_what_is_right(options: tuple[str, ...], complaint: str) -> None:
    result = run_serve(*options)
    assert result.exit_code == 2
    assert complaint in result.output


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("spa=http://127.0.0.1:9999/cb", ("spa", None, "http://127.0.0.1:9999/cb")),
        ("web:secret=https://c.example/cb?a=b", ("web", "secret", "https://c.example/cb?a=b")),
        ("b64:c2VjcmV0LXNlY3JldA===http://127.0.0.1:9999/cb", ("b64", "c2VjcmV0LXNlY3JldA==", "http://127.0.0.1:9999/cb")),
        ("web:a=b:c=http://127.0.0.1/cb", ("web", "a=b:c", "http://127.0.0.1/cb")),
        ("https://c.example:8443/id=http://127.0.0.1/cb", ("https://c.example:8443/id", None, "http://127.0.0.1/cb")),
        ("https://c.example:8443/id:s3cret==http://127.0.0.1/cb", ("https://c.example:8443/id", "s3cret=", "http://127.0.0.1/cb")),
        ("https://c.example:8443=http://127.0.0.1/cb", ("https://c.example:8443", None, "http://127.0.0.1/cb")),
        ("native=myapp:/cb?next=http://x", ("native", None, "myapp:/cb?next=http://x")),
        ("native=com.example.app:/cb", ("native", None, "com.example.app:/cb")),
    ],
)
def test_a_client_is_read_rightly_whatever_is_in_its_secret_and_id(text: str, client: tuple[str, str | None, str]) -> None:
    from sandbox.cli.serve import new_client

    read = new_client(text)
    assert (read.client_id, read.secret, read.redirect_uri) == client


def test_what_was_understood_is_printed() -> None:
    from sandbox.cli.serve import base_of, new_client
    from sandbox.protocol.settings import Settings
    from sandbox.serve import served as put_together
    from sandbox.serve.banner import introduction

    mine = new_client("b64:c2VjcmV0LXNlY3JldA===http://127.0.0.1:9999/cb")
    text = "\n".join(introduction(put_together(Settings.of("oauth-bcp"), base_of("https://Sandbox.example/x/"), clients=[mine])))
    assert "b64 / c2VjcmV0LXNlY3JldA== / http://127.0.0.1:9999/cb" in text
    assert "at https://Sandbox.example/x/ " in text


@pytest.mark.slow
def test_beyond_loopback_comes_with_a_warning() -> None:
    with served(
        "--host", "0.0.0.0", "--beyond-loopback", "--url", "http://workshop.test:9000", says="Warning: this server can be reached"
    ) as base:
        assert base == "http://workshop.test:9000"


def test_an_issuer_that_is_none_is_a_clear_error() -> None:
    result = run_serve("--port", "0", "--issuer", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "http://127.0.0.1:1 cannot be reached" in result.output


@pytest.mark.slow
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


def test_a_client_can_be_told_where_a_log_out_leads() -> None:
    clients = [new_client("web:s3cret=https://a.example/cb"), new_client("spa=https://b.example/cb")]
    web, spa = with_log_out(clients, ("web=https://a.example/bye", "web=https://a.example/bye2"), ("spa=http://localhost:1/bc",))
    assert (web.post_logout, web.backchannel) == (("https://a.example/bye", "https://a.example/bye2"), "")
    assert (spa.post_logout, spa.backchannel) == ((), "http://localhost:1/bc")


@pytest.mark.parametrize(
    ("post_logout", "backchannel", "why"),
    [
        (("nobody=https://a.example/",), (), "the id of a --client"),
        (("web=javascript:alert(1)",), (), "--post-logout web=javascript:alert"),
        ((), ("web=http://a.example/bc",), "https address"),
        ((), ("web",), "write it as ID=URI"),
    ],
)
def test_what_is_wrong_with_an_address_for_log_out_is_said(post_logout: tuple[str, ...], backchannel: tuple[str, ...], why: str) -> None:
    with pytest.raises(click.UsageError, match=why):
        with_log_out([new_client("web=https://a.example/cb")], post_logout, backchannel)


@pytest.mark.parametrize(("option", "hinted"), [("--outgoing", False), ("--client-id", True), ("--client-secret", True)])
def test_what_needs_an_issuer_hints_at_clients_only_where_it_is_about_one(option: str, hinted: bool) -> None:
    result = run_serve(option, "sso.example")
    assert result.exit_code == 2
    assert f"{option} needs --issuer" in result.output
    assert ("--client adds a client" in result.output) == hinted
