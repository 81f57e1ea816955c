"""A whole sign-in at served parties with their own public client, and a call of an API: each address as the metadata say it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests

from sandbox.protocol.tokens import sha256
from tests.support.real import CALLBACK, Person, address, parameters

CLIENT = "app"
VERIFIER = "v" * 43


def described(issuer: str, trust: str | bool = True) -> dict[str, Any]:
    """The metadata, where RFC 8414 §3.1 has them: at the root of the host, before the path."""
    u = urlsplit(issuer)
    answer = requests.get(f"{u.scheme}://{u.netloc}/.well-known/oauth-authorization-server{u.path}", timeout=60, verify=trust)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["issuer"] == issuer
    return found


def signed_in(base: str, trust: str | bool = True) -> str:
    """An access token of alice, in a profile that takes bearer tokens.  `trust`: the certificate to believe."""
    at = described(f"{base}/auth", trust)
    alice = Person()
    alice.browser.verify, alice.browser.trust_env = trust, False  # a bundle that the environment names would win
    asked = {"client_id": CLIENT, "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid read", "state": "x"}
    back = parameters(
        alice.visit(address(at["authorization_endpoint"], **asked, code_challenge=sha256(VERIFIER), code_challenge_method="S256"))
    )
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "code": back["code"],
    }
    answer = requests.post(at["token_endpoint"], form, timeout=60, verify=trust)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def calls(base: str, token: str, trust: str | bool = True) -> requests.Response:
    """The accounts, with this token."""
    return requests.get(f"{base}/accounts/accounts", headers={"Authorization": f"Bearer {token}"}, timeout=60, verify=trust)
