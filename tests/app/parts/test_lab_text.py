"""Header, claims and token say the same, whichever of them was changed and however."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.pages.token_lab import PAGE
from sandbox.studies import token_lab
from sandbox.studies.token_lab import FORGERIES, MAX
from tests.studies.token_lab.test_forms import EXAMPLES, JWE, SD, TOLD
from tests.support.apps import fine, opened, page_text

pytestmark = pytest.mark.slow


def text(at: AppTest, name: str) -> str:
    return str(at.text_area(key=f"lab-{name}").value)


def agree(at: AppTest) -> dict[str, object]:
    """The three texts say the same; the header."""
    reading = token_lab.read(text(fine(at), "token"))
    header = json.loads(text(at, "header")) if text(at, "header") else None
    claims = json.loads(text(at, "claims")) if text(at, "claims") else None
    assert (header, claims) == (reading.header, reading.claims)
    return dict(header or {})


def forge(at: AppTest, how: str | None) -> AppTest:
    return fine(at.pills(key="lab-forgery").set_value(how).run())


def write(at: AppTest, name: str, value: object) -> AppTest:
    return fine(at.text_area(key=f"lab-{name}").set_value(value if isinstance(value, str) else json.dumps(value)).run())


def ruled(at: AppTest) -> bool:
    return 'class="ruling ' in page_text(at)


def test_every_forgery_is_seen_in_the_header_box_and_taken_back() -> None:
    at = opened(PAGE, profile="oauth-basic")
    before, token = agree(at), text(at, "token")
    for how in FORGERIES:
        header = agree(forge(at, how))
        assert header.get("alg") == {
            "none": "none",
            "None": "nOnE",
            "pem": "HS256",
            "word": "HS256",
            "mallory": "ES256",
            "jwk": "ES256",
        }.get(how, "RS256")
        assert ("jwk" in header) == (how == "jwk"), "what one forgery has written is gone with the next"
    assert agree(forge(at, None)) == before
    assert text(at, "token") == token


def test_a_header_that_is_changed_by_hand_stays_as_it_was_typed() -> None:
    at = opened(PAGE, profile="oauth-basic")
    header = agree(forge(at, "none"))
    assert agree(write(at, "header", header | {"alg": "ES256", "typ": "at+jwt"}))["alg"] == "ES256"
    assert at.pills(key="lab-forgery").value is None
    assert "“alg: none” writes another header, so it was let go" in page_text(at)


def test_a_header_that_the_forgery_would_write_too_keeps_it() -> None:
    at = opened(PAGE, profile="oauth-basic")
    header = agree(forge(at, "issuer"))
    assert agree(write(at, "header", header | {"typ": "at+jwt"}))["typ"] == "at+jwt"
    assert at.pills(key="lab-forgery").value == "issuer"
    assert "200" in page_text(at)


def test_claims_that_are_changed_by_hand_are_signed_as_chosen() -> None:
    at = opened(PAGE, profile="oauth-basic")
    claims = json.loads(text(forge(at, "issuer"), "claims"))
    agree(write(at, "claims", claims | {"note": "é 𝄞"}))
    assert at.pills(key="lab-forgery").value == "issuer"
    assert 'ruling good"' in page_text(at)


def test_a_token_that_is_changed_by_hand_is_opened_again() -> None:
    at = opened(PAGE, profile="oauth-basic")
    forge(at, "none")
    agree(write(at, "token", EXAMPLES["access-token"]))
    assert at.pills(key="lab-forgery").value is None


def test_in_another_setting_a_signed_token_is_signed_anew() -> None:
    """The issuer of the other setting has another key: the token would still say that it is signed by it."""
    at = opened(PAGE, profile="oauth-basic")
    forge(at, "issuer")
    at.segmented_control(key="profile").set_value("oauth-bcp").run()
    assert agree(at)["alg"] == "ES256"


@pytest.mark.parametrize("form", EXAMPLES)
def test_whatever_is_pasted_the_texts_agree(form: str) -> None:
    agree(write(opened(PAGE), "token", EXAMPLES[form]))


def test_what_was_taken_off_is_said_and_gone() -> None:
    at = write(opened(PAGE), "token", f"Authorization: Bearer {EXAMPLES['jwt']}")
    assert text(at, "token") == EXAMPLES["jwt"]
    assert "“Authorization” was taken off. “Bearer” was taken off." in at.caption[0].value


def test_another_token_of_what_was_pasted_can_be_chosen_and_the_first_one_again() -> None:
    first, second = EXAMPLES["jwt"], EXAMPLES["id-token"]
    at = write(opened(PAGE), "token", json.dumps({"access_token": first, "id_token": second}))
    assert text(at, "token") == first
    at.pills(key="lab-others").set_value("id_token of the JSON").run()
    assert text(fine(at), "token") == second
    agree(at)
    at.pills(key="lab-others").set_value("the first one").run()
    assert text(fine(at), "token") == first


@pytest.mark.parametrize(
    ("name", "value"), [("claims", "{"), ("header", "[]"), ("claims", '{"a": 1, "a": 2}'), ("header", ""), ("claims", "x" * (MAX + 9))]
)
def test_where_they_cannot_agree_it_is_said_and_nothing_is_judged(name: str, value: str) -> None:
    at = forge(opened(PAGE, profile="oauth-basic"), "keep")
    token = text(at, "token")
    write(at, name, value)
    if name == "header" and not value:
        assert token_lab.read(text(at, "token")).alone
        return
    assert text(at, "token") == token
    assert "The token is still the one from before." in page_text(at)
    assert not ruled(at)


def test_what_is_too_long_is_said_and_nothing_is_judged() -> None:
    at = write(opened(PAGE, profile="oauth-basic"), "token", "a" * (4 * MAX))
    assert "longer than 16,384 characters" in page_text(at)
    assert not ruled(at)
    assert len(text(at, "token")) == MAX + 1
    assert (text(at, "header"), text(at, "claims")) == ("", "")
    assert ruled(write(at, "token", EXAMPLES["jwt"]))


def test_claims_alone_become_a_token_when_they_are_signed_and_claims_again() -> None:
    at = write(opened(PAGE, profile="oauth-basic"), "token", json.dumps({"sub": "alice"}))
    assert agree(forge(at, "issuer"))["alg"] == "RS256"
    assert ruled(at)
    agree(forge(at, None))
    assert token_lab.read(text(at, "token")).alone


def test_a_signature_on_what_has_no_claims_is_refused_and_let_go() -> None:
    at = forge(write(opened(PAGE, profile="oauth-basic"), "token", JWE), "issuer")
    assert "no claims that could be signed" in page_text(at)
    assert text(at, "token") == JWE
    assert "no claims that could be signed" not in page_text(forge(at, None))


def test_an_sd_jwt_that_is_changed_is_a_jwt() -> None:
    at = write(opened(PAGE, profile="oauth-basic"), "token", f"{SD}~{TOLD}~")
    agree(write(at, "claims", {"sub": "alice"}))
    assert text(at, "token").count(".") == 2
    assert "~" not in text(at, "token")
