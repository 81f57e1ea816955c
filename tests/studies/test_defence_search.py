"""What would block an attack: the singles agree with the files, and the smallest set is one, blocks, and leaves honest use alone."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, SWITCHES
from sandbox.studies import changes
from sandbox.studies.defence_search import Progress, Trial, attempt, blocking, options, proof, singles, smallest
from sandbox.studies.smallest import Search
from tests.support.effort import LONG, some

AUD = library.get("missing-aud-replay")


def answer(case: Case, most: int = 1500) -> Progress:
    *_, last = smallest(case, most=most)
    assert last.proved or last.already or last.tried == last.total
    return last


def test_options_are_stronger_than_the_setting_and_mean_something_in_it():
    for profile in ("naive-jwt", "oauth-basic", "oauth-bcp"):
        settings = Settings.of(profile)
        for name, value in (pair for single in changes.singles(settings) for pair in single):
            assert SWITCHES[name].values.index(value) > SWITCHES[name].values.index(settings.value(name))
            assert settings.architecture in SWITCHES[name].applies
        for option in options(settings):
            assert settings.at_least(dict(option.switches)) != settings


def test_a_jwt_design_is_offered_no_switch_of_an_authorization_server():
    names = {o.name for o in options(Settings.of("naive-jwt"))}
    assert "AUD" in names
    assert not names & {"PKCE", "DPOP", "client.pkce=s256"}


def test_a_bundle_that_is_on_is_not_offered():
    assert "AUD" not in {o.name for o in options(AUD.settings.at_least({"AUD": "on"}))}


def test_an_attempt_says_who_stopped_it_and_where():
    trial = attempt(Case.of(AUD), BUNDLES["AUD"])
    assert trial.enough
    assert trial.stop is not None
    assert (trial.stop.by, trial.stop.step) == ("transactions.audience", "replay")
    assert simulation.run(AUD, trial.settings).verdict.word == "blocked"


def test_what_breaks_the_service_does_not_count():
    trial = attempt(Case.of(AUD), {"rs.check_aud": "on"})
    assert (trial.word, trial.enough) == ("breaks-service", False)


@pytest.mark.slow
def test_of_one_switch_the_weakest_value_that_blocks_is_named():
    theft = library.get("code-interception")
    found = blocking(singles(Case.of(theft)))
    names = [t.name for t in found]
    assert len({t.switches[0][0] if len(t.switches) == 1 else t.name for t in found}) == len(names)
    assert all(t.enough for t in found)


@pytest.mark.slow
@pytest.mark.parametrize("attack", some(library.attacks(), 7), ids=lambda a: a.id)
def test_every_defence_of_a_file_that_is_one_option_is_found(attack):
    found = {t.switches for t in singles(Case.of(attack)) if t.enough}
    for defence in attack.blocked_by:
        (name, value), *more = defence.switches.items()
        if not more and name in BUNDLES:
            assert tuple(sorted(BUNDLES[name].items())) in found
        elif not more and name in SWITCHES:
            assert ((name, value),) in found


@pytest.mark.slow
@pytest.mark.parametrize("attack", some(library.attacks(), 5), ids=lambda a: a.id)
def test_the_smallest_set_blocks_and_no_part_of_it_does(attack):
    last = answer(Case.of(attack), most=150)  # the proof that it is the smallest may take a thousand runs
    assert last.best is not None
    assert last.best.enough
    switches = dict(last.best.switches)
    for name in switches:
        fewer = {n: v for n, v in switches.items() if n != name}
        assert not fewer or not attempt(Case.of(attack), fewer).enough


@pytest.mark.slow
@pytest.mark.parametrize("given", [{"as.stamp_aud": "on"}, {"client.resource_param": "on"}, *([{}] if LONG else [])])
def test_several_switches_are_found_where_one_is_not_enough(given):
    """From the present setting on; from the bare one the proof that there is no smaller set takes a thousand and a half runs."""
    last = answer(Case.of(AUD).at_least(given))
    assert last.best is not None
    assert dict(last.best.switches) == {name: value for name, value in BUNDLES["AUD"].items() if name not in given}
    assert last.proved


def test_where_the_attack_does_not_succeed_there_is_nothing_to_add():
    last = answer(Case(AUD, Settings.of("oauth-bcp")))
    assert last.already
    assert last.best is not None
    assert last.best.switches == ()
    assert answer(Case(library.get("code-interception"), Settings.of("naive-jwt"))).best is None


def test_a_bound_is_kept_and_admitted():
    base = AUD.settings
    search = Search(lambda change: Trial(tuple(sorted(change)), base, "succeeded", ""), lambda change: changes.cost(base, change))
    for single in changes.singles(base):
        search.attempt(single)
    *_, last = proof(search, changes.singles(base), 300)
    assert (last.tried, last.total, last.best, last.proved) == (300, 300, None, False)


def test_what_the_file_explains_is_preferred_to_what_is_as_small():
    last = answer(Case.of(library.get("alg-none")))
    assert last.best is not None
    assert last.best.switches == (("rs.alg_policy", "allowlist"),)
    assert last.proved


@pytest.mark.slow
def test_the_same_search_gives_the_same_answers():
    case = Case.of(AUD).at_least({"as.stamp_aud": "on"})
    once = [p.best and p.best.switches for p in smallest(case)]
    assert once == [p.best and p.best.switches for p in smallest(case)]
