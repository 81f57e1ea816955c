"""The ID token at the client: what makes it good (OIDC Core §3.1.3.7), and the keys of the server that signed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Request
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.step_up import TWO_FACTOR
from sandbox.protocol.tokens import NotAJwt, dated, decode, half_hash, number, public_key, signature_fits
from sandbox.world.parties.client_sender import Sender
from sandbox.world.parties.client_session import Refused, Session


def check_id_token(client: Sender, session: Session, token: str, access_token: str) -> str:
    """OIDC Core §3.1.3.7.  Returns the subject."""
    checks = Checklist(client.net.trace, client.name)
    try:
        decoded = decode(token)
    except NotAJwt as error:
        checks.test("format", False, "a JWT", str(error))
        raise Refused("invalid_id_token") from None
    claims = decoded.claims
    if client.policy.validate_id_token == "on":
        _validate(client, checks, session, token, access_token)
    else:
        checks.skip("signature", "the ID token is believed")
    if session.nonce and not checks.test("nonce", claims.get("nonce") == session.nonce, session.nonce, claims.get("nonce") or "none"):
        raise Refused("mismatching_nonce")
    session.nonce = ""
    if client.policy.acr == "check" and session.authentication.get("acr_values"):
        check_acr(checks, claims)
    return str(claims.get("sub", ""))


def check_acr(checks: Checklist, claims: Mapping[str, Any]) -> None:
    """Whether the person has signed in as strongly as this client asks of everybody; it is not enough to have asked, because the request
    travels through a browser (OIDC Core §3.1.3.7).  Raises Refused."""
    if not checks.test("acr", claims.get("acr") == TWO_FACTOR, TWO_FACTOR, claims.get("acr") or "none"):
        raise Refused("invalid_id_token")


def _validate(client: Sender, checks: Checklist, session: Session, token: str, access_token: str) -> None:
    decoded, claims, now = decode(token), decode(token).claims, client.net.clock.now()
    me = client.registered(session.issuer).client_id
    alg = algorithms(client, session.issuer)
    found = decoded.header.get("alg")
    audiences = claims.get("aud") if isinstance(claims.get("aud"), list) else [claims.get("aud")]
    exp, hashed = number(claims.get("exp")), half_hash(access_token, str(found))
    steps: tuple[Callable[[], bool], ...] = (
        lambda: checks.test("algorithm", found in alg and found != "HS256", " or ".join(alg), found),
        lambda: fits(checks, genuine(client, session, token)),
        lambda: checks.test("issuer", claims.get("iss") == session.issuer, session.issuer, claims.get("iss")),
        lambda: checks.test("audience", me in (audiences or []), me, claims.get("aud")),
        lambda: checks.test("expiry", exp is not None and now < exp, f"later than {clock_time(now)}", dated(claims, "exp")),
        lambda: checks.test(
            "token_hash", claims.get("at_hash") in (hashed, None), hashed, claims.get("at_hash") or "none, which is allowed"
        ),
    )
    if not all(step() for step in steps):
        raise Refused("invalid_id_token")


def algorithms(client: Sender, issuer: str) -> list[str]:
    """What a server signs its ID tokens with, and its logout tokens (OIDC Back-Channel Logout §2.6)."""
    found: list[str] = client.metadata(issuer).get("id_token_signing_alg_values_supported", [])
    return found


def genuine(client: Sender, session: Session, token: str) -> bool:
    """Whether a published key of the issuer made this signature; the JWKS is fetched once, and again for a key id that is new."""
    issuer, decoded = session.issuer, decode(token)
    alg, kid = str(decoded.header.get("alg")), decoded.header.get("kid")

    def fetch() -> Any:
        return client.ask(session, Request("GET", client.endpoint(issuer, "jwks_uri"))).json

    keys = [public_key(k, alg) for k in client.jwks[issuer].named(kid, fetch)]
    return any(k is not None and signature_fits(decoded, k, alg) for k in keys)


def sid_of(id_token: str) -> str:
    """The session that an ID token names (OIDC Back-Channel Logout §2.1); '' if it names none."""
    return str(decode(id_token).claims.get("sid", ""))
