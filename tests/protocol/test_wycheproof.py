"""Published vectors: the examples of the RFCs, and Wycheproof's against what a resource server does with its algorithm pinned.

Wycheproof's files are in tests/data/wycheproof, unchanged, with their own licence; SOURCE.txt there says where they come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.checks import Checklist
from sandbox.protocol.proofs import SeenProofs, check_proof
from sandbox.protocol.tokens import (
    ALGORITHMS,
    Decoded,
    NotAJwt,
    b64,
    decode,
    from_private,
    pem,
    public_key,
    sha256,
    shared_key,
    signature_fits,
    take_apart,
    thumbprint,
    unb64,
)
from sandbox.protocol.trace import Checked
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.parties.resource_server import Decision, ResourceServer
from sandbox.world.parties.signature_check import SignatureCheck
from tests.support.paths import DATA
from tests.support.worlds import outcomes, world

# ---------------------------------------------------------------- the examples of the RFCs

RFC7515 = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
FRODO = (
    "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwg"
    "dGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4"
)
SIGNED: dict[str, tuple[str, dict[str, Any], str]] = {
    "RFC 7515 A.1": (
        "HS256",
        {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
        f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{RFC7515}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    "RFC 7515 A.2": (
        "RS256",
        {
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        },
        f"eyJhbGciOiJSUzI1NiJ9.{RFC7515}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    "RFC 7515 A.3": (
        "ES256",
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        f"eyJhbGciOiJFUzI1NiJ9.{RFC7515}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    "RFC 7520 §4.1": (
        "RS256",
        {
            "kty": "RSA",
            "use": "sig",
            "n": "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",
            "e": "AQAB",
        },
        f"eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{FRODO}.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
    ),
    "RFC 7520 §4.4": (
        "HS256",
        {"kty": "oct", "k": "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"},
        f"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.{FRODO}.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
    ),
    "RFC 8037 A.4": (
        "EdDSA",
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
}


def verifies(jws: str, key: Any, alg: str) -> bool:
    parts = take_apart(jws)
    return signature_fits(Decoded(parts.header, {}, parts.signed, parts.signature), key, alg)


@pytest.mark.parametrize("name", SIGNED)
def test_a_signature_of_an_rfc_fits_and_one_changed_bit_does_not(name):
    alg, jwk, jws = SIGNED[name]
    key = unb64(jwk["k"]) if alg == "HS256" else public_key(jwk, alg)
    assert verifies(jws, key, alg)
    head, payload, signature = jws.split(".")
    raw = bytearray(unb64(signature))
    raw[7] ^= 1
    assert not verifies(f"{head}.{payload}.{b64(bytes(raw))}", key, alg)
    assert not verifies(f"{head}.{b64(unb64(payload) + b' ')}.{signature}", key, alg)


def test_the_unsecured_jws_of_rfc_7515_a_5_fits_nothing():
    parts = take_apart(f"eyJhbGciOiJub25lIn0.{RFC7515}.")
    for alg, jwk, _ in SIGNED.values():
        key = b"" if alg == "HS256" else public_key(jwk, alg)
        assert not signature_fits(Decoded(parts.header, {}, parts.signed, parts.signature), key, alg)


def test_we_make_the_same_eddsa_signature_as_rfc_8037_a_4():
    from cryptography.hazmat.primitives.asymmetric import ed25519

    alg, jwk, jws = SIGNED["RFC 8037 A.4"]
    key = from_private(ed25519.Ed25519PrivateKey.from_private_bytes(unb64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")), "EdDSA")
    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # RFC 8037 A.3
    assert ALGORITHMS[alg].sign(jws.rpartition(".")[0].encode(), key.secret) == unb64(jws.rpartition(".")[2])
    assert {k: key.jwk[k] for k in jwk} == jwk


def test_deterministic_es256_matches_rfc_6979_a_2_5():
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.derive_private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1())
    made = {text: ALGORITHMS["ES256"].sign(text, private).hex().upper() for text in (b"sample", b"test")}
    assert made == {
        b"sample": "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        b"test": "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    }


def test_s256_of_rfc_7636_appendix_b():
    octets = bytes(
        [
            116,
            24,
            223,
            180,
            151,
            153,
            224,
            37,
            79,
            250,
            96,
            125,
            216,
            173,
            187,
            186,
            22,
            212,
            37,
            77,
            105,
            214,
            191,
            240,
            91,
            88,
            5,
            88,
            83,
            132,
            141,
            121,
        ]
    )
    assert b64(octets) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert sha256(b64(octets)) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


# ---------------------------------------------------------------- RFC 9449

HEAD = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09r"
    "X282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
AT_TOKEN = (
    f"{HEAD}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ"
    ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)  # §4.1
AT_API = (
    f"{HEAD}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCw"
    "iYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
    ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)  # §7.1
ACCESS = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"  # §6.1
TOKEN_REQUEST = Request("POST", "https://server.example.com/token", (("DPoP", AT_TOKEN),))
API_REQUEST = Request("GET", "https://resource.example.org/protectedresource", (("DPoP", AT_API),))


def test_the_proofs_of_rfc_9449_are_genuine_and_fit_their_requests():
    checks = Checklist(world().net.trace, "auth")
    assert check_proof(checks, TOKEN_REQUEST, 1562262616, SeenProofs()) == JKT
    assert check_proof(checks, API_REQUEST, 1562262618, SeenProofs(), ACCESS) == JKT
    assert thumbprint(decode(AT_API).header["jwk"]) == JKT
    assert sha256(ACCESS) == decode(AT_API).claims["ath"] == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


@pytest.mark.parametrize(
    ("request_", "now", "access", "check"),
    [
        (TOKEN_REQUEST, 1562262616 + 61, None, "proof_fresh"),
        (Request("GET", TOKEN_REQUEST.url, TOKEN_REQUEST.headers), 1562262616, None, "proof_target"),
        (Request("POST", "https://server.example.com/other", TOKEN_REQUEST.headers), 1562262616, None, "proof_target"),
        (API_REQUEST, 1562262618, ACCESS + "x", "proof_token"),
        (TOKEN_REQUEST, 1562262616, ACCESS, "proof_token"),
        (Request("POST", TOKEN_REQUEST.url, (*TOKEN_REQUEST.headers, *TOKEN_REQUEST.headers)), 1562262616, None, "proof_present"),
    ],
)
def test_the_proofs_of_rfc_9449_fit_nothing_else(request_, now, access, check):
    w = world()
    assert check_proof(Checklist(w.net.trace, "auth"), request_, now, SeenProofs(), access) is None
    assert outcomes(w, "auth")[check] == "fail"


def test_a_proof_of_rfc_9449_is_good_once():
    checks, seen = Checklist(world().net.trace, "auth"), SeenProofs()
    assert [check_proof(checks, TOKEN_REQUEST, 1562262616, seen) for _ in range(2)] == [JKT, None]


# ---------------------------------------------------------------- Wycheproof

FOLDER = DATA / "wycheproof"
FILES = {"signature": "json_web_signature_test.json", "crypto": "json_web_crypto_test.json"}
PINNED = {"EC": "ES256", "RSA": "RS256", "oct": "HS256"}  # what a resource server would have chosen for such a key

ACCEPTED_ALTHOUGH_INVALID = {
    ("signature", 367): "The text is byte for byte that of a genuine token: the padding that its name speaks of is not in the file.",
    ("signature", 370): "The same text as 367.",
    ("crypto", 46): "The key has the ROCA weakness (CVE-2017-15361): its signature is genuine; keys are judged where they are made.",
}
OTHER_ALGORITHM = "Its key is for an algorithm that no issuer of ours uses (RS384, RS512, PS256, PS384, PS512, ES512)."
REFUSED_ALTHOUGH_VALID = (
    {("signature", i): OTHER_ALGORITHM for i in (*range(264, 276), 287, 288, *range(320, 324), *range(325, 329), 346, 347, 350, 351)}
    | {
        ("signature", i): "A `?` inside base64url: RFC 7515 §2 knows no such character, and Wycheproof expects it to be ignored."
        for i in (372, 373)
    }
    | {("crypto", i): "A JWE: there are no encrypted tokens here." for i in (50, 67)}
)
NONE = {("signature", 16), ("signature", 341), ("signature", 343), ("signature", 344), ("crypto", 16)}  # alg: none
OTHER_NONE = {("signature", 342)}  # alg: NONE


@dataclass(frozen=True)
class Vector:
    id: tuple[str, int]
    keys: tuple[dict[str, Any], ...]
    token: Any
    valid: bool


@cache
def vectors() -> tuple[Vector, ...]:
    return tuple(_read())


def _read() -> Iterator[Vector]:
    for short, name in FILES.items():
        for group in json.loads((FOLDER / name).read_text(encoding="utf-8"))["testGroups"]:
            key = group.get("public") or group["private"]
            for t in group["tests"]:
                token = t["jws"] if "jws" in t else t["jwe"]
                yield Vector((short, t["tcId"]), tuple(key.get("keys", [key])), token, t["result"] == "valid")


def presented(token: Any) -> str:
    """The token as it would come in a header; the JSON serialization is text like any other."""
    return token if isinstance(token, str) else json.dumps(token)


def server(keys: tuple[dict[str, Any], ...], policy: str, kid: Any = None) -> ResourceServer:
    """A resource server whose issuer publishes these keys, or shares this word; a set with an asymmetric key is a JWKS, never a word."""
    rs = world().apis["accounts"]
    chosen = next((k for k in keys if k["kty"] != "oct"), keys[0])
    word = None
    if chosen["kty"] == "oct":
        word = unb64(next((k for k in keys if k.get("kid") == kid), chosen)["k"])
    issuer = TrustedIssuer("https://keys.example", PINNED[chosen["kty"]], word)
    rs.signatures = SignatureCheck(rs.name, rs.net, replace(rs.policy, alg_policy=policy), issuer)
    rs.signatures.jwks.keys = [dict(k) for k in keys]
    return rs


def accepts(token: Any, keys: tuple[dict[str, Any], ...], policy: str = "allowlist") -> bool:
    """Whether algorithm, key and signature satisfy a resource server (its own check, not a copy of it)."""
    try:
        parts = take_apart(presented(token))
    except NotAJwt:
        return False
    rs = server(keys, policy, parts.header.get("kid"))
    trace = rs.net.trace
    decision = Decision(API_REQUEST, Checklist(trace, rs.name), decoded=Decoded(parts.header, {}, parts.signed, parts.signature))
    good = rs.signature(decision) is None
    assert good == (next(e for e in reversed(trace.events) if isinstance(e, Checked)).outcome in ("pass", "skipped"))
    return good


def test_all_484_vectors_are_there():
    assert len(vectors()) == 401 + 83


@pytest.mark.slow
def test_no_forgery_is_accepted_beyond_the_explained_list():
    accepted = {v.id for v in vectors() if not v.valid and accepts(v.token, v.keys)}
    assert accepted == set(ACCEPTED_ALTHOUGH_INVALID)


def test_what_is_valid_is_accepted_beyond_the_explained_list():
    refused = {v.id for v in vectors() if v.valid and not accepts(v.token, v.keys)}
    assert refused == set(REFUSED_ALTHOUGH_VALID)


def test_the_two_base64_vectors_on_the_list_are_the_text_of_a_genuine_token():
    by_id = {v.id: v for v in vectors()}
    genuine = shared_key(unb64(by_id["signature", 367].keys[0]["k"]).decode())
    for i in (367, 370):
        body, _, signature = by_id["signature", i].token.rpartition(".")
        assert b64(ALGORITHMS["HS256"].sign(body.encode(), genuine.secret)) == signature


def test_an_access_token_must_be_a_jwt_so_that_none_of_them_is_one():
    """Their payloads are texts such as `foo` and numbers: no JWT (RFC 7519 §7.2)."""
    for v in vectors():
        with pytest.raises(NotAJwt):
            decode(presented(v.token))


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "wins"), [("trust-header", NONE | OTHER_NONE), ("blocklist", OTHER_NONE)])
def test_a_weak_verifier_fails_exactly_the_vectors_of_its_mistake(policy, wins):
    """trust-header falls for `none` in any spelling, blocklist for the other spellings only; every other vector is judged as the strict one does."""
    differing = {v.id for v in vectors() if accepts(v.token, v.keys, policy) != accepts(v.token, v.keys)}
    assert differing == wins


def test_the_mistakes_vectors_are_all_those_that_ask_for_no_signature():
    assert {v.id for v in vectors() if _alg(v.token).lower() == "none"} == NONE | OTHER_NONE
    assert {v.id for v in vectors() if _alg(v.token) == "none"} == NONE


def _alg(token: Any) -> str:
    try:
        return str(take_apart(presented(token)).header.get("alg"))
    except NotAJwt:
        return ""


def test_key_confusion_wins_at_the_weak_verifiers_only():
    """The mistake that has no vector: HS256 with the text of the public key's PEM file as the password (RFC 8725 §2.1)."""
    public = {json.dumps(v.keys, sort_keys=True): v.keys for v in vectors() if pem(v.keys[0])}
    assert len(public) >= 8
    for keys in public.values():
        forged = shared_key(pem(keys[0]).decode()).seal({"alg": "HS256", "kid": keys[0].get("kid")}, {"sub": "alice"})
        assert not accepts(forged, keys)
        assert accepts(forged, keys, "blocklist")
        assert accepts(forged, keys, "trust-header")
