"""Which room a visitor is in: the one of the link, of the session, or of the cookie; the page is drawn where the visitor looks around."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.parts.room import Here
from sandbox.app.rooms import ROOMS
from tests.support.apps import fine, opened, page_text
from tests.support.rooms import FILES

pytestmark = pytest.mark.slow


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A room that is served."""
    monkeypatch.setattr(ROOMS, "mounted", True)
    code, _ = ROOMS.open("An hour", FILES)
    yield code
    ROOMS.end(code)


def here(at: AppTest) -> Here | None:
    found: Here | None = at.session_state.get("room", None)
    return found


def test_a_link_opens_the_room_in_the_place_of_any_page(code: str) -> None:
    at = opened("glossary", room=f"{code[:4]}-{code[4:]}".lower())
    assert here(at) == Here(code, page="glossary")
    assert "Glossary" not in page_text(at)


def test_without_a_link_or_with_none_that_is_a_code_there_is_no_room(code: str) -> None:
    for query in ({}, {"room": "no"}, {"room": "<script>"}):
        assert here(opened("glossary", **query)) is None


def test_the_workshop_opens_a_room_with_the_files_of_the_session(code: str) -> None:
    at = opened("workshop")
    at.button(key="playlist").click().run()
    at.button(key="open-room").click().run()
    found = here(fine(at))
    assert found is not None
    assert (len(found.key), found.page) == (32, "workshop")
    held = ROOMS.find(found.code)
    assert held is not None
    assert (held.room.title, held.room.items) == ("Tokens in an hour", 5)
    assert found.key not in held.room.model_dump_json()
    ROOMS.end(found.code)


def test_where_rooms_cannot_be_reached_none_is_offered() -> None:
    at = opened("workshop")
    at.button(key="playlist").click().run()
    assert "open-room" not in {button.key for button in at.button}
