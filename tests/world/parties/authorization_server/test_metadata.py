"""What the server says about itself: metadata and public keys."""

from __future__ import annotations

from sandbox.core.wire import Request
from tests.support.token_requests import AS
from tests.support.worlds import world


def test_metadata_says_what_the_switches_say():
    bcp = world().net.deliver(Request("GET", f"{AS}/.well-known/oauth-authorization-server"), "mallory").json
    assert bcp["issuer"] == AS
    assert bcp["code_challenge_methods_supported"] == ["S256"]
    assert bcp["response_types_supported"] == ["code"]
    assert bcp["authorization_response_iss_parameter_supported"] is True
    basic = world("oauth-basic").net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "mallory").json
    assert "code_challenge_methods_supported" not in basic
    assert "revocation_endpoint" not in basic


def test_jwks_holds_public_keys_only():
    keys = world().net.deliver(Request("GET", f"{AS}/jwks"), "mallory").json["keys"]
    assert [sorted(k) for k in keys] == [["alg", "crv", "kid", "kty", "use", "x", "y"]]
    for secret in ("shared-word", "strong-secret"):  # what the APIs share is not published; ID tokens have a key of their own
        w = world("oauth-bcp", as_signing=secret)
        (public,) = w.net.deliver(Request("GET", f"{AS}/jwks"), "mallory").json["keys"]
        assert (public["kty"], public["alg"], w.issuer.core.key.alg) == ("EC", "ES256", "HS256")
