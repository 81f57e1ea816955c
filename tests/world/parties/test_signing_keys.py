"""Rotation: who signs, who is still in the key set, and who may not turn the keys."""

from __future__ import annotations

import pytest

from sandbox.core.entropy import KeyType
from sandbox.core.wire import Request
from sandbox.protocol.tokens import key_for, shared_key
from sandbox.world.parties.signing_keys import SigningKeys
from tests.support.worlds import world

BY_ADMIN = Request("POST", "https://auth.connectsphere.example/admin/keys", peer="admin")
KINDS: tuple[KeyType, ...] = ("ES256", "EdDSA", "RS256")


def keys(kind: KeyType = "ES256") -> SigningKeys:
    return SigningKeys(world().net, "auth", key_for("0", "auth", kind))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_turn_brings_a_key_of_the_same_kind_that_nobody_had(kind: KeyType) -> None:
    ring, seen = keys(kind), [key_for("0", "mallory", kind).kid]
    for _ in range(2):
        seen.append(ring.current.kid)
        coming = ring.coming
        assert ring.rotate(BY_ADMIN, 60).status == 204
        assert ring.current is coming
        assert (ring.current.alg, ring.current.kid in seen) == (kind, False)


def test_what_was_signed_before_can_be_verified_while_it_lives() -> None:
    ring = keys()
    first = ring.current
    ring.rotate(BY_ADMIN, 60)
    ring.net.wait(59)
    assert ring.verifying == (ring.current, first)
    ring.net.wait(1)
    assert ring.verifying == (ring.current,)


def test_only_the_operator_turns_them_and_only_where_there_is_a_key_set() -> None:
    ring = keys()
    for request in (Request("POST", BY_ADMIN.url, peer="mallory"), Request("GET", BY_ADMIN.url, peer="admin")):
        assert ring.rotate(request, 60).status == 403
    ring.current = shared_key(b"secret")
    assert (ring.coming, ring.rotate(BY_ADMIN, 60).status) == (None, 404)


def test_another_world_goes_on_with_them() -> None:
    before, after = keys(), keys()
    before.rotate(BY_ADMIN, 60)
    after.take_over(before)
    assert (after.verifying, after.coming) == (before.verifying, before.coming)
    before.rotate(BY_ADMIN, 60)
    assert len(after.retired) == 1
