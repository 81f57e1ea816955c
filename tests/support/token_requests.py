"""Requests of a native app to the authorization server, one parameter changed if wanted."""

from __future__ import annotations

from urllib.parse import urlencode

from sandbox.core.wire import first, form_request, pairs, split
from sandbox.protocol.tokens import sha256
from tests.support.worlds import agree, world

AS = "https://auth.connectsphere.example"
VERIFIER = "v" * 43


def authorized(w, **change):
    """An authorization request of `mobile`, answered after login and consent; what came back last."""
    query = {
        "response_type": "code",
        "client_id": "mobile",
        "redirect_uri": "com.connectsphere.app:/cb",
        "scope": "openid read",
        "state": "s",
    }
    query |= {"code_challenge": sha256(VERIFIER), "code_challenge_method": "S256"} | change
    browser = w.browsers["phone"]
    browser.begin("mobile")
    browser.visit(f"{AS}/authorize?" + urlencode({k: v for k, v in query.items() if v is not None}, doseq=True))
    agree(w, browser)
    return browser


def code_of(w, **change):
    """The code that such a request brings."""
    held = authorized(w, **change).held
    assert held is not None
    return first(pairs(split(held.request.url).query), "code")


def token(w, headers=(), **fields):
    """A token request with that code and its verifier, or with other fields."""
    given = {
        "grant_type": "authorization_code",
        "client_id": "mobile",
        "redirect_uri": "com.connectsphere.app:/cb",
        "code_verifier": VERIFIER,
    } | fields
    each = [(k, one) for k, v in given.items() if v is not None for one in ([v] if isinstance(v, str) else v)]
    return w.net.deliver(form_request(f"{AS}/token", tuple(each), headers), "mallory")


def no_dpop(**more):
    """Best practice with bearer tokens, which are easier to send."""
    return world("oauth-bcp", client_dpop="off", as_dpop_bind="off", rs_dpop="off", **more)


def revoke(w, **fields):
    """A revocation request of the app (RFC 7009)."""
    return w.net.deliver(form_request(f"{AS}/revoke", {"client_id": "mobile"} | fields), "mobile")


def introspect(w, value, headers=(("Authorization", "Basic YWNjb3VudHM6YWNjb3VudHMtc2VjcmV0"),)):
    """What the accounts service, or whoever has these credentials, is told about a token (RFC 7662)."""
    return w.net.deliver(form_request(f"{AS}/introspect", {"token": value}, headers), "accounts")
