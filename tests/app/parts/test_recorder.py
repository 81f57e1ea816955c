"""Recording on a page: what a browser may send, and what the file must be before it is kept."""

from __future__ import annotations

import pytest

from sandbox.app.parts import recorder
from sandbox.app.parts.recorder import Recorder
from sandbox.workshop.recording import Told
from tests.support.apps import fine, link, opened, page_text

pytestmark = pytest.mark.slow


def begun() -> Recorder:
    return Recorder(recorder._new(*recorder.USUAL))


def test_an_event_is_taken_once_and_one_that_means_nothing_changes_nothing() -> None:
    made = begun()
    first = next(iter(made.story.moves()))
    for event in (
        None,
        "x",
        {},
        {"seq": "1"},
        {"seq": True},
        {"seq": 1, "event": "turn", "do": "take", "name": 7},
        {"seq": 2, "event": "edit"},
    ):
        recorder.take(made, event)
    assert (made.story.names, made.heard) == ((), 2)
    for _ in range(2):
        recorder.take(made, {"seq": 3, "event": "turn", "do": "take", "name": first})
    assert made.story.names == (first,)
    recorder.take(made, {"seq": 4, "event": "turn", "do": "take", "name": "unknown"})
    recorder.take(made, {"seq": 5, "event": "turn", "do": "back"})
    recorder.take(made, {"seq": 6, "event": "turn", "do": "back"})
    assert made.story.names == ()


def test_a_file_with_a_false_claim_or_that_does_not_load_is_not_kept() -> None:
    made = begun()
    made.story.take(next(n for n, (c, _) in made.story.moves().items() if c.say.startswith("Alice signs in to ConnectSphere app")))
    text = made.story.as_scenario(Told())
    assert list(recorder.faults(text)) == []
    assert "claims are false" in next(recorder.faults(text.replace('"status": 200', '"status": 204')))
    assert "does not name a section" in next(recorder.faults(text.replace("RFC 6749 §4.1", "the spec")))


def test_the_page_begins_empty_and_goes_back_to_the_files() -> None:
    at = opened("workshop")
    at.button(key="record").click().run()
    assert "Record a scenario" in page_text(fine(at))
    at.selectbox(key="record-profile").set_value("naive-jwt").run()
    assert at.session_state["recorder"].story.settings.profile == "naive-jwt"
    at.button(key="record-leave").click().run()
    assert "Record a scenario" not in page_text(fine(at))


def test_a_recording_outlives_a_reload_by_its_link() -> None:
    made = begun()
    story = made.story
    story.take(next(n for n, (c, _) in story.moves().items() if c.say.startswith("Alice signs in to ConnectSphere app")))
    story.take(next(n for n, (c, _) in story.moves().items() if c.say == "A minute passes."))
    word = f"oauth-basic~account,log.accounts~{'.'.join(story.names)}"
    at = opened("workshop", record=word)
    assert at.session_state["recorder"].story.said == story.said
    assert link(at)["record"] == word
    at = opened("workshop", record=f"{word}.aaaaaa")
    assert "it can be followed for 2" in page_text(at)
    assert at.session_state["recorder"].story.said == story.said


@pytest.mark.parametrize(
    "word",
    [
        "x",
        "oauth-bcp",
        "no-such~~",
        "oauth-bcp~root~",
        "oauth-bcp~~!!!!!!",
        "oauth-bcp~account~aaaaaa.b",
        "~" * 99,
        "oauth-bcp~~" + "aaaaaa." * 99,
    ],
)
def test_a_broken_link_to_a_recording_is_said(word: str) -> None:
    at = opened("workshop", record=word)
    assert "The recording in the link cannot be read." in page_text(at)
    assert "recorder" not in at.session_state


def test_the_link_has_the_authors_words_and_what_is_no_word_of_theirs_is_left_out() -> None:
    at = opened("workshop")
    at.button(key="record").click().run()
    story = at.session_state["recorder"].story
    name = next(n for n, (c, _) in story.moves().items() if c.say.startswith("Alice signs in to ConnectSphere app"))
    at = opened("workshop", record=f"oauth-basic~account,log.accounts~{name}")
    step = at.session_state["recorder"].story.taken()[0].id
    at.text_input(key="record-title").set_value("Mine: <b>„é“</b>").run()
    at.text_input(key=f"record-say-{step}").set_value("She comes in.").run()
    at.text_input(key=f"record-q-{step}").set_value("Will she?").run()
    word = link(fine(at))["record"]
    assert len(word.split("~")) == 4
    again = opened("workshop", record=word)
    story = again.session_state["recorder"].story
    assert (story.says[step], story.asks[step].question, story.asks[step].accepted) == ("She comes in.", "Will she?", "Yes")
    assert again.text_input(key="record-title").value == "Mine: <b>„é“</b>"
    assert link(again)["record"] == word
    for wrong in (
        "AAAA",
        word.split("~")[3][:-9],
        recorder.archive.pack({"other": "{}"}),
        recorder.archive.pack({recorder.WORDS: '{"says": []}'}),
    ):
        broken = opened("workshop", record="~".join((*word.split("~")[:3], wrong)))
        assert "cannot be read; its moves are here" in page_text(fine(broken))
        assert broken.session_state["recorder"].story.names == (name,)


def test_a_link_that_cannot_have_all_words_says_so() -> None:
    made = begun()
    made.story.take(next(iter(made.story.moves())))
    step = made.story.taken()[0].id
    assert recorder.packed(made.story, {}) == ""
    made.story.say(step, "x")
    assert recorder.packed(made.story, {})
    made.story.say(step, "".join(chr(0x4E00 + 37 * n % 20000) for n in range(9000)))
    assert recorder.packed(made.story, {}) == ""
