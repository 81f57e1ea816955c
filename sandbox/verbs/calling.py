"""What an API does to call another one in a person's name, in the way that services call each other in this setting (`rs.calls`)."""

from __future__ import annotations

from typing import Self, cast

from pydantic import Field, model_validator

from sandbox.core.wire import Request, Response
from sandbox.protocol.cast import CAST, resource
from sandbox.verbs.clients import as_client
from sandbox.verbs.messages import built
from sandbox.verbs.names import Api, Person
from sandbox.verbs.values import Message, Method, Parts, Path, Text
from sandbox.verbs.verb import Args, Missing, Outputs, verb
from sandbox.world.parties import service_calls
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_session import Refused
from sandbox.world.world import World


class ActFor(Args):
    """The API calls another one for a person, in the way that services call each other in this setting."""

    on: Message | None = Field(None, description="a reference to the request that it was sent, and for whose sender it does so")
    user: Person | None = Field(None, description="the person for whom it says that it does so, without having been asked, such as alice")
    api: Api = Field(description="the API that it calls, such as accounts")
    path: Path = Field(description="a path, such as /accounts")
    method: Method = Field("GET", description="the method, GET by default")
    json_: Parts | None = Field(None, alias="json", description="a JSON body")
    scope: Text = Field("read", description="the scope that it needs there, where the design knows any; read by default")

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        self.exactly_one("on", "user")
        return self


@verb(
    by=("api",),
    gives=("status", "json"),
    wire="METHOD api path, with X-User-Id and the key of all services, or with a JWT of its own; or POST /token first, "
    "in its own name or to exchange the token that it was sent",
)
def act_for(world: World, actor: str, args: ActFor) -> Outputs:
    calls = world.apis[actor].policy.calls
    if calls == "off":
        raise Missing("a way to call another service")
    client, request = as_client(world, actor), built(args.method, CAST[args.api].host + args.path, None, args.json_)
    user, seed = args.user or service_calls.person(cast(Request, args.on)), world.net.entropy.seed
    if calls == "shared-key":
        client.ask(client.own, _bearing(request, service_calls.shared_key(seed)).with_header(service_calls.USER, user))
        return {}
    own_word = service_calls.own_jwt(seed, actor, user, args.api, world.net.clock.now())
    if calls == "own-jwt":
        client.ask(client.own, _bearing(request, own_word))
        return {}
    if calls == "client-credentials":
        _with_token(world, client, args, request.with_header(service_calls.USER, user))
        return {}
    credential = args.on.credential() if args.on is not None else None
    _with_token(world, client, args, request, credential[1] if credential else own_word)
    return {}


def _bearing(request: Request, token: str) -> Request:
    return request.with_header("Authorization", f"Bearer {token}")


def _with_token(world: World, client: OAuthClient, args: ActFor, request: Request, subject: str = "") -> None:
    """The request with a token that the client gets for it: in its own name, or for the token that it was sent."""
    session, target = client.own, resource(args.api)
    try:
        wanted = client.exchange_request(target, subject, args.scope) if subject else client.own_request(target, args.scope)
    except Refused:
        raise Missing("a token endpoint") from None
    answer: Response = client.asked(session, wanted, lambda r: world.net.deliver(r, client.name))
    body = answer.json if answer.ok and isinstance(answer.json, dict) else {}
    if isinstance(body.get("access_token"), str):
        session.tokens[target] = body["access_token"]
        session.bound = str(body.get("token_type")).lower() == "dpop"
        client.call(session, request, target, lambda r: client.ask(session, r))
