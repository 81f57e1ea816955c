"""How an authorization server is set up: what it offers, and how long what it issues lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT
from sandbox.world.parties.authorization_server.store import Client
from sandbox.world.parties.issuer import IssuerConfig

SCOPES = {
    "openid": "know who you are",
    "profile": "see your name",
    "email": "see your e-mail address",
    "address": "see your postal address",
    "phone": "see your telephone number",
    "read": "read your accounts and transactions",
    "write": "change your accounts and transactions",
    "notify": "send you notifications",
    "offline_access": "stay connected while you are away",
}
AUTH_METHODS = ["client_secret_basic", "client_secret_post", PRIVATE_KEY_JWT, "none"]
CONFIDENTIAL = AUTH_METHODS[:3]
SHORT, LONG = 300, 3600  # seconds that an access token lives, with `as.short_ttl` and without


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig(IssuerConfig):
    """How an authorization server is set up.  `title`: whose it is, for its pages; `scopes`: what each one allows, for people;
    `token_in_address`: whether the userinfo endpoint takes one there."""

    clients: tuple[Client, ...]
    title: str = "ConnectSphere"
    scopes: Mapping[str, str] = field(default_factory=SCOPES.copy)
    token_in_address: bool = False
