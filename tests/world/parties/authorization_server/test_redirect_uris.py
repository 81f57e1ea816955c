"""Redirect URIs: which can be registered, and which requested one is a registered one."""

from __future__ import annotations

import pytest

from sandbox.world.parties.authorization_server.redirect_uris import same, unfit


@pytest.mark.parametrize(
    ("uri", "stranger", "operator"),
    [
        ("https://client.example/cb", True, True),
        ("http://127.0.0.1:9999/cb", True, True),
        ("http://[::1]/cb", True, True),
        ("https://client.example/cb?x=1", True, True),
        ("com.example.app:/cb", True, True),
        ("myapp://cb", False, True),
        ("myapp:/cb", False, True),
        ("javascript:alert(1)", False, False),
        ("JavaScript:alert(1)", False, False),
        ("data:text/html,x", False, False),
        ("vbscript:x", False, False),
        ("file:///etc/passwd", False, False),
        ("blob:https://client.example/1", False, False),
        ("/cb", False, False),
        ("//client.example/cb", False, False),
        ("https:///cb", False, False),
        ("https://client.example:x/cb", False, False),
        ("https://client.example:99999/cb", False, False),
        ("https://client.example/cb#x", False, False),
        ("https://client.example/c b", False, False),
        ("https://client.example/c\nb", False, False),
        ("https://client.éxample/cb", False, False),
        ("==http://127.0.0.1:9999/cb", False, False),
        ("https://client.example/" + "x" * 2048, False, False),
        ("", False, False),
    ],
)
def test_what_may_be_registered_by_whom(uri: str, stranger: bool, operator: bool) -> None:
    assert (unfit(uri) is None, unfit(uri, by_operator=True) is None) == (stranger, operator)


@pytest.mark.parametrize(
    ("registered", "asked", "fits"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1:9999/cb", "http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1:9999/cb", "http://127.0.0.1/cb", True),
        ("http://[::1]/cb", "http://[::1]:51004/cb", True),
        ("http://127.0.0.1", "http://127.0.0.1:51004", True),
        ("http://127.0.0.1/cb?a=1", "http://127.0.0.1:51004/cb?a=1", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb?a=1", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/", False),
        ("http://127.0.0.1/cb", "https://127.0.0.1:51004/cb", False),
        ("http://127.0.0.1/cb", "http://[::1]:51004/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.2:51004/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004@evil.example/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004.evil.example/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", False),
        ("http://localhost/cb", "http://localhost:51004/cb", False),  # a name, which may lead elsewhere (RFC 8252 §8.3)
        ("https://client.example/cb", "https://client.example:444/cb", False),
    ],
)
def test_only_the_port_of_a_loopback_address_is_free(registered: str, asked: str, fits: bool) -> None:
    assert same(registered, asked) is fits
