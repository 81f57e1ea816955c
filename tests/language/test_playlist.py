"""Playlist files: what they may say, and how a broken one is answered."""

from __future__ import annotations

import pytest

from sandbox.language import playlist
from sandbox.language.playlist import PlaylistError, loads, looks_like, written

GOOD = """title: An hour
about: About tokens.
items:
  - scenario: code-pkce
    title: First
    minutes: 10
    note: Look at the state.
    setting: {profile: oauth-bcp, switches: {client.pkce: off}}
  - scenario: mine.yaml
"""


def test_a_playlist_says_what_is_shown_in_which_order() -> None:
    told, _, places = loads(GOOD)
    assert [(i.scenario, i.title, i.minutes) for i in told.items] == [("code-pkce", "First", 10), ("mine.yaml", None, None)]
    assert told.items[0].setting is not None
    assert places == [(4, 15), (9, 15)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes: 10", "minutes: ten", "playlist.yaml:6:14: `minutes` must be a whole number, not the text `ten`\n      minutes: ten\n               ^\n  cure: write a whole number in digits, such as 60"),
        ("minutes: 10", "minuts: 10", "playlist.yaml:6:5: there is no key `minuts` here\n      minuts: 10\n      ^\n  cure: did you mean `minutes`?"),
        ("profile: oauth-bcp", "profile: oauth-bpc", "playlist.yaml:8:24: there is no profile `oauth-bpc`\n      setting: {profile: oauth-bpc, switches: {client.pkce: off}}\n                         ^\n  cure: did you mean `oauth-bcp`?"),
        ("client.pkce", "client.pcke", "playlist.yaml:8:46: there is no switch `client.pcke`\n      setting: {profile: oauth-bcp, switches: {client.pcke: off}}\n                                               ^\n  cure: did you mean `client.pkce`?"),
        ("scenario: mine.yaml", "title: x", "playlist.yaml:9:5: `scenario` is missing\n    - title: x\n      ^\n  cure: add `scenario:` (an id from `oauth-sandbox list`, or the name of a file)"),
        ("mine.yaml", "../mine.yaml", "playlist.yaml:9:15: `../mine.yaml` is in another folder\n    - scenario: ../mine.yaml\n                ^\n  cure: put the file beside the playlist, and write `mine.yaml`"),
        ("title: An hour", "title: [", "playlist.yaml:3:6: a comma or a closing bracket is missing before this; the bracket was opened on line 1\n  items:\n       ^\n  cure: add it, or put the text in quotes"),
        ("about:", "title:", "playlist.yaml:2:1: `title` is written twice, first on line 1\n  title: About tokens.\n  ^\n  cure: keep one of them"),
    ],
)  # fmt: skip
def test_a_broken_one_is_answered_with_place_caret_and_cure(old: str, new: str, message: str) -> None:
    with pytest.raises(PlaylistError) as error:
        loads(GOOD.replace(old, new))
    assert str(error.value.problems[0]) == message


@pytest.mark.parametrize(
    "text", ["", "items: []", "title: x", "items: 3\ntitle: x", "- a", "items:\n  - a\ntitle: x", "\x00", "a: &a [*a]"]
)
def test_none_is_too_broken(text: str) -> None:
    with pytest.raises(PlaylistError):
        loads(text)


def test_a_playlist_is_told_from_a_scenario_even_when_broken() -> None:
    assert looks_like(GOOD)
    assert looks_like("items: [")
    assert not looks_like("steps:\n  - a\nitems: x")
    assert not looks_like("title: x")


def test_a_written_one_is_read_whatever_the_titles() -> None:
    told, _, _ = loads(written("It's: [a] #list", [("a-b.yaml", "a: 'b' #c"), ("code-pkce", "x")]))
    assert (told.title, told.items[0].title, told.items[1].scenario) == ("It's: [a] #list", "a: 'b' #c", "code-pkce")
    assert playlist.loads(written("x", [("a", "b")]))[0].items[0].minutes == 10


BLOCK = "title: T\nitems:\n  - scenario: a.yaml\n    title: One\n  # of b\n  - {scenario: b}\n  - scenario: ./a.yaml\nabout: A\n"


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        (BLOCK, {"a.yaml"}, "title: T\nitems:\n  - {scenario: b}\nabout: A\n"),
        (BLOCK, {"b"}, BLOCK.replace("  - {scenario: b}\n", "")),
        (BLOCK, {"c"}, BLOCK),
        (BLOCK, {"a.yaml", "b"}, ""),
        ("title: T\nitems:\n- scenario: b\n- scenario: a\n", {"a"}, "title: T\nitems:\n- scenario: b\n"),
        ("title: T\nitems: [{scenario: a}, {scenario: b}]\n", {"a"}, None),
        ("title: T\nitems:\n  -\n    scenario: a\n  - scenario: b\n", {"a"}, None),
    ],
)
def test_a_playlist_without_some_of_its_items_is_still_one(text: str, gone: set[str], left: str | None) -> None:
    assert playlist.without(text, gone) == left
    if left:
        assert not gone & {item.scenario for item in playlist.loads(left)[0].items}
