"""Every defence as something to do: what a button says that sets a switch, or a bundle of them.

The keys are `name=value`, and the names of bundles.  What a switch does in detail stands in switches.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.protocol.cast import title
from sandbox.protocol.switches import UnknownSetting, switch_of

# fmt: off
TO_DO: dict[str, str] = {
    # ---- bundles
    "AUD": "Name the API in the token, and check it",
    "DENY": "Put ended tokens on a list that APIs read at each request",
    "DELEGATE": "Let a service trade the token that it was sent, and name both in the new one",
    "DPOP": "Bind the token to a key of the client's",
    "INTRO": "Ask the issuer about the token at each request",
    "ISS": "Name the issuer in each answer, and compare",
    "JAR": "Sign the authorization request",
    "KEY": "Prove the client with a key instead of a secret",
    "MTLS": "Bind the token to the client's certificate",
    "NONCE": "Tie the ID token to this sign-in with a nonce",
    "PAR": "Push the authorization request to the server first",
    "PKCE": "Bind the code to a secret of the client's (PKCE)",
    "STEPUP": "Demand a recent sign-in for changes, and let clients ask for one",
    "TYP": "Say in the token what kind it is, and check it",
    # ---- issuer
    "as.pkce=optional": "Verify PKCE where the client uses it",
    "as.pkce=no-downgrade": "Verify PKCE, and refuse a verifier without a challenge",
    "as.pkce=required": "Demand PKCE",
    "as.pkce_s256_only=on": "Refuse challenges that are not hashed",
    "as.no_implicit=on": "Refuse the implicit grant",
    "as.no_ropc=on": "Refuse the password grant",
    "as.exact_redirect=on": "Compare redirect URIs character by character",
    "as.code_single_use=on": "Let a code work only once",
    "as.iss_param=on": "Name the issuer in each answer",
    "as.refresh_tokens=off": "Hand out no refresh tokens",
    "as.refresh_tokens=on": "Hand out refresh tokens",
    "as.rt_rotation=rotate": "Change the refresh token at each use",
    "as.rt_rotation=reuse-detect": "Change the refresh token at each use, and end all when an old one comes back",
    "as.par=optional": "Take authorization requests that are pushed",
    "as.par=required": "Demand that authorization requests are pushed",
    "as.request_object=optional": "Take signed authorization requests",
    "as.request_object=required": "Demand signed authorization requests",
    "as.dpop_bind=on": "Bind tokens to the key that the client proves",
    "as.dpop_nonce=on": "Demand a fresh nonce in proofs, at the authorization server",
    "as.mtls_bind=on": "Bind tokens to the certificate that the client connects with",
    "as.token_format=jwt": "Issue tokens that can be read",
    "as.token_format=opaque": "Issue tokens that say nothing",
    "as.stamp_aud=on": "Name the API in the token",
    "as.stamp_typ=on": "Say in the token what kind it is",
    "as.min_claims=on": "Leave personal data out of the token",
    "as.short_ttl=on": "Let access tokens live for minutes",
    "as.signing=shared-word": "Sign with a word that all services know",
    "as.signing=strong-secret": "Sign with a secret that nobody can guess",
    "as.signing=rs256": "Sign with a private key (RS256)",
    "as.signing=eddsa": "Sign with a private key (EdDSA)",
    "as.signing=es256": "Sign with a private key (ES256)",
    "as.revocation=on": "Let tokens be revoked",
    "as.session_index=per-user": "Know each user's tokens, and end them all",
    "as.session_index=per-device": "Know each device's tokens, and end just those",
    "as.endpoint_auth=on": "Introspect for known callers only",
    "as.bind_forms=on": "Take forms back only from the browser that fetched them",
    "as.ask_again=on": "Ask again before an app at its own scheme gets a code",
    "as.deny_frames=on": "Let no other page frame the login",
    "as.live_redirects=on": "Take addresses out of the registration that are not in use any more",
    "as.granted_resources=on": "Redeem grants only for the APIs that were asked for",
    "as.own_client_ids=on": "Make up the names of clients that register",
    "as.lax_cookies=on": "Keep the server's cookies out of other sites' frames",
    "as.loopback=off": "Send no answers to a port of the person's own machine",
    "as.web_message=to-the-client": "Send messages to pages of the client only",
    "as.web_message=off": "Send no answers as messages between windows",
    "as.self_registered=sign-in-only": "Let clients that registered themselves ask only who somebody is",
    "as.see_other=on": "Redirect with 303 after the login form",
    "as.device_flow=off": "Offer no device flow",
    "as.device_flow=on": "Offer the device flow",
    "as.device_clients=registered": "Offer the device flow only to clients that need it",
    "as.device_near=on": "Let a device be allowed only where it is",
    "as.token_exchange=off": "Offer no token exchange",
    "as.token_exchange=on": "Offer token exchange",
    "as.exact_logout_redirect=on": "Compare log-out addresses character by character",
    "as.backchannel_logout=on": "Tell each client when a session ends",
    # ---- client
    "client.code_flow=on": "Ask for a code instead of a token",
    "client.pkce=plain": "Send a PKCE challenge that is the verifier itself",
    "client.pkce=s256": "Send a hashed PKCE challenge",
    "client.state=unbound": "Send a state",
    "client.state=bound": "Tie the state to the browser that asked",
    "client.nonce=on": "Send a nonce, and compare it",
    "client.validate_id_token=on": "Validate the ID token",
    "client.same_browser=on": "Take an answer only in the browser that began",
    "client.acr=ask": "Ask for a second factor in each sign-in",
    "client.acr=check": "Ask for a second factor, and check that the ID token tells of one",
    "client.account_key=issuer-and-subject": "Find accounts by issuer and subject together",
    "client.prove_address=on": "Open accounts only for addresses that were proved",
    "client.match_resource=on": "Compare what an API's description names with the address that was asked",
    "client.iss_check=per-as-redirect": "Give each server a redirect URI of its own, and compare",
    "client.iss_check=iss-param": "Compare the issuer that an answer names",
    "client.par=on": "Push the authorization request first",
    "client.request_object=on": "Sign the authorization request",
    "client.auth=private_key_jwt": "Prove the client with a key instead of a secret",
    "client.token_in_header=on": "Send the token in a header, not in the address",
    "client.no_open_redirect=on": "Send browsers on only to known places",
    "client.referrer_policy=on": "Show nothing foreign on the callback page, and send no Referer",
    "client.bff=off": "Keep the tokens in the browser",
    "client.bff=on": "Keep the tokens on a server of the app's (BFF)",
    "client.resource_param=on": "Say for which API the token is wanted",
    "client.dpop=on": "Prove a key with each request (DPoP)",
    "client.backchannel_logout=on": "Listen for log-outs elsewhere",
    "client.step_up=on": "Send people to sign in once more where an API asks for that",
    # ---- resource server
    "rs.alg_policy=blocklist": "Refuse the algorithm none",
    "rs.alg_policy=allowlist": "Accept the issuer's algorithm only",
    "rs.trusted_keys_only=on": "Use published keys only",
    "rs.ecdsa_range=on": "Verify with a library that checks its numbers",
    "rs.strict_format=on": "Take tokens in the compact form only",
    "rs.check_iss=value": "Check the issuer's name",
    "rs.check_iss=bound": "Check the issuer's name, and that the key is its own",
    "rs.key_cache=five-minutes": "Fetch the issuer's keys again every five minutes",
    "rs.check_aud=on": "Check that the token names this API",
    "rs.check_typ=on": "Check what kind of token it is",
    "rs.check_scope=on": "Check the scope",
    "rs.introspect=cached": "Ask the issuer about the token, and remember the answer",
    "rs.introspect=live": "Ask the issuer about the token at each request",
    "rs.denylist=eventual": "Read a copy of the list of ended tokens",
    "rs.denylist=strict": "Read the list of ended tokens at each request",
    "rs.live_roles=on": "Look roles up instead of reading them in the token",
    "rs.reject_query_token=on": "Refuse tokens in the address",
    "rs.log_redaction=on": "Mask tokens in the log",
    "rs.dpop=accept-both": "Check a proof of the key where there is one",
    "rs.dpop=require": "Demand a fresh proof of the key",
    "rs.dpop_jti_cache=on": "Accept each proof once",
    "rs.dpop_nonce=on": "Demand a fresh nonce in proofs, at the API",
    "rs.mtls=on": "Demand the certificate that the token is bound to",
    "rs.step_up=recent": "Demand a recent sign-in for changes",
    "rs.step_up=two-factor": "Demand a recent sign-in with a second factor for changes",
    "rs.verify_behind_gw=on": "Verify the token behind the gateway, too",
    "rs.gateway_only=on": "Answer the gateway only, at the internal address",
    "rs.calls=off": "Let services not call each other for people",
    "rs.calls=shared-key": "Let services call each other with one key that all have",
    "rs.calls=own-jwt": "Let each service sign for itself when it calls another",
    "rs.calls=client-credentials": "Let each service call with a token of its own",
    "rs.calls=token-exchange": "Let a service call with a token that names both",
    # ---- gateway
    "gw.verify_token=on": "Verify the token at the gateway",
    "gw.phantom=off": "Pass on the token that came",
    "gw.phantom=on": "Trade opaque tokens for JWTs at the gateway",
    "gw.strip_identity_headers=exact-name": "Take identity headers off, as they are usually spelled",
    "gw.strip_identity_headers=on": "Take identity headers off, however they are spelled",
}
# fmt: on


def written(switches: Mapping[str, str]) -> str:
    """As it is set: `AUD + rs.denylist=strict`; what is simply on is its name."""
    return " + ".join(name if value == "on" else f"{name}={value}" for name, value in switches.items())


def said(switches: Mapping[str, str]) -> str:
    """As something to do: `Name the API in the token, and check it; Mask tokens in the log`."""
    return in_words(written(switches))


def in_words(code: str) -> str:
    """The same from what `written` gives.  What is no defence, such as a value `off`, is said as it is written.

    A switch of one party, as `transactions.check_aud`, is that of its role, with the party's name behind it.
    """
    return "; ".join(map(_one, code.split(" + "))) if code else ""


def without(code: str) -> str:
    """The opposite, from the same: `Leave this out: name the API in the token, and check it`."""
    words = in_words(code)
    return f"Leave this out: {words[:1].lower()}{words[1:]}"


def _one(part: str) -> str:
    if part in TO_DO:
        return TO_DO[part]
    name, _, value = part.partition("=")
    try:
        of = switch_of(name).name
    except UnknownSetting:
        return part
    told = TO_DO.get(f"{of}={value or 'on'}")
    party = name.partition(".")[0]
    return f"Set {part}" if told is None else told if of == name else f"{told} ({title(party)})"
