"""How services call each other: what the callee takes in each design, what it can tell of its caller, and what it refuses."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response
from sandbox.protocol.cast import resource
from sandbox.protocol.trace import Checked, of
from sandbox.verbs.calling import ActFor, act_for
from sandbox.world.parties import service_calls
from sandbox.world.world import World
from tests.support.worlds import failures, world

ACCOUNTS = resource("accounts")
SEED = world().net.entropy.seed


def asked(w: World, token: str, **headers: str) -> Response:
    """The answer of accounts to a request with this token, by the transactions service."""
    sent = Request(
        "GET", f"{ACCOUNTS}/accounts", (("Authorization", f"Bearer {token}"), *((k.replace("_", "-"), v) for k, v in headers.items()))
    )
    return w.net.deliver(sent, "transactions")


def told(w: World) -> list[str]:
    """What was found of each caller."""
    return [c.found for c in of(w.net.trace.events, Checked) if c.check == "caller"]


def test_with_a_shared_key_the_header_says_for_whom_and_nobody_can_tell_who_asks() -> None:
    w = world("naive-jwt", rs_calls="shared-key")
    assert asked(w, service_calls.shared_key(SEED), X_User_Id="alice").json["owner"] == "alice"
    assert told(w) == ["some service, which says: for alice"]


def test_another_key_is_refused() -> None:
    w = world("naive-jwt", rs_calls="shared-key")
    answer = asked(w, "no-such-key", X_User_Id="alice")
    assert (answer.status, answer.error, failures(w)) == (401, "invalid_token", ["accounts.caller"])


def test_a_token_of_a_person_is_looked_at_as_always() -> None:
    w = world("naive-jwt", rs_calls="shared-key")
    assert asked(w, service_calls.shared_key(SEED)).status == 401, "without the header it is no call of a service"
    assert failures(w) == ["accounts.format"]


def jwt(seed: str = SEED, service: str = "transactions", api: str = "accounts", now: int | None = None) -> str:
    return service_calls.own_jwt(seed, service, "alice", api, world().net.clock.now() if now is None else now)


def test_a_jwt_of_its_own_says_which_service_and_for_whom() -> None:
    w = world(rs_calls="own-jwt")
    assert asked(w, jwt()).json["owner"] == "alice"
    assert told(w) == ["transactions, which says: for alice"]


@pytest.mark.parametrize(
    ("token", "check"),
    [
        (jwt(seed="another world"), "signature"),
        (jwt(api="notifications"), "audience"),
        (jwt(now=world().net.clock.now() - service_calls.LIFE), "expiry"),
    ],
)
def test_a_jwt_of_its_own_is_verified(token: str, check: str) -> None:
    w = world(rs_calls="own-jwt")
    answer = asked(w, token)
    assert (answer.status, answer.error, failures(w)) == (401, "invalid_token", [f"accounts.{check}"])


def test_what_no_service_has_signed_goes_the_usual_way() -> None:
    w = world(rs_calls="own-jwt")
    key = service_calls.own_key(SEED, "transactions")
    assert asked(w, key.sign({"iss": "https://evil.example", "sub": "alice", "aud": ACCOUNTS})).status == 401
    assert told(w) == []


def test_a_service_with_a_token_of_its_own_names_the_person_and_is_named_by_the_issuer() -> None:
    w = world(rs_calls="client-credentials")
    act_for(w, "transactions", ActFor(user="alice", api="accounts", path="/accounts"))
    assert told(w) == ["transactions, which says: for alice"]


def test_where_services_do_not_call_each_other_so_the_header_means_nothing() -> None:
    """The person is then the service itself, which has no accounts, and no scope to read any."""
    w = world(rs_calls="token-exchange")
    assert asked(w, jwt(), X_User_Id="alice").status == 401
    assert told(w) == []


def test_the_actors_are_named_the_latest_first() -> None:
    assert service_calls.actors({"sub": "b", "act": {"sub": "a"}}) == ["b", "a"]
    assert service_calls.actors("nonsense") == []


def test_for_whom_a_request_was_sent() -> None:
    assert service_calls.person(Request("GET", ACCOUNTS, (("X-User-Id", "mallory"),))) == "mallory"
    assert service_calls.person(Request("GET", ACCOUNTS, (("Authorization", f"Bearer {jwt()}"),))) == "alice"
    assert service_calls.person(Request("GET", ACCOUNTS, (("Authorization", "Bearer nonsense"),))) == ""
