"""Who opens a live world, as far as a server can tell."""

from __future__ import annotations

import pytest

from sandbox.serve.opener import Opener


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("rubbish", ""),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    assert Opener.of("", address) == Opener("", network)


def test_of_a_cookie_only_a_hash_is_kept() -> None:
    assert "secret" not in Opener.of("secret", "").browser
