"""Files of one's own on the page Your system: dropped, masked, drawn, and turned into answers that say where they come from."""

from __future__ import annotations

import pickle
from typing import Any
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import assets
from sandbox.app.pages import system
from sandbox.app.pages.system import PAGE
from sandbox.app.parts import own_files
from sandbox.app.parts.own_files import AT_ONCE, BUSY, LARGEST
from tests.support.apps import fine, link, opened, page_text
from tests.support.reality import NAIVE, OWN, SPA, WEB, own, writings

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def without_the_attacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running every attack is test_system.py's, and takes a hundred times as long as what is tested here."""
    monkeypatch.setattr(system, "_result", lambda *_: None)


def dropped(*files: tuple[str, bytes]) -> AppTest:
    """The page after these files were dropped on it."""
    at = opened(PAGE)
    return at.file_uploader(key="own-files-0").set_value([(name, raw, "application/json") for name, raw in files]).run()


def recording(name: str) -> tuple[str, bytes]:
    return name, (OWN / name).read_bytes()


def test_from_a_recording_to_the_worst_three_a_drawing_and_answers() -> None:
    at = fine(dropped(recording(SPA)))
    text = page_text(at)
    for part in ("The code is sent to a third party", "entry 37", "step 25", "20 exchanges of the login", "weak points in your file"):
        assert part in text
    assert link(at)["answers"].startswith("design-oauth.clients-spa-unknown.apis-unknown.browser-page")
    assert at.radio(key="ask-life").value == "minutes"
    assert at.checkbox(key="ask-clients-mobile").value is False
    assert at.checkbox(key="ask-clients-unknown").value is True


def test_a_question_shows_what_the_files_say_about_it() -> None:
    text = page_text(dropped(recording(SPA)))
    assert "follows from the files: The token lives 5 min" in text
    assert "only a half of it is seen" in text


def test_nothing_of_a_secret_reaches_the_page_or_stays_in_the_session() -> None:
    at = dropped(recording(NAIVE))
    everything = page_text(at) + pickle.dumps(at.session_state[own_files.FOUND]).decode("latin-1")
    for secret in ("rabbit-hole-42", "bob@globex.example"):
        assert not [w for w in writings(secret) if w in everything]
    assert not at.file_uploader(key="own-files-1").value


def test_what_a_change_has_changed() -> None:
    at = dropped(recording(SPA))
    old = (recording(WEB)[0], recording(WEB)[1], "application/json")
    text = page_text(fine(at.file_uploader(key="own-files-before-0").set_value([old]).run()))
    assert f"What differs from {WEB}" in text
    assert "no longer seen: No code_challenge" in text
    at.button(key="own-forget").click().run()
    assert own_files.BEFORE not in at.session_state


def test_several_files_are_joined() -> None:
    other = b'{"issuer": "https://login.acme.example", "token_endpoint": "https://x.example", "authorization_response_iss_parameter_supported": false}'
    assert "contradict each other" in page_text(dropped(recording(SPA), ("meta.json", other)))


@pytest.mark.parametrize("raw", [b"hello", b'{"log": {"entries": ["rabbit-hole-42'], ids=["word", "broken"])
def test_what_cannot_be_read_is_said(raw: bytes) -> None:
    text = page_text(fine(dropped(("x.har", raw))))
    assert "x.har: it" in text
    assert "rabbit" not in text


def test_forgetting() -> None:
    at = dropped(recording(NAIVE))
    at.button(key="own-forget").click().run()
    assert "weak points in your file" not in page_text(fine(at))
    assert at.radio(key="ask-design").value == "login"  # the answers are the person's now


def test_no_more_imports_at_once_than_the_process_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        def acquire(self, **_: Any) -> bool:
            return False

    monkeypatch.setattr(own_files, "_turns", Taken())
    assert BUSY in page_text(fine(dropped(recording(NAIVE))))
    assert (AT_ONCE, LARGEST) == (2, 30)


def test_there_is_a_guide_for_each_browser() -> None:
    assert [browser for browser, *_ in own_files.RECORDING] == ["Chrome, Edge", "Firefox", "Safari"]
    for _, picture, steps in own_files.RECORDING:  # a picture of our own, with each step's number in it
        drawn = ElementTree.fromstring(assets.text(picture))
        numbers = [e.text for e in drawn.iter("{http://www.w3.org/2000/svg}text") if e.get("fill") == "#ffffff"]
        assert set(numbers) == {str(n) for n, _ in enumerate(steps, 1)}
        assert drawn.get("aria-label")
    assert own(NAIVE).worst
