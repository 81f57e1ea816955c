"""The search: it finds what the shipped attacks tell, and what they do not tell, and says what it has not looked at."""

from __future__ import annotations

import pytest

from sandbox.attacker.question import of_scenario
from sandbox.attacker.search import Bound, How, finished, search
from sandbox.language import library
from sandbox.protocol.settings import Settings
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.questions import FIXED, LEAKS, READ, SESSION, WEB, answer, asked, rolled

TOLD = [s.id for s in map(library.get, library.ids()) if s.goal]
BFF_OFF, BFF_ON = {"client.bff": "off"}, {"client.bff": "on"}
SIX = {
    "as.stamp_aud": "on",
    "as.min_claims": "on",
    "client.bff": "on",
    "rs.check_aud": "on",
    "rs.log_redaction": "on",
    "rs.verify_behind_gw": "on",
}


# ---------------------------------------------------------------- what is told is found


@pytest.mark.slow
@pytest.mark.parametrize("id", TOLD)
def test_every_goal_of_a_shipped_attack_is_reached_without_its_steps(id: str) -> None:
    """From its setting, its honest steps and the powers that it states; unless its file says why not, and then that is true.

    That nothing is found takes the whole bound, a minute and more with three changes: `make long` looks so far.
    """
    scenario = library.get(id)
    found = answer(of_scenario(scenario), effort(2, 3) if scenario.unsearched else 3)
    reached = {w.target for w in found.found} == set(of_scenario(scenario).targets)
    assert reached != bool(scenario.unsearched), (
        f"{id} is found now: remove `unsearched`" if reached else f"{id}: teach the search, or say why not"
    )
    assert found.defects == []


# ---------------------------------------------------------------- what is not told is found, and what is not there is not


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "switches", "powers", "target", "verb"),
    [
        pytest.param("naive-jwt", SIX | {"rs.alg_policy": "trust-header"}, WEB, READ, "forge", id="1-unsigned"),
        pytest.param("naive-jwt", SIX | {"rs.alg_policy": "blocklist"}, WEB, READ, "forge", id="1-respelled"),
        pytest.param(
            "naive-jwt", SIX | {"rs.alg_policy": "allowlist", "as.signing": "shared-word"}, WEB, READ, "forge", id="1-guessed-from-nothing"
        ),
        pytest.param("oauth-bcp", BFF_OFF | {"rs.dpop": "off"}, (*WEB, "storage.app"), READ, "read", id="2-bearer-where-dpop-is-off"),
        pytest.param("oauth-bcp", BFF_OFF | {"rs.dpop": "accept-both"}, (*WEB, "storage.app"), READ, "read", id="2-bearer-accepted-too"),
        pytest.param(
            "oauth-basic",
            {"client.code_flow": "on", "client.bff": "off", "as.rt_rotation": "reuse-detect"},
            ("storage.app",),
            READ,
            "read",
            id="3-thief-reads-at-once",
        ),
        pytest.param("oauth-bcp", BFF_OFF, ("script.app",), READ, "act", id="4-script-starts-a-flow"),
        pytest.param(
            "oauth-basic",
            {"client.bff": "off", "client.pkce": "s256", "as.pkce": "optional"},
            (*WEB, "log.laptop"),
            SESSION,
            "lure",
            id="5-challenge-stripped",
        ),
        pytest.param("oauth-basic", BFF_ON | {"as.signing": "shared-word"}, WEB, READ, "forge", id="6-word-behind-a-backend"),
        pytest.param("oauth-bcp", BFF_ON, ("script.app", "rides.app"), READ, "act", id="6-data-posted-home"),
        pytest.param("oauth-bcp", BFF_ON, ("device.laptop",), READ, "send", id="cookies-copied"),
    ],
)
def test_another_way_is_found(profile: str, switches: dict, powers: tuple, target, verb: str) -> None:
    found = answer(asked(profile, switches, powers, target, day=3), 3)
    assert [w.target for w in found.found] == [target]
    assert found.found[0].verdict.word == "succeeded"
    assert verb in [s.verb for s in found.found[0].steps]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "switches", "powers", "target"),
    [
        pytest.param("naive-jwt", SIX | {"rs.alg_policy": "allowlist", "as.signing": "rs256"}, WEB, READ, id="1-cured"),
        pytest.param("oauth-bcp", BFF_OFF | {"rs.dpop": "require"}, (*WEB, "storage.app"), READ, id="2-dpop-required"),
        pytest.param("oauth-bcp", BFF_ON, (*WEB, "script.app"), READ, id="4-backend-and-no-riding"),
        pytest.param(
            "oauth-basic",
            {"client.bff": "off", "client.pkce": "s256", "as.pkce": "no-downgrade"},
            (*WEB, "log.laptop"),
            SESSION,
            id="5-no-downgrade",
        ),
    ],
)
def test_no_other_way_is_found_and_the_bound_is_exhausted(profile: str, switches: dict, powers: tuple, target) -> None:
    found = answer(asked(profile, switches, powers, target, day=3))
    assert (found.found, found.defects, found.exhausted) == ([], [], True)


def test_the_thief_who_comes_by_the_refresh_token_reads_before_reuse_is_seen() -> None:
    """Case 3 in its own words: where the stolen access token is bound to a request that she cannot make, the refresh token is not."""
    found = answer(of_scenario(library.get("refresh-thief-reads-at-once")))
    assert found.found[0].verdict.word == "succeeded"


# ---------------------------------------------------------------- how the answer comes


@pytest.mark.slow
def test_the_same_question_has_the_same_answer() -> None:
    first, second = (answer(asked("oauth-basic", {}, LEAKS, READ, SESSION, day=2)) for _ in range(2))
    assert [w.scenario.source for w in first.found] == [w.scenario.source for w in second.found]
    assert (first.states, first.moves) == (second.states, second.moves)


def test_it_can_be_stopped_and_says_that_it_is_not_exhausted() -> None:
    *_, last = search(asked("oauth-bcp", BFF_OFF, WEB, READ), stop=lambda: True)
    assert (last.done, last.exhausted, last.states) == (True, False, 0)


@pytest.mark.slow
def test_it_stops_at_a_number_of_states() -> None:
    *_, last = search(asked("oauth-bcp", BFF_OFF, WEB, READ), Bound(2, states=3))
    assert (last.states, last.exhausted) == (3, False)


@pytest.mark.slow
def test_without_moves_that_change_something_there_are_the_honest_steps_only() -> None:
    found = answer(asked("oauth-bcp", BFF_OFF, WEB, READ, day=3), changes=0)
    assert (found.states, found.exhausted) == (4, True)


def test_a_way_that_is_not_confirmed_is_a_defect_and_the_bound_is_not_exhausted(monkeypatch) -> None:
    monkeypatch.setattr("sandbox.attacker.way.WON", ())
    found = answer(asked("naive-jwt", {"rs.alg_policy": "trust-header"}, (), READ, day=1))
    assert (found.found, found.exhausted) == ([], False)
    assert {d.target for d in found.defects} == {READ}


# ---------------------------------------------------------------- the reductions lose nothing


def compared(changes: int, count: int) -> tuple[int, int]:
    """How many questions both searches answer alike, and how many there were; with the pairs in the message."""
    chance, alike = dice("search", changes), 0
    for _ in range(count):
        question = rolled(chance, changes)
        reduced, plain = answer(question, changes), answer(question, changes, How(merge=False))
        assert reduced.exhausted
        assert plain.exhausted
        assert {w.target for w in reduced.found} == {w.target for w in plain.found}, question.bound
        assert reduced.defects + plain.defects == [], question.bound
        alike += 1
    return alike, count


@pytest.mark.slow
def test_the_plain_search_finds_the_same_in_random_settings() -> None:
    alike, count = compared(1, effort(8, 100))
    assert alike == count


@pytest.mark.slow
def test_the_plain_search_finds_the_same_with_two_moves() -> None:
    """In `make long` only: half a minute for each pair."""
    alike, count = compared(2, effort(0, 20))
    assert alike == count


@pytest.mark.slow
def test_what_is_gained_can_be_chosen_instead() -> None:
    """With gains as moves among others, nothing is found that is not found with gains taken at once."""
    for number in range(effort(3, 10)):
        question = rolled(dice("gains", number), 1)
        chosen = finished(search(question, Bound(1), how=How(merge=True, gains_at_once=False)))
        assert {w.target for w in chosen.found} <= {w.target for w in answer(question, 1).found}


@pytest.mark.slow
def test_a_setting_that_has_no_day_of_its_own_is_searched_too() -> None:
    question = asked("jwt-done-properly", {}, WEB, READ, FIXED)
    assert question.settings == Settings.of("jwt-done-properly")
    assert answer(question, 1).exhausted
