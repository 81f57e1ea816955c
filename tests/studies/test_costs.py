"""What a design costs, in numbers that were counted or measured, and in words that are true of the switches."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import costs

AUD = library.get("missing-aud-replay")
THEFT = library.get("stolen-token-replay")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "for ever"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (299, "5 min"), (300, "5 min"), (3599, "60 min"), (86399, "24 h"),
        (172800, "2 days"), (90, "1.5 min"),
    ],
)  # fmt: skip
def test_seconds_are_said_as_people_say_them(seconds, said):
    assert costs.span(seconds) == said


def test_a_stolen_token_of_a_naive_jwt_lives_a_day_and_of_the_best_practice_not_at_all():
    naive, best = costs.exposure_in(Case(AUD, Settings.of("naive-jwt"))), costs.exposure_in(Case(AUD, Settings.of("oauth-bcp")))
    assert naive.seconds is not None
    assert 86_000 < naive.seconds <= 86_400
    assert best.stopped
    assert (naive.said, best.said) == ("24 h", "0 s (blocked)")


def test_a_short_life_is_measured():
    assert costs.exposure_in(Case.of(THEFT).at_least({"as.short_ttl": "on"})).seconds in range(200, 301)


def test_where_nothing_can_be_stolen_it_says_so():
    assert costs.exposure_in(Case(library.get("code-interception"), Settings.of("naive-jwt"))).said == "not applicable"


def test_lookups_are_counted_per_request():
    plain, live = simulation.run(AUD), simulation.run(AUD, AUD.settings.at_least({"INTRO": "on"}))
    assert costs.lookups(plain) == "0"
    assert float(costs.lookups(live)) > 0
    assert costs.token_bytes(plain).replace(",", "").isdigit()


@pytest.mark.slow
def test_the_plain_design_keeps_nothing_and_the_proper_one_rebuilds_much_of_a_server():
    naive, proper, server = (costs.work(Settings.of(p)) for p in ("naive-jwt", "jwt-done-properly", "oauth-bcp"))
    assert naive.records == ()
    assert proper.records == ("denylist", "login", "refresh token")
    assert {"/login", "/logout", "/refresh", "/account/sessions", "/jwks", "/denylist", "/roles"} <= set(proper.addresses)
    assert len(naive.addresses) < len(proper.addresses) < len(server.addresses)
    assert set(server.records) > {"session", "grant", "code", "refresh token"}


def test_what_is_not_there_is_not_counted():
    less = costs.work(Settings.of("jwt-done-properly", {"as.refresh_tokens": "off", "as.session_index": "off"}))
    assert not {"/refresh", "/account/sessions"} & set(less.addresses)
    assert "refresh token" not in less.records


def test_the_work_is_said_in_a_line():
    assert costs.Work(("/login",), ()).said == "1 address, 0 kinds of records"
    two = costs.Work(("/a", "/b"), ("login",))
    assert (two.said, two.named) == ("2 addresses, 1 kind of records", "/a, /b; login")


@pytest.mark.parametrize(
    ("profile", "changes", "said"),
    [
        ("naive-jwt", {}, "nobody"),
        ("jwt-done-properly", {}, "backend; APIs read its list each time"),
        ("oauth-basic", {}, "nobody"),
        ("oauth-bcp", {}, "authorization server; APIs notice when it expires"),
        ("oauth-bcp", {"rs.introspect": "live"}, "authorization server; APIs ask it each time"),
        ("oauth-bcp", {"rs.introspect": "cached"}, "authorization server; APIs notice within 5 min"),
        ("oauth-bcp", {"rs.denylist": "eventual"}, "authorization server; APIs get its list later"),
    ],
)
def test_who_must_be_asked_to_revoke(profile, changes, said):
    assert costs.revoked_by(Settings.of(profile, changes)).startswith(said)
