"""What a room shows: entries, settings, and a run that ends at the first question that nobody may know the answer of."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sandbox.core import memo
from sandbox.engine.case import Case
from sandbox.room.commands import Refused
from sandbox.room.model import Position
from sandbox.room.stage import Stage, _whole
from tests.support.rooms import FILES, RIGHT

STAGE = Stage(FILES)


def doc(position: Position, *opened: str) -> Any:
    return json.loads(gzip.decompress(STAGE.shown(position, opened)))


def test_the_items_are_those_of_the_playlist() -> None:
    assert [entry.title for entry in STAGE.entries][2] == "The same today"
    assert next(iter(STAGE.questions(1))) == "replay"
    assert STAGE.fits(1, "replay", RIGHT)
    assert not any((STAGE.fits(1, "replay", "perhaps"), STAGE.fits(1, "no", RIGHT)))
    with pytest.raises(Refused, match="no such item"):
        STAGE.entry(4)


def test_nothing_behind_an_open_question_is_in_the_document() -> None:
    first, whole = doc(Position()), doc(Position(), *STAGE.questions(1))
    assert first["open"] == "replay"
    assert "right" not in json.dumps(first["panes"][0]["steps"]["replay"]["questions"])
    assert len(first["timeline"]) < len(whole["timeline"])
    assert (first["answers"], whole["open"]) == ({}, None)
    assert first["panes"][0]["verdict"]["word"] == ""
    assert doc(Position(), "replay")["open"] == "replay.1"


def test_in_another_setting_all_is_shown_and_nothing_asked() -> None:
    option = STAGE.options(1)[0]
    other = doc(Position(profile=option.profile, changes=option.changes))
    assert other["open"] is None
    assert [told["questions"] for told in other["panes"][0]["steps"].values()] == [[]] * len(other["panes"][0]["steps"])
    assert STAGE.outcome(Position(profile=option.profile, changes=option.changes)) == "blocked"
    assert STAGE.outcome(Position()) == "succeeded"


def test_a_setting_that_there_is_not_is_refused() -> None:
    for position in (Position(profile="no"), Position(profile="oauth-bcp", changes=(("rs.no", "on"),))):
        with pytest.raises(Refused, match="no such setting"):
            STAGE.case(position)


def test_there_is_a_choice_of_defences_at_an_attack_alone() -> None:
    assert len(STAGE.options(1)) > 1
    assert STAGE.options(2) == ()
    assert STAGE.options(3) == (), "where the attack is stopped, no defence is looked for"


def test_what_will_be_shown_is_made_before() -> None:
    stage = Stage(FILES)
    stage.warm()
    assert all(memo.of(_whole).has(Case(entry.scenario, entry.settings)) for entry in stage.entries)
