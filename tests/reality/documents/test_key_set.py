"""Key sets."""

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
