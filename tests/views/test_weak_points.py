"""Weak points in words, on both pages."""

from __future__ import annotations

from dataclasses import replace

from sandbox.language import library
from sandbox.studies.weak_points import Hole, shipped
from sandbox.views import weak_points as words

PAIR = (("as.pkce", "optional"), ("client.nonce", "off"))


def test_what_is_weaker_is_said_with_the_value_that_it_has() -> None:
    assert words.named("oauth-bcp", PAIR) == "as.pkce: required → optional and client.nonce: on → off"
    assert words.meaning(PAIR).count(".") >= 2


def test_singles_come_before_pairs() -> None:
    for profile, holes in shipped().profiles.items():
        groups = words.groups(profile, shipped())
        assert [{len(p.switches) for p in g.points} for g in groups] == [{1}, {2}]
        assert sum(len(p.holes) for g in groups for p in g.points) == len(holes)


def test_the_way_is_named_where_it_is_another() -> None:
    way = library.ways("code-injection")[0]
    assert words.attack(Hole(PAIR, "code-injection", "succeeded", "code-injection")) == library.get("code-injection").title
    assert way.title in words.attack(Hole(PAIR, "code-injection", "succeeded", way.id))


def test_it_says_how_far_it_can_be_relied_on_and_whether_it_is_of_today() -> None:
    assert "for these scripts and this engine" in words.about(shipped())
    assert words.STALE not in words.about(replace(shipped(), fresh=True))
    assert words.STALE in words.about(replace(shipped(), fresh=False))
