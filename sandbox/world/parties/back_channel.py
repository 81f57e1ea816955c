"""The word of a server that a session is over, at the client: what makes a logout token good, and what ends with it
(OIDC Back-Channel Logout §2.6, §2.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.tokens import BACKCHANNEL_LOGOUT, Decoded, NotAJwt, dated, decode, number
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.id_tokens import algorithms, genuine
from sandbox.world.parties.limits import forget_oldest

YOUNG = 120  # seconds


def end_sessions(client: OAuthClient, logout_token: str) -> None:
    """Check a logout token, and end what it names.  Sessions that are over already are none.  Raises Refused."""
    checks = Checklist(client.net.trace, client.name)
    try:
        token = decode(logout_token)
    except NotAJwt as error:
        checks.test("format", False, "a JWT", str(error))
        raise Refused("invalid_request") from None
    if not all(step() for step in _steps(client, checks, logout_token, token)):
        raise Refused("invalid_request")
    client.logout_tokens[str(token.claims["jti"])] = None
    forget_oldest(client.logout_tokens)
    for session in [s for s in client.sessions.values() if _named(s, token.claims)]:
        del client.sessions[session.key]
        client.net.noted(client.name, f"The session of {session.user} is over: {token.claims['iss']} says so.")


def _steps(client: OAuthClient, checks: Checklist, text: str, token: Decoded) -> tuple[Callable[[], bool], ...]:
    """The checks in their order.  The signature comes as late as it must: a key is fetched only from a server that is known."""
    claims, header, now, me = token.claims, token.header, client.net.clock.now(), client.registration.client_id
    issuer, alg = claims.get("iss"), header.get("alg")
    known = isinstance(issuer, str) and issuer in client.servers
    offered = algorithms(client, str(issuer))
    audiences = claims.get("aud") if isinstance(claims.get("aud"), list) else [claims.get("aud")]
    iat, exp, jti = number(claims.get("iat")), number(claims.get("exp")), claims.get("jti")
    subject, sid, events = claims.get("sub"), claims.get("sid"), claims.get("events")
    told = " and ".join(name for name, value in (("sub", subject), ("sid", sid)) if _text(value))
    named = isinstance(events, dict) and isinstance(events.get(BACKCHANNEL_LOGOUT), dict)
    unseen = _text(jti) and jti not in client.logout_tokens
    young = iat is not None and now - YOUNG <= iat <= now
    event, age = ", ".join(events) if isinstance(events, dict) else "none", f"{clock_time(now - YOUNG)} to {clock_time(now)}"
    name = (jti if unseen else f"{jti}, seen before") if _text(jti) else "no name"
    return (
        lambda: checks.test("issuer", known, " or ".join(client.servers), issuer or "none"),
        lambda: checks.test("type", header.get("typ") == "logout+jwt", "logout+jwt", header.get("typ") or "none"),
        lambda: checks.test("algorithm", alg in offered and alg != "HS256", " or ".join(offered), alg),
        lambda: fits(checks, genuine(client, Session("", issuer=str(issuer)), text)),
        lambda: checks.test("audience", me in (audiences or []), me, claims.get("aud")),
        lambda: checks.test("expiry", exp is not None and now < exp, f"later than {clock_time(now)}", dated(claims, "exp")),
        lambda: checks.test("logout_fresh", young, age, clock_time(claims.get("iat"))),
        lambda: checks.test("logout_subject", bool(told), "sub, sid or both", told or "neither"),
        lambda: checks.test("logout_event", named, BACKCHANNEL_LOGOUT, event),
        lambda: checks.test("logout_no_nonce", "nonce" not in claims, "no nonce", claims.get("nonce", "none")),
        lambda: checks.test("logout_unused", unseen, "a name that is new", name),
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _named(session: Session, claims: dict[str, Any]) -> bool:
    """Whether a session is meant: the one of this `sid` or, where none is given, all of this person's."""
    if session.issuer != claims["iss"]:
        return False
    return session.sid == claims["sid"] if _text(claims.get("sid")) else bool(session.user) and session.user == claims["sub"]
