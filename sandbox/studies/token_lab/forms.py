"""What kind of thing was pasted: each form that a token can have, in a sentence with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SEEN_ONLY_BY = frozenset({"at_hash", "c_hash", "nonce", "s_hash"})  # claims that an ID token has, and an access token has not


@dataclass(frozen=True, slots=True)
class Form:
    """One form.  `strict`: why a reader of JWTs refuses it, '' where reading it says so."""

    id: str
    name: str
    sentence: str
    ref: str
    strict: str = ""


# fmt: off
FORMS: dict[str, Form] = {
    f.id: f
    for f in (
        # ---- signed, in three parts
        Form("jwt", "JWT", "Header and claims can be read by anybody; the signature vouches for them.", "RFC 7519 §1"),
        Form("access-token", "Access token", "By its type, at+jwt, it is a JWT for an API and for nobody else.", "RFC 9068 §2.1"),
        Form("id-token", "ID token", "By its claims it tells a client who signed in. It is not for an API.", "OIDC Core §2"),
        Form("logout-token", "Logout token", "By its type it tells a client that a session has ended.", "OIDC Back-Channel Logout §2.4"),
        Form("dpop-proof", "DPoP proof", "It proves the sender's key for one request. It opens nothing by itself.", "RFC 9449 §4.2"),
        Form("request-object", "Request object", "It is an authorization request that a client has signed.", "RFC 9101 §4"),
        Form("unsecured", "Unsecured JWT", "Its alg is none: nobody vouches for what it says.", "RFC 8725 §2.1"),
        # ---- parts that are missing
        Form("claims", "Claims", "These are claims alone, without header and signature: nobody vouches for them.", "RFC 7519 §4", "it is claims alone: a token has three parts"),
        Form("header", "Header", "This is a header alone, without claims and signature.", "RFC 7515 §4.1.1", "it is header alone: a token has three parts"),
        Form("detached", "Detached payload", "The middle part was left out: whoever verifies this JWS must have its content from elsewhere.", "RFC 7515 appendix F", "its payload was left out, so there are no claims"),
        Form("unencoded", "Unencoded payload", "Its header says b64: false, so the payload is signed as it is, without base64url. A JWT must not do that.", "RFC 7797 §7", "its payload is not encoded (b64: false), which a JWT must not do"),
        # ---- something around it, or inside
        Form("jwe", "JWE", "Its five parts are encrypted: only who has the key can read the claims, and a signature, if any, is inside.", "RFC 7516 §3", "it is encrypted, and no API here has a key for it"),
        Form("jwe-nested", "Nested JWT, encrypted", "It is encrypted, and its header says cty: JWT: inside is another JWT, which has the claims and the signature.", "RFC 7519 §5.2", "it is encrypted, and no API here has a key for it"),
        Form("nested", "Nested JWT", "Its payload is not claims but another JWT (cty: JWT), shown below: both signatures have to be verified.", "RFC 7519 §5.2", "its payload is another JWT, and no API here looks inside"),
        Form("sd-jwt", "SD-JWT", "A signed JWT, then disclosures between tildes: each tells one claim of which the JWT has only a hash. Which ones are shown is the holder's choice.", "RFC 9901 §4", "it is an SD-JWT: after its three parts come disclosures"),
        Form("sd-jwt-kb", "SD-JWT with key binding", "A signed JWT, disclosures between tildes, and at the end a JWT by which the holder proves a key.", "RFC 9901 §4.3", "it is an SD-JWT: after its three parts come disclosures, and a key binding JWT"),
        # ---- in JSON
        Form("jws-general", "JWS in JSON, general", "The same parts as members of a JSON object, with a list of signatures. A JWT is always written in the compact way, with dots.", "RFC 7515 §7.2.1", "it is a JWS in JSON: a JWT is three parts with dots"),
        Form("jws-flat", "JWS in JSON, flattened", "The same three parts as members of a JSON object. A JWT is always written in the compact way, with dots.", "RFC 7515 §7.2.2", "it is a JWS in JSON: a JWT is three parts with dots"),
        Form("jwe-json", "JWE in JSON", "An encrypted message as a JSON object: only who has a key can read it.", "RFC 7516 §7.2", "it is encrypted, and no API here has a key for it"),
        Form("jwk", "Key (JWK)", "This is a key, not a token: with it signatures are verified or, if it is private, made.", "RFC 7517 §4.2", "it is a key, not a token"),
        Form("jwk-set", "Key set", "These are keys, not a token: an issuer publishes such a set for those who verify its signatures.", "RFC 7517 §5", "it is a set of keys, not a token"),
        # ---- nothing to read
        Form("opaque", "Opaque token", "No dots and nothing to decode: it may be a token that says nothing by itself, and only its issuer can tell what it means.", "RFC 6749 §1.4", "it has 1 part, not 3"),
    )
}
# fmt: on

TYPES = {
    "at+jwt": "access-token",
    "dpop+jwt": "dpop-proof",
    "logout+jwt": "logout-token",
    "oauth-authz-req+jwt": "request-object",
}


def of_json(data: Mapping[str, Any]) -> Form | None:
    """The form of a JSON object that is a JWS, a JWE, a key or a set of keys; None for anything else."""
    if "ciphertext" in data:
        return FORMS["jwe-json"]
    if "payload" in data and isinstance(data.get("signatures"), list):
        return FORMS["jws-general"]
    if "payload" in data and "signature" in data:
        return FORMS["jws-flat"]
    if isinstance(data.get("keys"), list):
        return FORMS["jwk-set"]
    return FORMS["jwk"] if isinstance(data.get("kty"), str) else None


def of_jwt(header: Mapping[str, Any], claims: Mapping[str, Any] | None, payload: str) -> Form:
    """The form of something with three parts and a header that can be read."""
    if header.get("b64") is False:
        return FORMS["unencoded"]
    if not payload:
        return FORMS["detached"]
    if is_jwt(header.get("cty")) and claims is None:
        return FORMS["nested"]
    kind = TYPES.get(str(header.get("typ", "")).lower().removeprefix("application/"))
    if kind is None and str(header.get("alg", "")).lower() == "none":
        kind = "unsecured"
    return FORMS[kind or ("id-token" if SEEN_ONLY_BY & set(claims or {}) else "jwt")]


def is_jwt(cty: object) -> bool:
    """Whether a content type says that a JWT is inside (RFC 7519 §5.2)."""
    return str(cty or "").lower().removeprefix("application/") == "jwt"
