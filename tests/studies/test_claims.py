"""The claims of a file: what an attack must have, and what is said when a claim is false."""

from __future__ import annotations

import pytest

from sandbox.engine.result import Verdict
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.studies.claims import Claim, check

AUD = library.get("missing-aud-replay").source
PREDICT = AUD[AUD.index("    predict:") : AUD.index("    say: The compromised")]
FLOW = """
title: Alice reads
story: The app asks for her accounts.
lesson: Look.
refs: [RFC 6749 §1]
setting: {profile: oauth-bcp, switches: {client.bff: off}}
steps:
  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: Alice signs in.}
  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: The app asks., expect: {status: 200}}
"""


def false(source: str) -> list[Claim]:
    """The claims of this file that are false."""
    return [claim for claim in check(loads(source, "test.yaml")) if not claim.ok]


@pytest.mark.slow
def test_a_file_whose_claims_are_true_has_none_that_is_false() -> None:
    assert false(AUD) == []
    assert false(FLOW) == []


@pytest.mark.slow
def test_an_attack_without_a_question_is_told_where_to_ask_one() -> None:
    [claim] = false(AUD.replace(PREDICT, ""))
    line = AUD.replace(PREDICT, "").splitlines().index("  - id: replay") + 1
    assert (claim.text, claim.found) == ("a step asks what will happen", "no step has a `predict`")
    assert claim.cure.startswith(f"line {line}: add predict: {{question: ..., accepted: ..., refused: ...}} to a step")
    assert "`replay`" in claim.cure


def test_an_attack_that_nothing_stops_owes_a_limit() -> None:
    [claim] = false(AUD[: AUD.index("blocked_by:")])
    assert claim.found == "there is neither `blocked_by` nor `limited_by`"


def test_what_comes_first_may_not_come_afterwards_too() -> None:
    """Only a copy of a shipped file, or a shipped file itself, can close a circle."""
    circle = loads(FLOW.replace("refs:", "after: [naive-jwt, code-pkce]\nrefs:"), "refresh-and-revoke.yaml")
    [claim] = [claim for claim in check(circle) if not claim.ok]
    assert claim.found == "code-pkce comes after refresh-and-revoke itself"
    assert claim.cure == "line 5: remove `code-pkce`"


def test_a_flow_owes_nothing() -> None:
    assert {c.text for c in check(loads(FLOW, "test.yaml"))} == {
        "the same input gives the same trace",
        "in its own setting: use gives status 200",
        "7 honest flows can be tried in its own setting",
        "the flow completes",
    }


@pytest.mark.slow
def test_a_goal_that_is_not_reached_says_the_last_answer() -> None:
    missed = [claim for claim in false(AUD.replace("path: /transactions}", "path: /transactiosn}")) if claim.found != "right would be none"]
    assert "(at replay, GET /transactiosn was answered 404 not_found)" in missed[0].found
    assert all("was answered" in claim.found for claim in missed)


def test_an_expectation_says_the_answer_and_its_error() -> None:
    [wrong, flow] = false(FLOW.replace("path: /accounts", "path: /admin/export"))
    assert wrong.found == "status 403 (at use, GET /admin/export was answered 403 access_denied)"
    assert flow.found.startswith("failed: ")
    assert flow.found.endswith("(at use, GET /admin/export was answered 403 access_denied)")


@pytest.mark.slow
def test_a_wrong_place_says_where_it_really_stopped() -> None:
    source = AUD.replace("answer: 401 invalid_token", "answer: 403", 1).replace("by: transactions.audience", "by: transactions.scope", 1)
    [claim] = false(source)
    assert claim.found == (
        "at replay by transactions.audience with 401 invalid_token (at replay, GET /transactions was answered 401 invalid_token)"
    )


def test_a_step_that_was_not_taken_says_the_answer_before_it() -> None:
    renew = "  - {id: renew, do: app.refresh, with: {browser: laptop}, say: It asks for a new token., expect: {status: 200}}\n"
    [claim, _] = false(FLOW.replace("oauth-bcp", "naive-jwt") + renew)
    assert claim.found == (
        "ConnectSphere app does not have a refresh token, so this step is not taken. (at use, GET /accounts was answered 200)"
    )


@pytest.mark.slow
def test_a_defence_that_does_not_block_says_what_she_got() -> None:
    [claim] = false(AUD.replace("switches: {AUD: on}", "switches: {rs.check_scope: on}", 1))
    assert claim.found == "succeeded: alice:transaction-7 reached the attacker. (at replay, GET /transactions was answered 200)"


@pytest.mark.slow
def test_what_a_path_contains_is_shortened_and_harmless() -> None:
    found = false(AUD.replace("path: /transactions}", f"path: /{'x' * 1500}" + "}"))[0].found
    assert len(found) < 600


@pytest.mark.slow
def test_every_shipped_claim_is_true():
    false = [f"{c.scenario}: {c.text} → {c.found}" for i in library.ids() for c in check(library.get(i)) if not c.ok]
    assert false == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("by: transactions.audience", "by: transactions.issuer", "at replay by transactions.audience with 401 invalid_token"),
        ("by: transactions.audience", "by: accounts.audience", "at replay by transactions.audience with 401 invalid_token"),
        ("by: transactions.audience", "by: transactions.expiry", "at replay by transactions.audience"),
        (
            "    at: replay\n    by: transactions.audience",
            "    at: honest\n    by: transactions.audience",
            "at replay by transactions.audience",
        ),
        (
            "answer: 401 invalid_dpop_proof",
            "answer: 401 invalid_token",
            "at replay by transactions.proof_target with 401 invalid_dpop_proof",
        ),
        ("- switches: {AUD: on}", "- switches: {TYP: on}", "succeeded"),
        ("  - switches: {as.stamp_aud: on}\n    believed", "  - switches: {AUD: on}\n    believed", "blocked"),
        ("expect: {status: 200}", "expect: {status: 401}", "status 200"),
        ("alice:transaction-7", "alice:notification-1", "stalled"),
        ("outcome: breaks-service", "", "breaks-service"),
    ],
)
def test_a_wrong_claim_is_found_and_told_what_is_true(old, new, message):
    source = library.get("missing-aud-replay").source
    assert old in source
    changed = loads(source.replace(old, new, 1), "missing-aud-replay.yaml")
    false = [c for c in check(changed) if not c.ok]
    assert false
    assert any(message in c.found for c in false), [c.found for c in false]


@pytest.mark.slow
def test_a_wrong_window_is_found():
    source = library.get("no-revocation-before-exp").source.replace("window: 300", "window: 200")
    false = [c for c in check(loads(source, "no-revocation-before-exp.yaml")) if not c.ok]
    assert [c.found.partition(" (")[0] for c in false] == ["299 s"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        AUD.replace("client.code_flow: on", "client.code_flow: on, AUD: on"),
        AUD.replace('read: "alice:transaction-7"', 'read: "alice:account-1"'),
        AUD.replace("path: /transactions}", "path: /transactiosn}"),
        AUD.replace("AUD: on", "rs.check_scope: on"),
        AUD.replace("profile: oauth-basic", "profile: oauth-bcp"),
    ],
    ids=["already on", "another goal", "another path", "no defence", "another profile"],
)
def test_what_blocks_says_where_it_stopped_her(source: str) -> None:
    assert source != AUD
    claims = check(loads(source, "test.yaml"))
    blocks = {c.text.removesuffix(" blocks") for c in claims if c.text.endswith(" blocks") and c.ok}
    assert not any("nothing stopped her" in c.found for c in claims)
    for claim in claims:
        name, at, _ = claim.text.partition(" blocks at ")
        assert not at or (name in blocks and claim.found.startswith("at ")), "a block has a place, and no other claim has one"


def test_a_verdict_cannot_be_blocked_by_nobody() -> None:
    with pytest.raises(ValueError, match="nobody stopped her"):
        Verdict("blocked", "B")


def test_a_question_about_a_request_that_is_not_sent_is_told_which_are() -> None:
    [claim] = false(AUD.replace("    predict:\n", "    predict:\n      about: replay/accounts>transactions:GET /other\n"))
    assert claim.text == "at replay: the request of `about` is sent"
    assert "replay/accounts>transactions:GET /transactions#1" in claim.found
