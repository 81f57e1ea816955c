"""Checks that are not performed: what `Checklist` decides always passes, and what Authlib decides is passed by at its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox.core import memo
from sandbox.protocol.checks import Checklist
from sandbox.world.parties.authorization_server import grants
from sandbox.world.parties.authorization_server.store import Client, Code, Grant, RefreshToken


def _yes(*_: Any, **__: Any) -> bool:
    return True


def _no(*_: Any, **__: Any) -> bool:
    return False


def _nothing(*_: Any, **__: Any) -> None:
    return None


NEVER = property(_no, lambda self, value: None)  # stays false whatever it is set to
ELSEWHERE: dict[str, tuple[Any, str, Any]] = {  # check -> where Authlib, or a class for Authlib, decides it
    "redirect_uri": (Client, "check_redirect_uri", _yes),
    "code_challenge": (grants.Pkce, "validate_code_challenge", _nothing),
    "code_verifier": (grants.Pkce, "validate_code_verifier", _nothing),
    "response_type": (Client, "check_response_type", _yes),
    "code_redirect_uri": (Code, "get_redirect_uri", _nothing),
    "code_unused": (Code, "used", NEVER),
    "refresh_unused": (RefreshToken, "rotated", NEVER),
    "grant_alive": (Grant, "alive", property(_yes, lambda self, value: None)),
}


@contextmanager
def removed(*checks: str) -> Iterator[None]:
    """Nobody performs these checks inside the block."""
    real = Checklist.test

    def test(self: Checklist, name: str, ok: bool, expected: object, found: object) -> bool:
        return real(self, name, ok or name in checks, expected, found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checklist, "test", test)
        for check in checks:
            if check in ELSEWHERE:
                patch.setattr(*ELSEWHERE[check])
        memo.forget("run")
        try:
            yield
        finally:
            memo.forget("run")
