"""Each form that a token can have is recognised, and its sentence cites a section."""

from __future__ import annotations

import hashlib
import json

import pytest

from sandbox.protocol.tokens import b64, key_for, packed
from sandbox.studies.token_lab.forms import FORMS
from sandbox.studies.token_lab.reading import read

CLAIMS = {"iss": "https://auth.example", "sub": "alice"}
JWT = f"{packed({'alg': 'ES256'})}.{packed(CLAIMS)}.AAAA"
JWE = f"{packed({'alg': 'dir', 'enc': 'A256GCM'})}..aXY.Y2lwaGVy.dGFn"
TOLD = b64(json.dumps(["2GLC42sKQveCfGfryNRN9w", "given_name", "Alice"]).encode())
HASH = b64(hashlib.sha256(TOLD.encode()).digest())
SD = f"{packed({'alg': 'ES256'})}.{packed(CLAIMS | {'_sd': [HASH], '_sd_alg': 'sha-256'})}.AAAA"


def typed(typ: str) -> str:
    return f"{packed({'alg': 'ES256', 'typ': typ})}.{packed(CLAIMS)}.AAAA"


EXAMPLES = {
    "jwt": JWT,
    "access-token": typed("at+jwt"),
    "id-token": f"{packed({'alg': 'ES256'})}.{packed(CLAIMS | {'at_hash': 'x'})}.AAAA",
    "logout-token": typed("logout+jwt"),
    "dpop-proof": typed("dpop+jwt"),
    "request-object": typed("oauth-authz-req+jwt"),
    "unsecured": f"{packed({'alg': 'nOnE'})}.{packed(CLAIMS)}.",
    "claims": json.dumps(CLAIMS),
    "header": json.dumps({"alg": "none"}),
    "detached": f"{packed({'alg': 'ES256'})}..AAAA",
    "unencoded": f"{packed({'alg': 'ES256', 'b64': False, 'crit': ['b64']})}.hello.AAAA",
    "jwe": JWE,
    "jwe-nested": f"{packed({'alg': 'dir', 'enc': 'A256GCM', 'cty': 'JWT'})}..aXY.Y2lwaGVy.dGFn",
    "nested": f"{packed({'alg': 'ES256', 'cty': 'JWT'})}.{b64(JWT.encode())}.AAAA",
    "sd-jwt": f"{SD}~{TOLD}~",
    "sd-jwt-kb": f"{SD}~{TOLD}~{typed('kb+jwt')}",
    "jws-general": json.dumps(
        {"payload": packed(CLAIMS), "signatures": [{"protected": packed({"alg": "ES256"}), "signature": "AAAA"}] * 2}
    ),
    "jws-flat": json.dumps({"payload": packed(CLAIMS), "protected": packed({"alg": "ES256"}), "signature": "AAAA"}),
    "jwe-json": json.dumps({"protected": packed({"enc": "A256GCM"}), "ciphertext": "AAAA", "iv": "AA", "tag": "AA"}),
    "jwk": json.dumps(dict(key_for("0", "mallory").jwk or {})),
    "jwk-set": json.dumps({"keys": [dict(key_for("0", "mallory").jwk or {})]}),
    "opaque": "2YotnFZFEjr1zCsicMWpAA",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised(form: str) -> None:
    reading = read(EXAMPLES[form])
    assert reading.form is FORMS[form]
    assert bool(reading.strict) == bool(FORMS[form].strict)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_each_form_is_a_sentence_with_its_source(form) -> None:
    assert form.sentence.endswith(".")
    assert " §" in form.ref or " appendix " in form.ref
    assert not form.strict or form.strict.startswith("it")


def test_an_encrypted_token_shows_its_header_and_the_names_of_its_parts() -> None:
    reading = read(JWE)
    assert reading.strict == "it is encrypted, and no API here has a key for it"
    assert (reading.header, reading.claims) == ({"alg": "dir", "enc": "A256GCM"}, None)
    assert [p.name for p in reading.parts][1:] == ["encrypted key", "initialization vector", "ciphertext", "authentication tag"]


def test_five_parts_that_are_not_encrypted_are_not_said_to_be() -> None:
    reading = read(f"{EXAMPLES['unsecured']}a.b.c")
    assert (reading.strict, reading.form) == ("it has 5 parts, not 3", None)


def test_a_nested_jwt_is_shown() -> None:
    inside = {p.name: p.lenient for p in read(EXAMPLES["nested"]).parts}
    assert json.loads(inside["claims inside"]) == CLAIMS


def test_a_jws_in_json_has_the_header_and_the_claims_of_its_parts() -> None:
    for form in ("jws-general", "jws-flat"):
        reading = read(EXAMPLES[form])
        assert (reading.header, reading.claims, reading.signature) == ({"alg": "ES256"}, CLAIMS, "AAAA")
    assert read(EXAMPLES["jws-general"]).notes == ("It has 2 signatures; the first one is shown.",)


def test_what_a_signature_does_not_protect_is_said() -> None:
    reading = read(json.dumps({"payload": packed(CLAIMS), "header": {"alg": "ES256"}, "signature": "AAAA"}))
    assert "not protected" in reading.notes[0]


def test_a_disclosure_is_shown_and_compared_with_the_hashes_of_the_token() -> None:
    told = {p.name: p for p in read(EXAMPLES["sd-jwt"]).parts}["disclosure 1"]
    assert (json.loads(told.lenient)[2], told.fault) == ("Alice", "")
    forged = b64(json.dumps(["salt", "given_name", "Mallory"]).encode())
    assert {p.name: p for p in read(f"{SD}~{forged}~").parts}["disclosure 1"].fault == "its hash stands nowhere in the token"


def test_a_disclosure_inside_a_disclosure_is_found() -> None:
    """RFC 9901 §4.2: what is disclosed may have hashes of its own."""
    outer = b64(json.dumps(["salt", "address", {"_sd": [HASH]}]).encode())
    jwt = f"{packed({'alg': 'ES256'})}.{packed({'_sd': [b64(hashlib.sha256(outer.encode()).digest())]})}.AAAA"
    assert [p.fault for p in read(f"{jwt}~{outer}~{TOLD}~").parts if p.name.startswith("disclosure")] == ["", ""]


def test_the_example_of_rfc_9901_fits_its_digest() -> None:
    """RFC 9901 §4.2: the disclosure and the digest that stand there."""
    disclosure = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert b64(hashlib.sha256(disclosure.encode()).digest()) == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
    jwt = f"{packed({'alg': 'ES256'})}.{packed({'_sd': ['uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY']})}.AAAA"
    told = next(p for p in read(f"{jwt}~{disclosure}~").parts if p.name == "disclosure 1")
    assert (told.fault, json.loads(told.lenient)) == ("", ["6qMQvRL5haj", "family_name", "Möbius"])


def test_a_private_key_is_said_to_be_one() -> None:
    reading = read(json.dumps({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}))
    assert "private" in reading.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "~",
        "a~b~c",
        "..~",
        f"{JWT}~~~",
        f"{JWT}~{'x~' * 500}",
        '{"payload": 1, "signatures": [3]}',
        '{"payload": null, "signature": {}}',
        '{"keys": []}',
    ],
)
def test_what_is_broken_is_read_without_a_fault_of_ours(text: str) -> None:
    assert read(text).strict
