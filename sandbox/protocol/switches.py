"""The table of switches: every defence there is, who owns it, its values from weak to strong, and what the profiles choose.

UI panels, scenario files, the matrix, the documentation and the tests read this table; nothing else describes a switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.core.text import nearest, quoted
from sandbox.protocol.cast import CAST, ROLES, instances

Architecture = Literal["jwt", "oauth"]
BOTH: tuple[Architecture, ...] = ("jwt", "oauth")
OAUTH: tuple[Architecture, ...] = ("oauth",)
JWT: tuple[Architecture, ...] = ("jwt",)


class UnknownSetting(ValueError):
    """A profile, switch, value or bundle that does not exist; the message suggests the nearest one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named setting of all switches.  `architecture` says where people log in: at `backend` (jwt) or `auth` (oauth)."""

    name: str
    title: str
    architecture: Architecture
    about: str


PROFILES: dict[str, Profile] = {
    p.name: p
    for p in (
        Profile(
            "naive-jwt",
            "Naive JWT",
            "jwt",
            "A login endpoint hands out a 24-hour JWT, signed with a random secret, and services verify it. No audience, no way back.",
        ),
        Profile(
            "jwt-done-properly",
            "JWT done properly",
            "jwt",
            "What a careful team builds around it: lean 15-minute tokens for one service each, refresh tokens, a list of the revoked, "
            "sessions by device, a key set. Still no delegation.",
        ),
        Profile(
            "oauth-basic",
            "OAuth 2.0, basic",
            "oauth",
            "OAuth as RFC 6749 and RFC 6750 described it in 2012, with signed one-hour access tokens.",
        ),
        Profile(
            "oauth-bcp",
            "OAuth 2.0, best practice",
            "oauth",
            "OAuth as RFC 9700 (2025) recommends it: PKCE, audience, rotation, DPoP. Here access tokens live five minutes.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Switch:
    """One defence.  `values` run from weak to strong; `profiles` has its value in each profile, in the order of PROFILES.

    `kinds`: the values are other ways to build the system rather than degrees of one defence, so that none is weaker than another.
    """

    name: str
    values: tuple[str, ...]
    profiles: tuple[str, str, str, str]
    meaning: str
    ref: str
    applies: tuple[Architecture, ...] = BOTH
    kinds: bool = False

    @property
    def owner(self) -> str:
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        return self.name.partition(".")[2]

    def default(self, profile: str) -> str:
        return self.profiles[list(PROFILES).index(profile)]


OFF_ON = ("off", "on")

SWITCHES: dict[str, Switch] = {
    s.name: s
    for s in (
        # ---- issuer: the authorization server, or the backend in the JWT profiles
        Switch(
            "as.pkce",
            ("ignore", "optional", "no-downgrade", "required"),
            ("ignore", "ignore", "ignore", "required"),
            "ignore: does not know PKCE; optional: verifies a code_verifier if a challenge was sent; no-downgrade: also refuses a verifier without a challenge; required: refuses authorization requests without a challenge.",
            "RFC 9700 §2.1.1",
            OAUTH,
        ),
        Switch("as.pkce_s256_only", OFF_ON, ("off", "off", "off", "on"), "Refuses the challenge method `plain`.", "RFC 9700 §2.1.1", OAUTH),
        Switch(
            "as.no_implicit",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Refuses a response_type that contains `token`.",
            "RFC 9700 §2.1.2",
            OAUTH,
        ),
        Switch(
            "as.no_ropc",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Refuses the password grant, in which a client sends the user's password.",
            "RFC 9700 §2.4",
            OAUTH,
        ),
        Switch(
            "as.exact_redirect",
            OFF_ON,
            ("off", "off", "on", "on"),
            "Compares redirect_uri with the registered one character by character; off: it is enough that it begins with the registered scheme and host.",
            "RFC 9700 §2.1",
            OAUTH,
        ),
        Switch(
            "as.live_redirects",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Keeps only addresses registered that their client still uses; off: an address where the app was once is registered, too.",
            "RFC 9700 §4.1",
            OAUTH,
        ),
        Switch(
            "as.code_single_use",
            OFF_ON,
            ("off", "off", "on", "on"),
            "Refuses a code that was redeemed before, and revokes what it had yielded.",
            "RFC 6749 §4.1.2",
            OAUTH,
        ),
        Switch(
            "as.iss_param",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Names itself as `iss` in each authorization response.",
            "RFC 9207 §2",
            OAUTH,
        ),
        Switch(
            "as.refresh_tokens",
            OFF_ON,
            ("off", "on", "on", "on"),
            "The login hands out a refresh token, too, so that the app need not ask for the password again; off: only an access token.",
            "RFC 6749 §1.5",
            JWT,
            kinds=True,
        ),
        Switch(
            "as.rt_rotation",
            ("off", "rotate", "reuse-detect"),
            ("off", "reuse-detect", "off", "reuse-detect"),
            "rotate: each refresh yields a new refresh token and kills the old one; reuse-detect: an old one that comes back kills the whole family.",
            "RFC 9700 §4.14.2",
        ),
        Switch(
            "as.par",
            ("off", "optional", "required"),
            ("off", "off", "off", "optional"),
            "optional: clients may push authorization requests to it before they send a browser; required: refuses requests that were not pushed.",
            "RFC 9126 §5",
            OAUTH,
        ),
        Switch(
            "as.request_object",
            ("off", "optional", "required"),
            ("off", "off", "off", "optional"),
            "optional: accepts authorization requests that a client has signed as a JWT; required: refuses those that are not signed.",
            "RFC 9101 §10.5",
            OAUTH,
        ),
        Switch(
            "as.dpop_bind",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Binds tokens to the client's key when the token request carries a DPoP proof.",
            "RFC 9449 §5",
            OAUTH,
        ),
        Switch(
            "as.dpop_nonce",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Demands in each DPoP proof a nonce that it has handed out lately, so that a proof cannot be made in advance.",
            "RFC 9449 §8",
            OAUTH,
        ),
        Switch(
            "as.mtls_bind",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Binds tokens to the certificate with which the client connects to the token endpoint.",
            "RFC 8705 §3",
            OAUTH,
        ),
        Switch(
            "as.token_format",
            ("jwt", "opaque"),
            ("jwt", "jwt", "jwt", "jwt"),
            "opaque: access tokens are random text that says nothing; an API must introspect them, or refuse them.",
            "RFC 6749 §1.4",
            OAUTH,
            kinds=True,
        ),
        Switch(
            "as.stamp_aud",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Writes into `aud` the one API that an access token is for.",
            "RFC 9068 §2.2",
        ),
        Switch(
            "as.granted_resources",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Redeems a code or a refresh token only for APIs that were asked for when access was granted; off: for any of its APIs.",
            "RFC 8707 §2.2",
            OAUTH,
        ),
        Switch("as.stamp_typ", OFF_ON, ("off", "on", "off", "on"), "Marks access tokens with the header `typ: at+jwt`.", "RFC 9068 §2.1"),
        Switch(
            "as.min_claims",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Leaves names, e-mail addresses, roles and permissions out of access tokens.",
            "RFC 9068 §6",
        ),
        Switch(
            "as.short_ttl",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Access tokens live 5 minutes (15 in the JWT design); off: 1 hour, the most that RFC 6750 calls short (24 in the JWT design).",
            "RFC 6750 §5.3",
        ),
        Switch(
            "as.signing",
            ("shared-word", "strong-secret", "rs256", "eddsa", "es256"),
            ("strong-secret", "es256", "rs256", "es256"),
            "shared-word: HS256 with a dictionary word that every service knows; strong-secret: HS256 with 256 random bits that every service knows; the others: a private key that only the issuer has.",
            "RFC 8725 §3.5",
            kinds=True,
        ),
        Switch(
            "as.revocation",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Tokens can be revoked; revoking a refresh token ends the whole grant.",
            "RFC 7009 §2.1",
        ),
        Switch(
            "as.session_index",
            ("off", "per-user", "per-device"),
            ("off", "per-device", "off", "per-device"),
            "Knows which tokens belong to which session, so that it can end one device (per-device) or only all of a user's at once (per-user).",
            "OIDC Back-Channel Logout §2.4",
        ),
        Switch(
            "as.endpoint_auth",
            OFF_ON,
            ("off", "off", "off", "on"),
            "The introspection endpoint answers only callers that authenticate.",
            "RFC 7662 §2.1",
            OAUTH,
        ),
        Switch(
            "as.bind_forms",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Accepts its login and consent forms only from the browser that fetched them.",
            "RFC 6749 §10.12",
            OAUTH,
        ),
        Switch(
            "as.ask_again",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Asks each time before an app at a scheme of its own gets a code: another app can claim the scheme.",
            "RFC 8252 §8.6",
            OAUTH,
        ),
        Switch(
            "as.deny_frames",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Its login and consent pages refuse to be shown in a frame.",
            "RFC 9700 §4.16",
            OAUTH,
        ),
        Switch(
            "as.lax_cookies",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Its cookies are SameSite=Lax, so that they travel into no frame of another site; off: SameSite=None, as sign-in in frames wants it.",
            "RFC 10025 §5.6",
            OAUTH,
        ),
        Switch(
            "as.own_client_ids",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Makes up the client_id of whoever registers a client; off: takes the one that is asked for, which can be the name of a person.",
            "RFC 9700 §4.15.1",
            OAUTH,
        ),
        Switch(
            "as.loopback",
            ("any-port", "off"),
            ("any-port", "any-port", "any-port", "any-port"),
            "any-port: sends answers to the person's own machine, at whatever port a tool there listens (http://127.0.0.1:PORT); off: sends nobody there, so that such tools need the device flow, or an https address of their own.",
            "RFC 8252 §7.3",
            OAUTH,
        ),
        Switch(
            "as.web_message",
            ("to-anybody", "to-the-client", "off"),
            ("off", "off", "off", "off"),
            "Whether an answer can come as a message to the page that has opened a window for it (response_mode=web_message). to-anybody: whatever page that is; to-the-client: only a page of the redirect URI's origin; off: never.",
            "RFC 9700 §4.17.2",
            OAUTH,
        ),
        Switch(
            "as.self_registered",
            ("any-scope", "sign-in-only"),
            ("any-scope", "any-scope", "any-scope", "any-scope"),
            "What a client may ask people for that has registered itself. any-scope: whatever there is; sign-in-only: who they are, and nothing else; the operator registers those that need more.",
            "RFC 7591 §2",
            OAUTH,
        ),
        Switch(
            "as.see_other",
            OFF_ON,
            ("off", "off", "on", "on"),
            "After the login form it sends the browser on with 303, so that the form goes nowhere else; off: with 307, and the browser sends the form once more, to the client.",
            "RFC 9700 §4.12",
            OAUTH,
        ),
        Switch(
            "as.device_flow",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Lets devices without a browser sign people in: the device shows a code, and the person types it into a page of this server.",
            "RFC 8628 §1",
            OAUTH,
            kinds=True,
        ),
        Switch(
            "as.device_clients",
            ("any", "registered"),
            ("any", "any", "any", "registered"),
            "registered: lets only those clients use the device flow that are registered for it; any: each client, whether it has a browser or not.",
            "RFC 8628 §3.2",
            OAUTH,
        ),
        Switch(
            "as.device_near",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Lets a person allow a device only in a browser on the network from which the device has asked.",
            "RFC 8628 §5.4",
            OAUTH,
        ),
        Switch(
            "as.token_exchange",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Lets an API that has to call another one trade the token it was sent for one of its own, which says who acts.",
            "RFC 8693 §1",
            OAUTH,
            kinds=True,
        ),
        Switch(
            "as.exact_logout_redirect",
            OFF_ON,
            ("off", "off", "off", "on"),
            "After a log-out, sends the browser on only to an address that the client registered for it, character by character; off: it is enough that it begins with the registered scheme and host.",
            "OIDC RP-Initiated Logout §3",
            OAUTH,
        ),
        Switch(
            "as.backchannel_logout",
            OFF_ON,
            ("off", "off", "off", "on"),
            "When a session ends here, sends a logout token to each client that it signed in to, and revokes refresh tokens without `offline_access`; off: only its own cookie goes.",
            "OIDC Back-Channel Logout §2.7",
            OAUTH,
        ),
        # ---- client
        Switch(
            "client.code_flow",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Asks for a code; off: the single-page app asks for the token itself (implicit grant).",
            "RFC 9700 §2.1.2",
            OAUTH,
        ),
        Switch(
            "client.pkce",
            ("off", "plain", "s256"),
            ("off", "off", "off", "s256"),
            "Sends a code_challenge and keeps the code_verifier for the token request.",
            "RFC 7636 §4",
            OAUTH,
        ),
        Switch(
            "client.state",
            ("off", "unbound", "bound"),
            ("off", "off", "bound", "bound"),
            "bound: `state` is tied to the browser that started; unbound: any state that was ever sent is accepted.",
            "RFC 6749 §10.12",
            OAUTH,
        ),
        Switch(
            "client.same_browser",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Takes an answer with a bound state only in the browser that was sent away with it; off: in any browser, for whoever began with that state.",
            "RFC 9700 §4.7",
            OAUTH,
        ),
        Switch(
            "client.nonce",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Asks for an ID token with a nonce of its own, and compares.",
            "OIDC Core §3.1.2.1",
            OAUTH,
        ),
        Switch(
            "client.validate_id_token",
            OFF_ON,
            ("off", "off", "on", "on"),
            "Checks signature, iss, aud, exp and at_hash of the ID token.",
            "OIDC Core §3.1.3.7",
            OAUTH,
        ),
        Switch(
            "client.acr",
            ("off", "ask", "check"),
            ("off", "off", "off", "off"),
            "ask: asks in each sign-in for a second factor (acr_values); check: and takes the answer only if the ID token tells of one.",
            "OIDC Core §3.1.3.7",
            OAUTH,
        ),
        Switch(
            "client.account_key",
            ("email", "issuer-and-subject"),
            ("issuer-and-subject",) * 4,
            "How a client finds the account of whoever signs in. email: by the address in the ID token, whoever has issued it; issuer-and-subject: by iss and sub together.",
            "OIDC Core §5.7",
            OAUTH,
        ),
        Switch(
            "client.prove_address",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Opens an account with a password only for somebody who has shown that the e-mail address is theirs; off: for whoever types one in.",
            "OIDC Core §5.7",
            OAUTH,
        ),
        Switch(
            "client.match_resource",
            OFF_ON,
            ("on", "on", "on", "on"),
            "A client that is told nothing but an API's address believes what describes the API only if it names that very address; off: whatever it names.",
            "RFC 9728 §3.3",
            OAUTH,
        ),
        Switch(
            "client.iss_check",
            ("off", "per-as-redirect", "iss-param"),
            ("off", "off", "off", "iss-param"),
            "per-as-redirect: gives each server a redirect URI of its own, and compares the one at which an answer comes in; iss-param: compares the `iss` of the answer with the server it asked.",
            "RFC 9700 §4.4.2",
            OAUTH,
        ),
        Switch(
            "client.par",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Pushes its authorization request where the server takes one, and sends the browser with a reference to it.",
            "RFC 9126 §2",
            OAUTH,
        ),
        Switch(
            "client.request_object",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Signs its authorization request where the server takes that; it needs a registered key, so a public client does not.",
            "RFC 9101 §4",
            OAUTH,
        ),
        Switch(
            "client.auth",
            ("secret", "private_key_jwt"),
            ("secret", "secret", "secret", "secret"),
            "How a confidential client proves who it is: with a secret that the server has, too, or with a JWT that only its own key can sign.",
            "OIDC Core §9",
            OAUTH,
        ),
        Switch(
            "client.token_in_header",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Sends the access token in the Authorization header; off: in the address, as ?access_token=.",
            "RFC 9700 §4.3.2",
        ),
        Switch(
            "client.no_open_redirect",
            OFF_ON,
            ("off", "on", "off", "on"),
            "The app's link `/out?u=` leads only to addresses on a list; off: to any address.",
            "RFC 9700 §4.11.1",
        ),
        Switch(
            "client.referrer_policy",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Callback and error pages show nothing foreign and send `Referrer-Policy: no-referrer`; off: they show an image from elsewhere, under the browsers' older default.",
            "RFC 9700 §4.2.4",
            OAUTH,
        ),
        Switch(
            "client.bff",
            OFF_ON,
            ("off", "off", "off", "on"),
            "The single-page app gets a backend of its own, which has a secret and keeps the tokens; the browser holds an HttpOnly cookie.",
            "RFC 10017 §6.1",
            kinds=True,
        ),
        Switch(
            "client.resource_param",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Says which API it wants a token for, and gets one token for each.",
            "RFC 8707 §2",
        ),
        Switch(
            "client.dpop",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Makes a key of its own and sends a DPoP proof with each request.",
            "RFC 9449 §4",
            OAUTH,
        ),
        Switch(
            "client.backchannel_logout",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Registers an address for logout tokens, and ends its own session when a good one comes; only a client with a server can. off: it hears of no log-out elsewhere.",
            "OIDC Back-Channel Logout §2.2",
            OAUTH,
        ),
        Switch(
            "client.step_up",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Where an API refuses because of how the person signed in, sends the person to sign in once more and then asks again; off: shows the refusal.",
            "RFC 9470 §4",
            OAUTH,
        ),
        # ---- resource server
        Switch(
            "rs.alg_policy",
            ("trust-header", "blocklist", "allowlist"),
            ("allowlist", "allowlist", "allowlist", "allowlist"),
            "trust-header: verifies with whatever algorithm the token names; blocklist: the same, except `none`; allowlist: only the issuer's algorithm.",
            "RFC 8725 §3.1",
        ),
        Switch(
            "rs.trusted_keys_only",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Uses published keys of its issuer only; off: a key that the token brings in its own header is good, too, and so is one that it names there, by an address (jku) or by the name of a file (kid).",
            "RFC 8725 §3.8",
        ),
        Switch(
            "rs.ecdsa_range",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Its library checks that the two numbers of an ECDSA signature are in their range; off: as in Java 15 to 18, zero will do for both.",
            "RFC 8725 §3.4",
        ),
        Switch(
            "rs.strict_format",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Takes tokens in the compact form only, and reads what it has verified; off: one parser verifies a token, which may be JSON, and another cuts the same text at its dots.",
            "RFC 7519 §7.2",
        ),
        Switch(
            "rs.check_iss",
            ("off", "value", "bound"),
            ("off", "bound", "value", "bound"),
            "value: `iss` must be a trusted issuer; bound: and the key must be that issuer's.",
            "RFC 8725 §3.8",
        ),
        Switch(
            "rs.key_cache",
            ("kept", "five-minutes"),
            ("kept", "kept", "kept", "kept"),
            "kept: fetches its issuer's key set again only for a key that is not in it; five-minutes: also if the one it has is older than that.",
            "OIDC Core §10.1.1",
        ),
        Switch("rs.check_aud", OFF_ON, ("off", "on", "off", "on"), "The token must name this API in `aud`.", "RFC 9068 §4"),
        Switch(
            "rs.check_typ",
            OFF_ON,
            ("off", "on", "off", "on"),
            "The header must say `typ: at+jwt`; a missing typ is refused.",
            "RFC 9068 §4",
        ),
        Switch("rs.check_scope", OFF_ON, ("off", "off", "on", "on"), "The token's scope must cover what is asked.", "RFC 6750 §3.1", OAUTH),
        Switch(
            "rs.introspect",
            ("off", "cached", "live"),
            ("off", "off", "off", "off"),
            "Asks the issuer whether the token is still good: at each request (live), or at most every 300 seconds (cached).",
            "RFC 7662 §4",
            OAUTH,
        ),
        Switch(
            "rs.denylist",
            ("off", "eventual", "strict"),
            ("off", "strict", "off", "off"),
            "Refuses tokens on the list of the revoked. eventual: a copy that the issuer pushes to each replica; strict: the issuer's own list, read at each request.",
            "RFC 7009 §3",
        ),
        Switch(
            "rs.live_roles",
            OFF_ON,
            ("off", "on", "off", "on"),
            "Looks a user's roles up when it decides, instead of reading them from the token.",
            "RFC 9700 §2.3",
        ),
        Switch(
            "rs.reject_query_token",
            OFF_ON,
            ("off", "off", "off", "on"),
            "Refuses a token in the address with 400, as does the userinfo endpoint.",
            "RFC 9700 §4.3.2",
        ),
        Switch("rs.log_redaction", OFF_ON, ("off", "on", "off", "on"), "Masks tokens and proofs in the access log.", "RFC 9700 §4.9.3"),
        Switch(
            "rs.dpop",
            ("off", "accept-both", "require"),
            ("off", "off", "off", "require"),
            "accept-both: checks a DPoP proof only if there is one, and so takes a bound token without; require: a bound token and a fresh proof, always.",
            "RFC 9449 §7.2",
            OAUTH,
        ),
        Switch("rs.dpop_jti_cache", OFF_ON, ("off", "off", "off", "on"), "Accepts each DPoP proof once.", "RFC 9449 §11.1", OAUTH),
        Switch(
            "rs.dpop_nonce",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Demands in each DPoP proof a nonce that this API has handed out lately, so that a proof cannot be made in advance.",
            "RFC 9449 §9",
            OAUTH,
        ),
        Switch(
            "rs.mtls",
            OFF_ON,
            ("off", "off", "off", "off"),
            "The token must be bound to the certificate with which the caller connects.",
            "RFC 8705 §3",
            OAUTH,
        ),
        Switch(
            "rs.step_up",
            ("off", "recent", "two-factor"),
            ("off", "off", "off", "off"),
            "Whoever changes something must have signed in within the last five minutes (recent), and with a second factor (two-factor).",
            "RFC 9470 §3",
            OAUTH,
        ),
        Switch(
            "rs.verify_behind_gw",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Verifies the token itself when a request comes by the internal address; off: believes the gateway's header and checks only the scope.",
            "RFC 6749 §7",
        ),
        Switch(
            "rs.gateway_only",
            OFF_ON,
            ("off", "off", "off", "off"),
            "At its internal address, answers nobody but the gateway.",
            "RFC 9700 §4.13",
        ),
        Switch(
            "rs.calls",
            ("off", "shared-key", "own-jwt", "client-credentials", "token-exchange"),
            ("off", "off", "off", "off"),
            "How APIs call each other in a person's name. shared-key: with one API key that all have; own-jwt: with a JWT that the caller signs itself; client-credentials: with a token of the caller's own; token-exchange: with one that it got for the token it was sent, and that names both. With the first three the caller says itself for whom it asks.",
            "RFC 8693 §1.1",
            kinds=True,
        ),
        # ---- gateway
        Switch(
            "gw.verify_token",
            OFF_ON,
            ("on", "on", "on", "on"),
            "Verifies the token before it passes a request on; off: only decodes it.",
            "RFC 8725 §3.3",
        ),
        Switch(
            "gw.phantom",
            OFF_ON,
            ("off", "off", "off", "off"),
            "Trades an opaque token for a JWT (RFC 8693) before it passes the request on, so that services read what nobody outside can; off: passes on what came.",
            "RFC 8693 §3",
            OAUTH,
            kinds=True,
        ),
        Switch(
            "gw.strip_identity_headers",
            ("off", "exact-name", "on"),
            ("off", "on", "off", "on"),
            "Removes X-User-Id and its like from what comes in. exact-name: only as it is usually spelled; on: every spelling that a service reads as the same.",
            "RFC 9700 §4.13",
        ),
    )
}

BUNDLES: dict[str, dict[str, str]] = {
    "AUD": {"as.stamp_aud": "on", "client.resource_param": "on", "rs.check_aud": "on"},
    "DELEGATE": {"as.token_exchange": "on", "rs.calls": "token-exchange"},
    "DENY": {"as.revocation": "on", "rs.denylist": "strict"},
    "DPOP": {"client.dpop": "on", "as.dpop_bind": "on", "rs.dpop": "require"},
    "INTRO": {"as.revocation": "on", "rs.introspect": "live"},
    "ISS": {"as.iss_param": "on", "client.iss_check": "iss-param"},
    "JAR": {"as.request_object": "required", "client.request_object": "on"},
    "KEY": {"client.auth": "private_key_jwt"},
    "MTLS": {"as.mtls_bind": "on", "rs.mtls": "on"},
    "NONCE": {"client.nonce": "on", "client.validate_id_token": "on"},
    "PAR": {"as.par": "required", "client.par": "on"},
    "PKCE": {"client.pkce": "s256", "as.pkce": "required"},
    "STEPUP": {"client.step_up": "on", "rs.step_up": "recent"},
    "TYP": {"as.stamp_typ": "on", "rs.check_typ": "on"},
}


def switch_of(name: str) -> Switch:
    """The switch behind `rs.check_aud` or `transactions.check_aud`; UnknownSetting if there is none."""
    if name in SWITCHES:
        return SWITCHES[name]
    who, _, key = name.partition(".")
    role = CAST[who].role if who in CAST else who
    if f"{role}.{key}" in SWITCHES:
        return SWITCHES[f"{role}.{key}"]
    known = [*SWITCHES, *BUNDLES, *(f"{i}.{s.key}" for s in SWITCHES.values() for i in instances(s.owner))]
    raise UnknownSetting(f"there is no switch {quoted(name)}{nearest(name, known)}")


def value_of(name: str, value: str) -> str:
    """The value, if the switch has it; UnknownSetting otherwise."""
    switch = switch_of(name)
    if value not in switch.values:
        raise UnknownSetting(f"{name} has no value {quoted(value)}: it is one of {', '.join(switch.values)}{nearest(value, switch.values)}")
    return value


def expand(changes: Mapping[str, str]) -> dict[str, str]:
    """The changes with each bundle replaced by its switches.  Names and values are checked."""
    out: dict[str, str] = {}
    for name, value in changes.items():
        if name in BUNDLES:
            if value != "on":
                raise UnknownSetting(f"a bundle can only be switched on: {name}=on, or change its switches one by one")
            out |= BUNDLES[name]
        else:
            out[name] = value_of(name, value)
    return out


def described(owner: str) -> str:
    """`authorization server` for `as`, and so on."""
    return ROLES[owner]
