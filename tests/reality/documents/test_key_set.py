"""Key sets."""

import base64
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.reality import document, ids, of

RSA = {"kty": "RSA", "kid": "one", "e": "AQAB", "n": "x" * 342}


def test_one_key_and_several():
    assert ids(document({"keys": [RSA]})) == {"one_rsa_key", "no_rotation_visible"}
    assert ids(document({"keys": [RSA, {"kty": "EC", "kid": "two"}]})) == {"signing_keys"}


def test_what_is_wrong_with_a_key():
    assert "short_key" in ids(document({"keys": [RSA | {"n": "x" * 171}]}))
    assert "private_key" in ids(document(RSA | {"d": "a-Private-Exponent-0f-a-Key1"}))
    assert "dev_keys" in ids(document({"keys": [RSA | {"kid": "keystore-CHANGE-ME"}]}))
    assert of(document({"keys": [RSA, {"kty": "EC"}]}), "no_kid").evidence[0].at == "$.keys[1].kid"


def test_a_key_for_encryption_is_none_for_signatures():
    assert document({"keys": [RSA | {"use": "enc"}]}).findings == ()


def test_how_old_a_key_is_by_its_certificate():
    key = ec.derive_private_key(7, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "login.example")])
    start = datetime(2019, 3, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start.replace(year=2029)).sign(key, hashes.SHA256())
    chain = [base64.b64encode(built.public_bytes(serialization.Encoding.DER)).decode()]
    assert of(document({"keys": [RSA | {"x5c": chain}]}), "key_since").says == "The certificate of one is from 2019-03-01"
    for broken in ([], ["x"], [7], "x", [chain[0][:-40]]):
        assert "key_since" not in ids(document({"keys": [RSA | {"x5c": broken}]}))
