"""Nonces for DPoP proofs: handed out, taken, refused, and asked for once (RFC 9449 §8, §9)."""

from __future__ import annotations

import pytest

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol import nonces
from sandbox.protocol.nonces import FRESH, LIFE, Nonces
from sandbox.protocol.trace import Answered, Sent
from sandbox.verbs.clients import CallApi, call_api
from tests.support.worlds import World, call, failures, sign_in, steal, world

NOW = Clock().now()
BOTH = {"as_dpop_nonce": "on", "rs_dpop_nonce": "on"}


def test_one_nonce_serves_until_the_next_is_due_and_both_are_taken_for_a_while() -> None:
    entropy, mine = Entropy(0), Nonces("auth")
    first = mine.current(NOW, entropy)
    assert mine.current(NOW + FRESH - 1, entropy) == first
    second = mine.current(NOW + FRESH, entropy)
    assert first != second
    assert [mine.accepts(first, NOW + at) for at in (FRESH, LIFE - 1, LIFE)] == [True, True, False]
    assert mine.accepts(second, NOW + LIFE)


def test_nonces_are_random_and_repeat_with_the_seed() -> None:
    assert Nonces("auth").current(NOW, Entropy(1)) == Nonces("auth").current(NOW, Entropy(1))
    assert len({Nonces(who).current(NOW, Entropy(seed)) for who in ("auth", "accounts") for seed in (1, 2)}) == 4


def test_few_are_kept() -> None:
    entropy, mine = Entropy(0), Nonces("auth")
    for at in range(0, 5000, 7):
        mine.current(NOW + at, entropy)
    assert len(mine.until) <= 3


@pytest.mark.parametrize("found", [None, "", "made up", 7, ["x"]])
def test_anything_else_is_no_nonce(found: object) -> None:
    mine = Nonces("auth")
    mine.current(NOW, Entropy(0))
    assert not mine.accepts(found, NOW)


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJub25jZSI6W119."])
def test_a_proof_that_cannot_be_read_has_none(proof: str) -> None:
    assert nonces.nonce_of(Request("GET", "https://a.example/", (("DPoP", proof),))) is None


def test_only_a_refusal_of_that_name_asks_for_a_nonce() -> None:
    header = ("DPoP-Nonce", "n")
    assert nonces.wanted(json_response(400, {"error": "use_dpop_nonce"}, header)) == "n"
    assert [nonces.wanted(r) for r in (Response(200, (header,)), json_response(400, {"error": "invalid_grant"}, header))] == ["", ""]
    assert nonces.wanted(json_response(400, {"error": "use_dpop_nonce"})) == ""


@pytest.mark.parametrize(
    ("client", "browser", "bff"),
    [("app", "laptop", "off"), ("app", "laptop", "on"), ("mobile", "phone", "off"), ("budget", "laptop", "off")],
)
def test_every_client_asks_once_more_with_the_nonce(client: str, browser: str, bff: str) -> None:
    w = world("oauth-bcp", client_bff=bff, **BOTH)
    session = sign_in(w, client, browser)
    assert session is not None
    assert session.bound
    assert failures(w) == ["auth.proof_nonce"]
    b, api = w.browsers[browser], w.apis["accounts"].url
    assert w.clients[client].fetch(b, session, Request("GET", f"{api}/accounts"), api).status == 200
    assert w.clients[client].fetch(b, session, Request("GET", f"{api}/accounts"), api).status == 200
    assert failures(w) == ["auth.proof_nonce", "accounts.proof_nonce"]


def test_a_server_that_is_never_content_is_asked_twice_and_not_more(monkeypatch: pytest.MonkeyPatch) -> None:
    w = world("oauth-bcp", **BOTH)
    monkeypatch.setattr(w.issuer.nonces, "accepts", lambda nonce, now: False)  # type: ignore[union-attr]
    sign_in(w, "budget")
    assert len(tokens_asked(w)) == 2


def test_a_page_of_another_origin_may_read_the_nonce() -> None:
    w = world("oauth-bcp", **BOTH)
    sign_in(w)
    answers = [e.response for e in w.net.trace.events if isinstance(e, Answered) and e.response.header("dpop-nonce")]
    assert [a.header("access-control-expose-headers") for a in answers] == ["WWW-Authenticate, DPoP-Nonce"] * 2


def test_where_nonces_are_off_none_is_handed_out() -> None:
    w = world("oauth-bcp")
    sign_in(w)
    call(w)
    assert not any(e.response.header("dpop-nonce") for e in w.net.trace.events if isinstance(e, Answered))


def tokens_asked(w: World) -> list[Request]:
    return [e.request for e in w.net.trace.events if isinstance(e, Sent) and e.request.path == "/token"]


def test_she_who_has_token_and_key_is_told_the_nonce_like_everybody() -> None:
    """A nonce ends the use of proofs that were made before; it does not make up for a key that is lost."""
    w = world("oauth-bcp", **BOTH)
    session = sign_in(w)
    assert session is not None
    stolen = str(steal(w)["access_token"])
    w.attacker.keep(w.clients["app"].proof_key(session))
    attack = CallApi.model_validate({"api": "accounts", "path": "/accounts", "token": stolen})
    call_api(w, "mallory", attack)
    answers = [e.response.status for e in w.net.trace.events if isinstance(e, Answered) and e.sender == "accounts"]
    assert answers == [401, 200]
