"""What Authlib is told of a client assertion."""

from __future__ import annotations

import pytest
from authlib.oauth2.rfc6749 import InvalidClientError

from sandbox.core.wire import form_request
from sandbox.world.parties.authorization_server.asserted import brought, by_assertion
from sandbox.world.parties.authorization_server.config import AUTH_METHODS
from sandbox.world.parties.authorization_server.requests import ASRequest
from tests.support.worlds import world


def request(**fields: str) -> ASRequest:
    sent = form_request("https://auth.connectsphere.example/token", fields)
    return ASRequest(sent, sent.form)


def test_without_an_assertion_another_method_may_try() -> None:
    core = world("oauth-basic").issuer.core
    assert not brought(request(client_id="mobile"))
    assert core.authenticate_client(request(client_id="mobile"), AUTH_METHODS).client_id == "mobile"
    with pytest.raises(InvalidClientError):
        core.authenticate_client(request(client_id="mobile", client_assertion="x"), AUTH_METHODS)


def test_what_was_proved_counts_and_nothing_else() -> None:
    client, asked = world().issuer.store.clients["budget"], request(client_assertion="x")
    with pytest.raises(InvalidClientError):
        by_assertion(lambda name: client, asked)
    asked.asserted = client
    assert by_assertion(lambda name: None, asked) is client
