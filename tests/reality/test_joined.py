"""Several files of one system."""

import io

from sandbox.reality.inspection import inspect
from tests.support.reality import OWN, SPA, WEB, document, ids, inspected, of, ticked


def both(*given):
    return inspect([(name, io.BytesIO(raw)) for name, raw in given])


METADATA = b'{"issuer": "https://login.acme.example", "token_endpoint": "https://login.acme.example/token", "grant_types_supported": ["authorization_code"], "response_types_supported": ["code token"]}'


def test_two_halves_make_a_whole():
    assert "server-nopass" not in ticked(inspected(OWN / WEB))
    found = both((WEB, (OWN / WEB).read_bytes()), ("meta.json", METADATA))
    assert "server-nopass" in ticked(found)
    assert of(found, "no_password_grant").files == (WEB, "meta.json")


def test_a_contradiction_is_a_finding():
    other = METADATA.replace(b'"response_types', b'"authorization_response_iss_parameter_supported": false, "response_types')
    found = both((SPA, (OWN / SPA).read_bytes()), ("meta.json", other))
    assert "its answers name it as iss" in next(f for f in found.findings if f.id == "contradiction").says.lower()
    assert "server-iss" not in ticked(found)


def test_another_issuer_and_keys_that_are_not_in_the_set():
    found = both(
        (SPA, (OWN / SPA).read_bytes()),
        ("meta.json", METADATA.replace(b"login.acme", b"id.other")),
        ("keys.json", b'{"keys": [{"kty": "RSA", "kid": "another", "n": "AQAB"}]}'),
    )
    said = " ".join(f.says for f in found.findings if f.id == "contradiction")
    assert "id.other.example" in said
    assert "keystore-CHANGE-ME" in said


def test_where_there_is_one_file_its_name_is_not_at_every_place():
    assert not any(e.file for f in document(METADATA.decode()).findings for e in f.evidence)
    assert "contradiction" not in ids(inspected(OWN / SPA))
