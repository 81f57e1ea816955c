"""Logout tokens at the client: what makes one good, and what ends with it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Response, form_request
from sandbox.protocol.tokens import BACKCHANNEL_LOGOUT, key_for
from sandbox.world.parties.client_session import Session
from sandbox.world.world import World
from tests.support.worlds import failures, outcomes, sign_in, world

AS, AT = "https://auth.connectsphere.example", "https://budget.example/backchannel-logout"


def there() -> tuple[World, Session]:
    w = world("oauth-bcp", client_backchannel_logout="on")
    session = sign_in(w, "budget")
    assert session is not None
    return w, session


def tell(w: World, session: Session, typ: str = "logout+jwt", forged: bool = False, **change: Any) -> Response:
    """A logout token as the server makes them, with claims changed; None leaves one out."""
    now = w.net.clock.now()
    claims = {"iss": AS, "sub": "alice", "aud": "budget", "iat": now, "exp": now + 120, "jti": "j", "sid": session.sid}
    claims |= {"events": {BACKCHANNEL_LOGOUT: {}}} | change
    key = key_for("another", "auth") if forged else w.issuer.core.keys[0]
    token = key.sign({k: v for k, v in claims.items() if v is not None}, typ, **({"kid": w.issuer.core.keys[0].kid} if forged else {}))
    return w.net.deliver(form_request(AT, {"logout_token": token}), "auth")


def test_a_good_one_ends_the_session_that_it_names() -> None:
    w, session = there()
    other = sign_in(w, "budget", "phone")
    answer = tell(w, session)
    assert (answer.status, answer.header("cache-control")) == (200, "no-store")
    assert list(w.clients["budget"].sessions.values()) == [other]


def test_without_a_sid_all_sessions_of_the_person_end() -> None:
    w, session = there()
    sign_in(w, "budget", "phone")
    assert tell(w, session, sid=None).status == 200
    assert not w.clients["budget"].sessions


def test_a_sid_alone_is_enough_and_a_session_that_is_over_is_no_mistake() -> None:
    w, session = there()
    assert tell(w, session, sub=None).status == 200
    assert tell(w, session, jti="k").status == 200


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        ("issuer", {"iss": "https://evil.example"}),
        ("type", {"typ": "JWT"}),
        ("signature", {"forged": True}),
        ("audience", {"aud": "app"}),
        ("audience", {"aud": [["budget"]]}),
        ("expiry", {"exp": 0}),
        ("expiry", {"exp": "soon"}),
        ("logout_fresh", {"iat": 0}),
        ("logout_fresh", {"iat": 4e9}),
        ("logout_subject", {"sub": None, "sid": None}),
        ("logout_subject", {"sub": 7, "sid": ""}),
        ("logout_event", {"events": None}),
        ("logout_event", {"events": [BACKCHANNEL_LOGOUT]}),
        ("logout_event", {"events": {BACKCHANNEL_LOGOUT: True}}),
        ("logout_no_nonce", {"nonce": "n"}),
        ("logout_unused", {"jti": None}),
        ("logout_unused", {"jti": ["j"]}),
    ],
)
def test_each_check_refuses(check: str, wrong: dict[str, Any]) -> None:
    w, session = there()
    answer = tell(w, session, **wrong)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert failures(w) == [f"budget.{check}"]
    assert w.clients["budget"].sessions


def test_the_same_one_twice_is_refused() -> None:
    w, session = there()
    assert [tell(w, session).status for _ in range(2)] == [200, 400]
    assert outcomes(w, "budget")["logout_unused"] == "fail"


def test_no_token_is_none() -> None:
    w, _ = there()
    for fields in ({}, {"logout_token": "x"}):
        assert w.net.deliver(form_request(AT, fields), "auth").status == 400


def test_an_id_token_is_no_logout_token() -> None:
    w, session = there()
    assert w.net.deliver(form_request(AT, {"logout_token": session.id_token}), "auth").status == 400


def test_without_the_switch_there_is_no_such_address() -> None:
    w = world("oauth-bcp")
    assert w.net.deliver(form_request(AT, {}), "auth").status == 404
