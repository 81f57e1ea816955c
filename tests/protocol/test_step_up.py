"""Step-up: what a token must tell, and what a challenge asks for (RFC 9470)."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Response
from sandbox.protocol.proofs import bearer_challenge, challenge
from sandbox.protocol.step_up import ERROR, PASSWORD, RECENT, TWO_FACTOR, challenged, demands, meets, told

NOW = 10_000


@pytest.mark.parametrize(
    ("claims", "recent", "two_factor"),
    [
        ({}, False, False),
        ({"acr": TWO_FACTOR}, False, False),
        ({"auth_time": NOW - RECENT}, True, False),
        ({"auth_time": NOW - RECENT - 1, "acr": TWO_FACTOR}, False, False),
        ({"auth_time": NOW, "acr": PASSWORD}, True, False),
        ({"auth_time": NOW, "acr": TWO_FACTOR}, True, True),
        ({"auth_time": str(NOW), "acr": TWO_FACTOR}, False, False),
    ],
)
def test_what_a_token_must_tell(claims: dict[str, object], recent: bool, two_factor: bool) -> None:
    assert (meets(claims, "recent", NOW), meets(claims, "two-factor", NOW)) == (recent, two_factor)


@pytest.mark.parametrize("scheme", [challenge, bearer_challenge])
@pytest.mark.parametrize("policy", ["recent", "two-factor"])
def test_a_client_reads_in_the_challenge_what_the_api_has_written(scheme: object, policy: str) -> None:
    said = scheme(ERROR, **demands(policy))  # type: ignore[operator]
    assert challenged(Response(401, (("WWW-Authenticate", said),))) == demands(policy)
    assert challenged(Response(403, (("WWW-Authenticate", said),))) == {}


@pytest.mark.parametrize("said", ["", 'Bearer error="invalid_token", max_age="5"', f'Bearer error="{ERROR}", max_age="{"5" * 300}"'])
def test_another_refusal_asks_for_nothing(said: str) -> None:
    assert challenged(Response(401, (("WWW-Authenticate", said),))) == {}


def test_people_read_when_and_how() -> None:
    assert told({}, NOW) == "no acr, some time ago"
    assert told({"acr": PASSWORD, "auth_time": NOW - 7}, NOW) == f"{PASSWORD}, 7 s ago"
