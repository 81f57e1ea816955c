"""Errors over HTTP: the code that the RFC has for each, told to whoever can do something about it, with the headers that belong to it."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit

import pytest
import requests

from sandbox.core.wire import FORM, JSON
from sandbox.protocol.settings import Settings
from sandbox.serve import Edge
from sandbox.serve import served as put_together
from sandbox.serve.banner import CHALLENGE
from sandbox.serve.setup import CALLBACK, OPEN, NewClient
from tests.support.asgi import Answer, ask
from tests.support.real import served
from tests.support.visiting import Visitor

BASE = "http://127.0.0.1:9000"
ODD = NewClient("o d+d/é", CALLBACK, "a+b c%25:d/é&=")
GRANT = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK, "client_id": "app", "code_verifier": "v" * 43}


@pytest.fixture(scope="module")
def edge() -> Edge:
    return Edge(put_together(Settings.of("oauth-bcp", OPEN | {"rs.dpop": "accept-both"}), BASE, clients=[ODD]))


def token(edge: Edge, body: str | bytes, *headers: tuple[str, str], kind: str = FORM) -> Answer:
    sent = body if isinstance(body, bytes) else body.encode()
    return ask(edge, "POST", "/auth/token", sent, *([("Content-Type", kind)] if kind else []), *headers)


# ---------------------------------------------------------------- the token endpoint


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (urlencode({k: v for k, v in GRANT.items() if k != "grant_type"}), FORM),
        (urlencode(GRANT | {"grant_type": ""}), FORM),
        (json.dumps(GRANT), JSON),
        (urlencode(GRANT), ""),
        (urlencode(GRANT), "text/plain"),
        ('--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nrefresh_token\r\n--x--\r\n', "multipart/form-data; boundary=x"),
        ("", FORM),
        (urlencode({"grant_type": "refresh_token", "refresh_token": "", "client_id": "app"}), FORM),
        (urlencode({"grant_type": "refresh_token", "client_id": "app"}), FORM),
        (urlencode(GRANT | {"code": ""}), FORM),
    ],
)
def test_a_missing_parameter_is_an_invalid_request(edge: Edge, body: str, kind: str) -> None:
    """RFC 6749 §5.2; one without a value is missing, too (§3.2)."""
    answer = token(edge, body, kind=kind)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_grant_type_that_is_not_there_is_unsupported(edge: Edge) -> None:
    assert token(edge, urlencode(GRANT | {"grant_type": "device_code"})).json["error"] == "unsupported_grant_type"


def basic(name: str, secret: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


@pytest.mark.parametrize("spelled", [quote_plus, lambda text: quote(text, safe="")])
def test_a_secret_is_form_encoded_before_it_goes_into_basic(edge: Edge, spelled) -> None:
    """RFC 6749 §2.3.1: with + or with %20 for a blank."""
    answer = token(edge, urlencode(GRANT | {"client_id": ""}), basic(spelled(ODD.client_id), spelled(ODD.secret)))
    assert answer.json["error"] == "invalid_grant", "the client is known, only its code is not"
    assert (
        token(edge, urlencode(GRANT | {"client_id": ""}), basic(spelled(ODD.client_id), spelled("a-b"))).json["error"] == "invalid_client"
    )


@pytest.mark.parametrize("who", [basic("budget", "guess"), basic("nobody", "x"), ("Authorization", "Basic !!!")])
@pytest.mark.parametrize("path", ["token", "introspect", "revoke"])
def test_a_basic_challenge_names_its_realm(edge: Edge, path: str, who: tuple[str, str]) -> None:
    """RFC 7617 §2: it is required."""
    answer = ask(edge, "POST", f"/auth/{path}", b"grant_type=client_credentials&token=x", ("Content-Type", FORM), who)
    assert answer.status == 401
    assert (answer.header("www-authenticate") or "").startswith('Basic realm="')


def test_who_does_not_prove_itself_is_not_told_that_it_used_the_wrong_method(edge: Edge) -> None:
    answer = token(edge, "grant_type=client_credentials", basic("transactions", "wrong"))
    assert answer.status == 401
    assert answer.json["error_description"] == (
        "The client is not known, or it did not prove who it is by one of: client_secret_basic, client_secret_post."
    )


def test_no_scope_is_left_out_of_the_answer_and_of_the_token(edge: Edge) -> None:
    answer = token(edge, "grant_type=client_credentials", basic("transactions", "transactions-secret"))
    assert (answer.status, "scope" in answer.json) == (200, False)
    claims = json.loads(base64.urlsafe_b64decode(answer.json["access_token"].split(".")[1] + "=="))
    assert "scope" not in claims


# ---------------------------------------------------------------- the authorization endpoint


ASKED = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid", "state": "s"}
ASKED |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.mark.parametrize(
    ("query", "error", "state"),
    [
        (urlencode(ASKED | {"max_age": "abc"}), "invalid_request", "s"),
        (urlencode(ASKED | {"max_age": "-1"}), "invalid_request", "s"),
        (urlencode(ASKED) + "&scope=read", "invalid_request", "s"),
        (urlencode(ASKED) + "&state=t", "invalid_request", None),
        (urlencode(ASKED | {"response_type": "token"}), "unsupported_response_type", "s"),
        (urlencode(ASKED | {"prompt": "none"}), "login_required", "s"),
        (urlencode(ASKED | {"scope": "fly"}), "invalid_scope", "s"),
    ],
)
def test_what_the_client_did_wrong_is_told_to_the_client_without_a_body(edge: Edge, query: str, error: str, state: str | None) -> None:
    """RFC 6749 §4.1.2.1."""
    answer = ask(edge, "GET", f"/auth/authorize?{query}")
    target = answer.header("location") or ""
    assert (answer.status, target.startswith(CALLBACK), answer.body) == (302, True, b"")
    told = dict(parse_qsl(urlsplit(target).query))
    assert (told["error"], told.get("state")) == (error, state)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_nobody_is_sent_anywhere_if_it_is_not_clear_where(edge: Edge, name: str) -> None:
    answer = ask(edge, "GET", f"/auth/authorize?{urlencode(ASKED)}&{urlencode({name: ASKED[name]})}")
    assert (answer.status, answer.header("location")) == (400, None)


def test_several_resources_are_legal(edge: Edge) -> None:
    both = urlencode({"resource": [f"{BASE}/accounts", f"{BASE}/transactions"]}, doseq=True)
    assert "code=" in Visitor(edge, BASE).visit(f"{BASE}/auth/authorize?{urlencode(ASKED)}&{both}")


# ---------------------------------------------------------------- every address


def test_a_method_that_does_not_fit_is_405_and_says_which_do(edge: Edge) -> None:
    """RFC 9110 §15.5.6, at each party and at the front page."""
    for path in (
        "/",
        "/auth/jwks",
        "/auth/token",
        "/accounts/accounts",
        "/gateway/accounts",
        "/bank/statements",
        "/budget/me",
        "/budget/connect",
        "/importer/cb",
    ):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = ask(edge, method, path)
            assert answer.status != 404, (method, path)
            if answer.status == 405:
                assert method not in (answer.header("allow") or method).split(", "), (method, path)
        assert ask(edge, "PATCH", path).status in (401, 405), path  # the gateway first asks for a token


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Host"])
@pytest.mark.parametrize("path", ["/auth/userinfo", "/accounts/accounts", "/gateway/accounts", "/budget/me"])
def test_a_header_that_counts_once_is_not_taken_twice(edge: Edge, path: str, name: str) -> None:
    value = {"Host": "127.0.0.1:9000", "Content-Type": FORM}.get(name, "Bearer x")
    assert ask(edge, "GET", path, b"", (name, value), *([] if name == "Host" else [(name, value)])).status == 400


@pytest.mark.parametrize("path", ["/auth/userinfo", "/accounts/accounts", "/gateway/accounts", "/bank/statements"])
def test_no_error_code_where_no_token_was_sent(edge: Edge, path: str) -> None:
    """RFC 6750 §3.1."""
    for headers in ((), (("Authorization", "Basic eDp5"),)):
        answer = ask(edge, "GET", path, b"", *headers)
        assert (answer.status, "error" in (answer.header("www-authenticate") or "error")) == (401, False)
    assert "invalid_token" in (ask(edge, "GET", path, b"", ("Authorization", "Bearer x")).header("www-authenticate") or "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("\ufeff{}", "byte order mark"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e400}', "too large"),
        ("{", "not JSON"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/auth/register"), ("POST", "/accounts/accounts/imports"), ("POST", "/bank/login"), ("POST", "/gateway/accounts")],
)
def test_a_body_that_is_no_strict_json_is_refused_with_the_reason(edge: Edge, method: str, path: str, body: str, why: str) -> None:
    answer = ask(edge, method, path, body.encode(), ("Content-Type", JSON))
    assert answer.status == 400
    assert why in answer.json["error_description"]


def test_json_that_is_announced_and_not_there_disturbs_nobody(edge: Edge) -> None:
    assert ask(edge, "GET", "/auth/jwks", b"", ("Content-Type", JSON)).status == 200


@pytest.mark.slow
def test_a_body_that_is_too_large_is_refused_so_that_the_sender_reads_it() -> None:
    with served() as base:
        for _ in range(20):
            answer = requests.post(f"{base}/auth/token", data=b"x" * 3_000_000, timeout=60)
            assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")
        with requests.Session() as kept:  # the connection goes on
            assert kept.post(f"{base}/auth/token", data=b"x" * 200_000, timeout=60).status_code == 413
            assert kept.get(f"{base}/auth/jwks", timeout=60).status_code == 200
