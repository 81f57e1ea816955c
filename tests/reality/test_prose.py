"""Texts of any kind: what is secret in them is found by its shape, or by the name before it."""

import pytest

from sandbox.reality.masking import Masker
from sandbox.reality.prose import placeholder, prose


@pytest.mark.parametrize(
    "text",
    [
        "Welcome back, your token is being renewed",
        "<label for=password>Password</label><code>npm install</code><address>Main Street</address>",
        "var settings = {type: 'password', grant: 'authorization_code', token: 'access_token'}",
        "Note: the state of things; code: see below",
        "background:url(a.png);width:calc(100% - 12px)",
        "at 12:30:45 on 2026-11-30, version 1.2.3",
    ],
)
def test_what_says_nothing_secret_stays(text):
    assert prose(Masker(), text, 0) == text


@pytest.mark.parametrize(
    ("text", "is_one"), [("code#1", True), ("code%231", True), ("a.b.access_token-2", True), ("code", False), ("#a", False)]
)
def test_what_stands_for_a_secret(text, is_one):
    assert placeholder(text) is is_one
