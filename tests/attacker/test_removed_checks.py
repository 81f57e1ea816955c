"""Each check that some attack is stopped by is not performed, one after the other: the search notices, or another check covers it.

Where neither is true, the search has no moves for what the check guards.  Then the script of the attack is what gets past, and it does.
All other checks are taken away together.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.attacker.question import Question, of_scenario
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from tests.support.effort import some
from tests.support.questions import answer
from tests.support.removed import removed

pytestmark = pytest.mark.slow

BACKED = {"client.bff": "on"}
NOTICED: dict[str, tuple[str, dict[str, str]]] = {  # check -> an attack, and the switches that make the check stop it
    "peer": ("gateway-bypass", {"rs.gateway_only": "on"}),
    "signature": ("gateway-decode-only", {"gw.verify_token": "on"}),
    "audience": ("missing-aud-replay", {"AUD": "on"}),
    "denylist": ("admin-kill-session", {"as.session_index": "per-user", "rs.denylist": "strict"}),
    "introspection": ("admin-kill-session", {"as.session_index": "per-user", "rs.introspect": "live"}),
    "grant_alive": ("admin-kill-session", {"as.session_index": "per-user", "rs.introspect": "live"}),
    "proof_target": ("missing-aud-replay", {"DPOP": "on"}),
    "proof_unused": ("stolen-token-replay", {"DPOP": "on", "rs.dpop_jti_cache": "on"}),
    "key_binding": ("refresh-token-theft", {"DPOP": "on"}),
    "certificate": ("missing-aud-replay", {"MTLS": "on"} | BACKED),
    "scope": ("id-token-as-access-token", {"rs.check_scope": "on"}),
    "role": ("stale-role-claims", {"rs.live_roles": "on"}),
    "redirect_uri": ("redirect-uri-loose-match", {"as.exact_redirect": "on"}),
    "code_unused": ("code-replay", {"as.code_single_use": "on"}),
    "code_verifier": ("code-injection", {"PKCE": "on"}),
    "state": ("csrf-redirect-uri", {"client.state": "bound"}),
    "nonce": ("code-injection", {"NONCE": "on"}),
    "frame_ancestors": ("clickjacking", {"as.deny_frames": "on"}),
    "user_authentication": ("missing-step-up", {"STEPUP": "on"}),
    "issuer": ("mix-up-at-a-public-client", {"ISS": "on"}),
}
COVERED: dict[str, tuple[str, dict[str, str], str]] = {  # the same, and the check that stops her where this one is not performed
    "algorithm": ("alg-none", {"rs.alg_policy": "allowlist"}, "signature"),
    "token_present": ("gateway-bypass", {"rs.verify_behind_gw": "on"}, "signature"),
    "code_challenge": ("csrf-challenge-stripped", {"as.pkce": "required"}, "code_verifier"),
    "type": ("id-token-as-access-token", {"TYP": "on", "rs.check_scope": "on"}, "scope"),
    "redirect_target": (
        "open-redirect-fragment",
        {"client.no_open_redirect": "on", "as.exact_redirect": "on", "client.referrer_policy": "on"},
        "redirect_uri",
    ),
    "response_type": (
        "open-redirect-fragment",
        {"as.no_implicit": "on", "client.code_flow": "on", "as.exact_redirect": "on", "client.referrer_policy": "on"},
        "redirect_uri",
    ),
    "key": ("jku-x5u-fetch", {"rs.trusted_keys_only": "on"}, "signature"),
}
TOLD_ONLY: dict[str, tuple[str, dict[str, str]]] = {  # the same as NOTICED, where the search has no moves for what the check guards
    "resource": ("counterfeit-rs", {"client.resource_param": "on"}),  # she reaches that goal by a stolen code, too
    "resource_granted": ("audience-swap", {"as.granted_resources": "on"}),
    "form_browser": ("login-csrf", {"as.bind_forms": "on"}),
    "device_place": ("device-code-phishing", {"as.device_near": "on"}),  # it reaches that goal by a link, and begins no device flow
    "discovered": ("rogue-resource-metadata", {"client.match_resource": "on"}),
    "acr": ("acr-downgrade", {"client.acr": "check"}),
    "scope_approved": ("consent-phishing", {"as.self_registered": "sign-in-only"}),
    "message_origin": ("postmessage-leak", {"as.web_message": "to-the-client"}),
    "address_proved": ("account-pre-hijacking", {"client.prove_address": "on"}),
}
BY_DESIGN = {  # what cannot be left out in the parties as they are, and why
    "client": "Authlib knows no client that has not said who it is",
    "grant_type": "a server without the password grant has no code for it",
    "subject_token": "a server that knows no such token has nothing to exchange",
    "id_token": "a client that validates ID tokens has nothing to validate where none is",
    "format": "a service that reads one form of token has no code for another",
    "second_factor": "without a code that fits there is no moment to write down as used",
    "response_mode": "a server that sends no messages has no code for them",
    "front_channel": "a client that takes no tokens from the front channel has no code for them",
}
BEYOND = frozenset({"session_cookie"})  # without a session there is nobody whose token a backend could take


def asked(attack: str, switches: dict[str, str], changes: int = 2) -> Question:
    """The question of the attack in its setting with the defence, about the goals that are out of reach there within so many changes."""
    scenario = library.get(attack)
    question = of_scenario(scenario, scenario.settings.at_least(switches))
    found = answer(question, changes)
    assert found.exhausted
    left = tuple(t for t in question.targets if t not in {w.target for w in found.found})
    assert left, f"{attack} has another way there"
    return replace(question, targets=left)


def test_every_check_that_stops_an_attack_is_here_once() -> None:
    named = {
        place.by.partition(".")[2]
        for scenario in map(library.get, library.ids())
        for defence in scenario.blocked_by
        for place in (defence, *defence.also)
        if place.by
    }
    here = [*NOTICED, *COVERED, *TOLD_ONLY, *BY_DESIGN]
    assert named <= set(here), "say in this file whether the search notices that it is gone"
    assert len(here) == len(set(here))


@pytest.mark.parametrize("check", NOTICED)
def test_a_check_that_is_gone_is_noticed(check: str) -> None:
    assert any(noticed(check, changes) for changes in (1, 2, 3)), "not by a way of three changes, either"


def noticed(check: str, changes: int) -> bool:
    """Whether a way of so many changes is open as soon as nobody performs this check."""
    question = asked(*{**NOTICED, **TOLD_ONLY}[check], changes)
    with removed(check):
        return bool(answer(question, changes).found)


@pytest.mark.parametrize("check", COVERED)
def test_a_check_that_is_covered_is_missed_only_with_the_one_that_covers_it(check: str) -> None:
    attack, switches, cover = COVERED[check]
    question = asked(attack, switches)
    with removed(check):
        alone = answer(question)
    with removed(check, cover):
        both = answer(question)
    assert (alone.found, bool(both.found)) == ([], True)


@pytest.mark.parametrize("check", TOLD_ONLY)
def test_a_check_that_the_search_knows_no_way_past_stops_what_is_told(check: str) -> None:
    """The script is blocked by it, and succeeds as soon as nobody performs it; the search does not notice, or the check belongs above."""
    attack, switches = TOLD_ONLY[check]
    scenario = library.get(attack)
    where = scenario.settings.at_least(switches)
    stop = run(scenario, where).verdict.blocked_by
    assert stop is not None
    assert stop.check == check
    with removed(check):
        assert run(scenario, where).verdict.word == "succeeded"
    assert not noticed(check, 1), f"the search notices that {check} is gone: move it to NOTICED"


def rest() -> list[str]:
    """The checks by which no shipped file says that an attack is stopped."""
    return [c for c in CHECKS if c not in {*NOTICED, *COVERED, *TOLD_ONLY, *BY_DESIGN, *BEYOND}]


@pytest.mark.parametrize("attack", some(library.attacks(), 8), ids=lambda a: a.id)
def test_the_other_checks_guard_none_of_these_goals_not_even_together(attack: Scenario) -> None:
    """With all of them gone at once no goal comes within reach that was not: what they guard, no shipped attack is after.

    Each defence is looked at in the attack's own setting, where the goal may have another way, and in the strictest design.
    """
    out_of_reach = 0
    bases = (attack.settings, Settings.of("oauth-bcp"))
    defended = [base.at_least(d.switches) for d in attack.blocked_by for base in bases]
    for settings in dict.fromkeys([*map(Settings.of, PROFILES), *defended]):
        if settings.lacks(attack.needs) is None:
            question = of_scenario(attack, settings)
            known = answer(question, 1)
            left = replace(question, targets=tuple(t for t in question.targets if t not in {w.target for w in known.found}))
            out_of_reach += len(left.targets)
            with removed(*rest()):
                assert answer(left, 1).found == []
    assert out_of_reach, "there was nothing to guard"
