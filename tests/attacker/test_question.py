"""What the search is asked: the honest steps, the powers and the goals of an attack, and none of her steps."""

from __future__ import annotations

import pytest

from sandbox.attacker import question
from sandbox.engine.case import Case
from sandbox.engine.player import play
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from tests.support.questions import WEB, asked


def test_an_attack_gives_its_honest_steps_its_powers_and_its_goals() -> None:
    found = question.of_scenario(library.get("code-injection"))
    assert [s.id for s in found.schedule] == ["alice_asks"]
    assert found.powers == ("account", "log.laptop")
    assert [str(t) for t in found.targets] == ["session budget in mallory_browser as alice", "read alice:account-1"]


def test_what_she_may_do_while_she_is_an_admin_is_no_goal() -> None:
    (target,) = question.of_scenario(library.get("stale-role-claims")).targets
    assert target.goal.after == "demote"


def test_no_step_of_hers_is_among_the_honest_ones() -> None:
    for id in library.ids():
        scenario = library.get(id)
        if scenario.goal:
            honest = question.of_scenario(scenario).schedule
            assert not [s.id for s in honest if s.actor in ("mallory", "mallory_browser")], id


def test_a_file_that_states_no_power_has_those_that_its_steps_take() -> None:
    text = library.get("code-injection").source.replace(", can: [account, log.laptop]", "")
    assert question.stated(loads(text, "mine.yaml")) == ("log.laptop", "account")


def test_a_fact_gets_a_name_that_no_step_has() -> None:
    scenario = library.get("jwk-header-injection")
    assert question.of_scenario(scenario).named("mallory.key") == "mine"
    renamed = question.Question(scenario.settings, (), (library.get("code-replay").steps[0].model_copy(update={"id": "mine"}),), ())
    assert renamed.named("mallory.key") == "her_mine"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_ordinary_day_can_be_lived_in_every_profile(profile: str) -> None:
    record = play(Case.of(question.day(), Settings.of(profile)))
    assert [s.id for s in question.day().steps if record.skipped(s.id) and not s.optional] == []


def test_without_goals_it_asks_for_those_of_the_attacks_that_she_can_play() -> None:
    mine = {str(t) for t in asked("oauth-bcp", {}, WEB).targets}
    assert {"read alice:account-1", "late alice_out"} <= mine
    assert "pii alice:email" not in mine
    assert "pii alice:email" in {str(t) for t in asked("oauth-bcp", {}, (*WEB, "log.accounts")).targets}


def test_whose_access_a_step_ends() -> None:
    assert asked("oauth-bcp", {}, WEB).ended("alice_out") == ("alice", "app")
    assert question.of_scenario(library.get("admin-kill-session")).ended("kill") == ("mallory", "")


def test_her_powers_in_words() -> None:
    assert question.in_words(asked("oauth-bcp", {}, ("lures",))) == "Alice follows links that Mallory gives her."
    assert question.in_words(asked("oauth-bcp", {}, ())) == "She can send messages, and nothing else."


def test_the_day_says_in_which_browsers_a_client_is_used() -> None:
    """Her links are followed, and her scripts run, wherever honest people are; not on one device that somebody had in mind."""
    theft = question.of_scenario(library.get("code-interception"))
    assert (theft.used_at("mobile"), theft.browsers) == (("phone",), ("phone",))
    day = asked("oauth-bcp", {}, WEB)
    assert (day.used_at("app"), day.used_at("mobile"), day.browsers) == (("laptop",), ("phone",), ("laptop",))
