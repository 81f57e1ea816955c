"""What a client that goes wrong must be told: each refusal over real HTTP, with the error that the RFC names."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.real import CALLBACK, CLIENTS, PUBLIC, SECRET, Person, address, metadata, parameters, served

pytestmark = pytest.mark.slow  # each starts a server of its own

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def at() -> Iterator[dict[str, Any]]:
    with served(*CLIENTS) as base:
        yield metadata(base) | {"base": base}


def asked(at: dict[str, Any], **change: str | None) -> str:
    """An authorization request; None leaves a parameter out."""
    query: dict[str, str | None] = {
        "response_type": "code",
        "client_id": PUBLIC,
        "redirect_uri": CALLBACK,
        "scope": "openid read",
        "state": "s",
    }
    query |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} | change
    return address(at["authorization_endpoint"], **{k: v for k, v in query.items() if v is not None})


def new_code(at: dict[str, Any], **change: str) -> str:
    return parameters(Person().visit(asked(at, **change)))["code"]


def redeem(at: dict[str, Any], code: str, auth: tuple[str, str] | None = None, **change: str | None) -> requests.Response:
    fields: dict[str, str | None] = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    fields |= {} if auth else {"client_id": PUBLIC}
    fields |= change
    return requests.post(at["token_endpoint"], {k: v for k, v in fields.items() if v is not None}, auth=auth, timeout=60)


def refused(answer: requests.Response, status: int, error: str) -> bool:
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"
    return True


def test_the_same_request_without_a_mistake_is_accepted(at: dict[str, Any]) -> None:
    assert redeem(at, new_code(at)).status_code == 200


def test_a_wrong_verifier(at: dict[str, Any]) -> None:
    """RFC 7636 §4.6."""
    assert refused(redeem(at, new_code(at), code_verifier="w" * 43), 400, "invalid_grant")


def test_a_missing_verifier(at: dict[str, Any]) -> None:
    """RFC 6749 §5.2: the request is missing a required parameter."""
    assert refused(redeem(at, new_code(at), code_verifier=None), 400, "invalid_request")


def test_a_code_that_was_used_and_what_it_yielded(at: dict[str, Any]) -> None:
    """RFC 6749 §4.1.2: the code is refused, and the tokens of its first use are revoked."""
    code = new_code(at)
    token = redeem(at, code).json()
    assert refused(redeem(at, code), 400, "invalid_grant")
    answer = requests.get(at["userinfo_endpoint"], headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=60)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]  # RFC 6750 §3.1


def test_another_redirect_uri_at_the_token_endpoint(at: dict[str, Any]) -> None:
    """RFC 6749 §5.2."""
    assert refused(redeem(at, new_code(at), redirect_uri=f"{CALLBACK}/other"), 400, "invalid_grant")


def test_another_redirect_uri_at_the_authorization_endpoint_is_not_followed(at: dict[str, Any]) -> None:
    """RFC 6749 §4.1.2.1: the person is told, the address is not used."""
    answer = requests.get(asked(at, redirect_uri="https://evil.example/cb"), allow_redirects=False, timeout=60)
    assert answer.status_code == 400
    assert 'data-error="invalid_request"' in answer.text
    assert "location" not in answer.headers


def test_a_code_of_another_client(at: dict[str, Any]) -> None:
    """RFC 6749 §5.2: issued to another client."""
    code = new_code(at)
    assert refused(redeem(at, code, auth=("web", SECRET)), 400, "invalid_grant")
    assert redeem(at, code).status_code == 200  # and its owner is not harmed


def test_a_refresh_token_that_was_rotated_kills_the_family(at: dict[str, Any]) -> None:
    """RFC 9700 §4.14.2."""
    first = redeem(at, new_code(at)).json()["refresh_token"]
    fields = {"grant_type": "refresh_token", "client_id": PUBLIC, "refresh_token": first}
    second = requests.post(at["token_endpoint"], fields, timeout=60).json()["refresh_token"]
    assert refused(requests.post(at["token_endpoint"], fields, timeout=60), 400, "invalid_grant")
    assert refused(requests.post(at["token_endpoint"], fields | {"refresh_token": second}, timeout=60), 400, "invalid_grant")


def test_a_wrong_secret(at: dict[str, Any]) -> None:
    """RFC 6749 §5.2: 401, and the scheme that was tried."""
    answer = redeem(at, new_code(at, client_id="web"), auth=("web", "wrong"))
    assert refused(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_plain_challenge(at: dict[str, Any]) -> None:
    """RFC 7636 §4.4.1: transform algorithm not supported; RFC 9207: the error says who sends it."""
    found = parameters(
        requests.get(asked(at, code_challenge=VERIFIER, code_challenge_method="plain"), allow_redirects=False, timeout=60).headers[
            "location"
        ]
    )
    assert (found["error"], found["state"], found["iss"]) == ("invalid_request", "s", at["issuer"])


def test_a_missing_challenge(at: dict[str, Any]) -> None:
    """RFC 7636 §4.4.1: code challenge required."""
    answer = requests.get(asked(at, code_challenge=None, code_challenge_method=None), allow_redirects=False, timeout=60)
    assert parameters(answer.headers["location"])["error"] == "invalid_request"


def test_a_person_who_says_no(at: dict[str, Any]) -> None:
    """RFC 6749 §4.1.2.1."""
    with requests.Session() as browser:
        says_no(at, browser)


def says_no(at: dict[str, Any], browser: requests.Session) -> None:
    page = browser.get(asked(at, scope="openid email"), timeout=60).text
    ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
    page = browser.post(f"{at['issuer']}/login", {"ticket": ticket, "username": "mallory", "password": "trustno1"}, timeout=60).text
    assert "Deny" in page
    ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
    answer = browser.post(f"{at['issuer']}/consent", {"ticket": ticket, "allow": "no"}, allow_redirects=False, timeout=60)
    assert parameters(answer.headers["location"])["error"] == "access_denied"
