"""An API that exchanges a token keeps what it got, and asks nobody where there is nobody to ask."""

from __future__ import annotations

import pytest

from sandbox.verbs.exchanging import Exchange, exchange
from sandbox.verbs.verb import Missing
from tests.support.worlds import sign_in, world


def test_without_an_authorization_server_the_step_is_left_out() -> None:
    with pytest.raises(Missing, match="token endpoint"):
        exchange(world("naive-jwt"), "transactions", Exchange(token="x", api="accounts"))


def test_the_new_token_is_kept_for_its_api_and_a_refusal_brings_none() -> None:
    w = world(as_token_exchange="on", client_dpop="off")
    sign_in(w, "budget", api="https://transactions.connectsphere.example")
    session = next(iter(w.clients["budget"].sessions.values()))
    told = exchange(w, "transactions", Exchange(token=session.access_token(), api="accounts"))
    own = w.services["transactions"].own
    assert own.tokens == {"https://accounts.connectsphere.example": told["access_token"]}
    assert exchange(w, "transactions", Exchange(token="made up", api="accounts")) == {"access_token": None}
