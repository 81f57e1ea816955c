"""What clients do: sign people in, call APIs, and ask token endpoints.  Mallory does some of it in their name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from sandbox.core.wire import Request, form_request, json_request
from sandbox.protocol.cast import CAST
from sandbox.protocol.cast import resource as named_in_tokens
from sandbox.protocol.proofs import prove
from sandbox.verbs.browsers import say_yes, where
from sandbox.verbs.names import Api, BrowserName, Gateway, Party, Person, Server
from sandbox.verbs.theft import held_by, on_her_device, own_keys
from sandbox.verbs.values import ClientOrReference, Fields, Method, Path, Text, Value
from sandbox.verbs.verb import PAGE, TOKENS, Args, Missing, Outputs, a_token, verb
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client import OAuthClient, Refused, Session
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.world import World


class SignIn(Args):
    """The person at `browser` presses the client's sign-in (or connect) button and says yes to all that is asked."""

    browser: BrowserName = Field(description="a browser, such as laptop")
    user: Person | None = None
    scope: Text | None = None
    at: Server | None = None
    api: Api | None = None
    response: Text | None = None
    acr: Text | None = None
    how: Literal["redirect", "password"] = "redirect"
    hold: Party | None = None


@verb(
    by=("client",),
    gives=(*PAGE, *TOKENS),
    wire="browser GET client /login, redirects, POST login and consent at the server, callback, token request by "
    "the client; with a password, or in a JWT profile: POST /login or the password grant",
)
def sign_in(world: World, actor: str, args: SignIn) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    browser.begin(args.hold or "")
    at, api = CAST[args.at].host if args.at else "", CAST[args.api].host if args.api else ""
    how = args.how if args.how != "redirect" else ""
    browser.visit(client.start_url(scope=args.scope or "", at=at, api=api, response=args.response or "", how=how))
    say_yes(world, browser, args.user or browser.owner)
    on_her_device(world, client, browser)
    return where(browser) | held_by(client.session_in(browser))


class CallApi(Args):
    """One request to an API with an access token, presented the way that token wants to be presented."""

    browser: BrowserName | None = None
    api: Api = Field(description="an API, such as accounts")
    path: Path = Field(description="a path, such as /accounts")
    method: Method = "GET"
    token: Value = None
    json_: dict[str, Value] | None = Field(None, alias="json")
    headers: Fields | None = None
    via: Gateway | None = None
    scheme: Literal["bearer", "dpop"] | None = None
    from_: Party | None = Field(None, alias="from")


@verb(
    by=("client", "attacker", "api"),
    gives=("status", "json"),
    wire="METHOD api path (or through the gateway), Authorization Bearer or DPoP, proof and certificate if the "
    "token is bound and the caller has the key",
)
def call_api(world: World, actor: str, args: CallApi) -> Outputs:
    request = _api_request(args)
    if actor == world.attacker.name:
        own_keys(world)
        sent = world.attacker.present(request, a_token(args.token), args.scheme or "")
        world.net.deliver(sent, args.from_ or actor)
        return {}
    if args.browser is None or actor in world.services:
        _in_its_own_name(world, actor, args, request)
        return {}
    client, browser = world.clients[actor], world.browsers[args.browser]
    session, resource = client.session_in(browser), named_in_tokens(args.api)
    if session is None or not session.tokens:
        raise Missing("an access token")
    if args.token is not None:
        client.sender(browser)(request.with_header("Authorization", f"Bearer {a_token(args.token)}"))
        return {}
    if CAST[args.api].kind == "api" and client.lacks_token(session, resource):
        _token_for(world, client, browser, session, resource)
    client.fetch(browser, session, request, resource)
    return {}


def _api_request(args: CallApi) -> Request:
    url, headers = CAST[args.via or args.api].host + args.path, tuple((args.headers or {}).items())
    return json_request(args.method, url, args.json_, headers) if args.json_ is not None else Request(args.method, url, headers)


def _in_its_own_name(world: World, actor: str, args: CallApi, request: Request) -> None:
    """A request that belongs to nobody's session: with a token given to the client, or with one that it got for itself."""
    client = _client(world, actor)
    session, resource = client.own, CAST[args.api].host
    if args.token is None and not session.tokens:
        raise Missing("a browser with a session, or a token")
    token = a_token(args.token) if args.token is not None else session.access_token(resource)
    if token in session.tokens.values():
        client.call(session, request, next(r for r, t in session.tokens.items() if t == token), lambda r: client.ask(session, r))
    else:
        client.ask(session, request.with_header("Authorization", f"Bearer {token}"))


def _token_for(world: World, client: Hosted, browser: Browser, session: Session, resource: str) -> None:
    """Get a token for another API: by refreshing (RFC 8707 §2.2) or, in the JWT profiles, by asking for the password again."""
    if client.architecture == "jwt":
        browser.begin()
        browser.visit(client.start_url(api=resource))
        say_yes(world, browser, browser.owner)
        return
    if not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.sender(browser)(client.refresh_request(session, resource)))
    except Refused:
        raise Missing("an access token for this API") from None


class Refresh(Args):
    """The client trades the refresh token of its session in that browser for new tokens."""

    browser: BrowserName = Field(description="a browser, such as laptop")


@verb(
    by=("client",),
    gives=TOKENS[:2],
    wire="POST /token grant_type=refresh_token, with the client's own credentials and key",
)
def refresh(world: World, actor: str, args: Refresh) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    session = client.session_in(browser)
    if session is None or not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.sender(browser)(client.refresh_request(session)))
    except Refused:
        return {"access_token": None, "refresh_token": None}
    on_her_device(world, client, browser)
    return held_by(session)


class Redeem(Args):
    """Ask a token endpoint for tokens under a client's name, with a code, a refresh token, a password, or nothing (client credentials)."""

    at: Server | None = None
    client: ClientOrReference = Field(description="a client, such as app")
    code: Value = None
    redirect_uri: Value = None
    verifier: Value = None
    refresh_token: Value = None
    user: Person | None = None
    password: Value = None
    client_secret: Value = None
    assertion: Value = None
    scope: Text | None = None
    api: Api | None = None

    @model_validator(mode="after")
    def _one_grant(self) -> Self:
        return self.one_of(("code", "refresh_token", "password"), least=0)


@verb(
    by=("client", "attacker", "api"),
    gives=TOKENS,
    wire="POST /token with the matching grant_type and a proof by the best key the caller knows; password in a JWT profile: POST /login",
)
def redeem(world: World, actor: str, args: Redeem) -> Outputs:
    issuer = world.issuer
    if not isinstance(issuer, AuthorizationServer):
        if args.password is None:
            raise Missing("a token endpoint")
        response = world.net.deliver(
            json_request("POST", f"{issuer.issuer}/login", {"username": args.user, "password": args.password}), actor
        )
    else:
        request = form_request(f"{issuer.issuer}/token", _grant(args))
        response = world.net.deliver(_with_proof(world, actor, args, request, issuer), actor)
    body = response.json if response.ok and isinstance(response.json, dict) else {}
    if actor != world.attacker.name and isinstance(body.get("access_token"), str):
        own = _client(world, actor).own
        own.tokens[CAST[args.api].host if args.api else "any"] = body["access_token"]
        own.bound = str(body.get("token_type")).lower() == "dpop"
    renewed = body.get("refresh_token") or (args.refresh_token if body else None)
    return {"access_token": body.get("access_token"), "refresh_token": renewed, "id_token": body.get("id_token")}


def _grant(args: Redeem) -> dict[str, str]:
    fields: dict[str, Any] = {"client_id": args.client, "client_secret": args.client_secret, "scope": args.scope}
    fields |= {"resource": CAST[args.api].host} if args.api else {}
    if args.code is not None:
        redirect = args.redirect_uri or (f"{CAST[args.client].host}/cb" if args.client in CAST else None)
        fields |= {"grant_type": "authorization_code", "code": args.code, "redirect_uri": redirect, "code_verifier": args.verifier}
    elif args.refresh_token is not None:
        fields |= {"grant_type": "refresh_token", "refresh_token": args.refresh_token}
    elif args.password is not None:
        fields |= {"grant_type": "password", "username": args.user, "password": args.password}
    else:
        fields |= {"grant_type": "client_credentials"}
    return {k: str(v) for k, v in fields.items() if v is not None}


def _with_proof(world: World, actor: str, args: Redeem, request: Request, issuer: AuthorizationServer) -> Request:
    """With the client's secret if the client itself asks; with a DPoP proof if the server knows DPoP, by the best key at hand."""
    if actor != world.attacker.name:
        client = _client(world, actor)
        return client.proved(client.own, client.authenticated(request))
    if "tls_client_certificate_bound_access_tokens" in issuer.describe():
        request = replace(request, certificate=world.attacker.certificate())
    if "dpop_signing_alg_values_supported" not in issuer.describe():
        return request
    key = next(reversed(world.attacker.keys.values()))  # a taken key, if there is one, else her own
    proof = prove(key, "POST", request.url, world.net.clock.now(), world.net.entropy.token("mallory dpop", 9))
    return request.with_header("DPoP", proof)


def _client(world: World, actor: str) -> OAuthClient:
    """The actor as a client; a service is one, too."""
    return world.clients[actor] if actor in world.clients else world.services[actor]
