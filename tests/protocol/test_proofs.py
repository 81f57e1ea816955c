"""DPoP: a good proof passes, and each single fault is caught by the check that is named for it."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.checks import Checklist
from sandbox.protocol.proofs import LEEWAY, WINDOW, SeenProofs, check_proof, normal, prove, target
from sandbox.protocol.tokens import key_for, thumbprint
from sandbox.protocol.trace import Checked, Trace

NOW = 1_800_000_000
URL = "https://api.example/things?page=2"
KEY = key_for("0", "client")


def run(
    proof: str | None,
    *,
    now: int = NOW,
    seen: SeenProofs | None = None,
    token: str | None = "at",
    method: str = "GET",
    extra: str | None = None,
):
    trace = Trace(now)
    headers = tuple(("DPoP", p) for p in (proof, extra) if p is not None)
    jkt = check_proof(Checklist(trace, "api"), Request(method, URL, headers), now, seen, token)
    failed = [e.check for e in trace.events if isinstance(e, Checked) and e.outcome == "fail"]
    return jkt, failed


def proof(**change):
    given = {"key": KEY, "method": "GET", "url": URL, "now": NOW, "jti": "1", "access_token": "at"} | change
    return prove(**given)


def test_a_good_proof_yields_the_thumbprint_of_its_key():
    assert run(proof(), seen=SeenProofs()) == (thumbprint(KEY.jwk), [])


def test_the_target_has_no_query():
    assert target(URL) == "https://api.example/things"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"method": "POST"}, "proof_target"),
        ({"url": "https://other.example/things"}, "proof_target"),
        ({"now": NOW - WINDOW - 1}, "proof_fresh"),
        ({"now": NOW + LEEWAY + 1}, "proof_fresh"),
        ({"access_token": "another"}, "proof_token"),
        ({"access_token": None}, "proof_token"),
    ],
)
def test_each_fault_fails_its_own_check(change, check):
    assert run(proof(**change)) == (None, [check])


def test_no_proof_and_two_proofs():
    assert run(None) == (None, ["proof_present"])
    assert run(proof(), extra=proof(jti="2")) == (None, ["proof_present"])


def test_a_proof_works_once_where_proofs_are_remembered():
    seen = SeenProofs()
    assert run(proof(), seen=seen)[1] == []
    assert run(proof(), seen=seen)[1] == ["proof_unused"]
    assert run(proof(jti="2"), seen=seen)[1] == []


def test_proofs_are_forgotten_after_their_window():
    seen = SeenProofs()
    assert seen.first_use("key", "1", NOW)
    assert seen.first_use("key", "2", NOW + 10 * WINDOW)
    assert len(seen.until) == 1


def test_a_proof_that_is_no_proof():
    plain = KEY.sign({"jti": "1", "htm": "GET", "htu": target(URL), "iat": NOW}, "JWT", jwk=dict(KEY.jwk))
    other = key_for("0", "other").sign({"jti": "1"}, "dpop+jwt", jwk=dict(KEY.jwk))
    private = KEY.sign({"jti": "1"}, "dpop+jwt", jwk={**KEY.jwk, "d": "secret"})
    no_jti = KEY.sign({"htm": "GET"}, "dpop+jwt", jwk=dict(KEY.jwk))
    hmac = KEY.sign({"jti": "1"}, "dpop+jwt", jwk=dict(KEY.jwk), alg="HS256")
    for wrong in ("", "a.b.c", plain, other, private, no_jti, hmac):
        assert run(wrong)[1] == ["proof_valid"]


def test_old_proofs_are_forgotten_without_a_look_at_the_others() -> None:
    seen = SeenProofs()
    assert all(seen.first_use("key", str(i), now=i) for i in range(200))
    assert len(seen.until) == WINDOW + LEEWAY + 1
    assert not seen.first_use("key", "199", now=200)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://api.example/things", "HTTPS://API.example:443/things", True),
        ("http://127.0.0.1:9000/a", "HTTP://127.0.0.1:9000/a", True),
        ("http://api.example", "http://api.example:80/", True),
        ("https://api.example/a%7eb", "https://api.example/a~b", True),
        ("https://api.example/a%2fb", "https://api.example/a%2Fb", True),
        ("https://api.example/a/./b/../c", "https://api.example/a/c", True),
        ("https://api.example/a?x=1#y", "https://api.example/a", True),  # "ignoring any query and fragment parts"
        ("http://[::1]:9000/a", "http://[::1]:9000/a", True),
        ("https://api.example/a%2Fb", "https://api.example/a/b", False),
        ("https://api.example/A", "https://api.example/a", False),
        ("https://api.example/a/", "https://api.example/a", False),
        ("https://api.example//evil/a", "https://api.example/a", False),
        ("https://api.example:444/a", "https://api.example/a", False),
        ("http://api.example/a", "https://api.example/a", False),
        ("https://x@api.example/a", "https://api.example/a", False),
        ("https://api.example:x/a", "https://api.example/a", False),
    ],
)
def test_addresses_are_compared_in_their_one_normal_spelling(one: str, other: str, same: bool) -> None:
    """RFC 9449 §4.3; RFC 3986 §6.2.2, §6.2.3."""
    assert (normal(one) == normal(other)) is same
