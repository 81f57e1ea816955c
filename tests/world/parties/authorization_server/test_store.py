"""What the authorization server remembers, and what it forgets first."""

from __future__ import annotations

import pytest

from sandbox.core.clock import Clock
from sandbox.world.parties.authorization_server import store as stores
from sandbox.world.parties.authorization_server.store import AccessToken, Client, Grant, RefreshToken, Store
from sandbox.world.parties.people import people

ALICE = people().users["alice"]


def grant(name: str = "g", scope: str = "read", client: str = "app") -> Grant:
    return Grant(id=name, user=ALICE, client_id=client, scope=scope, sid="sid", device="laptop", auth_time=0)


def token(clock: Clock, of: Grant, life: int = 300, kind: type[AccessToken] = AccessToken) -> AccessToken:
    now = clock.now()
    return kind(value="value", jti="jti", grant=of, scope="read", audience=(), issued_at=now, expires_at=now + life, clock=clock)


def client(**more: object) -> Client:
    return Client(**{"client_id": "app", "title": "App", "redirect_uris": ("https://app.example/cb",), "scope": "read write"} | more)  # type: ignore[arg-type]


def test_a_token_dies_with_its_grant_or_with_time() -> None:
    clock, of = Clock(), grant()
    mine, other = token(clock, of), token(clock, grant("h"))
    assert (mine.is_revoked(), mine.is_expired()) == (False, False)
    of.alive = False
    assert (mine.is_revoked(), other.is_revoked()) == (True, False)
    clock.advance(300)
    assert other.is_expired()


def test_a_refresh_token_that_was_exchanged_is_revoked() -> None:
    refresh = token(Clock(), grant(), kind=RefreshToken)
    assert isinstance(refresh, RefreshToken)
    assert not refresh.is_revoked()
    refresh.rotated = True
    assert refresh.is_revoked()


def test_a_grant_remembers_the_tokens_that_can_still_be_revoked() -> None:
    clock, of = Clock(), grant()
    of.add(token(clock, of, 60))
    clock.advance(60)
    of.add(last := token(clock, of, 60))
    assert list(of.access_tokens) == [last]


def test_a_yes_counts_for_the_same_client_and_no_more_than_its_scope() -> None:
    store = Store({})
    given = store.add_grant(grant(scope="read write"))
    assert store.allowed(ALICE, "app", "read")
    assert not store.allowed(ALICE, "app", "read openid")
    assert not store.allowed(ALICE, "budget", "read")
    given.alive = False
    assert not store.allowed(ALICE, "app", "read")


def test_the_oldest_is_forgotten_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "ISSUED", 2)
    store = Store({})
    for name in "abc":
        store.add_grant(grant(name))
    assert list(store.grants) == ["b", "c"]
    assert [g.id for g in store.grants_of["alice"]] == ["b", "c"]


def test_another_store_is_taken_over_up_to_a_limit() -> None:
    before, after = Store({}), Store({})
    for name in "abc":
        before.tokens[name] = token(Clock(), before.add_grant(grant(name)))
    after.take_over(before, 2)
    assert (list(after.tokens), list(after.grants)) == (["b", "c"], ["b", "c"])


@pytest.mark.parametrize(
    ("exact", "uri", "fits"),
    [
        (True, "https://app.example/cb", True),
        (True, "https://app.example/cb/", False),
        (False, "https://app.example/other", True),
        (False, "https://app.example.evil.example/", True),  # a registered prefix
        (False, "https://evil.example/", False),
    ],
)
def test_a_redirect_uri_is_compared_whole_or_by_its_beginning(exact: bool, uri: str, fits: bool) -> None:
    assert client(exact_redirect=exact).check_redirect_uri(uri) is fits


def test_a_client_without_a_secret_is_public() -> None:
    assert client().check_endpoint_auth_method("none", "token")
    assert not client().check_endpoint_auth_method("client_secret_basic", "token")
    assert not client(secret="s").check_endpoint_auth_method("none", "token")
    assert client().get_allowed_scope("read openid") == "read"
