"""How the app knows a browser again."""

from __future__ import annotations

import urllib.request
from types import SimpleNamespace

import pytest
import streamlit as st

from sandbox.app.visitor import COOKIE, opener
from sandbox.serve.opener import NOBODY, Opener


def cookies(url: str, sent: str = "") -> list[str]:
    """The cookies of ours that an answer sets."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": sent} if sent else {}), timeout=60) as answer:
        return [c for c in answer.headers.get_all("Set-Cookie", []) if c.startswith(COOKIE)]


@pytest.mark.slow
def test_a_browser_gets_its_cookie_once_and_it_never_travels_to_a_world(app: str) -> None:
    one, another = cookies(f"{app}/_stcore/health"), cookies(f"{app}/_stcore/health")
    assert (len(one), len(another)) == (1, 1)
    value, *about = one[0].split("; ")
    assert about == ["Path=/_stcore", "HttpOnly", "SameSite=Lax"]
    assert value != another[0].partition(";")[0]
    assert cookies(f"{app}/_stcore/health", value) == []
    assert cookies(f"{app}/live") == []


def at(monkeypatch: pytest.MonkeyPatch, cookie: str, address: str | None) -> Opener:
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies={COOKIE: cookie} if cookie else {}, ip_address=address))
    return opener()


def test_who_is_there_is_what_cookie_and_connection_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(monkeypatch, "", None) == NOBODY
    assert at(monkeypatch, "a" * 32, "192.0.2.1") == Opener.of("a" * 32, "192.0.2.1")


@pytest.mark.parametrize("cookie", ["short", "a" * 5000])
def test_a_cookie_that_is_none_of_ours_names_nobody(monkeypatch: pytest.MonkeyPatch, cookie: str) -> None:
    assert at(monkeypatch, cookie, None) == NOBODY
