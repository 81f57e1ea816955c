"""Randomness: from a seed in the simulation, from the system where parties are served."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.core.entropy import ChosenEntropy, Entropy, KeyType, SystemEntropy, fresh_rsa, private_key, secret
from sandbox.protocol.tokens import sha256


def public(seed: str, owner: str, kind: KeyType) -> bytes:
    return private_key(seed, owner, kind).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_real_randomness_does_not_repeat() -> None:
    one, two = SystemEntropy(), SystemEntropy()
    assert one.seed != two.seed
    assert one.token("code") != one.token("code")
    assert public(one.seed, "auth", "ES256") != public(two.seed, "auth", "ES256")


def test_a_served_rsa_key_is_nobody_elses() -> None:
    assert fresh_rsa().public_key().public_numbers() != private_key("0", "auth", "RS256").public_key().public_numbers()  # type: ignore[union-attr]


def test_the_same_seed_gives_the_same_bytes_and_a_draw_shifts_no_other_stream() -> None:
    one, two = Entropy(7), Entropy("7")
    assert one.token("code") == two.token("code")
    one.token("state")
    assert one.token("code") == two.token("code")
    assert one.token("code") != one.token("code")
    assert Entropy(8).token("code") != Entropy(7).token("code")


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_keys_repeat_and_the_issuers_is_not_the_attackers(kind: KeyType) -> None:
    assert public("0", "auth", kind) == public("0", "auth", kind)
    assert public("0", "auth", kind) != public("0", "mallory", kind)


def test_a_secret_is_its_owners_and_as_long_as_the_hash() -> None:
    assert len(secret("0", "auth")) * 8 == 256
    assert secret("0", "auth") == secret("0", "auth")
    assert len({secret("0", "auth"), secret("0", "backend"), secret("1", "auth")}) == 3


@pytest.mark.slow
def test_an_issuers_later_rsa_keys_are_derived_and_sound() -> None:
    key = private_key("0", "auth 1", "RS256")
    assert isinstance(key, rsa.RSAPrivateKey)
    checked = key.private_numbers().private_key()  # with the validation that is left out where keys are made
    assert checked.key_size == 2048
    assert public("0", "auth 1", "RS256") == public("0", "auth 1", "RS256")
    assert len({public(seed, owner, "RS256") for seed, owner in (("0", "auth"), ("0", "auth 1"), ("1", "auth 1"), ("0", "mallory"))}) == 4


def test_a_chosen_seed_gives_the_same_bytes_and_keeps_no_list_of_them() -> None:
    chosen, usual = ChosenEntropy("7"), Entropy("7")
    assert [chosen.token("code") for _ in range(3)] == [usual.token("code") for _ in range(3)]
    assert (len(usual.words), chosen.words) == (6, set())


def test_what_was_drawn_is_remembered_with_its_hash() -> None:
    entropy = Entropy("7")
    verifier = entropy.token("verifier")
    assert entropy.words == {verifier, sha256(verifier)}, "a challenge counts as random, too: the search must not tell two of them apart"
