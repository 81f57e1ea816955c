"""Checks that are not performed: what `Checklist` decides always passes, and what Authlib decides is passed by at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox.core import memo
from sandbox.protocol.checks import Checklist
from sandbox.world.parties.authorization_server import core
from sandbox.world.parties.authorization_server.store import Client, Code


def _yes(*_: Any, **__: Any) -> bool:
    return True


def _nothing(*_: Any, **__: Any) -> None:
    return None


ELSEWHERE: dict[str, tuple[Any, str, Callable[..., Any]]] = {  # check -> where Authlib, or a class for Authlib, decides it
    "redirect_uri": (Client, "check_redirect_uri", _yes),
    "client": (Client, "check_client_secret", _yes),
    "code_challenge": (core.Pkce, "validate_code_challenge", _nothing),
    "code_verifier": (core.Pkce, "validate_code_verifier", _nothing),
    "response_type": (Client, "check_response_type", _yes),
    "code_redirect_uri": (Code, "get_redirect_uri", lambda self: None),
}


@contextmanager
def removed(check: str) -> Iterator[None]:
    """Nobody performs this check inside the block."""
    real = Checklist.test

    def test(self: Checklist, name: str, ok: bool, expected: object, found: object) -> bool:
        return real(self, name, ok or name == check, expected, found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checklist, "test", test)
        if check in ELSEWHERE:
            patch.setattr(*ELSEWHERE[check])
        memo.forget("run")
        try:
            yield
        finally:
            memo.forget("run")
