"""Algorithm, key and signature at an API, in each position of the switches."""

from __future__ import annotations

import pytest

from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import decode, key_for
from sandbox.protocol.trace import Checked, Sent
from tests.support.worlds import sign_in, world

CLAIMS = {"sub": "alice"}


def judged(w, token, api="accounts"):
    """What the API's own check says, and the last of the three that was recorded."""
    rs = w.apis[api]
    good = rs.signatures.passes(Checklist(w.net.trace, rs.name), decode(token))
    last = next(e for e in reversed(w.net.trace.events) if isinstance(e, Checked))
    return good, last.check


def test_a_pinned_algorithm_with_a_published_key() -> None:
    w = world("oauth-bcp")
    genuine = sign_in(w).access_token()
    assert judged(w, genuine) == (True, "signature")
    assert judged(w, genuine[:-4] + "AAAA") == (False, "signature")
    assert judged(w, key_for("0", "a stranger", "ES256").sign(CLAIMS)) == (False, "key")
    assert judged(w, key_for("0", "a stranger", "EdDSA").sign(CLAIMS)) == (False, "algorithm")


@pytest.mark.parametrize(("trusted", "good"), [("on", False), ("off", True)])
def test_a_key_that_the_token_brings_counts_only_where_the_switch_lets_it(trusted: str, good: bool) -> None:
    w = world("oauth-bcp", rs_trusted_keys_only=trusted)
    hers = key_for("0", "mallory", "ES256")
    assert judged(w, hers.sign(CLAIMS, jwk=hers.jwk))[0] is good


@pytest.mark.parametrize(("policy", "good"), [("trust-header", True), ("blocklist", False), ("allowlist", False)])
def test_a_token_without_a_signature(policy: str, good: bool) -> None:
    w = world("naive-jwt", rs_alg_policy=policy)
    assert judged(w, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.")[0] is good


def test_keys_are_fetched_only_for_a_token_that_they_could_have_signed() -> None:
    w = world("oauth-bcp")
    before = len(w.net.trace.events)
    judged(w, key_for("0", "a stranger", "EdDSA").sign(CLAIMS))
    assert all(isinstance(e, Checked) for e in w.net.trace.events[before:])


@pytest.mark.parametrize(("switch", "good"), [("on", False), ("off", True)])
def test_zeros_for_a_signature(switch: str, good: bool) -> None:
    w = world("oauth-bcp", rs_ecdsa_range=switch)
    genuine = sign_in(w).access_token()
    assert judged(w, genuine) == (True, "signature")
    body = genuine.rpartition(".")[0]
    assert judged(w, f"{body}.{'A' * 86}") == (good, "signature")


@pytest.mark.parametrize(
    "address", ["https://evil.example/keys", "https://accounts.connectsphere.example/accounts", "https://nowhere.example/"]
)
def test_an_address_in_the_token_is_asked_only_where_the_switch_lets_it(address: str) -> None:
    hers = key_for("0", "mallory", "ES256")
    for switch, asked in (("on", False), ("off", True)):
        w = world("oauth-bcp", rs_trusted_keys_only=switch)
        assert judged(w, hers.sign(CLAIMS, jku=address)) == (False, "key"), "there are no keys"
        assert any(isinstance(e, Sent) and e.request.url == address for e in w.net.trace.events) is asked
