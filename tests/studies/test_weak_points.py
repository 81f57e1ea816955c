"""Weak points: what one weaker switch, or two, let through; and that the file which comes with the sandbox says what is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies import weak_points
from sandbox.studies.weak_points import FILE, MADE_BY, Hole, Weaker, loads, points, shipped, tried, weaker, written
from tests.support.effort import LONG, some

BCP = Settings.of("oauth-bcp")
CAREFUL = Settings.of("jwt-done-properly")
EVERY = [(profile, hole) for profile, holes in shipped().profiles.items() for hole in holes]
JOBS = [(profile, attack.id) for profile in PROFILES if LONG or profile == "naive-jwt" for attack in library.attacks()]


def found(attack: str, base: Settings, **switches: str) -> Hole | None:
    return tried(library.get(attack), base, tuple((name.replace("_", ".", 1), value) for name, value in switches.items()))


def again(profile: str, hole: Hole) -> Hole | None:
    """What is found where the hole is said to be."""
    return tried(library.get(hole.attack), Settings.of(profile), hole.switches)


def milder(base: Settings, switches: Weaker) -> list[Weaker]:
    """The same with one switch a step less weak; where that is its own value, without it."""
    out = []
    for name, value in switches:
        values = weaker(base, SWITCHES[name])
        at = values.index(value)
        rest = tuple((n, v) for n, v in switches if n != name)
        out.append(((name, values[at - 1]), *rest) if at else rest)
    return out


@pytest.mark.slow
def test_a_single_switch_whose_weaker_value_lets_an_attack_through() -> None:
    hole = found("missing-aud-replay", CAREFUL, rs_check_aud="off")
    assert hole is not None
    assert (hole.word, hole.script) == ("succeeded", "missing-aud-replay")
    assert hole.settings(CAREFUL) == Settings.of("jwt-done-properly", {"rs.check_aud": "off"})
    assert found("missing-aud-replay", CAREFUL, rs_log_redaction="off") is None


@pytest.mark.slow
def test_a_pair_of_which_either_alone_still_stops_it_by_another_known_way() -> None:
    hole = found("code-injection", BCP, as_pkce="optional", client_nonce="off")
    assert hole is not None
    assert hole.script in {way.id for way in library.ways("code-injection")}
    assert found("code-injection", BCP, as_pkce="optional") is None
    assert found("code-injection", BCP, client_nonce="off") is None


def test_a_setting_in_which_honest_flows_fail_is_no_finding() -> None:
    leaks = {"as_min_claims": "off", "rs_log_redaction": "off"}
    assert found("pii-in-access-token", CAREFUL, **leaks) is not None
    assert found("pii-in-access-token", CAREFUL, as_stamp_aud="off", **leaks) is None


def test_the_mildest_value_comes_first_and_strongest_switches_only() -> None:
    assert weaker(BCP, SWITCHES["as.pkce"]) == ["no-downgrade", "optional", "ignore"]
    assert weaker(BCP, SWITCHES["rs.introspect"]) == []
    assert all(s.applies != ("jwt",) for s in weak_points.here(BCP))


@pytest.mark.slow
def test_of_one_switch_a_weaker_value_counts_only_if_the_attack_gets_further() -> None:
    holes = list(weak_points.of_attack(library.get("alg-none"), Settings.of("naive-jwt")))
    assert [hole.switches for hole in holes] == [(("rs.alg_policy", "blocklist"),)]


def test_what_lets_most_through_comes_first() -> None:
    one, two = (("rs.check_aud", "off"),), (("as.min_claims", "off"),)
    holes = [Hole(one, "b", "limited", "b"), Hole(two, "a", "succeeded", "a"), Hole(one, "c", "succeeded", "c")]
    assert [(p.switches, [h.attack for h in p.holes]) for p in points(holes, 1)] == [(one, ["c", "b"]), (two, ["a"])]
    assert points(holes, 2) == []


# ---------------------------------------------------------------- the file


def test_the_file_has_every_profile_and_leaves_out_nothing() -> None:
    assert list(shipped().profiles) == list(PROFILES)
    assert all(shipped().profiles.values())
    assert FILE.read_text(encoding="utf-8").count('"attack"') == len(EVERY)
    assert written(shipped().profiles).splitlines()[1:] == FILE.read_text(encoding="utf-8").splitlines()[1:], f"run {MADE_BY}"


def test_what_is_gone_is_left_out_and_a_change_is_noticed() -> None:
    text = written({"oauth-bcp": (Hole((("rs.check_aud", "off"),), "alg-none", "succeeded", "alg-none"),)})
    assert loads(text).fresh
    assert len(loads(text).profiles["oauth-bcp"]) == 1
    for old, new in (("rs.check_aud", "rs.gone"), ('"off"', '"gone"'), ("alg-none", "gone"), ("oauth-bcp", "gone")):
        assert not any(loads(text.replace(old, new)).profiles.values())
    assert not loads(text.replace(weak_points.source(), "00000000")).fresh


@pytest.mark.slow
def test_an_entry_is_true_and_none_that_is_milder_is() -> None:
    for profile, hole in some(EVERY, 8):
        base = Settings.of(profile)
        assert again(profile, hole) == hole, f"run {MADE_BY}"
        for less in milder(base, hole.switches):
            other = tried(library.get(hole.attack), base, less) if less else None
            assert other is None or (len(less) == 1 and other.word != hole.word), f"{hole} is not the mildest"


@pytest.mark.slow
def test_a_wrong_entry_is_noticed() -> None:
    profile, hole = next((p, h) for p, h in EVERY if len(h.switches) == 1)
    elsewhere = next(h for p, h in EVERY if p == profile and h.attack != hole.attack and h.switches != hole.switches)
    for wrong in (replace(hole, word="limited"), replace(hole, switches=elsewhere.switches), replace(hole, script=elsewhere.script)):
        assert again(profile, wrong) != wrong
    pair = next(h for p, h in EVERY if p == profile and len(h.switches) == 2)
    assert all(again(profile, replace(pair, switches=(one,))) is None for one in pair.switches)


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "attack"), some(JOBS, 3))
def test_the_file_is_what_is_found(profile: str, attack: str) -> None:
    holes = set(weak_points.of_attack(library.get(attack), Settings.of(profile)))
    assert {h for p, h in EVERY if p == profile and h.attack == attack} == holes, f"run {MADE_BY}"


def test_the_file_was_made_with_these_scenarios() -> None:
    assert shipped().fresh or not LONG, f"run {MADE_BY}; it takes minutes, so that only `make long` demands it"


def test_weaker_settings_keep_what_else_was_changed() -> None:
    base = Settings.of("oauth-bcp", {"client.bff": "off"})
    assert dict(base.but({"rs.check_aud": "off"}).changes) == {"client.bff": "off", "rs.check_aud": "off"}
