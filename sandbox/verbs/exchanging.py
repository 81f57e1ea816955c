"""What an API does before it calls another one in a person's name."""

from __future__ import annotations

from pydantic import Field

from sandbox.protocol.cast import resource
from sandbox.verbs.clients import as_client
from sandbox.verbs.names import Api
from sandbox.verbs.values import Scalar, Text
from sandbox.verbs.verb import TOKENS, Args, Missing, Outputs, verb
from sandbox.world.parties.client_session import Refused
from sandbox.world.world import World


class Exchange(Args):
    """The API trades a token that it was sent for one of its own, with which it may call another API in the person's name."""

    token: Scalar = Field(description="the token that was sent to it, such as eyJhbGciOi")
    api: Api = Field(description="the API that it wants to call, such as accounts")
    scope: Text | None = Field(None, description="the scope to ask for; that of the token by default")


@verb(by=("api",), gives=TOKENS[:1], wire="POST /token grant_type=token-exchange, with the API's own credentials and key")
def exchange(world: World, actor: str, args: Exchange) -> Outputs:
    client, target = as_client(world, actor), resource(args.api)
    try:
        request = client.exchange_request(target, args.token, args.scope or "")
    except Refused:
        raise Missing("a token endpoint") from None
    response = client.asked(client.own, request, lambda r: world.net.deliver(r, actor))
    body = response.json if response.ok and isinstance(response.json, dict) else {}
    if isinstance(body.get("access_token"), str):
        client.own.tokens[target] = body["access_token"]
        client.own.bound = str(body.get("token_type")).lower() == "dpop"
    return {"access_token": body.get("access_token")}
