"""Keys of the operator's own: which files are taken, and which are refused with what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from sandbox.core.entropy import KeyType, PrivateKey, private_key
from sandbox.core.wire import Request
from sandbox.protocol.tokens import from_private
from sandbox.serve.pems import LARGEST, NoKey, from_file
from sandbox.serve.setup import served
from sandbox.serve.setup_reading import loads

KINDS: tuple[KeyType, ...] = ("ES256", "EdDSA", "RS256")


def pem(private: PrivateKey, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


@pytest.mark.parametrize("alg", KINDS)
def test_a_private_key_is_read(tmp_path: Path, alg: KeyType) -> None:
    private = private_key("7", "mine", alg)
    (tmp_path / "key.pem").write_bytes(pem(private))
    assert from_file(tmp_path / "key.pem", alg).kid == from_private(private, alg).kid


CONTENTS: dict[str, tuple[Callable[[], bytes], KeyType, str]] = {
    "another kind": (lambda: pem(private_key("7", "mine", "ES256")), "RS256", "is none for RS256"),
    "RSA": (lambda: pem(private_key("7", "mine", "RS256")), "EdDSA", "is none for EdDSA"),
    "Ed25519": (lambda: pem(private_key("7", "mine", "EdDSA")), "ES256", "is none for ES256"),
    "a password": (lambda: pem(private_key("7", "mine", "ES256"), b"secret"), "ES256", "no private key that can be read"),
    "nothing": (lambda: b"", "ES256", "no private key that can be read"),
    "rubbish": (lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ES256", "no private key that can be read"),
    "much": (lambda: b"x" * (LARGEST + 1), "ES256", "larger than 16 KiB"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_anything_else_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, alg, why = CONTENTS[name]
    (tmp_path / "key.pem").write_bytes(content())
    with pytest.raises(NoKey, match=why) as refused:
        from_file(tmp_path / "key.pem", alg)
    assert refused.value.cure


def test_no_device_and_no_pipe_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "nothing", tmp_path / ("x" * 300)):
        with pytest.raises(NoKey):
            from_file(path, "ES256")


def test_what_the_file_of_a_setup_names_signs_and_turns_like_any_other(tmp_path: Path) -> None:
    keys = {alg: private_key("7", "mine", alg) for alg in ("ES256", "RS256")}
    for alg, private in keys.items():
        (tmp_path / f"{alg}.pem").write_bytes(pem(private))
    plan = loads("keys: [{alg: RS256, pem: RS256.pem}, {alg: ES256, pem: ES256.pem}]", folder=tmp_path)[0]
    world = served(plan.settings, "http://127.0.0.1:9000", wishes=plan.wishes).world
    mine = {alg: from_private(private, alg).kid for alg, private in keys.items()}
    assert [key.kid for key in world.issuer.core.keys] == [mine["RS256"], mine["ES256"]]
    assert world.issuer.key.kid == mine["ES256"], "as.signing decides on access tokens"
    world.net.deliver(Request("POST", f"{world.issuer.issuer}/admin/keys"), "admin", "internal")
    assert not {key.kid for key in world.issuer.core.keys} & set(mine.values())
    assert set(mine.values()) < {
        key["kid"] for key in world.net.deliver(Request("GET", f"{world.issuer.issuer}/jwks"), "outside").json["keys"]
    }
