"""The main journeys in Firefox and in WebKitGTK, which stands in for Safari."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import engines
from tests.support.browsing import AUD, IDLE, READY
from tests.support.engines import Tab
from tests.support.needs import need

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def tab(request: pytest.FixtureRequest) -> Iterator[Tab]:
    need(request.param)
    with getattr(engines, request.param)() as opened:
        yield opened


def opened(tab: Tab, url: str) -> None:
    tab.go(url)
    tab.wait(f"$('{IDLE}') && true")


def press(tab: Tab, label: str) -> None:
    """Click the control of Streamlit's that says this."""
    tab.wait(
        f"[...document.querySelectorAll('button, [role=radio], label')].some((el) => el.textContent.includes('{label}') && (el.click(), true))"
    )


def test_from_start_into_the_first_lesson(tab: Tab, app: str) -> None:
    opened(tab, app)
    assert "flight simulator" in tab.text(".hero h1")
    tab.wait("[...document.querySelectorAll('*')].length > 50 && $('.stages li') && true")
    tab.click(".stages li a")
    tab.wait("location.pathname.endsWith('/play') && $('.stepper[data-ready=true] .row[data-n]') && true")
    tab.wait("document.title.endsWith('· OAuth Sandbox')")


def test_a_lesson_is_stepped_by_keys_answered_and_ended(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/play?scenario={AUD}")
    tab.wait(f"$('{READY}') && true")
    tab.press("Shift+ArrowRight", "Shift+ArrowRight")
    there = tab.wait("Number($('.stepper').dataset.step) > 2 && Number($('.stepper').dataset.step)")
    tab.press("Shift+ArrowLeft")
    tab.wait(f"Number($('.stepper').dataset.step) < {there}")
    tab.press("End", "1")
    tab.wait("$('.ask.yes') && true")
    tab.press("2")
    tab.wait("$('.ask .q')?.textContent.includes('Who must refuse')")
    tab.press("3")
    tab.wait("$('.stepper:not(.asking)') && true")
    tab.press("End", "ArrowRight")
    assert tab.text(".end blockquote")
    assert tab.text(".end h4") == "Your answers: 3 of 3"


def test_another_design_shows_its_own_run(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/play?scenario={AUD}&profile=oauth-basic")
    assert tab.text(".verdict b") == "Attack succeeded"
    press(tab, "OAuth 2.0, best practice")
    tab.wait("$('.verdict b').textContent === 'Attack blocked'")
    tab.wait("location.search.includes('profile=oauth-bcp')")


def test_an_attack_is_played_with_a_hint_and_taken_back(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/play?scenario={AUD}&turn=start")
    tab.wait("$('.moves button') && true")
    tab.press("h")
    tab.click(".move.meant")  # Firefox without a window has no focus, and gives a button no Enter
    tab.wait("$('.told')?.textContent.includes('Nothing of it reaches you.')")
    tab.wait("new URLSearchParams(location.search).get('turn').length === 6")
    tab.press("b")
    tab.wait("$('.told')?.textContent.includes('Nothing has happened yet.')")


def test_a_word_explains_itself(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/play?scenario={AUD}&profile=oauth-basic&step=3")
    tab.wait("$('.cast .word') && getComputedStyle($('.cast .word')).textDecorationLine === 'underline'")  # what can be clicked can be seen
    tab.click(".panel .word, .cast .word")
    tab.wait("$('.stepper .card:not([hidden]) p')?.textContent && true")
    tab.press("Escape")
    tab.wait("$('.stepper .card').hidden")


def test_the_glossary_opens_at_a_word(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/glossary#state")
    tab.wait("$('article.open h3')?.textContent.startsWith('state')")


def test_a_token_is_broken_and_a_check_says_so(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/token-lab?profile=oauth-basic")
    tab.wait("$('.ruling.good') && true")
    press(tab, "Break the signature")
    tab.wait("$('.ruling.bad') && $('.checks tr.fail th')?.textContent.includes('signature')")


def test_the_matrix_fills_and_a_cell_leads_into_its_run(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/matrix")
    tab.wait("$('a.item.bad[href*=\"/play\"]') && true")  # not another way, which opens the workshop
    tab.click('a.item.bad[href*="/play"]')
    tab.wait("location.pathname.endsWith('/play') && $('.verdict b')?.textContent === 'Attack succeeded'")


def test_lines_and_their_numbers_stay_together_in_the_editor(tab: Tab, app: str) -> None:
    opened(tab, f"{app}/workshop")
    press(tab, "Template")
    tab.wait("$('.editor .cm-line')?.textContent && true")
    tab.wait("$('.stepper') && true")
    lines = "[...$('.editor').querySelectorAll('.cm-line')].slice(0, 12).map((el) => Math.round(el.getBoundingClientRect().top))"
    numbers = "[...$('.editor').querySelectorAll('.cm-lineNumbers .cm-gutterElement')].filter((el) => el.style.visibility !== 'hidden').slice(0, 12).map((el) => Math.round(el.getBoundingClientRect().top))"
    assert tab.wait(
        f"(() => {{ const a = {lines}, b = {numbers}; return a.length === 12 && a.every((top, i) => Math.abs(top - b[i]) <= 2); }})()"
    )
