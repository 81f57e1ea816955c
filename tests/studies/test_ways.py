"""All known ways to a goal: the worst counts, and a script that cannot go on is no comfort."""

from __future__ import annotations

import pytest

from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import ways


def tried(attack: str, profile: str, **switches: str) -> ways.Ways:
    changes = {k.replace("_", ".", 1): v for k, v in switches.items()}
    return ways.tried(Case(library.get(attack), Settings.of(profile, changes)))


def test_another_way_counts_where_the_script_is_closed() -> None:
    found = tried("alg-none", "oauth-basic", client_bff="on", rs_alg_policy="trust-header")
    assert (found.word, found.worst.way) == ("succeeded", "unsigned-token-from-nothing")
    assert found.closed == ("alg-none",)


def test_a_word_in_a_book_is_found_though_no_token_is_seen() -> None:
    found = tried("weak-hmac-secret", "oauth-basic", client_bff="on", as_signing="shared-word")
    assert found.word == "succeeded"


def test_dpop_does_not_stop_a_script_that_asks_for_new_tokens() -> None:
    found = tried("xss-token-theft", "oauth-bcp", client_bff="off")
    assert (found.word, found.worst.way) == ("succeeded", "script-asks-for-new-tokens")
    assert tried("xss-token-theft", "oauth-bcp", client_bff="on").word == "blocked"


@pytest.mark.slow
def test_optional_pkce_falls_to_the_challenge_left_out() -> None:
    for attack in ("csrf-redirect-uri", "code-injection"):
        open_ = {"client_state": "off", "client_pkce": "s256", "as_pkce": "optional"}
        assert tried(attack, "oauth-basic", **open_).word == "succeeded"
        assert tried(attack, "oauth-basic", **open_ | {"as_pkce": "no-downgrade"}).word == "blocked"


@pytest.mark.slow
def test_a_bound_token_sent_as_bearer_needs_an_api_that_looks() -> None:
    assert tried("stolen-token-replay", "oauth-bcp", client_bff="off", rs_log_redaction="off", rs_dpop="accept-both").word == "succeeded"
    assert tried("stolen-token-replay", "oauth-bcp", client_bff="off", rs_log_redaction="off").word == "blocked"


@pytest.mark.slow
def test_reuse_detection_leaves_the_thief_who_reads_at_once() -> None:
    found = tried("refresh-token-theft", "oauth-basic", client_code_flow="on", as_rt_rotation="reuse-detect", as_short_ttl="on")
    assert found.word == "succeeded"
