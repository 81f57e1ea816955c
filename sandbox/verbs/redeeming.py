"""Token requests by hand: with a code, a refresh token, a password, or in the client's own name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from sandbox.core.wire import Request, Response, form_request, json_request
from sandbox.protocol.cast import CAST
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.verbs.browsers import issuer_at
from sandbox.verbs.clients import as_client
from sandbox.verbs.names import Api, Person, Server
from sandbox.verbs.values import ClientOrReference, Scalar, Text
from sandbox.verbs.verb import TOKENS, Args, Missing, Outputs, verb
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.bank import Bank
from sandbox.world.world import World


class Redeem(Args):
    """Ask a token endpoint for tokens under a client's name: with a code, a refresh token, a device code, a password, or nothing (client
    credentials)."""

    at: Server | None = Field(None, description="whose token endpoint; that of the server that logs people in by default")
    client: ClientOrReference | None = Field(None, description="a client, such as app")
    registered: Scalar | None = Field(None, description="the client_id of a client that has registered itself, instead of `client`")
    code: Scalar | None = Field(None, description="an authorization code")
    redirect_uri: Scalar | None = Field(None, description="the address that the code was sent to; the client's own by default")
    verifier: Scalar | None = Field(None, description="the PKCE verifier that belongs to the code")
    refresh_token: Scalar | None = Field(None, description="a refresh token")
    device_code: Scalar | None = Field(None, description="a device code, from the device authorization endpoint")
    user: Person | None = Field(None, description="whose password it is")
    password: Scalar | None = Field(None, description="a password")
    client_secret: Scalar | None = Field(None, description="the client's secret, in the form")
    scope: Text | None = Field(None, description="the scope to ask for")
    api: Api | None = Field(None, description="the API that the token is for")

    retired: ClassVar[dict[str, str]] = {"assertion": "remove it: no server here takes assertions, and nothing was ever sent"}

    @model_validator(mode="after")
    def _one_grant(self) -> Self:
        self.exactly_one("client", "registered")
        self.at_most_one("code", "refresh_token", "device_code", "password")
        self.only_with("redirect_uri", "code")
        self.only_with("verifier", "code")
        self.only_with("user", "password")
        return self


@verb(
    by=("client", "attacker", "api"),
    gives=TOKENS,
    wire="POST /token with the matching grant_type and a proof by the best key the caller knows; in a JWT profile: POST /login with "
    "a password, POST /refresh with a refresh token",
)
def redeem(world: World, actor: str, args: Redeem) -> Outputs:
    issuer = issuer_at(world, args.at)
    if isinstance(issuer, Backend):
        request = _at_backend(issuer, args)
    else:
        server = issuer.server if isinstance(issuer, Bank) else issuer
        request = _with_proof(world, actor, form_request(f"{server.issuer}/token", _grant(args)), server)
    response = _answer(world, actor, request)
    body = response.json if response.ok and isinstance(response.json, dict) else {}
    if actor != world.attacker.name and isinstance(body.get("access_token"), str):
        own = as_client(world, actor).own
        own.tokens[CAST[args.api].host if args.api else "any"] = body["access_token"]
        own.bound = str(body.get("token_type")).lower() == "dpop"
    renewed = body.get("refresh_token") or (args.refresh_token if body else None)
    return {"access_token": body.get("access_token"), "refresh_token": renewed, "id_token": body.get("id_token")}


def _at_backend(backend: Backend, args: Redeem) -> Request:
    """The request to the backend of a JWT profile: there are no clients, and no grants beside a password and a refresh token."""
    audience = {"audience": CAST[args.api].host} if args.api else {}
    if args.refresh_token is not None and "refresh_endpoint" in backend.describe():
        return json_request("POST", backend.describe()["refresh_endpoint"], {"refresh_token": args.refresh_token} | audience)
    if args.password is None:
        raise Missing("a token endpoint")
    return json_request("POST", f"{backend.issuer}/login", {"username": args.user, "password": args.password} | audience)


def _grant(args: Redeem) -> dict[str, str]:
    fields: dict[str, Any] = {"client_id": args.registered or args.client, "client_secret": args.client_secret, "scope": args.scope}
    fields |= {"resource": CAST[args.api].host} if args.api else {}
    if args.code is not None:
        redirect = args.redirect_uri or (f"{CAST[args.client].host}/cb" if args.client in CAST else None)
        fields |= {"grant_type": "authorization_code", "code": args.code, "redirect_uri": redirect, "code_verifier": args.verifier}
    elif args.refresh_token is not None:
        fields |= {"grant_type": "refresh_token", "refresh_token": args.refresh_token}
    elif args.device_code is not None:
        fields |= {"grant_type": DEVICE_CODE, "device_code": args.device_code}
    elif args.password is not None:
        fields |= {"grant_type": "password", "username": args.user, "password": args.password}
    else:
        fields |= {"grant_type": "client_credentials"}
    return {k: str(v) for k, v in fields.items() if v is not None}


def _with_proof(world: World, actor: str, request: Request, issuer: AuthorizationServer) -> Request:
    """With the client's secret if the client itself asks; with a DPoP proof if the server knows DPoP, by the best key at hand."""
    if actor != world.attacker.name:
        client = as_client(world, actor)
        return client.proved(client.own, client.connected(client.own, client.authenticated(request)))
    if "tls_client_certificate_bound_access_tokens" in issuer.describe():
        request = replace(request, certificate=world.attacker.certificate())
    if "dpop_signing_alg_values_supported" not in issuer.describe():
        return request
    key = next(reversed(world.attacker.keys.values()))  # a taken key, if there is one, else her own
    return world.attacker.proving(request, key)


def _answer(world: World, actor: str, request: Request) -> Response:
    """The answer; whoever is asked for a nonce asks once more with it (RFC 9449 §8)."""
    if actor != world.attacker.name:
        client = as_client(world, actor)
        return client.asked(client.own, request, lambda r: world.net.deliver(r, actor))
    response = world.net.deliver(request, actor)
    if not world.attacker.told(request, response):
        return response
    return world.net.deliver(world.attacker.proving(request, next(reversed(world.attacker.keys.values()))), actor)
