"""Policies: the settings of one party as typed, frozen values, one class for each role; a misspelt switch or value is a type error.

The fields of a class are the keys of its role's switches with their values from weak to strong, as in the table SWITCHES, which says
what they mean; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from sandbox.core.frozen import Frozen
from sandbox.core.memo import memo
from sandbox.protocol.cast import instances
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES, Architecture

OffOn = Literal["off", "on"]
DpopDemand = Literal["off", "accept-both", "require"]


class Policy(Frozen):
    """How one party is set; each field is one of its switches."""

    __slots__ = ()
    ROLE: ClassVar[str]

    @classmethod
    def of(cls, settings: Settings, party: str) -> Self:
        """The policy of a party of the cast or, if `party` is the role itself, of one for which nothing special is set."""
        return cls._made({s.key: settings.value(f"{party}.{s.key}") for s in SWITCHES.values() if s.owner == cls.ROLE})

    @classmethod
    def weakest(cls) -> Self:
        """Every switch at its weakest value."""
        return cls._made({s.key: s.values[0] for s in SWITCHES.values() if s.owner == cls.ROLE})

    @classmethod
    def _made(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerPolicy(Policy):
    """Of the authorization server, or of the backend in the JWT profiles."""

    ROLE = "as"

    pkce: Literal["ignore", "optional", "no-downgrade", "required"]
    pkce_s256_only: OffOn
    no_implicit: OffOn
    no_ropc: OffOn
    exact_redirect: OffOn
    live_redirects: OffOn
    code_single_use: OffOn
    iss_param: OffOn
    refresh_tokens: OffOn
    rt_rotation: Literal["off", "rotate", "reuse-detect"]
    par: Literal["off", "optional", "required"]
    request_object: Literal["off", "optional", "required"]
    dpop_bind: OffOn
    dpop_nonce: OffOn
    mtls_bind: OffOn
    token_format: Literal["jwt", "opaque"]
    stamp_aud: OffOn
    granted_resources: OffOn
    stamp_typ: OffOn
    min_claims: OffOn
    short_ttl: OffOn
    signing: Literal["shared-word", "strong-secret", "rs256", "eddsa", "es256"]
    revocation: OffOn
    session_index: Literal["off", "per-user", "per-device"]
    endpoint_auth: OffOn
    bind_forms: OffOn
    ask_again: OffOn
    deny_frames: OffOn
    lax_cookies: OffOn
    own_client_ids: OffOn
    loopback: Literal["any-port", "off"]
    web_message: Literal["to-anybody", "to-the-client", "off"]
    self_registered: Literal["any-scope", "sign-in-only"]
    see_other: OffOn
    device_flow: OffOn
    device_clients: Literal["any", "registered"]
    device_near: OffOn
    token_exchange: OffOn
    exact_logout_redirect: OffOn
    backchannel_logout: OffOn


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPolicy(Policy):
    """Of an OAuth client."""

    ROLE = "client"

    code_flow: OffOn
    pkce: Literal["off", "plain", "s256"]
    state: Literal["off", "unbound", "bound"]
    same_browser: OffOn
    nonce: OffOn
    validate_id_token: OffOn
    acr: Literal["off", "ask", "check"]
    account_key: Literal["email", "issuer-and-subject"]
    prove_address: OffOn
    match_resource: OffOn
    iss_check: Literal["off", "per-as-redirect", "iss-param"]
    par: OffOn
    request_object: OffOn
    auth: Literal["secret", "private_key_jwt"]
    token_in_header: OffOn
    no_open_redirect: OffOn
    referrer_policy: OffOn
    bff: OffOn
    resource_param: OffOn
    dpop: OffOn
    backchannel_logout: OffOn
    step_up: OffOn


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePolicy(Policy):
    """Of a resource server."""

    ROLE = "rs"

    alg_policy: Literal["trust-header", "blocklist", "allowlist"]
    trusted_keys_only: OffOn
    ecdsa_range: OffOn
    strict_format: OffOn
    check_iss: Literal["off", "value", "bound"]
    key_cache: Literal["kept", "five-minutes"]
    check_aud: OffOn
    check_typ: OffOn
    check_scope: OffOn
    introspect: Literal["off", "cached", "live"]
    denylist: Literal["off", "eventual", "strict"]
    live_roles: OffOn
    reject_query_token: OffOn
    log_redaction: OffOn
    dpop: DpopDemand
    dpop_jti_cache: OffOn
    dpop_nonce: OffOn
    mtls: OffOn
    step_up: Literal["off", "recent", "two-factor"]
    verify_behind_gw: OffOn
    gateway_only: OffOn
    calls: Literal["off", "shared-key", "own-jwt", "client-credentials", "token-exchange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPolicy(Policy):
    """Of the API gateway."""

    ROLE = "gw"

    verify_token: OffOn
    phantom: OffOn
    strip_identity_headers: Literal["off", "exact-name", "on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies(Frozen):
    """Settings resolved into the policies of all parties.  `client` and `api` are those of a client and an API for which nothing special is
    set."""

    architecture: Architecture
    issuer: IssuerPolicy
    client: ClientPolicy
    clients: Mapping[str, ClientPolicy]
    api: ResourcePolicy
    apis: Mapping[str, ResourcePolicy]
    gateway: GatewayPolicy


@memo("table", 1024)
def resolved(settings: Settings) -> Policies:
    """What these settings mean for each party.  Shared: do not change."""
    return Policies(
        architecture=settings.architecture,
        issuer=IssuerPolicy.of(settings, settings.issuer),
        client=ClientPolicy.of(settings, ClientPolicy.ROLE),
        clients={name: ClientPolicy.of(settings, name) for name in instances(ClientPolicy.ROLE)},
        api=ResourcePolicy.of(settings, ResourcePolicy.ROLE),
        apis={name: ResourcePolicy.of(settings, name) for name in instances(ResourcePolicy.ROLE)},
        gateway=GatewayPolicy.of(settings, "gateway"),
    )
