"""A relying party as the OpenID Foundation's suite has one: it asks, a person signs in, and every message can be looked at."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.core.wire import FORM, Pairs, Request, Response, first, form_request, pairs, split
from sandbox.protocol.tokens import Decoded, decode, public_key, sha256, signature_fits
from sandbox.world.members import BUDGET_SECRET
from sandbox.world.world import World
from tests.support.worlds import world

AS = "https://auth.connectsphere.example"
CALLBACK = "https://budget.example/cb"
VERIFIER = "v" * 43
PKCE = {"code_challenge": sha256(VERIFIER), "code_challenge_method": "S256"}


def certified(**switches: str) -> World:
    """The setting in which a Basic OP would be certified: RS256 ID tokens, PKCE allowed and not required, bearer tokens, no request
    objects (those that are not signed cannot be had), and single claims as where it is served."""
    off = {
        "as_request_object": "off",
        "client_dpop": "off",
        "as_dpop_bind": "off",
        "rs_dpop": "off",
        "as_pkce": "no-downgrade",
        "as_signing": "rs256",
    }
    w = world("oauth-bcp", **(off | switches))
    w.issuer.core.takes_claims = True
    return w


@dataclass
class RelyingParty:
    """One client at one server, with one browser.  `pages`: the kinds of pages that the last sign-in has shown."""

    w: World
    client_id: str = "budget"
    secret: str | None = BUDGET_SECRET
    redirect_uri: str = CALLBACK
    browser: str = "laptop"
    pages: tuple[str, ...] = ()
    shown: Response | None = None

    def ask(self, method: str = "GET", cancel: bool = False, user: str = "alice", **change: str | None) -> Pairs:
        """One authorization request, answered by a person if pages are shown; the parameters that come back, () if an error page stays."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": "s1",
            "nonce": "n1",
        } | change
        return self.request(urlencode({k: v for k, v in query.items() if v is not None}), method, cancel, user)

    def request(self, query: str, method: str = "GET", cancel: bool = False, user: str = "alice") -> Pairs:
        b, pages = self.w.browsers[self.browser], []
        b.begin(self.client_id)
        if method == "GET":
            b.visit(f"{AS}/authorize?{query}")
        else:
            b._go(Request("POST", f"{AS}/authorize", (("Content-Type", FORM),), query), "https://budget.example/")
        self.shown = b.page
        while b.held is None and b.page is not None and b.page.page in ("login", "consent"):
            pages.append(b.page.page)
            filled = {"username": user, "password": self.w.people.users[user].password}
            b.submit(b.forms()[0], filled | ({"allow": "no"} if cancel else {}))
        self.pages = tuple(pages)
        if b.held is None:
            self.shown = b.page
            return ()
        url, b.held = b.held.request.url, None
        return pairs(split(url).query) + pairs(split(url).fragment)

    def code(self, **change: Any) -> str:
        answer = self.ask(**change)
        assert first(answer, "code"), answer
        return first(answer, "code") or ""

    def token(self, headers: Pairs = (), post: bool = False, **fields: str | None) -> Response:
        """One token request; with HTTP Basic unless `post`, or for a public client."""
        given: dict[str, str | None] = {"grant_type": "authorization_code", "redirect_uri": self.redirect_uri} | fields
        if self.secret is None or post:
            given = {"client_id": self.client_id, "client_secret": self.secret} | given
        else:
            headers = (*headers, ("Authorization", "Basic " + base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()))
        return self.w.net.deliver(form_request(f"{AS}/token", {k: v for k, v in given.items() if v is not None}, headers), self.client_id)

    def sign_in(self, **change: Any) -> dict[str, Any]:
        """The whole happy flow; the token response."""
        body = self.token(code=self.code(**change)).json
        assert isinstance(body, dict) and "access_token" in body, body  # noqa: PT018
        return body

    def id_token(self, body: dict[str, Any], nonce: str | None = "n1") -> Decoded:
        """The ID token of a token response, after the checks of OIDC Core §3.1.3.7."""
        token, now = decode(body["id_token"]), self.w.net.clock.now()
        keys = self.w.net.deliver(Request("GET", f"{AS}/jwks"), self.client_id).json["keys"]
        jwk = next(k for k in keys if k["kid"] == token.header["kid"])
        assert signature_fits(token, public_key(jwk, token.header["alg"]), token.header["alg"])
        assert (token.claims["iss"], token.claims["aud"], token.claims.get("nonce")) == (AS, self.client_id, nonce)
        assert token.claims["iat"] <= now < token.claims["exp"]
        return token

    def userinfo(self, token: str, how: str = "get") -> Response:
        bearer = (("Authorization", f"Bearer {token}"),)
        request = {
            "get": Request("GET", f"{AS}/userinfo", bearer),
            "post header": Request("POST", f"{AS}/userinfo", bearer),
            "post body": form_request(f"{AS}/userinfo", {"access_token": token}),
        }[how]
        return self.w.net.deliver(request, self.client_id)


def refused(response: Response, error: str) -> None:
    assert (response.status in (400, 401), response.error) == (True, error), response
