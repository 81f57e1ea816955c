"""The page Your system by AppTest: answers become findings, a link restores them, the audit is worked out and reported."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.pages.system import PAGE
from sandbox.studies import questions
from tests.support.apps import fine, link, links_to, opened, page_text, verdict

pytestmark = pytest.mark.slow

ANSWERS = "design-oauth.clients-spa.browser-page.signing-ec.token-aud.api-alg-iss-aud.life-minutes"
NAIVE = "design-login.clients-spa.signing-ec.traces-header.life-hours"  # a token out of the address is still in the log
AUDIT = 300  # seconds of waiting for an audit of all attacks, which shares the machine with other tests


def asked(at: AppTest) -> list[str]:
    return [r.label for r in at.radio]


def test_it_opens_neutral_until_three_questions_are_answered() -> None:
    at = opened(PAGE)
    assert link(at) == {}
    for answers, more in (({}, "3 more answers"), ({"answers": "design-oauth.life-hours"}, "1 more answer,")):
        text = page_text(opened(PAGE, **answers))
        assert more in text
        assert "attacks succeed" not in text
        assert 'class="headline bad"' not in text
    assert "questions without an answer" in page_text(opened(PAGE, answers="design-oauth.life-hours.revoke-none"))


def test_what_nobody_knows_has_a_group_of_its_own() -> None:
    text = page_text(opened(PAGE, answers="design-oauth.clients-spa.life-hours.server-unknown"))
    assert "more depend on what you do not know" in text


def test_an_answer_changes_the_address_and_what_is_asked() -> None:
    at = opened(PAGE)
    before = len(at.radio)
    at.radio(key="ask-design").set_value("oauth").run()
    assert link(fine(at)) == {"answers": "design-oauth"}
    assert len(at.radio) > before
    at.radio(key="ask-life").set_value("hours").run()
    at.checkbox(key="ask-api-aud").check().run()
    assert link(fine(at)) == {"answers": "design-oauth.api-aud.life-hours"}
    assert "do not fit together" in page_text(at)
    at.checkbox(key="ask-token-aud").check().run()
    assert "do not fit together" not in page_text(fine(at))


def test_a_link_restores_every_answer() -> None:
    at = opened(PAGE, answers=ANSWERS)
    assert link(at) == {"answers": ANSWERS}
    assert at.radio(key="ask-life").value == "minutes"
    assert at.checkbox(key="ask-api-iss").value is True
    assert at.checkbox(key="ask-api-scope").value is False


def test_a_broken_link_gets_a_sentence() -> None:
    at = opened(PAGE, answers="design-oauht.<img src=x>-1.life-minutes")
    assert "has no answer &#x27;oauht&#x27;; did you mean &#x27;oauth&#x27;?" in page_text(at)
    assert "<img src=x" not in page_text(at)
    assert link(at) == {"answers": "life-minutes"}


def test_the_audit_is_worked_out_and_can_be_downloaded() -> None:
    at = opened(PAGE, answers=ANSWERS)
    at.button(key="work-out").click().run(timeout=AUDIT)
    text = page_text(fine(at))
    assert "honest flows, which all still work" in text
    assert [t.label for t in at.tabs][-3:] == ["Smallest set of changes", "On Monday", "Attacks"]
    assert text.count('class="tick ') == len(questions.shipped().monday)
    assert [b.label for b in at.get("download_button")] == ["Report as HTML", "Report as Markdown", "Result as JSON"]
    assert any("set=" in q and "scenario=" in q for q in links_to(at))
    at.checkbox(key="ask-api-scope").check().run()
    assert [b.key for b in fine(at).button if b.key == "work-out"] == ["work-out"]


def test_starting_over_forgets_the_answers() -> None:
    at = opened(PAGE, answers=ANSWERS)
    at.button(key="start-over").click().run()
    assert link(fine(at)) == {}


def test_a_way_that_was_found_in_a_round_is_a_click_from_the_stepper() -> None:
    at = opened(PAGE, answers=NAIVE)
    at.button(key="work-out").click().run(timeout=AUDIT)
    assert "Another way: Mallory reads the log of Accounts." in page_text(fine(at))
    word = next(parse_qs(query)["files"][0] for query in links_to(at) if query.startswith("files="))
    assert verdict(opened("workshop", files=word)) == "succeeded"
