"""openid-client, the certified relying party for Node, unmodified, against the parties over real HTTP."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.support.real import CALLBACK, CLIENTS, PUBLIC, SECRET, script, served


@pytest.mark.slow
@pytest.mark.parametrize(("client", "secret"), [(PUBLIC, ""), ("web", SECRET)], ids=["public", "confidential"])
@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_openid_client_goes_all_the_way(alg: str, client: str, secret: str) -> None:
    script("person.mjs")
    program = script("openid_client.mjs")
    with served("--alg", alg, "--set", f"as.signing={alg.lower()}", *CLIENTS) as base:
        command = ["node", str(program), base, alg, client, secret, CALLBACK]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == {
        "sub": "alice",
        "alg": alg,
        "name": "Alice Adler",
        "reused": "invalid_grant",
        "before": True,
        "after": False,
        "type": "dpop",
        "accounts": ["alice:account-1"],
        "registered": True,
    }


@pytest.mark.slow
def test_openid_client_and_oauth4webapi_ask_again_with_the_nonce() -> None:
    script("person.mjs")
    program = script("dpop_nonce.mjs")
    with served("--set", "as.dpop_nonce=on", "--set", "rs.dpop_nonce=on", *CLIENTS) as base:
        command = ["node", str(program), base, PUBLIC, CALLBACK]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == {"type": "dpop", "tokens": 2, "asked": True, "accounts": ["alice:account-1"]}


@pytest.mark.slow
def test_three_libraries_sign_a_person_out() -> None:
    """openid-client with a back channel, oidc-client-ts, and express-openid-connect."""
    script("person.mjs")
    program = script("log_out.mjs")
    with served("--set", "as.pkce=no-downgrade") as base:
        result = subprocess.run(["node", str(program), base, "ES256"], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == {
        "state": "a state",
        "out": True,
        "told": True,
        "ts": 7,
        "tsOut": True,
        "express": "/in/alice",
        "expressOut": "/bye",
        "expressIn": "/in/undefined",
        "expressIsOut": True,
    }


def test_openid_client_pushes_signs_and_proves_itself_with_a_key() -> None:
    script("person.mjs")
    program = script("openid_client_keys.mjs")
    with served() as base:
        command = ["node", str(program), base, CALLBACK]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    found = {
        "carries": ["client_id", "request_uri"],
        "sub": "alice",
        "active": False,
        "again": "refused",
        "alone": "invalid_request",
        "both": "alice",
    }
    assert json.loads(result.stdout) == dict.fromkeys(("ES256", "PS256", "Ed25519"), found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("challenges", "found"), [("no-downgrade", {"id": "alice", "name": "Alice Adler"}), ("required", {"error": "invalid_request"})]
)
def test_a_client_without_pkce_signs_in_where_that_is_let_be_and_is_told_which_switch_it_is(challenges: str, found: dict[str, str]) -> None:
    script("person.mjs")
    program = script("passport.mjs")
    with served("--set", f"as.pkce={challenges}") as base:
        result = subprocess.run(["node", str(program), base], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    answer = json.loads(result.stdout)
    told = answer.pop("told", "")
    assert answer == found
    assert ("as.pkce=no-downgrade" in told and "PKCE" in told) == (challenges == "required")


@pytest.mark.slow
def test_oauth4webapi_pushes_its_request_and_proves_its_key_with_nonces() -> None:
    script("person.mjs")
    program = script("par_dpop.mjs")
    with served("--set", "as.par=required", "--set", "as.dpop_nonce=on", "--set", "rs.dpop_nonce=on", *CLIENTS) as base:
        result = subprocess.run(["node", str(program), base, PUBLIC, CALLBACK], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == {"nonces": 3, "pushed": True, "type": "dpop", "accounts": ["alice:account-1"], "renewed": True}
