"""The page Token lab by AppTest: a token is loaded, broken, forged, pasted and shown to an API; the address never holds it."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.pages.token_lab import PAGE
from tests.support.apps import fine, link, opened, page_text
from tests.support.hostile import BAD
from tests.support.memos import remembering

pytestmark = pytest.mark.slow


def ruling(at: AppTest) -> str:
    return page_text(at).split('class="ruling ')[1].split("</p>")[0]


def test_it_opens_with_a_token_that_is_accepted_and_a_warning() -> None:
    at = opened(PAGE)
    assert "Never paste a token of a real system" in page_text(at)
    assert ruling(at).startswith('good" role="status"><b>200')
    assert link(at) == {} or set(link(at)) <= {"api", "proof"}


@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-bcp"])
def test_the_profile_comes_from_the_address(profile: str) -> None:
    at = opened(PAGE, profile=profile)
    assert ruling(at).startswith("good")
    assert link(at)["profile"] == profile


def test_a_broken_signature_is_found_by_its_check() -> None:
    at = opened(PAGE, profile="oauth-basic")
    before = at.text_area(key="lab-token").value
    at.pills(key="lab-forgery").set_value("flip").run()
    assert at.text_area(key="lab-token").value != before
    assert "Refused by the check “signature”" in ruling(fine(at))
    assert page_text(at).count('<tr class="fail">') == 1


def test_an_edited_claim_needs_the_issuers_key() -> None:
    at = opened(PAGE, profile="oauth-basic")
    claims = json.loads(at.text_area(key="lab-claims").value) | {"sub": "mallory"}
    at.text_area(key="lab-claims").set_value(json.dumps(claims)).run()
    assert "Refused by the check “signature”" in ruling(fine(at))
    at.pills(key="lab-forgery").set_value("issuer").run()
    assert ruling(fine(at)).startswith("good")


def test_claims_that_are_no_json_get_a_sentence_and_change_nothing() -> None:
    at = opened(PAGE)
    before = at.text_area(key="lab-token").value
    at.text_area(key="lab-claims").set_value("{").run()
    assert "The claims is not JSON" not in page_text(fine(at))
    assert "not JSON: line 1" in page_text(at)
    assert at.text_area(key="lab-token").value == before


def test_the_address_has_the_setting_and_never_the_token() -> None:
    at = opened(PAGE, profile="oauth-basic", api="transactions", wait="7200")
    assert "expiry" in ruling(at)
    at.text_area(key="lab-token").set_value("eyJhbGciOiJub25lIn0.e30.").run()
    assert link(fine(at)) == {"profile": "oauth-basic", "api": "transactions", "wait": "7200"}


def test_the_process_does_not_keep_what_was_pasted() -> None:
    at = opened(PAGE, profile="oauth-basic")
    header, claims, _ = at.text_area(key="lab-token").value.split(".")
    at.text_area(key="lab-token").set_value(f"Bearer {header}.{claims}.cGFzdGVk").run()
    assert "Refused by the check" in ruling(fine(at))
    assert remembering("cGFzdGVk") == []


def test_a_broken_link_gets_a_sentence() -> None:
    at = opened(PAGE, api="nowhere", proof="<b>")
    assert "which is none of accounts, accounts_2, transactions, notifications" in page_text(at)
    assert "<b>&" not in page_text(at)


@pytest.mark.parametrize("text", [*BAD, "a.b.c", '{"alg":"none"}.{"sub":"<img src=x>"}.'])
def test_hostile_text_stays_text(text: str) -> None:
    at = opened(PAGE)
    at.text_area(key="lab-token").set_value(text[:16000].encode("utf-8", "replace").decode()).run()
    assert not any(bad in page_text(fine(at)) for bad in ("<img", "<svg", "<script", "<link", "\u202e"))


def test_another_run_offers_its_tokens() -> None:
    at = opened(PAGE, scenario="implicit-grant", profile="oauth-basic")
    assert at.selectbox(key="lab-scenario").value == "implicit-grant"
    at.selectbox(key="lab-which").set_value(0)
    at.button(key="lab-load-it").click().run()
    assert json.loads(fine(at).text_area(key="lab-claims").value)["client_id"] == "app"
