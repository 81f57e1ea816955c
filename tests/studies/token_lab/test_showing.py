"""What claims show, in switches; each rule says no more than the claims do, and the settings that follow serve honest people."""

from __future__ import annotations

import pytest

from sandbox.core.clock import START
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies import questions, trials
from sandbox.studies.token_lab import showing

LEAN = {
    "iss": "https://auth.example",
    "sub": "alice",
    "aud": "https://api.example",
    "client_id": "app",
    "scope": "read",
    "iat": START,
    "exp": START + 300,
    "jti": "x",
}


def without(*names: str, **changed: object) -> dict[str, object]:
    return {k: v for k, v in (LEAN | changed).items() if k not in names}


def switches(header: dict[str, object] | None, claims: dict[str, object]) -> dict[str, str]:
    return {n: v for row in showing.shown(header, claims) for n, v in row.switches.items()}


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (without("aud"), {"as.stamp_aud": "off", "rs.check_aud": "off"}),
        (LEAN, {"as.stamp_aud": "on", "client.resource_param": "on"}),
        (without(aud=["a", "b"]), {"as.stamp_aud": "off", "rs.check_aud": "off"}),
        (without(aud=["a"]), {"as.stamp_aud": "on", "client.resource_param": "on"}),
        (without(aud=[]), {"as.stamp_aud": "off"}),
        (without("exp"), {"as.short_ttl": "off"}),
        (LEAN, {"as.short_ttl": "on"}),
        (without(exp=START + 86_400), {"as.short_ttl": "off"}),
        (without("jti"), {"rs.denylist": "off"}),
        (without("iss"), {"rs.check_iss": "off"}),
        (LEAN, {"as.min_claims": "on"}),
        (without(email="a@b.c"), {"as.min_claims": "off"}),
        (without(roles=["admin"]), {"as.min_claims": "off"}),
        (LEAN, {"as.dpop_bind": "off", "rs.dpop": "off", "rs.mtls": "off"}),
        (without(cnf={"jkt": "x"}), {"client.dpop": "on", "as.dpop_bind": "on"}),
        (without(cnf={"x5t#S256": "x"}), {"as.mtls_bind": "on"}),
        (without("scope"), {"rs.check_scope": "off"}),
    ],
)
def test_each_rule_fixes_what_it_has_seen(claims, expected) -> None:
    assert switches(None, claims).items() >= expected.items()


@pytest.mark.parametrize(
    ("claims", "switch"),
    [
        (without("iat"), "as.short_ttl"),
        (without(exp="soon"), "as.short_ttl"),
        (without(exp=START * 1000), "as.short_ttl"),
        (without(cnf={"jwk": {}}), "as.dpop_bind"),
        (LEAN, "as.stamp_typ"),
        (LEAN, "as.signing"),
        (LEAN, "rs.check_aud"),
        (without(cnf={"jkt": "x"}), "rs.dpop"),
    ],
)
def test_what_the_claims_do_not_show_is_not_guessed(claims, switch) -> None:
    assert switch not in switches(None, claims)


def test_a_header_shows_type_and_algorithm() -> None:
    assert switches({"typ": "application/at+jwt", "alg": "ES256"}, LEAN).items() >= {"as.stamp_typ": "on", "as.signing": "es256"}.items()
    assert switches({"typ": "JWT", "alg": "PS256"}, LEAN).items() >= {"rs.check_typ": "off", "as.signing": "rs256"}.items()
    assert "as.signing" not in switches({"alg": "HS256"}, LEAN), "whether its secret is a dictionary word is not shown"
    assert "as.signing" not in switches({"alg": "none"}, LEAN)


def test_the_design_is_told_by_what_a_login_endpoint_has_no_use_for() -> None:
    assert showing.design({"sub": "alice", "scp": ["read"]})[0] == "oauth"
    assert showing.design({"sub": "alice", "iss": "https://a.example"})[0] == "jwt"


BASES = (({"typ": "at+jwt", "alg": "ES256"}, LEAN), ({"typ": "JWT", "alg": "HS256"}, without("client_id", "scope")))
MORE = (
    {"email": "a", "groups": ["x"]},
    {"cnf": {"jkt": "x"}},
    {"cnf": {"x5t#S256": "x"}},
    {"aud": ["a", "b"]},
    {"exp": START + 86_400},
    {"scope": "read"},
)
VARIANTS = [
    *BASES,
    *((header | {"alg": alg}, claims) for header, claims in BASES for alg in ("HS256", "RS256", "EdDSA")),
    *((header, {k: v for k, v in claims.items() if k != gone}) for header, claims in BASES for gone in claims),
    *((header, claims | more) for header, claims in BASES for more in MORE),
    *((header, dict[str, object]()) for header, _ in BASES),
]


@pytest.mark.slow
def test_honest_people_are_served_in_every_system_that_is_made_of_claims() -> None:
    """An attack on a system in which nothing works proves nothing."""
    for header, claims in VARIANTS:
        architecture, rows = showing.design(claims)[0], showing.shown(header, claims)
        plain = Settings.of(next(p.name for p in PROFILES.values() if p.architecture == architecture))
        for settings in (showing.at_best(architecture, rows), *showing.at_worst(architecture, rows)):
            assert trials.fails(plain, settings) == (), (header, claims, settings)


def test_what_is_shown_holds_at_best_and_at_worst() -> None:
    for header, claims in VARIANTS:
        architecture, rows = showing.design(claims)[0], showing.shown(header, claims)
        for settings in (showing.at_best(architecture, rows), *showing.at_worst(architecture, rows)):
            fixed = {n: v for n, v in switches(header, claims).items() if architecture in SWITCHES[n].applies}
            assert {n: settings.value(n) for n in fixed} == fixed


def test_what_is_shown_becomes_answers_of_the_questionnaire() -> None:
    rows = showing.shown({"typ": "at+jwt", "alg": "ES256"}, LEAN)
    answers = showing.answers("oauth", rows)
    assert answers == {"design": ("oauth",), "signing": ("ec",), "token": ("aud", "typ", "lean"), "life": ("minutes",)}
    assert questions.parse(questions.written(answers)) == (answers, [])
    asked = {q.id: q.asks for q in questions.asked(answers)}
    assert set(showing.unseen("oauth", rows)) == {asks for id, asks in asked.items() if id not in answers}
