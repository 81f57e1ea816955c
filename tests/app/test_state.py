"""Addresses: what a link means, what a broken link means, and that a view and its link are the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.app.state import View, parse
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, instances, switch_of

SCENARIO = library.get("missing-aud-replay")
NAMES = [*SWITCHES, *(f"{i}.{s.key}" for s in SWITCHES.values() for i in instances(s.owner))]


def test_a_link_says_scenario_profile_switches_and_seed() -> None:
    view, problems = parse(
        {"scenario": "missing-aud-replay", "profile": "oauth-bcp", "set": "client.dpop=off,rs.dpop=off", "seed": "7", "step": "3"}
    )
    assert view == View("missing-aud-replay", "oauth-bcp", (("client.dpop", "off"), ("rs.dpop", "off")), 7)
    assert problems == []


def test_a_link_to_nothing_in_particular_is_the_files_own_setting() -> None:
    view, problems = parse({"scenario": "missing-aud-replay"})
    assert view.settings(SCENARIO) == SCENARIO.settings
    assert view.params() == {"scenario": "missing-aud-replay"}
    assert problems == []


def test_a_bundle_in_a_link_is_its_switches() -> None:
    assert dict(parse({"set": "AUD=on"})[0].changes) == BUNDLES["AUD"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"scenario": "missing-aud-reply"}, "There is no scenario 'missing-aud-reply'; did you mean 'missing-aud-replay'?"),
        ({"profile": "oauth-bpc"}, "There is no profile 'oauth-bpc'; did you mean 'oauth-bcp'? This is the file's own setting."),
        ({"seed": "-1"}, "The seed '-1' is not a number from 0 to 999999; this is seed 0."),
        ({"seed": "9" * 99}, f"The seed '{'9' * 60}…' is not a number from 0 to 999999; this is seed 0."),
        ({"set": "rs.check_aut=on"}, "A switch in the link was left out: there is no switch 'rs.check_aut'; did you mean 'rs.check_aud'?"),
        ({"set": "rs.check_aud=yes"}, "A switch in the link was left out: rs.check_aud has no value 'yes': it is one of off, on."),
        ({"set": "rs.check_aud"}, "A switch in the link was left out: 'rs.check_aud' does not say to what."),
    ],
)
def test_a_broken_part_of_a_link_is_said_and_left_out(params: dict[str, str], said: str) -> None:
    view, problems = parse(params)
    assert problems == [said]
    assert view == View()


def test_a_broken_part_spares_the_others() -> None:
    view, problems = parse({"profile": "oauth-bcp", "set": "x=y,rs.check_aud=off,,=", "seed": "٣"})
    assert view == View(profile="oauth-bcp", changes=(("rs.check_aud", "off"),))
    assert len(problems) == 3


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["scenario", "profile", "set", "seed", "step"]), st.text(max_size=200)))
def test_no_link_is_too_broken(params: dict[str, str]) -> None:
    view, _ = parse(params)
    view.settings(SCENARIO)
    assert parse(view.params())[0] == view


@pytest.mark.slow
@given(st.sampled_from(["", *PROFILES]), st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9)), max_size=6))
def test_a_view_and_its_link_are_the_same_settings(profile: str, flips: list[tuple[str, int]]) -> None:
    view = View("missing-aud-replay", profile)
    for name, choice in flips:
        values = switch_of(name).values
        value = values[choice % len(values)]
        view = view.changed(SCENARIO, name, value)
        assert view.settings(SCENARIO).value(name) == value
    again, problems = parse(view.params())
    assert (again.settings(SCENARIO), problems) == (view.settings(SCENARIO), [])


def test_flipping_back_leaves_nothing_behind() -> None:
    view = View("missing-aud-replay").changed(SCENARIO, "rs.check_aud", "on").changed(SCENARIO, "rs.check_aud", "off")
    assert view.changes == ()


def test_a_change_of_the_files_own_switches_is_kept_apart_from_them() -> None:
    view = View("missing-aud-replay").changed(SCENARIO, "client.referrer_policy", "off")
    assert view.changes == (("client.referrer_policy", "off"),)
    assert view.settings(SCENARIO) == Settings.of("oauth-basic", {"client.code_flow": "on"})
