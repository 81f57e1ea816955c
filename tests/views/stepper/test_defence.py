"""The defender's side as a document: in the words of basis.py, and without the right answer before it is given."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sandbox.language import library
from sandbox.protocol.defences import TO_DO
from sandbox.protocol.switches import SWITCHES, Switch
from sandbox.studies import basis, defending, foretelling
from sandbox.studies.adaptive import Looked
from sandbox.studies.defending import HOLDS, OPEN_END, Stand
from sandbox.views.stepper import defence

AUD = library.get("missing-aud-replay")


def stand(**bundles: str) -> Stand:
    return defending.stood(AUD, AUD.settings, AUD.settings.but(bundles))


def said(switch: Switch) -> str:
    return switch.meaning.casefold()


@pytest.mark.slow
def test_what_gets_through_is_told_with_her_way() -> None:
    came = defence.came(AUD, stand())
    assert (came["word"], came["tone"], came["held"], came["waits"]) == ("Attack succeeded", "bad", False, False)
    assert came["way"] == f"Her way: {basis.told(AUD)}"


@pytest.mark.slow
def test_blocked_says_what_it_rests_on_and_holds_only_by_its_own_rule() -> None:
    blocked = replace(stand(AUD="on"), looked=None)
    assert defence.came(AUD, blocked)["sentence"].startswith("This script: ")
    assert (defence.came(AUD, blocked)["waits"], defence.came(AUD, blocked)["holds"]) == (True, "")
    looked = replace(blocked, looked=Looked(7, 9, exhausted=True))
    assert defence.came(AUD, looked)["around"] == "No other way within 2 changing moves: 7 states, exhausted."
    assert defence.came(AUD, looked)["holds"] == HOLDS
    assert defence.came(AUD, replace(looked, looked=Looked(7, 9, exhausted=False)))["holds"] == OPEN_END
    found = defence.came(AUD, replace(looked, looked=Looked(7, 9, ways=(AUD,))))
    assert (found["holds"], found["tone"], found["around"]) == ("", "warn", basis.another(AUD))
    broken = defence.came(AUD, stand(**{"rs.check_aud": "on"}))
    assert broken["broken"]
    assert not any(title.startswith("Control") for title in broken["broken"])


@pytest.mark.slow
def test_the_question_does_not_say_what_is_right() -> None:
    one = stand(AUD="on")
    options = foretelling.options(AUD, one)
    asked = defence.asked(options, one.settings.beyond(AUD.settings))
    assert set(asked) == {"turned", "options"}
    assert one.verdict.sentence not in json.dumps(asked)
    right = foretelling.right(one)
    assert defence.foretold(right, one, options)["right"]
    wrong = defence.foretold("nothing", one, options)
    assert (wrong["right"], wrong["came"]) == (False, "Transactions, audience")


@pytest.mark.slow
def test_every_switch_of_the_design_can_be_turned_and_found() -> None:
    doc = defence.beside(AUD, AUD.settings, stand(), said)
    names = [s["name"] for g in doc["switches"] for s in g["switches"]]
    assert names == [s.name for s in SWITCHES.values() if "oauth" in s.applies]
    (aud,) = [b for b in doc["bundles"] if b["name"] == "AUD"]
    assert (aud["says"], ["rs.check_aud", "on"] in aud["parts"], "aud" in aud["spoken"]) == (TO_DO["AUD"], True, True)
