"""The first flow against a served world, so that somebody sees one before having a client: what the printed lines do, in order.

Alice signs in with a browser that keeps the rules of real ones, a client redeems the code, with a proof of possession where the APIs
want one, and asks for her accounts.  Every request goes through the world's own door; what refuses it is shown there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request, Response, first, form_request, json_request, pairs, split
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import key_for
from sandbox.protocol.trace import RecentTrace
from sandbox.serve.banner import VERIFIER, Token, by_hand
from sandbox.serve.inside import Door
from sandbox.serve.setup import CALLBACK, Served
from sandbox.world.network import Network
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.browser import Browser

PERSON, DEVICE = "alice", "browser"
MOST_PAGES = 4  # with a form each, until the browser must have come back
HTML = ("Accept", "text/html")


class Client:
    """A client that comes through the door: with a key of its own for proofs (RFC 9449), if `proves`."""

    def __init__(self, door: Door, proves: bool) -> None:
        self.door, self.proves = door, proves
        self.clock, self.entropy = WallClock(), SystemEntropy()
        self.key = key_for(self.entropy.seed, "client", "ES256")

    def ask(self, request: Request, token: Token | None = None) -> Response:
        """The answer to a request, which shows this token."""
        if token is not None:
            request = request.with_header("Authorization", f"{token.kind} {token.value}")
        if self.proves:
            jti, value = self.entropy.token("proof", 9), token.value if token is not None else None
            request = request.with_header("DPoP", prove(self.key, request.method, request.url, self.clock.now(), jti, value))
        return self.door.handle(request)


def send(served: Served, door: Door) -> Token | None:
    """The flow of this design; the access token that it was about, if it came so far."""
    issuer = served.world.issuer
    if isinstance(issuer, AuthorizationServer):
        client = Client(door, served.world.settings.value("accounts.dpop") == "require")
        told = _code_flow(served, issuer, client)
    else:
        client = Client(door, proves=False)
        login = {"username": PERSON, "password": served.world.people.users[PERSON].password}
        told = client.ask(json_request("POST", f"{served.origin}{served.paths['backend']}/login", login)).json
    token = _token(told)
    if token is not None:
        client.ask(Request("GET", f"{served.origin}{served.paths['accounts']}/accounts"), token)
    return token


def _token(told: Any) -> Token | None:
    """The token in an answer, if there is one."""
    value = told.get("access_token") if isinstance(told, dict) else None
    return Token(str(told.get("token_type", "Bearer")), value) if isinstance(value, str) else None


def _code_flow(served: Served, issuer: AuthorizationServer, client: Client) -> Any:
    """Authorization code with PKCE (RFC 6749 §4.1, RFC 7636); what the token endpoint answers."""
    plain = Client(client.door, proves=False)
    plain.ask(Request("GET", f"{issuer.issuer}/.well-known/openid-configuration"))
    known, asked = by_hand(issuer)
    proof = {"client_id": known.client_id} | ({"client_secret": known.secret} if known.secret else {})
    offered = issuer.describe()
    if "require_pushed_authorization_requests" in offered:
        pushed = plain.ask(form_request(offered["pushed_authorization_request_endpoint"], dict(asked) | proof)).json
        asked = (("client_id", known.client_id), ("request_uri", str(pushed.get("request_uri"))))
    code = first(pairs(split(_signed_in(served, client.door, f"{issuer.issuer}/authorize?{urlencode(asked)}")).query), "code")
    if code is None:
        return None
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return client.ask(form_request(f"{issuer.issuer}/token", form | proof)).json


def _signed_in(served: Served, door: Door, address: str) -> str:
    """Where Alice's browser ends that begins at this address and says yes to everything."""
    net = Network(WallClock(), SystemEntropy(), RecentTrace())
    net.connect(_Pages(door), served.origin)
    browser = Browser(DEVICE, net, PERSON)
    net.connect(browser)
    browser.visit(address)
    answers = {"username": PERSON, "password": served.world.people.users[PERSON].password}
    for _ in range(MOST_PAGES):
        if browser.url.startswith(CALLBACK) or not browser.forms():
            break
        browser.submit(browser.forms()[0], answers)
    return browser.url


class _Pages:
    """The door for a browser, which says that it wants pages."""

    name = "pages"

    def __init__(self, door: Door) -> None:
        self.door = door

    def handle(self, request: Request) -> Response:
        return self.door.handle(request.with_header(*HTML))

    def state(self) -> dict[str, str]:
        return {}
