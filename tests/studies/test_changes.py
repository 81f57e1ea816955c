"""Changes: what can be raised in a setting, how changes are joined and compared, and how they are called."""

from __future__ import annotations

import pytest

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies.changes import best, bundles, cost, delta, joined, named, raised, singles, strongest, within

BASIC = Settings.of("oauth-basic")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_single_raises_one_switch_and_means_something(profile):
    base = Settings.of(profile)
    for ((name, value),) in singles(base):
        assert SWITCHES[name].values.index(value) > SWITCHES[name].values.index(base.value(name))
        assert base.architecture in SWITCHES[name].applies
        assert raised(base, frozenset({(name, value)})) != base


def test_what_is_weak_in_one_place_only_can_be_raised():
    base = Settings.of("oauth-bcp", {"transactions.check_aud": "off"})
    assert frozenset({("rs.check_aud", "on")}) in singles(base)
    assert delta(base, {"transactions.check_aud": "on"}) == {("rs.check_aud", "on")}


def test_a_bundle_is_what_it_still_changes():
    assert bundles(BASIC)["AUD"] == {("as.stamp_aud", "on"), ("client.resource_param", "on"), ("rs.check_aud", "on")}
    assert bundles(BASIC.at_least({"as.stamp_aud": "on", "client.resource_param": "on"}))["AUD"] == {("rs.check_aud", "on")}
    assert "AUD" not in bundles(BASIC.at_least({"AUD": "on"}))
    assert "PKCE" not in bundles(Settings.of("naive-jwt"))


@pytest.mark.parametrize("profile", PROFILES)
def test_with_the_strongest_change_nothing_is_weaker_than_in_the_best_profile(profile):
    base = Settings.of(profile)
    after, usual = raised(base, strongest(base)), Settings.of(best(base))
    for switch in SWITCHES.values():
        if base.architecture in switch.applies:
            assert switch.values.index(after.value(switch.name)) >= switch.values.index(usual.value(switch.name))


def test_of_two_changes_the_stronger_value_is_kept():
    one, other = frozenset({("rs.dpop", "require"), ("rs.mtls", "on")}), frozenset({("rs.dpop", "accept-both"), ("rs.check_aud", "on")})
    assert joined(one, other) == joined(other, one) == {("rs.dpop", "require"), ("rs.mtls", "on"), ("rs.check_aud", "on")}
    assert within(other, joined(one, other))
    assert not within(one, other)


def test_fewer_switches_cost_less_then_those_that_are_recommended():
    two, usual, beyond = {("rs.check_aud", "on"), ("as.stamp_aud", "on")}, {("rs.dpop", "require")}, {("rs.mtls", "on")}
    prices = [cost(BASIC, frozenset(change)) for change in (usual, beyond, two)]
    assert prices == sorted(prices)


def test_a_change_is_called_by_its_bundles():
    bundle = {("as.stamp_aud", "on"), ("client.resource_param", "on"), ("rs.check_aud", "on")}
    assert named(frozenset(bundle | {("rs.dpop", "require")})) == "AUD + rs.dpop=require"
