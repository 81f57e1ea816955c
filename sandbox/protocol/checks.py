"""The table of checks: everything that any party can look at before it says yes, explained once.

A party evaluates an explicit ordered list of them and records each outcome with a `Checklist`.  The names are what
scenario files write in `by:`.  Which checks a party performs, and in which order, stands in the party's own module.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.protocol.trace import Checked, Outcome, Trace


@dataclass(frozen=True, slots=True)
class Check:
    """`sentence` says what must be so here; `ref` is the section that it comes from, and may ask for less: a party can be stricter.

    `outcomes`: what can be recorded of it, beside that it was skipped.
    """

    name: str
    sentence: str
    ref: str
    outcomes: tuple[Outcome, ...] = ("pass", "fail")


REFUSALS: tuple[Outcome, ...] = ("fail",)  # recorded only where it refuses: a request that is in order does not come to it
REPAIRS: tuple[Outcome, ...] = ("pass",)  # never refuses: it puts right what it finds


CHECKS: dict[str, Check] = {
    c.name: c
    for c in (
        # ---- presenting a token to an API
        Check("token_present", "The request must carry an access token.", "RFC 6750 §3.1"),
        Check("one_method", "The token may be sent in one way only.", "RFC 6750 §2", REFUSALS),
        Check("token_in_header", "The token must not be in the address.", "RFC 9700 §4.3.2", REFUSALS),
        Check("scheme", "The Authorization scheme must be one that this API understands.", "RFC 6750 §3.1"),
        # ---- the way to a service: network and gateway
        Check("zone", "An internal address can be reached from inside the zone only.", "RFC 9700 §4.13", REFUSALS),
        Check("peer", "The caller must be the gateway.", "RFC 9700 §4.13"),
        Check("request_size", "Neither the address nor any header field may be larger than the 8 KiB read here.", "RFC 9110 §5.4"),
        Check("caller", "An API must be able to tell which service calls it, and for whom.", "RFC 8693 §1.1"),
        Check("identity_headers", "A header that says who is calling must not come from outside.", "RFC 9700 §4.13", REPAIRS),
        Check("gateway_identity", "The gateway must say in a header who is calling.", "RFC 9700 §4.13"),
        Check("page_origin", "A page that asks must be of this server's origin, or on the asker's own machine.", "RFC 6454 §7", REFUSALS),
        Check("frame_ancestors", "A page must let itself be shown in a frame of that site (frame-ancestors).", "RFC 9700 §4.16"),
        Check("message_origin", "A message must be meant for the page that would get it.", "RFC 9700 §4.17.2"),
        Check("form_browser", "A form must come back from the browser that fetched it.", "RFC 6749 §10.12"),
        # ---- the token itself
        Check("format", "The token must be a JWT: three base64url parts, the first two of them JSON objects.", "RFC 7519 §7.2"),
        Check("algorithm", "The algorithm must be one that the verifier chose, not one that the token chose.", "RFC 8725 §3.1"),
        Check("key", "The key must be a published signing key of a trusted issuer.", "RFC 8725 §3.8"),
        Check("signature", "The signature must fit the key and every byte of the token.", "RFC 7515 §5.2"),
        Check("type", "The header must say what kind of token this is.", "RFC 9068 §4; of a logout token OIDC Back-Channel Logout §2.4"),
        Check("issuer", "The issuer must be the one that is expected here.", "RFC 8725 §3.8; in an authorization response RFC 9207 §2.4"),
        Check("audience", "The audience must name the party that is asked to accept the token.", "RFC 8725 §3.9"),
        Check("expiry", "The token must not have expired.", "RFC 7519 §4.1.4"),
        Check("not_before", "The token must already be valid.", "RFC 7519 §4.1.5"),
        Check("issued_since", "The token must not be older than the memory of the server that issued it.", "RFC 7519 §4.1.6"),
        Check("denylist", "The token must not be on the list of revoked tokens.", "RFC 7009 §3"),
        Check("introspection", "The issuer, asked about the token, must call it active.", "RFC 7662 §2.2"),
        # ---- proof of possession
        Check("proof_present", "A token that is bound to a key must come with one DPoP proof.", "RFC 9449 §7.1"),
        Check("proof_valid", "The proof must be a dpop+jwt signed by the key in its own header.", "RFC 9449 §4.3"),
        Check("proof_target", "The proof must name this method and this address.", "RFC 9449 §4.3"),
        Check("proof_fresh", "The proof must have been made within the last minute.", "RFC 9449 §11.1"),
        Check("proof_token", "The proof must carry the hash of this access token.", "RFC 9449 §4.3"),
        Check("proof_unused", "The proof must not have been seen before.", "RFC 9449 §11.1"),
        Check("proof_nonce", "The proof must carry a nonce that this server has handed out lately.", "RFC 9449 §8; at an API RFC 9449 §9"),
        Check("key_binding", "The caller must hold the key that the token is bound to.", "RFC 9449 §7.1"),
        Check("certificate", "The caller must connect with the certificate that the token is bound to.", "RFC 8705 §3"),
        # ---- what the token allows
        Check("scope", "The token's scope must cover what is asked.", "RFC 6750 §3.1"),
        Check("user_authentication", "The person must have signed in as strongly and as recently as this action needs.", "RFC 9470 §3"),
        Check("role", "The user must have the role that this action needs.", "RFC 9068 §4"),
        # ---- people
        Check("password", "The user name and the password must fit.", "RFC 6749 §3.1"),
        Check("second_factor", "The code must be the one that the person's authenticator shows, and not have been used.", "RFC 6238 §5.2"),
        Check("account_active", "The user's account must not be disabled.", "RFC 7643 §4.1.1"),
        Check("consent", "The resource owner must have allowed it.", "RFC 6749 §4.1.1"),
        # ---- authorization endpoint
        Check("request_form", "No parameter may be missing, unreadable or given twice.", "RFC 6749 §4.1.2.1", REFUSALS),
        Check(
            "client_address",
            "A client_id that is an address must be https, with a path, and one from which a document may be fetched here.",
            "RFC 3986 §3; where dots must be gone RFC 3986 §5.2.4",
            REFUSALS,
        ),
        Check(
            "client_document",
            "The document at a client's address must name that address as its client_id and describe a client without a secret.",
            "RFC 7591 §2; compared as RFC 3986 §6.2.1 says",
        ),
        Check("client_known", "The client must be registered.", "RFC 6749 §4.1.2.1"),
        Check(
            "request_object",
            "A request object must be one that is supported here, and the client's own; where one is demanded, there must be one.",
            "RFC 9101 §6.3; a request to be signed RFC 9101 §10.5",
        ),
        Check(
            "pushed_request",
            "A request_uri must be one that this client was given here, not too old and not answered; where one is demanded, there must be one.",
            "RFC 9126 §4",
        ),
        Check("redirect_uri", "The redirect URI must be a registered one.", "RFC 9700 §2.1"),
        Check("response_type", "The response type must be one that is offered, to this client, too.", "RFC 6749 §4.1.2.1"),
        Check("response_mode", "The answer must be wanted in a way that fits its type.", "OIDC Core §3.1.2.6"),
        Check("max_age", "The greatest age of a sign-in must be a number of seconds.", "OIDC Core §3.1.2.1", REFUSALS),
        Check("claims_request", "Single claims must be asked for in a JSON object that can be read here.", "OIDC Core §5.5", REFUSALS),
        Check("acr_offered", "There must be a way to sign in that the request insists on.", "OIDC Core §5.5.1.1", REFUSALS),
        Check("person_asked", "The person who signs in must be the one that the client has asked for.", "OIDC Core §3.1.2.2", REFUSALS),
        Check("scope_offered", "The scope must be one that exists.", "RFC 6749 §4.1.2.1; at the token endpoint RFC 6749 §5.2"),
        Check("scope_approved", "A client that has registered itself must ask for no more than who somebody is.", "RFC 7591 §2"),
        Check("code_challenge", "The request must carry a code_challenge of an accepted method.", "RFC 7636 §4.4.1"),
        Check("resource", "The resource must be an API that this server issues tokens for.", "RFC 8707 §2"),
        Check("resource_granted", "The resource must be one that was asked for when access was granted.", "RFC 8707 §2.2"),
        # ---- token endpoint
        Check("client_scope", "The scope must be one that this client may ask for in its own name.", "RFC 6749 §5.2"),
        Check("grant_type", "The grant type must be one that is offered, to this client, too.", "RFC 6749 §5.2"),
        Check("client", "The client must prove who it is, if it has a secret.", "RFC 6749 §3.2.1"),
        Check("assertion", "A client assertion must be a JWT in which the client speaks about itself.", "RFC 7523 §3"),
        Check("client_key", "The key must be one that the client has registered.", "RFC 9101 §6.2; of an assertion RFC 7523 §3"),
        Check("assertion_audience", "An assertion must be for this server's issuer identifier, and for nobody else.", "RFC 10070 §4"),
        Check("assertion_unused", "An assertion must not have been used before.", "RFC 7523 §3"),
        Check("code", "The code must be one that was issued to this client.", "RFC 6749 §4.1.3"),
        Check("code_unused", "The code must not have been redeemed before.", "RFC 6749 §4.1.2"),
        Check("code_fresh", "The code must not have expired.", "RFC 6749 §4.1.2"),
        Check("code_redirect_uri", "The redirect URI must be the one of the authorization request.", "RFC 6749 §4.1.3"),
        Check("code_verifier", "The code_verifier must fit the code_challenge of the authorization request.", "RFC 7636 §4.6"),
        Check("refresh_token", "The refresh token must be one that was issued to this client.", "RFC 6749 §6"),
        Check("refresh_unused", "The refresh token must not have been exchanged for a newer one.", "RFC 9700 §4.14.2"),
        Check("refresh_fresh", "The refresh token must not have expired.", "RFC 6749 §5.2"),
        Check("grant_alive", "What the resource owner granted must not have been revoked.", "RFC 7009 §2.1"),
        Check("scope_granted", "The scope must not exceed what was granted.", "RFC 6749 §6; in a token exchange RFC 8693 §2.1"),
        Check(
            "subject_token", "The token to exchange must be a living access token, meant for the client that exchanges it.", "RFC 8693 §2.1"
        ),
        # ---- devices without a browser
        Check("user_code", "The code that a person types must be one that a device shows now.", "RFC 8628 §3.3"),
        Check("device_code", "The device code must be one that was issued to this client, and not have been redeemed.", "RFC 8628 §3.4"),
        Check("device_place", "A device must be allowed from where it is.", "RFC 8628 §5.4"),
        Check("device_fresh", "The device code must not have expired.", "RFC 8628 §3.5"),
        Check("poll_interval", "A device must not ask more often than it was told.", "RFC 8628 §3.5"),
        Check("device_consent", "A person must have allowed it, in a browser.", "RFC 8628 §3.5"),
        # ---- log-out: the end-session endpoint
        Check(
            "id_token_hint", "The hint must be an ID token that this server has issued; it may have expired.", "OIDC RP-Initiated Logout §2"
        ),
        Check("logout_client", "The client_id must be that of the client for which the hint was issued.", "OIDC RP-Initiated Logout §2"),
        Check(
            "hinted_session", "The hint must belong to the session in this browser, or the person is asked.", "OIDC RP-Initiated Logout §2"
        ),
        Check("logout_wanted", "Where no hint shows that the person wants it, the person must say so.", "OIDC RP-Initiated Logout §6"),
        Check(
            "post_logout_redirect_uri",
            "The address to go to afterwards must be one that the client registered for it.",
            "OIDC RP-Initiated Logout §3",
        ),
        # ---- log-out: a logout token, at the client
        Check("logout_fresh", "The logout token must have been issued within the last two minutes.", "OIDC Back-Channel Logout §4"),
        Check("logout_event", "The logout token must name the event: a log-out by the back channel.", "OIDC Back-Channel Logout §2.6"),
        Check("logout_subject", "The logout token must say whose session ends, or which.", "OIDC Back-Channel Logout §2.6"),
        Check(
            "logout_no_nonce",
            "The logout token must carry no nonce, so that no ID token is taken for one.",
            "OIDC Back-Channel Logout §2.6",
        ),
        Check("logout_unused", "The logout token must have a name, and not have been seen before.", "OIDC Back-Channel Logout §2.6"),
        # ---- authorization response, at the client
        Check("response", "The authorization response must not report an error.", "RFC 6749 §4.1.2.1"),
        Check("state", "The state must be the one that this browser was sent away with.", "RFC 6749 §10.12"),
        Check("nonce", "The ID token must carry the nonce of this sign-in.", "OIDC Core §3.1.3.7"),
        Check("acr", "The ID token must tell that the person signed in as strongly as was asked.", "OIDC Core §3.1.3.7"),
        Check("token_hash", "A hash in the ID token must be that of the access token it came with.", "OIDC Core §3.1.3.8"),
        Check("front_channel", "A client that asks for codes must take no token from the front channel.", "RFC 9700 §2.1.2", REFUSALS),
        Check("id_token", "A sign-in must bring an ID token, which says for which client it was made.", "OIDC Core §2"),
        # ---- a client that finds out by itself whom to ask
        Check(
            "discovered",
            "What describes an API, or a server, must say that it is about the one that was asked for.",
            "RFC 9728 §3.3; of a server RFC 8414 §3.3",
        ),
        # ---- the client's own pages and backend
        Check("redirect_target", "The client must send browsers on only to places that it knows.", "RFC 9700 §4.11.1"),
        Check("session_cookie", "The request must carry the cookie of a session that is signed in.", "RFC 10017 §6.1.2.3"),
        Check("address_proved", "Whoever opens an account must have shown that its e-mail address is theirs.", "OIDC Core §5.7", REFUSALS),
        Check("own_page", "The request must carry the header that only a page of the app's own origin can add.", "RFC 10017 §6.1.3.3"),
        Check("proxy_target", "The backend must pass requests on only to the APIs on its list.", "RFC 10017 §6.1.3.6"),
    )
}


class Checklist:
    """Records one party's checks, in the order in which it performs them."""

    __slots__ = ("party", "trace")

    def __init__(self, trace: Trace, party: str) -> None:
        self.trace = trace
        self.party = party

    def test(self, check: str, ok: bool, expected: object, found: object) -> bool:
        """Record passed or failed; returns `ok`."""
        self.trace.add(Checked, self.party, check, "pass" if ok else "fail", str(expected), str(found))
        return ok

    def skip(self, check: str, why: str, found: object = "") -> None:
        """Record that this party's setting does not perform the check."""
        self.trace.add(Checked, self.party, check, "skipped", why, str(found))


def fits(checks: Checklist, ok: bool) -> bool:
    """Record the signature check, which has no values worth showing."""
    return checks.test("signature", ok, "made by a published key over exactly these bytes", "it fits" if ok else "it does not fit")
