"""Which attacks claims are open to is found by running them; each claim that is blamed is one without which the attack comes to less."""

from __future__ import annotations

import json
from functools import cache

import pytest

from sandbox.core.clock import START
from sandbox.engine.case import Case
from sandbox.engine.result import SEVERITY
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import ways
from sandbox.studies.token_lab import Applies, applies, read
from sandbox.studies.token_lab.applying import DESIGN, HARM
from tests.studies.token_lab.test_showing import without
from tests.support.memos import remembering
from tests.support.token_lab import loaded

pytestmark = pytest.mark.slow

LOGIN = without("client_id", "scope", "jti")
FAT = without("aud", "jti", exp=START + 86_400, email="alice@example.com", roles=["admin"], groups=["a"])
GOOD = without(cnf={"jkt": "x"})
HEADER = {"typ": "at+jwt", "alg": "ES256"}


@cache
def _found(header: str, claims: str) -> Applies:
    return applies(json.loads(header), json.loads(claims))


def found(header, claims) -> Applies:
    """What such claims are open to; found once for all tests."""
    return _found(json.dumps(header), json.dumps(claims))


def by_attack(outcomes):
    return {o.finding.attack: o for o in outcomes}


def test_a_token_without_an_audience_opens_another_api_whatever_else_is_right() -> None:
    result = found(None, FAT)
    opened = by_attack(result.open)
    assert "no aud" in opened["missing-aud-replay"].because
    assert opened["no-revocation-before-exp"].because == ("lives for 1 day",)
    assert opened["token-bloat"].because == ("email, roles, groups",)
    assert result.design == "client_id is what an authorization server writes."


def test_a_missing_defence_is_named_with_what_shows_it() -> None:
    gone = {name: o.gone for name, o in by_attack(found(None, FAT).weaker).items()}
    assert ("as.min_claims=on", "email, roles, groups") in gone["pii-in-access-token"]
    assert ("as.short_ttl=on", "lives for 1 day") in gone["stale-role-claims"]
    assert any("DPOP" in defence and what == "no cnf" for defence, what in gone["stolen-token-replay"])


def test_a_good_token_is_open_to_nothing_but_what_its_design_leaves() -> None:
    result = found(HEADER, GOOD)
    assert {because for o in result.open for because in o.because} <= {DESIGN}
    assert not result.weaker
    assert "missing-aud-replay" not in by_attack(result.open)


def test_what_is_not_in_the_claims_cannot_be_taken_from_them() -> None:
    pointless = by_attack(found(HEADER, GOOD).pointless)
    assert {"pii-in-access-token", "stale-role-claims", "token-bloat"} <= set(pointless)
    assert "no name" in pointless["pii-in-access-token"].finding.verdict.sentence


def test_every_attack_is_somewhere_once() -> None:
    for header, claims in ((None, FAT), (HEADER, GOOD), (None, LOGIN)):
        result = found(header, claims)
        groups = (result.open, result.weaker, result.undecided, result.closed, result.pointless)
        assert sorted(o.finding.attack for group in groups for o in group) == sorted(a.id for a in library.attacks())


@pytest.mark.parametrize("claims", [FAT, LOGIN], ids=["oauth", "jwt"])
def test_an_outcome_is_seen_again_in_the_setting_that_it_names(claims) -> None:
    """Played once more, past all memory: what is told is what was run."""
    result = found(None, claims)
    for group in (result.open, result.weaker or result.open, result.undecided):
        case = Case(library.get(group[0].finding.script), group[0].settings)
        assert ways.verdict_of(case).word in HARM


def test_a_missing_defence_stops_or_limits_the_attack_where_it_is_there() -> None:
    """Tried with the bundle of the first that is named, in the attack's own setting."""
    assert ("AUD", "no aud") in by_attack(found(None, FAT).weaker)["id-token-as-access-token"].gone
    attack = library.get("id-token-as-access-token")
    assert ways.verdict_of(Case(attack, attack.settings.at_least({"AUD": "on"}))).word == "blocked"


def test_what_is_limited_is_not_worse_than_what_succeeds() -> None:
    short, long = (by_attack(found(h, c).open)["no-revocation-before-exp"].finding.word for h, c in ((HEADER, GOOD), (None, FAT)))
    assert SEVERITY.index(short) > SEVERITY.index(long)


def test_of_the_claims_nothing_is_kept() -> None:
    setting = Settings.of("oauth-basic")
    token, *_ = loaded(setting)
    secret = {
        **(read(token).claims or {}),
        "sub": "a visitor of the lab",
        "email": "pasted-here@example.com",
        "aud": "https://pasted-here.example",
    }
    applies({"alg": "ES256", "kid": "pasted-here"}, json.loads(json.dumps(secret)))
    assert remembering("pasted-here", "a visitor of the lab") == []


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    applies(HEADER, GOOD, lambda *what: told.append(what))
    assert [done for done, *_ in told[: len(library.attacks())]] == list(range(len(library.attacks())))
