"""Where those who trust an issuer find its keys."""

from __future__ import annotations

from sandbox.world.parties.issuer import TrustedIssuer


def test_keys_are_where_our_issuers_have_them_unless_another_place_is_named() -> None:
    assert TrustedIssuer("https://as.example", "ES256").keys_at == "https://as.example/jwks"
    assert TrustedIssuer("https://as.example", "ES256", jwks_uri="https://as.example/certs").keys_at == "https://as.example/certs"
