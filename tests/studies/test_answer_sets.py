"""Twelve systems as teams have them: what "Your system" recommends holds, against ways, too, that it has not planned from."""

from __future__ import annotations

import pytest

from sandbox.studies import audit, questions, trials
from tests.support import held_out
from tests.support.effort import some

pytestmark = pytest.mark.slow

SETS = {
    "a page and a monolith with HS256": "design-login.clients-spa.apis-one.browser-page.signing-random",
    "Keycloak, a gateway, RS256": "design-oauth.clients-spa-gateway.apis-several.browser-page.signing-rsa.keys-ignored.format-jwt"
    ".api-alg-iss.life-minutes.revoke-none.refresh-rotate.session-device.signin-codes-challenge-state-idtoken"
    ".server-noimplicit-exact-once.traces-header.sender-bearer.gateway-verify",
    "a hosted provider, refresh tokens in local storage": "design-oauth.clients-spa.apis-one.browser-page.signing-rsa.keys-ignored"
    ".format-jwt.token-aud.api-alg-iss-aud.life-hours.revoke-none.refresh-same.session-none.signin-codes-challenge-state"
    ".server-noimplicit-exact-once-pkce.traces-header.sender-bearer",
    "a backend for the page, opaque tokens": "design-oauth.clients-spa.apis-several.browser-bff.signing-rsa.format-opaque.api-scope"
    ".life-minutes.revoke-live.refresh-detect.session-device.signin-codes-challenge-state.server-noimplicit-exact-once-pkce"
    ".traces-header-logs.sender-bearer",
    "a mobile app alone": "design-oauth.clients-mobile.apis-one.signing-ec.keys-ignored.format-jwt.api-alg-iss.life-hours"
    ".signin-codes.server-noimplicit-exact-once.traces-header",
    "partners with mutual TLS": "design-oauth.clients-partners.apis-several.signing-ec.keys-ignored.format-jwt.token-aud.api-alg-iss"
    ".life-hours.revoke-none.signin-codes-state.server-exact-once.traces-header.partners-mtls",
    "a gateway that decodes": "design-login.clients-spa-gateway.apis-several.browser-page.signing-random.keys-ignored.api-alg.life-hours"
    ".traces-header.gateway-strip",
    "JWT with refresh tokens and a denylist": "design-login.clients-spa-mobile.apis-several.browser-page.signing-rsa.keys-ignored"
    ".token-aud.api-alg-iss-aud.life-minutes.revoke-list.renew-given.refresh-same.session-user.traces-header",
    "two APIs and one token": "design-oauth.clients-spa.apis-several.browser-page.signing-rsa.keys-ignored.format-jwt.api-alg-iss"
    ".life-hours.signin-codes-challenge.server-noimplicit-exact-once-pkce.traces-header",
    "services among themselves": "design-oauth.clients-partners.apis-several.signing-rsa.keys-ignored.format-jwt.api-alg-iss-scope"
    ".life-hours.server-noimplicit-exact-once-nopass.traces-header",
    "implicit, as in 2012": "design-oauth.clients-spa-partners.apis-one.browser-page.signing-word.format-jwt.life-hours",
    "nobody knows": "design-unknown",
}


@pytest.mark.parametrize("name", some(list(SETS), 3))
def test_what_is_recommended_holds(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No way of an attack that the report lists as stopped is open in the recommended setting, and no honest flow breaks."""
    answers, problems = questions.parse(SETS[name])
    assert problems == []
    result = audit.audit(questions.system(answers))
    there = result.system.under(result.plan.settings)
    assert trials.fails(result.system.settings, result.plan.settings) == ()
    assert {a: trials.verdict_of(a, there).word for a in result.plan.stops} == dict.fromkeys(result.plan.stops, "blocked")
    found = [t for a in result.plan.stops for s in trials.scripts(a, there) for t in held_out.tried(s, there.settings, there.clients)]
    plan = result.plan
    with capsys.disabled():
        print(
            f"\n{name}: {len(plan.stops)} stopped, {len(found)} held-out ways, {len(plan.leaves)} left open, {plan.rounds} rounds, "
            f"{plan.looked.states} states, {plan.looked.moves} moves"
        )
    assert (plan.looked.exhausted, plan.around) == (True, ())
    assert [t for t in found if t.reached] == []


def test_the_held_out_ways_find_what_is_open() -> None:
    """In a setting that was not repaired they get through, so that silence elsewhere says something."""
    system = questions.system(questions.parse(SETS["two APIs and one token"])[0])
    open_ways = [t for s in trials.scripts("missing-aud-replay", system) for t in held_out.tried(s, system.settings, system.clients)]
    assert any(t.reached for t in open_ways)
