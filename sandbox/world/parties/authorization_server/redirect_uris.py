"""Where an authorization server may send people: what may be registered as a redirect URI, and how a requested one is compared."""

from __future__ import annotations

import re

from sandbox.core.wire import split

LONGEST = 2048
RUNS_CODE = frozenset({"javascript", "data", "vbscript", "blob", "file", "filesystem", "about", "view-source", "ws", "wss", "mailto"})
LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?=[/?]|\Z)")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:[^\s#]+\Z", re.I)


def unfit(uri: str, by_operator: bool = False) -> str | None:
    """Why this cannot be a redirect URI, in a sentence; None if it can.

    Absolute and without fragment (RFC 6749 §3.1.2).  An app's own scheme has a dot, so that it is known whose it is (RFC 8252 §8.4);
    the operator may know better.
    """
    u = split(uri)
    if not SCHEME.match(uri) or not uri.isascii() or not uri.isprintable() or len(uri) > LONGEST or not u.scheme:
        return "A redirect URI must be an absolute http(s) or app address without a fragment."
    if u.scheme in ("http", "https"):
        return None if u.hostname and _port_is_one(uri) else "A redirect URI of http or https needs a host."
    if u.scheme in RUNS_CODE:
        return f"{u.scheme}: is not an address to which a browser can bring a code."
    if "." not in u.scheme and not by_operator:
        return f"{u.scheme}: has no dot; an app's own scheme is a domain of its maker, backwards, such as com.example.app: (RFC 8252 §8.4)."
    return None


def takes_logout_tokens(uri: str) -> bool:
    """Whether a client can take logout tokens there (OIDC Back-Channel Logout §2.2): absolute, without a fragment, over https; plain http
    only to this machine."""
    u = split(uri)
    there = unfit(uri) is None and u.username is None
    return there and (u.scheme == "https" or (u.scheme == "http" and u.hostname in ("localhost", "127.0.0.1", "::1")))


def _port_is_one(uri: str) -> bool:
    try:
        return split(uri).port != 0
    except ValueError:
        return False


def same(registered: str, asked: str) -> bool:
    """Whether they are the same text; an app that listens on the loopback interface takes any free port (RFC 8252 §7.3)."""
    return registered == asked or (bool(LOOPBACK.match(asked)) and _port_is_one(asked) and _portless(registered) == _portless(asked))


def _portless(uri: str) -> str:
    return LOOPBACK.sub(r"\1", uri, count=1) if LOOPBACK.match(uri) else uri
