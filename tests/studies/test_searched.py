"""Cells that were searched before: that the file says what a search finds, and that what is out of date counts for nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sandbox.core import memo
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import searched
from sandbox.studies.adaptive import BOUND, Looked
from sandbox.studies.searched import FILE, MADE_BY, Entry, Place
from tests.support.effort import LONG

FRESH = [place for place, entry in searched.shipped().items() if entry.of == searched.source(place)]
FOUND = [place for place in FRESH if searched.shipped()[place].looked.ways]
SMALL = sorted((place for place in FRESH if place not in FOUND), key=lambda place: searched.shipped()[place].looked.states)[:2]


@pytest.mark.slow
@pytest.mark.parametrize("place", FRESH if LONG else [*SMALL, *FOUND[:1]], ids="-".join)
def test_what_the_file_says_is_what_a_search_finds(place: Place) -> None:
    assert searched.look(place) == searched.shipped()[place], f"run `{MADE_BY}`"


@pytest.mark.slow
def test_the_file_knows_every_blocked_cell() -> None:
    """In the usual run of one attack only: while attacks are added, the page looks for itself."""
    attacks = library.attacks() if LONG else (library.get("code-replay"),)
    assert set(searched.blocked(attacks)) <= set(FRESH), f"run `{MADE_BY}`"
    assert LONG or searched.blocked(attacks)


def test_the_file_is_what_is_written_for_what_it_says() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert searched.written(searched.read(text).items()) == text
    assert len(text) < 100_000
    assert {entry.looked.changes for entry in searched.shipped().values()} == {BOUND.changes}


def test_a_way_in_it_is_a_scenario_that_loads() -> None:
    assert FOUND
    for place in FOUND:
        for way in searched.shipped()[place].looked.ways:
            assert way.id.startswith(place[0])
            assert way.goal


PLACE = ("code-replay", "oauth-bcp")


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """The file says something of one cell only."""
    made = Entry(searched.source(PLACE), Looked(7, 70, True))
    monkeypatch.setattr(searched, "shipped", lambda: {PLACE: made})
    return made


def test_it_is_known_in_exactly_that_setting(entry: Entry) -> None:
    assert searched.known("code-replay", Settings.of("oauth-bcp")) == entry.looked
    assert searched.known("code-replay", Settings.of("oauth-bcp", {"as.pkce": "optional"})) is None
    assert searched.known("code-replay", Settings.of("oauth-basic")) is None


def test_what_is_out_of_date_counts_for_nothing(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched, "shipped", lambda: {PLACE: replace(entry, of="00000000")})
    assert searched.known("code-replay", Settings.of("oauth-bcp")) is None


def test_each_cell_is_known_by_its_own_scripts_and_setting() -> None:
    marks = {(attack.id, profile): searched.source((attack.id, profile)) for attack in library.attacks()[:5] for profile in PROFILES}
    assert len(set(marks.values())) == len(marks)


def test_attacks_and_profiles_that_are_gone_are_left_out() -> None:
    cell = {"attack": "code-replay", "profile": "oauth-bcp", "of": "x", "changes": 2, "states": 1, "moves": 1, "exhausted": True}
    gone = [cell | {"attack": "no-such-attack"}, cell | {"profile": "no-such-profile"}]
    assert list(searched.read(json.dumps({"cells": [cell, *gone]}))) == [PLACE]


def test_the_command_that_makes_it_is_in_it() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8"))["made_by"] == MADE_BY
    assert memo.of(searched.shipped).limit == 1
