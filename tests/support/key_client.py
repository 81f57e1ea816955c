"""A relying party that has a key instead of a secret: it signs assertions and request objects, and pushes its requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.core.wire import Pairs, Response, form_request
from sandbox.protocol.client_jwts import ASSERTION_TYPE
from sandbox.protocol.tokens import Key, key_for
from sandbox.world.world import World
from tests.support.relying_party import AS, CALLBACK, PKCE, RelyingParty
from tests.support.worlds import world

MINE, OTHER = key_for("0", "budget client"), key_for("0", "somebody else")
PAR = f"{AS}/par"
Claims = dict[str, Any]


def keyed(**switches: str) -> World:
    """Best practice; confidential clients have keys."""
    return world("oauth-bcp", **({"client_auth": "private_key_jwt"} | switches))


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """Without those that are None."""
    return {name: value for name, value in fields.items() if value is not None}


@dataclass
class KeyClient(RelyingParty):
    """Budget with its key.  `key`: what it signs with; each change in a method is another value, or None to leave it out."""

    secret: str | None = None
    key: Key = MINE
    made: int = 0

    def assertion(self, header: dict[str, Any] | None = None, **change: Any) -> str:
        """A client assertion (RFC 7523 §3)."""
        self.made, now = self.made + 1, self.w.net.clock.now()
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": AS, "jti": f"a{self.made}", "iat": now, "exp": now + 60}
        return self.key.sign(given(claims | change), **(header or {}))

    def identity(self, assertion: str | None = None, **change: Any) -> dict[str, str]:
        """The parameters that prove who it is."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion or self.assertion(**change)}

    def asks(self, **change: Any) -> dict[str, Any]:
        """The parameters of its authorization request."""
        usual = {"response_type": "code", "client_id": self.client_id, "redirect_uri": CALLBACK, "scope": "openid", "state": "s1"}
        return given(usual | {"nonce": "n1"} | PKCE | change)

    def object(self, header: dict[str, Any] | None = None, **change: Any) -> str:
        """The same as a request object (RFC 9101 §4)."""
        now = self.w.net.clock.now()
        claims = {"iss": self.client_id, "aud": AS, "nbf": now, "exp": now + 60} | self.asks()
        return self.key.sign(given(claims | change), **({"typ": "oauth-authz-req+jwt"} | (header or {})))

    def push(self, headers: Pairs = (), identity: dict[str, str] | None = None, **fields: Any) -> Response:
        """Push parameters, those of `asks` if no other are given."""
        body = (fields or self.asks()) | (self.identity() if identity is None else identity)
        return self.w.net.deliver(form_request(PAR, given(body), headers), self.client_id)

    def pushed(self, **change: Any) -> str:
        """The request_uri of a request that was accepted."""
        answer = self.push(**self.asks(**change))
        assert answer.status == 201, answer
        return str(answer.json["request_uri"])

    def use(self, request_uri: str, cancel: bool = False, **more: str) -> Pairs:
        """Bring a browser to the authorization endpoint with a reference."""
        return self.request(urlencode({"client_id": self.client_id, "request_uri": request_uri} | more), cancel=cancel)

    def show(self, request: str, **more: str) -> Pairs:
        """The same with a request object."""
        return self.request(urlencode({"client_id": self.client_id, "request": request} | more))
