"""Which tokens are a hint."""

from __future__ import annotations

from sandbox.world.parties.authorization_server.hints import hinted, is_id_token
from tests.support.worlds import sign_in, world


def test_an_id_token_of_ours_is_one_and_an_access_token_is_told_apart() -> None:
    w = world("oauth-bcp")
    session = sign_in(w, "budget")
    assert session is not None
    claims = hinted(w.issuer.core, session.id_token)
    assert claims is not None
    assert claims["sub"] == "alice"
    assert is_id_token(session.id_token)
    assert not is_id_token(session.access_token())


def test_another_servers_and_no_token_at_all_are_none() -> None:
    w = world("oauth-bcp")
    session = sign_in(w, "budget")
    assert session is not None
    assert hinted(w.bank.server.core, session.id_token) is None
    assert hinted(w.issuer.core, "x.y.z") is None
