"""How an authorization server is set up: what it offers if nothing else is said."""

from __future__ import annotations

from sandbox.world.parties.authorization_server.config import AUTH_METHODS, CONFIDENTIAL, SCOPES
from tests.support.worlds import world


def test_a_server_offers_the_usual_scopes_and_the_bank_its_own() -> None:
    w = world()
    assert w.issuer.core.scopes == SCOPES
    assert w.issuer.core.scopes is not SCOPES  # a world that adds one adds it to itself
    assert set(w.bank.server.core.scopes) == {"statements", "payments"}


def test_only_one_method_proves_nothing() -> None:
    assert set(AUTH_METHODS) - set(CONFIDENTIAL) == {"none"}
