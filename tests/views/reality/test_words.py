"""The words about a team's own files."""

from sandbox.reality.resemblance import beside
from sandbox.views.reality import words
from tests.support.reality import NAIVE, OWN, SPA, document, inspected, of, own


def test_headlines_and_files():
    assert words.headline(own(SPA)) == "4 weak points in 1 file"
    assert words.headline(document('{"keys": []}')) == "No weak point seen in 1 file"
    assert list(words.files(own(SPA))) == ["spa-pkce.chrome.har: recording, 58 entries by WebInspector 537.36"]


def test_a_finding_in_words():
    found = of(own(SPA), "code_to_third_party")
    assert words.should(found) == "Nobody but the client may see the authorization response. RFC 9700 §4.2.4"
    assert words.where(found) == "entry 37, request.queryString.dr; entry 49, request.queryString.dr"
    assert words.where(of(own(NAIVE), "hs256"), 1).endswith("and 3 more places")
    assert [id for id, _ in words.opens(found)] == list(found.row.attacks)
    assert words.opens(of(own(SPA), "pkce_s256")) == []


def test_tones_are_apart_and_complete():
    found = own(SPA)
    assert sum(len(words.of_tone(found.findings, tone)) for tone, _ in words.GROUPS) == len(found.findings)


def test_what_is_drawn_and_what_it_resembles():
    assert words.drawn(own(SPA)) == "20 exchanges of the login; 38 others left out as noise or repetition."
    assert words.drawn(inspected(OWN / "key-set.json")) == ""
    assert "none" in words.likeness(None)
    found = own(SPA)
    assert words.likeness(beside(found.recorded, found.story)).startswith(
        "It resembles Figure 2 of the article (OAuth with a code), here the lesson “A key card instead of the house key” most ("
    )


def test_what_is_said_about_answers():
    found = own(SPA)
    said = {s.id: s for s in words.about(found)}
    assert words.told(said["life-minutes"]).startswith("“Minutes” follows from the files: The token lives 5 min (300 s) (from entry 26")
    assert any("state" in s.id for _, rows in words.answered(found) for s, _ in rows)
