"""The table of fields: every parameter, header and claim that a learner can click, explained once.

`checks` names the checks of checks.py that look at the field; who performs them is seen in each run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["parameter", "header", "part of a message", "part of a token", "claim"]


@dataclass(frozen=True, slots=True)
class Field:
    """`meaning` says what the field is for; `ref` is the section that defines it; `kind` is where it mostly stands."""

    name: str
    meaning: str
    ref: str
    checks: tuple[str, ...] = ()
    kind: Kind = "parameter"


# fmt: off
_TABLE: dict[Kind, tuple[Field, ...]] = {
    "parameter": (
        # ---- authorization request and response
        Field("response_type", "What the client wants back through the browser: a code, or (implicit grant) a token.", "RFC 6749 §3.1.1", ("response_type",)),
        Field("client_id", "The public name under which the client is registered.", "RFC 6749 §2.2", ("client_known", "client")),
        Field("redirect_uri", "Where the browser is sent with the answer. It must be a registered address.", "RFC 6749 §3.1.2", ("redirect_uri", "code_redirect_uri")),
        Field("scope", "What the client asks for, or what was granted, as words that the APIs understand.", "RFC 6749 §3.3", ("scope_offered", "scope_granted", "scope")),
        Field("state", "A value that the client gets back unchanged; tied to the browser, it shows that this browser asked.", "RFC 6749 §4.1.1", ("state",)),
        Field("nonce", "A value that must come back: inside the ID token, which then belongs to this sign-in; or inside a DPoP proof, which then was made lately (RFC 9449 §8).", "OIDC Core §3.1.2.1", ("nonce", "proof_nonce")),
        Field("code_challenge", "Made from a secret that only the asking client knows; the code will fit that secret only.", "RFC 7636 §4.3", ("code_challenge", "code_verifier")),
        Field("code_challenge_method", "How the challenge was made from the verifier: S256, or plain.", "RFC 7636 §4.3", ("code_challenge",)),
        Field("dpop_jkt", "The thumbprint of the key that the client will prove; the code will fit that key only.", "RFC 9449 §10", ("key_binding",)),
        Field("request", "The whole request as a JWT that the client has signed; only what stands in it counts.", "RFC 9101 §5", ("request_object", "signature")),
        Field("request_uri", "Stands for a request that the client has pushed to the server before; it works once, and soon ends.", "RFC 9126 §2.2", ("pushed_request",)),
        Field("resource", "The API that the token is wanted for.", "RFC 8707 §2", ("resource",)),
        Field("prompt", "Whether the server may, must or must not show a page.", "OIDC Core §3.1.2.1"),
        Field("acr_values", "How strongly the person should be authenticated.", "OIDC Core §3.1.2.1", ("user_authentication",)),
        Field("max_age", "How many seconds ago the person may have signed in at most.", "OIDC Core §3.1.2.1", ("max_age", "user_authentication")),
        Field("claims", "Single claims that the client wants to be told, and where: in the ID token or at the userinfo endpoint.", "OIDC Core §5.5", ("claims_request", "acr_offered", "person_asked")),
        Field("otp", "The code that the person's authenticator shows; it is good once, and for half a minute.", "RFC 6238 §5.2", ("second_factor",)),
        Field("code", "A short-lived, one-time voucher for tokens. It travels through the browser; alone it should be worthless.", "RFC 6749 §4.1.2", ("code", "code_unused", "code_fresh")),
        Field("iss", "Who issued this: in an authorization response (RFC 9207) or, as a claim, in a token.", "RFC 9207 §2", ("issuer",)),
        Field("error", "Why the request was refused, as a code.", "RFC 6749 §4.1.2.1"),
        Field("error_description", "The same for people.", "RFC 6749 §4.1.2.1"),
        # ---- token request and response
        Field("grant_type", "What the client offers in exchange for tokens: a code, a refresh token, a password, or its own name.", "RFC 6749 §4.1.3", ("grant_type",)),
        Field("code_verifier", "The secret behind the challenge: whoever shows it is the client that asked.", "RFC 7636 §4.5", ("code_verifier",)),
        Field("client_secret", "The client's password. Only a client with a server can keep one.", "RFC 6749 §2.3.1", ("client",)),
        Field("client_assertion_type", "What kind of proof the client_assertion is: a JWT.", "RFC 7523 §2.2", ("assertion",)),
        Field("client_assertion", "The client's word about itself, signed with its own key, for this server, once.", "RFC 7523 §2.2", ("assertion", "client_key", "assertion_audience", "assertion_unused")),
        Field("access_token", "What opens the API. A bearer token works for whoever holds it.", "RFC 6749 §1.4", ("token_present", "format", "signature")),
        Field("token_type", "How the access token must be presented: Bearer, or DPoP with a proof.", "RFC 6749 §7.1", ("scheme",)),
        Field("expires_in", "For how many seconds the access token is good.", "RFC 6749 §5.1"),
        Field("refresh_token", "Gets new access tokens without asking the person again. It goes to the authorization server only.", "RFC 6749 §1.5", ("refresh_token", "refresh_unused", "refresh_fresh")),
        Field("id_token", "Tells the client who signed in. It is for the client, never for an API.", "OIDC Core §2", ("signature", "audience", "nonce")),
        Field("token", "The token that is asked about or given back.", "RFC 7009 §2.1", ("refresh_token",)),
        Field("token_type_hint", "A hint at what kind of token this is; a server may ignore it.", "RFC 7009 §2.1"),
        Field("active", "Whether the token is good, according to the server that issued it.", "RFC 7662 §2.2", ("introspection",)),
        Field("username", "The person's name at the server that checks the password.", "RFC 6749 §4.3.2", ("password",)),
        Field("password", "The person's password: good for everything, until it is changed.", "RFC 6749 §10.7", ("password",)),
        Field("assertion", "A signed statement that the client offers in exchange for tokens.", "RFC 7521 §4.1"),
        Field("keys", "The public keys with which the issuer's signatures are verified.", "RFC 7517 §5.1", ("key",)),
        Field("device_code", "The device's own code, with which it asks whether it is allowed. It is shown to nobody.", "RFC 8628 §3.3", ("device_code", "device_fresh")),
        Field("user_code", "What the device shows, and a person types in a browser.", "RFC 8628 §3.2", ("user_code",)),
        Field("verification_uri", "Where the person types the code.", "RFC 8628 §3.2"),
        Field("verification_uri_complete", "The same, with the code in it, for a picture to scan.", "RFC 8628 §3.2"),
        Field("interval", "How many seconds a device must wait between two questions.", "RFC 8628 §3.2", ("poll_interval",)),
        Field("subject_token", "The token that is to be exchanged: whose it is stays as it was.", "RFC 8693 §2.1", ("subject_token",)),
        Field("subject_token_type", "What kind of token that is.", "RFC 8693 §2.1", ("request_form",)),
        Field("issued_token_type", "What kind of token came back.", "RFC 8693 §2.2.1"),
        Field("audience", "The API that the new token is wanted for, by a name that both sides know.", "RFC 8693 §2.1", ("resource_granted",)),
        Field("act", "Who acts for the person whom the token is about.", "RFC 8693 §4.1"),
        # ---- log-out
        Field("id_token_hint", "An ID token from before: it shows for whom a client asks, and that the client knows this session.", "OIDC RP-Initiated Logout §2", ("id_token_hint", "hinted_session")),
        Field("post_logout_redirect_uri", "Where the browser is sent when the person is signed out. It must be registered for that.", "OIDC RP-Initiated Logout §3", ("post_logout_redirect_uri",)),
        Field("logout_token", "The server's word to a client that a session has ended.", "OIDC Back-Channel Logout §2.4", ("signature", "logout_event", "logout_unused")),
    ),
    "header": (
        Field("authorization", "Who is asking: a token after Bearer or DPoP, or a client's name and secret after Basic.", "RFC 9110 §11.6.2", ("token_present", "scheme", "client")),
        Field("dpop", "A fresh proof that the sender holds the key: for one method, one address, one moment.", "RFC 9449 §4.1", ("proof_present", "proof_valid", "proof_target", "proof_fresh", "proof_token", "proof_unused")),
        Field("DPoP-Nonce", "The nonce that the next proof for this server must carry.", "RFC 9449 §8", ("proof_nonce",)),
        Field("www-authenticate", "How to authenticate here, and what was wrong with the last try.", "RFC 6750 §3"),
        Field("location", "Where the browser is sent next.", "RFC 9110 §10.2.2"),
        Field("cookie", "What this host asked the browser to bring along.", "RFC 10025 §4.2"),
        Field("set-cookie", "What this host asks the browser to bring along next time.", "RFC 10025 §4.1"),
        Field("referer", "The page that caused the request, as far as its Referrer-Policy allows.", "RFC 9110 §10.1.3"),
        Field("origin", "Scheme, host and port of the page that sends this request; null where the page keeps its address to itself.", "RFC 6454 §7"),
        Field("user-agent", "The browser.", "RFC 9110 §10.1.5"),
        Field("content-type", "How the body is written.", "RFC 9110 §8.3"),
        Field("cache-control", "Whether the answer may be kept; tokens may not.", "RFC 6749 §5.1"),
        Field("x-user-id", "A name that a gateway vouches for. Anybody can write it.", "RFC 9700 §4.13"),
    ),
    "part of a message": (
        Field("method", "What is asked of the address: to read (GET), to do something (POST).", "RFC 9110 §9", ("proof_target",)),
        Field("host", "Who is asked.", "RFC 9110 §7.2", ("zone", "proof_target")),
        Field("path", "What is asked for, at this host.", "RFC 9110 §4.2.2", ("proof_target",)),
        Field("status", "How it went: 2xx done, 3xx go elsewhere, 4xx refused, 5xx broken.", "RFC 9110 §15"),
        Field("body", "What the message carries.", "RFC 9110 §6.4"),
    ),
    "part of a token": (
        Field("signature", "Vouches for every byte of header and payload: only the holder of the key could make it.", "RFC 7515 §5.2", ("signature", "key", "algorithm")),
        Field("alg", "The algorithm that the token says it is signed with. The verifier must know better.", "RFC 7515 §4.1.1", ("algorithm",)),
        Field("kid", "Which of the issuer's keys was used. A name, not an address.", "RFC 7515 §4.1.4", ("key",)),
        Field("typ", "What kind of token this is: at+jwt for an access token, dpop+jwt for a proof.", "RFC 9068 §2.1", ("type", "proof_valid")),
        Field("jwk", "A public key inside the token. In a proof it is the sender's; anywhere else it must not be believed.", "RFC 7515 §4.1.3", ("key", "proof_valid")),
    ),
    "claim": (
        Field("sub", "Whom the token is about.", "RFC 7519 §4.1.2"),
        Field("aud", "Whom the token is for. Everybody else must refuse it.", "RFC 7519 §4.1.3", ("audience",)),
        Field("exp", "From this second on the token must be refused.", "RFC 7519 §4.1.4", ("expiry",)),
        Field("nbf", "Before this second the token is not good yet.", "RFC 7519 §4.1.5", ("not_before",)),
        Field("iat", "When the token was made.", "RFC 7519 §4.1.6", ("proof_fresh", "issued_since")),
        Field("jti", "The token's own name, so that it can be listed or used only once.", "RFC 7519 §4.1.7", ("denylist", "proof_unused")),
        Field("sid", "The session at the server in which the person signed in; a logout token names it when it ends.", "OIDC Back-Channel Logout §2.4", ("logout_subject", "hinted_session")),
        Field("events", "What has happened: in a logout token, a log-out.", "OIDC Back-Channel Logout §2.4", ("logout_event",)),
        Field("auth_time", "When the person last proved who they are.", "OIDC Core §2", ("user_authentication",)),
        Field("acr", "How the person has proved who they are: with a password, or with a second factor, too.", "OIDC Core §2", ("user_authentication",)),
        Field("at_hash", "The hash of the access token that came along, so that the two cannot be mixed.", "OIDC Core §3.1.3.6", ("token_hash",)),
        Field("cnf", "The key that the token is bound to: only its holder may use the token.", "RFC 7800 §3.1", ("key_binding",)),
        Field("jkt", "The thumbprint of the DPoP key that the token is bound to.", "RFC 9449 §6.1", ("key_binding",)),
        Field("x5t#S256", "The thumbprint of the certificate that the token is bound to.", "RFC 8705 §3.1", ("certificate",)),
        Field("htm", "The method that this proof is good for.", "RFC 9449 §4.2", ("proof_target",)),
        Field("htu", "The address that this proof is good for.", "RFC 9449 §4.2", ("proof_target",)),
        Field("ath", "The hash of the access token that this proof goes with.", "RFC 9449 §4.2", ("proof_token",)),
        Field("roles", "What the person was when the token was made; it may have changed since.", "RFC 9068 §2.2.3.1", ("role",)),
        Field("role", "What the person was when the token was made; it may have changed since. A private claim: the standard one is roles.", "RFC 7519 §4.3", ("role",)),
        Field("permissions", "What the person might do when the token was made; each one makes the token longer. A private claim: the standard one is entitlements.", "RFC 7519 §4.3", ("role",)),
        Field("groups", "The groups the person was in when the token was made; each one makes the token longer.", "RFC 9068 §2.2.3.1"),
        Field("email", "The person's address: everybody who sees the token can read it.", "OIDC Core §5.1"),
        Field("name", "The person's name: everybody who sees the token can read it.", "OIDC Core §5.1"),
    ),
}
# fmt: on

FIELDS: dict[str, Field] = {f.name: replace(f, kind=kind) for kind, fields in _TABLE.items() for f in fields}


OWN = "A name of this server's own: no standard defines it."
_BY_NAME = {name.lower(): field for name, field in FIELDS.items()}


def explain(path: str) -> Field | None:
    """The field behind a path such as `form.code_verifier` or `headers.authorization.claims.aud`; the last known part decides."""
    return next((_BY_NAME[part] for part in reversed(path.lower().split(".")) if part in _BY_NAME), None)
