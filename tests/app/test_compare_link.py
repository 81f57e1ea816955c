"""What an address of the page Compare means, and that it says the same again."""

from __future__ import annotations

import pytest

from sandbox.app.compare_link import Compared, link, read, start, text
from sandbox.app.state import View
from tests.support.apps import switched

AUD = "missing-aud-replay"


def test_without_an_address_two_designs_are_compared():
    compared, problems = read({})
    assert compared == start()
    assert problems == []
    assert len(compared.views) == 2


@pytest.mark.parametrize(
    "params",
    [
        {"scenario": AUD, "a": "naive-jwt", "b": "oauth-bcp"},
        {"scenario": AUD, "a": "file", "b": "file,as.stamp_aud=on,rs.check_aud=on"},
        {"scenario": "code-pkce", "a": "oauth-basic", "b": "oauth-bcp", "c": "oauth-bcp,accounts.check_aud=off", "seed": "7"},
    ],
)
def test_an_address_says_the_same_again(params):
    compared, problems = read(params)
    assert problems == []
    assert compared.params() == params


def test_a_bundle_in_an_address_stands_for_its_switches():
    compared, _ = read({"scenario": AUD, "a": "file", "b": "AUD=on"})
    assert text(compared.views[1]) == f"file,{switched('AUD')}"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"scenario": "missing-aud-reply"}, "did you mean 'missing-aud-replay'?"),
        ({"a": "oauth-bpc"}, "There is no profile 'oauth-bpc'; did you mean 'oauth-bcp'?"),
        ({"b": "naive-jwt,rs.check_aut=on"}, "did you mean 'rs.check_aud'?"),
        ({"c": "<img>"}, "There is no profile '<img>'"),
        ({"c": "<img src=x>"}, "A switch in the link was left out: there is no switch '<img src'"),
        ({"seed": "x"}, "The seed 'x' is not a number"),
        ({"a": "," * 999}, "There is no profile ''"),
    ],
)
def test_a_broken_part_is_said_and_the_rest_is_kept(params, said):
    compared, problems = read(params)
    assert any(said in p for p in problems)
    assert 2 <= len(compared.views) <= 3


def test_settings_are_added_changed_and_left_out():
    compared = start().added()
    assert len({v.profile for v in compared.views}) == 3
    assert compared.without(2) == start()
    other = View(AUD, "", (("rs.check_aud", "on"),))
    assert compared.changed(0, other).views[0] is other
    assert {v.scenario for v in compared.of_story("code-pkce").views} == {"code-pkce"}


def test_a_link_is_made_of_views():
    first, second = View(AUD), View(AUD, "oauth-bcp")
    assert link(first, second) == {"scenario": AUD, "a": "file", "b": "oauth-bcp"}
    assert Compared((first, second)).params() == link(first, second)
