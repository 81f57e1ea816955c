"""What clients do: sign people in, call APIs, and renew their tokens.  Mallory calls APIs, too."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from sandbox.core.forms import refuse
from sandbox.core.wire import Request, split
from sandbox.protocol.cast import CAST, ROUTES
from sandbox.protocol.cast import resource as named_in_tokens
from sandbox.verbs.browsers import say_yes, where
from sandbox.verbs.messages import built
from sandbox.verbs.names import Api, BrowserName, Gateway, Host, Party, Person, Server
from sandbox.verbs.theft import held_by, on_her_device, own_keys
from sandbox.verbs.values import Fields, Method, Parts, Path, Scalar, Text
from sandbox.verbs.verb import PAGE, TOKENS, Args, Missing, Outputs, verb
from sandbox.world.parties.browser import WRITTEN_BY_BROWSERS, Browser
from sandbox.world.parties.client import OAuthClient, wants_bearer
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.world import World


class SignIn(Args):
    """The person at `browser` presses the client's sign-in (or connect) button and says yes to all that is asked."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    user: Person | None = Field(None, description="who logs in where a page asks for it; the owner of the browser by default")
    scope: Text | None = Field(None, description="the scope that the client asks for; its usual one by default")
    at: Server | None = Field(None, description="the server that people are sent to; the client's own by default")
    api: Api | None = Field(None, description="the API that the tokens are for; the client's usual one by default")
    response: Text | None = Field(None, description="the response type, code or token; the client's usual one by default")
    how: Literal["redirect", "password"] = Field(
        "redirect", description="whether the client sends people to the server, or asks for the password"
    )
    hold: Host | None = Field(None, description="stop before the next request to this party")

    retired: ClassVar[dict[str, str]] = {"acr": "remove it: the authorization server knows no acr_values, and nothing was ever sent"}

    @model_validator(mode="after")
    def _password_by_hand(self) -> Self:
        for name in ("at", "response"):
            if self.how == "password" and self.given(name):
                raise self.refused(
                    name,
                    "has no effect with `how: password`",
                    "remove it: there is no authorization request, and the client asks its own server",
                )
        return self

    def suits(self, actor: str) -> None:
        """The importer's own page asks for the bank password and for nothing else."""
        for name in ("scope", "api"):
            if actor == "importer" and self.how == "password" and self.given(name):
                raise self.refused(name, "has no effect with a bank password", "remove it: a password opens everything")


@verb(
    by=("client",),
    gives=(*PAGE, *TOKENS),
    wire="browser GET client /login, redirects, POST login and consent at the server, callback, token request by "
    "the client; with a password, or in a JWT profile: POST /login or the password grant",
)
def sign_in(world: World, actor: str, args: SignIn) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    browser.begin(args.hold or "")
    at, api = CAST[args.at].host if args.at else "", named_in_tokens(args.api) if args.api else ""
    how = args.how if args.how != "redirect" else ""
    browser.visit(client.start_url(scope=args.scope or "", at=at, api=api, response=args.response or "", how=how))
    say_yes(world, browser, args.user or browser.owner)
    on_her_device(world, client, browser)
    return where(browser) | held_by(client.session_in(browser))


class CallApi(Args):
    """One request to an API with an access token, presented the way that token wants to be presented."""

    browser: BrowserName | None = Field(
        None, description="whose session is used; without it the client acts in its own name; such as laptop"
    )
    api: Api = Field(description="an API, such as accounts")
    path: Path = Field(description="a path, such as /accounts")
    method: Method = Field("GET", description="the method, GET by default")
    token: Scalar | None = Field(None, description="the token; the client's own by default")
    json_: Parts | None = Field(None, alias="json", description="a JSON body")
    headers: Fields | None = Field(None, description="more headers")
    via: Gateway | None = Field(None, description="the gateway through which the request goes")
    scheme: Literal["bearer", "dpop"] | None = Field(None, description="how Mallory presents the token; as it wants to be by default")
    sender: Party | None = Field(None, alias="from", description="the party of Mallory's from which the request leaves")

    @model_validator(mode="after")
    def _presented(self) -> Self:
        self.no_headers(("headers",), ("authorization", "dpop"), "call_api, as the token wants it", "remove it; `send` writes any header")
        leads_to = ROUTES.get(split(self.path).path.removeprefix("/").partition("/")[0])
        if self.via and self.token is not None and leads_to not in (self.api, None):
            raise self.refused("api", f"has no effect here: the gateway passes this path on to {leads_to}", f"write `api: {leads_to}`")
        return self

    def suits(self, actor: str) -> None:
        """Mallory has tokens, not sessions; everybody else presents a token in one way, and from where it lives."""
        kind = CAST[actor].kind
        if kind != "client" and self.given("browser"):
            raise self.refused("browser", f"has no effect here: {actor} has no session in a browser", "remove it")
        if kind == "attacker" and not self.given("token"):
            raise refuse("nothing says which token she presents", "add `token`, such as $read.access_token, or use `send`")
        for name in ("scheme", "sender"):
            if kind != "attacker" and self.given(name):
                raise self.refused(name, "has no effect here: only mallory can choose it", "remove it")
        if kind == "client":
            self.no_headers(("headers",), WRITTEN_BY_BROWSERS, "the client or its browser", "remove it; mallory.send writes any header")


@verb(
    by=("client", "attacker", "api", "device"),
    gives=("status", "json"),
    wire="METHOD api path (or through the gateway), Authorization Bearer or DPoP, proof and certificate if the "
    "token is bound and the caller has the key",
)
def call_api(world: World, actor: str, args: CallApi) -> Outputs:
    request = _api_request(args)
    if actor == world.attacker.name:
        own_keys(world)
        _as_mallory(world, args.sender or actor, request, args)
        return {}
    if args.browser is None or actor in world.services:
        _in_its_own_name(world, actor, args, request)
        return {}
    client, browser = world.clients[actor], world.browsers[args.browser]
    session, resource = client.session_in(browser), named_in_tokens(args.api)
    if session is None or not session.tokens:
        raise Missing("an access token")
    if args.token is not None:
        client.sender(browser)(request.with_header("Authorization", f"Bearer {args.token}"))
        return {}
    if CAST[args.api].kind == "api" and client.lacks_token(session, resource):
        _token_for(world, client, browser, session, resource)
    client.fetch(browser, session, request, resource)
    if client.policy.step_up == "on" and client.step_up_wishes(session):
        _signed_in_again(world, client, browser, session)
        client.fetch(browser, client.session_in(browser) or session, request, resource)
    return {}


def _as_mallory(world: World, sender: str, request: Request, args: CallApi) -> None:
    """Her request.  Unless the file says how, she presents a bound token as it wants to be, and as Bearer where an API knows no DPoP."""
    sent = world.attacker.present(request, args.token or "", args.scheme or "")
    answer = world.net.deliver(sent, sender)
    if world.attacker.told(sent, answer):
        answer = world.net.deliver(world.attacker.present(request, args.token or "", args.scheme or ""), sender)
    if args.scheme is None and sent.header("dpop") is not None and wants_bearer(answer):
        world.net.deliver(world.attacker.present(request, args.token or "", "bearer"), sender)


def _api_request(args: CallApi) -> Request:
    return built(args.method, CAST[args.via or args.api].host + args.path, args.headers, args.json_)


def _in_its_own_name(world: World, actor: str, args: CallApi, request: Request) -> None:
    """A request that belongs to nobody's session: with a token given to the client, or with one that it got for itself."""
    client = as_client(world, actor)
    session, resource = client.own, named_in_tokens(args.api)
    if args.token is None and not session.tokens:
        raise Missing("a browser with a session, or a token")
    token = args.token if args.token is not None else session.access_token(resource)
    if token in session.tokens.values():
        client.call(session, request, next(r for r, t in session.tokens.items() if t == token), lambda r: client.ask(session, r))
    else:
        client.ask(session, request.with_header("Authorization", f"Bearer {token}"))


def _token_for(world: World, client: Hosted, browser: Browser, session: Session, resource: str) -> None:
    """Get a token for another API: by refreshing (RFC 8707 §2.2), or by signing in again where there are no refresh tokens."""
    if client.implicit or not client.renews(session):
        browser.begin()
        browser.visit(client.start_url(scope=session.scope, api=resource))
        say_yes(world, browser, browser.owner)
        return
    if not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.asked(session, client.refresh_request(session, resource), client.sender(browser)))
    except Refused:
        raise Missing("an access token for this API") from None


class StepUp(Args):
    """After an API has refused because of how the person signed in, the client sends the person to the server once more."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    hold: Host | None = Field(None, description="stop before the next request to this party")


@verb(
    by=("client",),
    gives=(*PAGE, *TOKENS),
    wire="as sign_in, with the acr_values and max_age of the API's challenge in the authorization request",
)
def step_up(world: World, actor: str, args: StepUp) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    session = client.session_in(browser)
    if session is None or not client.step_up_wishes(session):
        raise Missing("an API that asks for more")
    _signed_in_again(world, client, browser, session, args.hold or "")
    return where(browser) | held_by(client.session_in(browser))


def _signed_in_again(world: World, client: Hosted, browser: Browser, session: Session, hold: str = "") -> None:
    """Send the person to the server once more, for what an API has asked (RFC 9470 §4)."""
    browser.begin(hold)
    browser.visit(client.start_url(**client.step_up_wishes(session)))
    say_yes(world, browser, browser.owner)
    on_her_device(world, client, browser)


class Refresh(Args):
    """The client trades the refresh token of its session in that browser for new tokens."""

    browser: BrowserName = Field(description="a browser, such as laptop")


@verb(
    by=("client",),
    gives=TOKENS[:2],
    wire="POST /token grant_type=refresh_token, with the client's own credentials and key; in a JWT profile: POST /refresh",
)
def refresh(world: World, actor: str, args: Refresh) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    session = client.session_in(browser)
    if session is None or not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.asked(session, client.refresh_request(session), client.sender(browser)))
    except Refused:
        return {"access_token": None, "refresh_token": None}
    on_her_device(world, client, browser)
    return held_by(session)


def as_client(world: World, actor: str) -> OAuthClient:
    """The actor as a client; a service is one, too."""
    return world.clients[actor] if actor in world.clients else world.services[actor]
