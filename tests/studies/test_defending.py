"""The defender's side: what a stand comes to, and that nothing holds which only looks so."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES, UnknownSetting
from sandbox.studies import adaptive
from sandbox.studies.defending import Defending, looking, stood


@pytest.mark.slow
def test_it_begins_with_an_attack_that_succeeds() -> None:
    game = Defending(library.get("missing-aud-replay"))
    assert (game.stand.verdict.word, game.stand.broken, game.stand.looked, game.stand.holds) == ("succeeded", (), None, False)
    assert game.turned == ()


def test_a_defence_that_breaks_honest_flows_does_not_hold() -> None:
    stand = Defending(library.get("missing-aud-replay")).turn({"rs.check_aud": "on"})
    assert stand.broken
    assert not stand.holds


@pytest.mark.slow
def test_a_defence_holds_once_nothing_else_is_found() -> None:
    game = Defending(library.get("missing-aud-replay"))
    stand = game.turn({"AUD": "on"})
    assert (stand.verdict.word, stand.broken) == ("blocked", ())
    assert stand.looked is not None
    assert (stand.looked.exhausted, stand.looked.ways, stand.holds) == (True, (), True)
    assert dict(game.turned)["rs.check_aud"] == "on"


@pytest.mark.slow
def test_what_only_the_known_scripts_mind_does_not_hold() -> None:
    stand = Defending(library.get("token-in-url-log"), Settings.of("oauth-basic")).stand
    assert stand.verdict.word == "blocked"
    assert stand.looked is not None
    assert [w.title for w in stand.looked.ways]
    assert not stand.holds


def test_a_weaker_value_than_needed_does_not_hold() -> None:
    stand = Defending(library.get("alg-none")).turn({"rs.alg_policy": "blocklist"})
    assert (stand.verdict.word, stand.holds) == ("succeeded", False)


def test_a_switch_that_is_not_there_changes_nothing() -> None:
    game = Defending(library.get("alg-none"))
    before = game.stand
    with pytest.raises(UnknownSetting):
        game.turn({"rs.alg_polcy": "allowlist"})
    assert game.stand is before
    assert not game.take_back()


def test_taking_back_leads_to_the_stand_before() -> None:
    game = Defending(library.get("missing-aud-replay"))
    before = game.stand
    game.turn({"rs.check_aud": "on"})
    assert game.take_back()
    assert game.stand is before


def test_only_the_switches_of_its_design_can_be_turned() -> None:
    there = Defending(library.get("alg-none")).switches()
    assert "rs.alg_policy" in {s.name for s in there}
    assert all("oauth" in s.applies for s in there)
    assert len(there) < len(SWITCHES)


@pytest.mark.slow
def test_a_search_a_state_at_a_time_comes_to_what_the_whole_game_comes_to() -> None:
    attack = library.get("missing-aud-replay")
    settings = attack.settings.but({"AUD": "on"})
    *_, last = looking(attack, settings)
    stand = stood(attack, attack.settings, settings)
    assert stand.looked == last
    assert (stand, stand.holds) == (Defending(attack).turn({"AUD": "on"}), True)


@pytest.mark.slow
def test_what_is_refused_waits_until_somebody_has_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive, "already", lambda *_: None)
    attack = library.get("missing-aud-replay")
    stand = stood(attack, attack.settings, attack.settings.but({"AUD": "on"}))
    assert (stand.refused, stand.looked, stand.holds) == (True, None, False)
