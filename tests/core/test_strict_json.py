"""The one reader of JSON, and that everything which comes from others goes through it."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest

from sandbox.core.strict_json import NotJson, read
from sandbox.core.wire import JSON, Request, Response
from sandbox.protocol.tokens import ALGORITHMS, NotAJwt, b64, decode, take_apart
from tests.support.worlds import failures, sign_in, world

GOOD = '{"sub": "alice", "exp": 1}'
BAD: list[tuple[bytes, str]] = [
    (codecs.BOM_UTF8 + GOOD.encode(), "begins with a byte order mark"),
    (GOOD.encode("utf-16"), "is not UTF-8"),
    (GOOD.encode("utf-16-le"), "is not JSON"),
    (GOOD.encode("utf-32"), "is not UTF-8"),
    (GOOD.encode("utf-32-be"), "is not JSON"),
    ('{"sub": "é"}'.encode("latin-1"), "is not UTF-8"),
    (b'{"exp": NaN}', "has NaN, which is no number in JSON"),
    (b'{"exp": Infinity}', "has Infinity, which is no number in JSON"),
    (b'{"exp": -Infinity}', "has -Infinity, which is no number in JSON"),
    (b'{"exp": 1e400}', "has a number that is too large"),
    (b'{"exp": -1e400}', "has a number that is too large"),
    (b'{"exp": ' + b"9" * 400 + b"}", "has a number that is too large"),
    (b'{"exp": ' + b"9" * 5000 + b"}", "has a number that is too large"),
    (b'{"sub": "alice", "sub": "admin"}', "has a name twice in one object"),
    (b'{"cnf": {"jkt": "a", "jkt": "b"}}', "has a name twice in one object"),
    (b'{"a":' * 70 + b"1" + b"}" * 70, "is nested more than 64 deep"),
    (b'{"a":' * 6_000, "is not JSON"),
    (b"{'sub': 'alice'}", "is not JSON"),
    (b'{"exp": 01}', "is not JSON"),
    (b'{"sub": "a",}', "is not JSON"),
    (b'{"sub": "a"} x', "is not JSON"),
    (b'{"sub": "a\nb"}', "is not JSON"),
    (b"", "is not JSON"),
]
each = pytest.mark.parametrize(("raw", "why"), BAD, ids=[f"{n}: {why}" for n, (_, why) in enumerate(BAD)])
TEXTS = [(raw.decode(), why) for raw, why in BAD if raw and b"\x00" not in raw and why != "is not UTF-8"]


@each
def test_what_two_readers_might_read_differently_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    """RFC 8259 §4, §6, §8.1; RFC 7519 §4 and §7.2."""
    with pytest.raises(NotJson, match=f"^{why}$"):
        read(raw)


@pytest.mark.parametrize("value", [{}, [], "é", 1, -1.5, 1e300, 10**300, True, None, {"a": {"a": 1}}, "\ud800"])
def test_everything_else_is_read_as_json_reads_it(value: Any) -> None:
    assert read(json.dumps(value)) == read(json.dumps(value).encode()) == value


@each
def test_tokens_are_read_by_it_in_both_their_parts(raw: bytes, why: str) -> None:
    good = b64(b'{"alg":"ES256"}')
    with pytest.raises(NotAJwt, match=f"its header {why}"):
        take_apart(f"{b64(raw)}.{b64(GOOD.encode())}.")
    with pytest.raises(NotAJwt, match=f"its payload {why}"):
        decode(f"{good}.{b64(raw)}.")


@pytest.mark.parametrize(("body", "why"), TEXTS, ids=[f"{n}: {why}" for n, (_, why) in enumerate(TEXTS)])
def test_bodies_are_read_by_it(body: str, why: str) -> None:
    kind = (("Content-Type", JSON),)
    assert Request("POST", "https://x.example/", kind, body).json is None
    assert Response(200, kind, body).json is None
    assert Request("POST", "https://x.example/", kind, body).json_fault == f"The body {why}."


@each
def test_a_genuine_signature_over_such_claims_does_not_help(raw: bytes, why: str) -> None:
    """The issuer's own key: only the reader stands between this token and Alice's accounts."""
    w = world("oauth-bcp", rs_dpop="off", client_dpop="off", as_dpop_bind="off")
    session = sign_in(w)
    key = w.issuer.core.key
    token = decode(session.access_token())
    api = w.apis["accounts"].url
    right = Request("GET", f"{api}/accounts", (("Authorization", f"Bearer {key.seal(token.header, token.claims)}"),))
    assert w.net.deliver(right, "mallory").status == 200
    forged = _sealed(key, token.header, raw)
    answer = w.net.deliver(right.with_header("Authorization", f"Bearer {forged}"), "mallory")
    assert (answer.status, answer.error, failures(w)) == (401, "invalid_token", ["accounts.format"])


def _sealed(key: Any, header: dict[str, Any], payload: bytes) -> str:
    body = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    return f"{body}.{b64(ALGORITHMS[key.alg].sign(body.encode(), key.secret))}"
