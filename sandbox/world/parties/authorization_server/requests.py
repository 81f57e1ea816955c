"""Requests and responses as Authlib wants them, without a framework, and with what Authlib does not know of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request

from sandbox.core.wire import Pairs, Request, Response, compact, with_query
from sandbox.world.parties.authorization_server.claims_request import NOTHING, ClaimsRequest, Wish, parsed
from sandbox.world.parties.authorization_server.minting import Wanted
from sandbox.world.parties.authorization_server.store import Client, Session

REPEATED = ("resource", "audience")  # parameters that may stand there more than once (RFC 8707 §2, RFC 8693 §2.1)


class Payload(OAuth2Payload):  # type: ignore[misc]
    """Parameters of one request.  Plain attributes in place of Authlib's abstract properties."""

    data: Any = None
    datalist: Any = None

    def __init__(self, fields: Pairs) -> None:
        self.data = {}
        self.datalist = defaultdict(list)
        for name, value in fields:
            self.datalist[name].append(value)
            if value:  # without one it counts as left out (RFC 6749 §3.1, §3.2)
                self.data.setdefault(name, value)


class ASRequest(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib wants it, plus what Authlib does not know: the session, the key that was proved, the resource."""

    def __init__(self, request: Request, fields: Pairs, session: Session | None = None, jkt: str | None = None) -> None:
        super().__init__(request.method, request.url, headers={k.title(): v for k, v in request.headers})
        self.payload = Payload(fields)
        self.session = session
        self.jkt = jkt
        self.x5t: str | None = None  # the thumbprint of the certificate that tokens are to be bound to (RFC 8705 §3)
        self.sent = request
        self.asserted: Client | None = None  # who has been proved by a client assertion (RFC 7523 §2.2)
        self.refusal: tuple[str, str] | None = None  # the code and the sentence with which a request object or request_uri is refused

    def mean(self, fields: Pairs) -> None:
        """From now on these are its parameters: those of a request object (RFC 9101 §6.3), or those that were pushed (RFC 9126 §4)."""
        self.payload = Payload(fields)
        self.sent = replace(self.sent, method="GET", url=with_query(self.sent.url.partition("?")[0], fields), body="")

    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)

    def wanted(self, scope: str, *, refresh: bool) -> Wanted:
        """The tokens that it wants, bound to what was proved with it."""
        return Wanted(scope=scope, resources=self.resources, jkt=self.jkt, x5t=self.x5t, refresh=refresh)

    @property
    def resources(self) -> tuple[str, ...]:
        """The APIs that tokens are wanted for; it is the one parameter that may be repeated (RFC 8707 §2)."""
        return tuple(dict.fromkeys(filter(None, self.payload.datalist.get("resource", ()))))

    def claims(self, taken: bool) -> ClaimsRequest:
        """The single claims that it asks for; `taken`: whether this server takes such wishes.  Raises Unreadable.

        They belong to OpenID Connect: without its scope the parameter means nothing (OIDC Core §3.1.2.2)."""
        text = self.payload.data.get("claims")
        return parsed(text) if taken and text and "openid" in (self.payload.scope or "").split() else NOTHING

    def acr(self, taken: bool) -> Wish:
        """How the person is to sign in: what the claims say, else `acr_values`, which insist on nothing (OIDC Core §5.5.1.1)."""
        wish = self.claims(taken).acr
        return wish if wish.values else Wish(values=tuple(self.payload.data.get("acr_values", "").split()))

    @property
    def twice(self) -> set[str]:
        """The parameters that are given more than once, and must not be (RFC 6749 §3.1, §3.2)."""
        return {name for name, values in self.payload.datalist.items() if len(values) > 1 and name not in REPEATED}


class ASResponse:
    """A response under construction; Authlib's RFC 9207 extension rewrites `location` in place."""

    def __init__(self, status: int, body: Any, headers: list[tuple[str, str]]) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def location(self) -> str | None:
        return next((v for k, v in self.headers if k == "Location"), None)

    @location.setter
    def location(self, value: str) -> None:
        self.headers = [(k, value if k == "Location" else v) for k, v in self.headers]


def answer(response: ASResponse) -> Response:
    """Authlib's response as a message."""
    body = compact(response.body) if response.body else ""
    return Response(response.status, tuple(response.headers), body)
