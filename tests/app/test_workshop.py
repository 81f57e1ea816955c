"""The page Workshop, run by AppTest: files and their problems, playlists, the presenter's view, links."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import parse_qs

import pytest

from sandbox.language import library
from sandbox.workshop import archive
from tests.support.apps import editor, fine, link, links_to, opened, page_text, shown, typed, verdict
from tests.support.short_stories import UNLEARNED

pytestmark = pytest.mark.slow

AUD = library.get("missing-aud-replay").source
PKCE = library.get("code-pkce").source
PLAYLIST = "title: An hour\nitems:\n  - {scenario: code-pkce, title: First, minutes: 5}\n  - {scenario: mine.yaml, note: Ask first.}\n  - {scenario: mine.yaml, setting: {profile: oauth-bcp}}\n"
FILES = archive.pack({"list.yaml": PLAYLIST, "mine.yaml": AUD})


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in files.items():
            z.writestr(f"{name}.yaml", text)
    return out.getvalue()


def upload(at: Any, *files: tuple[str, bytes]) -> Any:
    at.file_uploader(key="upload").set_value([(name, raw, "application/octet-stream") for name, raw in files]).run()
    return fine(at)


def test_it_is_empty_at_first_and_says_what_to_do() -> None:
    at = opened("workshop")
    assert "Bring scenarios of your own" in page_text(at)
    assert {b.key for b in at.button} >= {"example", "template", "playlist"}


def test_a_zip_is_opened_and_shown_in_the_order_of_its_playlist() -> None:
    at = upload(opened("workshop"), ("all.zip", zipped(mine=AUD, list=PLAYLIST)))
    assert shown(at)["scenario"] == "code-pkce"
    assert "<h1>An hour</h1>" in page_text(at)
    at.button(key="following").click().run()
    assert (shown(fine(at))["scenario"], verdict(at)) == ("mine", "succeeded")
    assert "Ask first." in page_text(at)
    at.selectbox(key="item").set_value(3).run()
    assert (link(fine(at))["item"], verdict(at)) == ("3", "blocked")


def test_a_bomb_and_a_broken_file_are_refused_and_the_others_are_shown() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("bomb.yaml", b"a" * 200_000)
    at = upload(
        opened("workshop"),
        ("b.zip", out.getvalue()),
        ("bad.yaml", AUD.replace("difficulty:", "dificulty:").encode()),
        ("ok.yaml", PKCE.encode()),
    )
    said = [c.value for c in at.code]
    assert any("zip bomb" in text for text in said)
    assert any("bad.yaml:6:1: there is no key `dificulty` here" in text for text in said)
    assert shown(at)["scenario"] == "ok"


def test_what_was_never_learned_is_shown_as_a_problem_of_the_file() -> None:
    at = opened("workshop")
    typed(at, UNLEARNED)
    assert any("in step `use` the attacker uses `$start.access_token`" in c.value for c in fine(at).code)


def test_what_is_typed_is_kept_while_another_file_is_looked_at() -> None:
    at = upload(opened("workshop"), ("a.yaml", AUD.encode()), ("b.yaml", PKCE.encode()))
    typed(at, "title: half a thought")
    at.pills(key="workshop_file").set_value("b.yaml").run()
    at.pills(key="workshop_file").set_value("a.yaml").run()
    assert editor(fine(at))["text"] == "title: half a thought"


def test_only_what_was_not_typed_is_another_edition() -> None:
    at = upload(opened("workshop"), ("a.yaml", AUD.encode()))
    first = editor(at)
    assert (first["file"], first["problems"]) == ("a.yaml", [])
    typed(at, AUD.replace("difficulty:", "dificulty:"))
    assert (editor(at)["edition"], [p[:2] for p in editor(at)["problems"]]) == (first["edition"], [[6, 1]])
    at.button(key="remove").click().run()
    assert (editor(at)["text"], editor(at)["edition"]) == ("", first["edition"] + 1)
    at.button(key="before").click().run()
    assert (editor(at)["text"], editor(at)["edition"]) == (AUD.replace("difficulty:", "dificulty:"), first["edition"] + 2)


def test_the_open_file_and_the_story_on_show_are_the_same() -> None:
    at = upload(opened("workshop"), ("a.yaml", AUD.encode()), ("b.yaml", PKCE.encode()))
    assert (editor(at)["file"], shown(at)["scenario"]) == ("a.yaml", "a")
    at.button(key="following").click().run()
    assert (editor(fine(at))["file"], shown(at)["scenario"]) == ("b.yaml", "b")
    at.pills(key="workshop_file").set_value("a.yaml").run()
    assert (editor(fine(at))["file"], shown(at)["scenario"], link(at).get("item")) == ("a.yaml", "a", None)
    at = upload(at, ("c.yaml", PKCE.encode()))
    assert (editor(at)["file"], shown(at)["scenario"]) == ("c.yaml", "c")


def test_a_file_goes_together_with_its_places_in_the_playlist_and_can_be_had_back() -> None:
    at = upload(opened("workshop"), ("all.zip", zipped(mine=AUD, list=PLAYLIST)))
    at.pills(key="workshop_file").set_value("mine.yaml").run()
    assert any("its place there goes, too" in c.value for c in fine(at).caption)
    at.button(key="remove").click().run()
    assert [c.value for c in fine(at).code] == []
    assert (editor(at)["file"], shown(at)["scenario"]) == ("list.yaml", "code-pkce")
    assert "mine" not in editor(at)["text"]
    at.button(key="before").click().run()
    assert len(fine(at).selectbox(key="item").options) == 3


def test_a_typing_error_leaves_the_last_run_and_says_that_it_is_older() -> None:
    at = upload(opened("workshop"), ("a.yaml", AUD.encode()))
    typed(at, AUD.replace("difficulty:", "dificulty:"))
    assert verdict(at) == "succeeded"
    assert "a.yaml has a problem in line 6:" in page_text(at)
    typed(at, AUD)
    assert "has a problem" not in page_text(at)


def test_compare_opens_the_story_of_the_playlist_in_its_own_setting() -> None:
    told = "title: T\nitems:\n  - {scenario: code-pkce}\n  - {scenario: missing-aud-replay, setting: {profile: oauth-basic, switches: {rs.check_aud: on}}}\n"
    at = upload(opened("workshop"), ("list.yaml", told.encode()))
    assert any("scenario=code-pkce&a=file&b=oauth-bcp" in q for q in links_to(at))
    at.button(key="following").click().run()
    assert any(parse_qs(q).get("b") == ["oauth-basic,rs.check_aud=on"] and "scenario=missing-aud-replay" in q for q in links_to(fine(at)))
    at = upload(opened("workshop"), ("code-pkce.yaml", AUD.encode()))
    assert not any("a=file" in q for q in links_to(at)), "a file of one's own that is called like a shipped one"


def test_template_and_playlist_are_there_to_start_from() -> None:
    at = opened("workshop")
    at.button(key="template").click().run()
    assert verdict(fine(at)) == "completed"
    at.button(key="playlist").click().run()
    assert 'scenario: "my-scenario.yaml"' in editor(fine(at))["text"]


def test_every_claim_is_checked_on_a_click() -> None:
    at = upload(
        opened("workshop"),
        ("a.yaml", AUD.replace("at: replay\n    by: transactions.audience", "at: replay\n    by: transactions.signature").encode()),
    )
    at.button(key="check").click().run()
    said = [c.value for c in fine(at).code]
    assert any("claims are false" in text and "found: at replay by transactions.audience" in text for text in said)


# ---------------------------------------------------------------- links


def test_a_link_carries_files_place_and_answers() -> None:
    said = "2.replay.r,2.replay.1.b"
    at = opened("workshop", files=FILES, item="2", predict="1", answers=said)
    doc = shown(at)
    assert (doc["scenario"], doc["open"], doc["answers"]) == ("mine", "replay.2", {"replay": "refused", "replay.1": "b"})
    assert link(at) == {"item": "2", "answers": said, "predict": "1", "files": FILES}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"files": "!!"}, "The files in the link cannot be read"),
        ({"item": "<b>"}, "There is no entry &#x27;&lt;b&gt;&#x27;; this is the first."),
        ({"answers": "1.x.q"}, "An answer in the link was left out: &#x27;1.x.q&#x27;."),
        ({"profile": "oauth"}, "There is no profile &#x27;oauth&#x27;"),
    ],
)
def test_a_broken_link_is_said(params: dict[str, str], said: str) -> None:
    assert said in page_text(opened("workshop", **params))
    assert said in page_text(opened("workshop", **({"files": FILES} | params)))


def test_a_link_does_not_lose_what_was_there_before() -> None:
    at = opened("workshop")
    typed(at, AUD)
    at.query_params["files"] = FILES
    at.run()
    assert shown(fine(at))["scenario"] == "code-pkce"
    at.button(key="before").click().run()
    assert editor(fine(at))["text"] == AUD


def test_the_older_address_still_works() -> None:
    assert shown(opened("your-file", files=FILES))["scenario"] == "code-pkce"


# ---------------------------------------------------------------- the presenter's view


def test_the_presenters_view_has_the_stepper_and_no_controls() -> None:
    at = opened("workshop", files=FILES, item="2", present="1")
    assert shown(at)["present"] is True
    assert (shown(at)["item"], shown(at)["items"]) == (2, 3)
    assert not at.button
    assert not [e for e in at.get("bidi_component") if e.proto.component_name == "editor"]
