"""The set-up of a world for the tests of stores: put together without a world, which would take keys."""

from __future__ import annotations

from sandbox.serve.blueprint import Blueprint
from sandbox.serve.opener import Opener

BROWSER = Opener.of("cookie", "").browser


def blueprint(letter: str = "k", browser: str = BROWSER, profile: str = "naive-jwt") -> Blueprint:
    """The set-up of the world whose key is this letter."""
    return Blueprint(version=1, key=letter * 24, app="https://class.example", profile=profile, changes={}, seed="0" * 64, browser=browser)
