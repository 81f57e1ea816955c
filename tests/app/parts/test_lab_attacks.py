"""Claims alone are played at once, a whole token when it is asked for; each attack leads into its run."""

from __future__ import annotations

import json

import pytest

from sandbox.app.pages.token_lab import PAGE
from sandbox.core.clock import START
from tests.support.apps import fine, links_to, opened, page_text

pytestmark = pytest.mark.slow

CLAIMS = {
    "iss": "https://auth.example",
    "sub": "alice",
    "client_id": "app",
    "scope": "read",
    "iat": START,
    "exp": START + 86_400,
    "email": "a@b.c",
}


def test_claims_alone_are_played_and_no_api_is_asked() -> None:
    at = opened(PAGE)
    at.text_area(key="lab-token").set_value(json.dumps(CLAIMS)).run(timeout=300)
    text = page_text(fine(at))
    assert 'class="ruling ' not in text
    assert "no aud" in text
    assert "A token for accounts opens transactions" in text
    assert "Because of: no aud; no cnf. Changing one of them is enough." in text
    assert any(e.label.startswith("Open, even if all else is as it should be") for e in at.expander)
    assert any(e.label.startswith("What the claims do not show") for e in at.expander)
    params = links_to(at)
    assert any("scenario=missing-aud-replay" in p and "as.stamp_aud" in p for p in params)
    assert any(p.startswith("answers=design-oauth") for p in params)


def test_a_whole_token_is_played_when_it_is_asked_for() -> None:
    at = opened(PAGE, profile="oauth-basic")
    assert not any(e.label.startswith("Open,") for e in at.expander)
    at.button(key="lab-attacks").click().run(timeout=300)
    assert any(e.label.startswith("Open,") for e in fine(at).expander)
    assert 'class="ruling good"' in page_text(at)


def test_what_has_no_claims_is_not_played() -> None:
    at = opened(PAGE)
    at.text_area(key="lab-token").set_value("2YotnFZFEjr1zCsicMWpAA").run()
    assert "Which attacks" not in page_text(fine(at))
