"""The members of the cast, each made from the policies of a world: who has which address, secret, key and data.

How they are put together and connected is in `world.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.core.entropy import KeyType, secret
from sandbox.protocol.cast import BACKEND, CAST, EVIL_AS, ISSUER, LAPSED, ROUTES, instances, internal, resource
from sandbox.protocol.grant_types import DEVICE_CODE, TOKEN_EXCHANGE
from sandbox.protocol.policies import ClientPolicy, IssuerPolicy, Policies, ResourcePolicy, resolved
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import Architecture
from sandbox.protocol.tokens import Key, key_for, shared_key
from sandbox.world.network import Network
from sandbox.world.parties.assistant import Assistant
from sandbox.world.parties.authorization_server import AuthorizationServer, ServerConfig
from sandbox.world.parties.authorization_server import Client as Registered
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.backend_for_frontend import BackendForFrontend
from sandbox.world.parties.bank import Bank, BankConfig
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import ClientConfig, Elsewhere, Registration, Servers
from sandbox.world.parties.denylist import Subscriber
from sandbox.world.parties.gateway import Gateway, GatewayConfig, Service
from sandbox.world.parties.importer import Importer
from sandbox.world.parties.issuer import IssuerConfig, Lifetimes, TrustedIssuer
from sandbox.world.parties.native_client import NativeClient
from sandbox.world.parties.page_client import PageClient
from sandbox.world.parties.people import Directory
from sandbox.world.parties.records import Records
from sandbox.world.parties.resource_server import Front, ResourceConfig, ResourceServer
from sandbox.world.parties.television import Television
from sandbox.world.parties.tool_server import ToolServer
from sandbox.world.parties.web_client import WebClient

WORD = "sunshine"  # the shared word of as.signing=shared-word: in every word list
# secrets have 16 characters or more: some libraries take no others
BUDGET_SECRET, APP_SECRET, EVIL_SECRET = "budget-8Zq3vT1xNw6p", "app-4mKw9rLeT2xQ", "quiz-4Hw9kL2cR7vd"
ELSEWHERE_SECRET = "elsewhere-6tYr2pXsD9mB"
WITH_ANOTHER_SERVER = ("budget", "mobile")  # clients that let people choose where they sign in
EVIL_METADATA = {
    "issuer": EVIL_AS,
    "authorization_endpoint": f"{EVIL_AS}/authorize",
    "token_endpoint": f"{EVIL_AS}/token",
    "jwks_uri": f"{EVIL_AS}/jwks",
    "id_token_signing_alg_values_supported": ["ES256"],
}
REDIRECTS = {m.name: f"{m.host}/cb" for m in CAST.values() if m.kind == "client"}
SERVICE_SCOPES = {"transactions": "notify"}  # what a service may ask for in its own name
LAG = 120  # seconds until a denylist entry arrives at a replica
BANK = resolved(Settings.of("oauth-bcp", {"as.pkce": "no-downgrade", "as.dpop_bind": "off", "rs.dpop": "off", "rs.introspect": "live"}))
IMPORTER_SECRET = "importer-w4Jd9sPq"
USUAL_LIFETIMES = Lifetimes()
KEY_TYPES: dict[str, KeyType] = {"rs256": "RS256", "eddsa": "EdDSA", "es256": "ES256"}  # of as.signing; the other values share a secret


def signing_key(policy: IssuerPolicy, seed: str, issuer: str) -> Key:
    """The issuer's signing key, as `as.signing` wants it."""
    if policy.signing == "shared-word":
        return shared_key(WORD)
    if policy.signing == "strong-secret":
        return shared_key(secret(seed, issuer))
    return key_for(seed, issuer, key_type(policy))


def key_type(policy: IssuerPolicy) -> KeyType:
    """The kind of private key that this issuer signs with, or that an impostor would need."""
    return KEY_TYPES.get(policy.signing, "ES256")


def trusted(issuer: AuthorizationServer | Backend, key: Key) -> TrustedIssuer:
    """What the services know of their issuer: the algorithm, the key itself if it is a shared secret, and how its denylist names tokens."""
    listed_by = issuer.listed_by if isinstance(issuer, Backend) else ("jti",)
    return TrustedIssuer(issuer.issuer, key.alg, key.secret if key.jwk is None else None, listed_by=listed_by)


def issuer(
    net: Network, policies: Policies, key: Key, directory: Directory, lifetimes: Lifetimes = USUAL_LIFETIMES
) -> AuthorizationServer | Backend:
    """ConnectSphere's own issuer: the authorization server, or the backend of the JWT design."""
    resources = tuple(dict.fromkeys(map(resource, policies.apis)))
    subscribers = tuple(
        Subscriber(f"{CAST[name].host}/denylist", LAG if CAST[name].replica_of else 0)
        for name, policy in policies.apis.items()
        if policy.denylist == "eventual"
    )
    if policies.architecture == "jwt":
        config = IssuerConfig(
            policy=policies.issuer, url=BACKEND, key=key, resources=resources, subscribers=subscribers, lifetimes=lifetimes
        )
        return Backend("backend", net, config, directory)
    server = ServerConfig(
        policy=policies.issuer,
        url=ISSUER,
        key=key,
        resources=resources,
        subscribers=subscribers,
        lifetimes=lifetimes,
        clients=_registered(policies, net.entropy.seed),
        token_in_address=policies.api.reject_query_token == "off",
    )
    authorization = AuthorizationServer("auth", net, server, directory)
    authorization.registration = True  # for the assistant
    return authorization


def _registered(policies: Policies, seed: str) -> tuple[Registered, ...]:
    """The clients that are registered at `auth`; each API and the gateway are, too, so that they may introspect."""

    def app(name: str, response_types: tuple[str, ...] = ("code",)) -> Registered:
        secret, key = _credentials(name, policies, seed)
        return Registered(
            client_id=name,
            title=CAST[name].title,
            redirect_uris=(REDIRECTS[name], *([f"{LAPSED}/cb"] if name == "app" and policies.issuer.live_redirects == "off" else [])),
            scope="openid profile email address phone offline_access read write",
            secret=secret,
            response_types=response_types,
            grant_types=(*Registered.grant_types, *((DEVICE_CODE,) if policies.issuer.device_clients == "any" else ())),
            keys=(key.jwk,) if key and key.jwk else (),
            by_key=bool(key) and secret is None,
            post_logout_redirect_uris=(f"{CAST[name].host}/signed-out",),
            backchannel_logout_uri=f"{CAST[name].host}/backchannel-logout" if _hears_of_log_outs(name, policies) else "",
            backchannel_logout_session_required=True,
        )

    lent = ("read",) if policies.api.calls == "client-credentials" else ()  # so that each may look things up at the others

    def service(name: str, *resources: str) -> Registered:
        return Registered(
            client_id=name,
            title=CAST[name].title,
            redirect_uris=(),
            scope=" ".join((*SERVICE_SCOPES.get(name, "").split(), *lent)),
            secret=_service_secret(name),
            grant_types=("client_credentials", TOKEN_EXCHANGE),
            response_types=(),
            resources=resources,
        )

    return (
        app("app", ("code", "token")),
        app("mobile"),
        app("budget"),
        app("evil_app"),
        app("cli"),
        Registered(
            client_id="tv",
            title=CAST["tv"].title,
            redirect_uris=(),
            scope="read",
            grant_types=(DEVICE_CODE, "refresh_token"),
            response_types=(),
        ),
        *(service(name, resource(name)) for name in instances("rs")),
        service("gateway", *dict.fromkeys(map(resource, ROUTES.values()))),
    )


def _hears_of_log_outs(name: str, policies: Policies) -> bool:
    """Whether a client takes logout tokens: only one with a server can, and all those can keep a secret."""
    return _secret(name, policies) is not None and name in policies.clients and policies.clients[name].backchannel_logout == "on"


def api(name: str, net: Network, policy: ResourcePolicy, issuer: TrustedIssuer) -> ResourceServer:
    """One of ConnectSphere's APIs, with its data; behind the gateway, if it is not for AI tools."""
    tools = bool(CAST[name].path)
    config = ResourceConfig(
        policy=policy,
        url=resource(name),
        issuer=issuer,
        password=_service_secret(name),
        front=None if tools else Front("gateway", internal(name), CAST["gateway"].host),
    )
    return (ToolServer if tools else ResourceServer)(name, net, config, _records(name))


def gateway(net: Network, policies: Policies, issuer: TrustedIssuer) -> Gateway:
    """The gateway before the APIs; it demands the proofs that they demand."""
    config = GatewayConfig(
        policy=policies.gateway,
        dpop=policies.api.dpop,
        url=CAST["gateway"].host,
        issuer=issuer,
        routes={path: Service(internal(name), CAST[name].host) for path, name in ROUTES.items()},
        password=_service_secret("gateway"),
        asks=policies.architecture == "oauth" and policies.issuer.token_format == "opaque",
    )
    return Gateway("gateway", net, config)


def _records(name: str) -> Records:
    return Records.of({"notifications": "notification", "transactions": "transaction", "tool_server": "note"}.get(name, "account"))


def _secret(name: str, policies: Policies) -> str | None:
    """A client's secret; the single-page app can keep one only if it has a backend."""
    if name == "app":
        return APP_SECRET if policies.clients["app"].bff == "on" else None
    return {"budget": BUDGET_SECRET, "evil_app": EVIL_SECRET}.get(name)


def _credentials(name: str, policies: Policies, seed: str) -> tuple[str | None, Key | None]:
    """What a client proves itself with, or signs with: the secret, and the key that it has registered.  A public client has neither."""
    secret, policy = _secret(name, policies), policies.clients.get(name)
    by_key = policy is not None and policy.auth == "private_key_jwt"
    signs = policy.request_object == "on" if policy else policies.issuer.request_object == "required"
    key = key_for(seed, f"{name} client") if secret is not None and (by_key or signs) else None
    return None if by_key else secret, key


def _service_secret(name: str) -> str:
    """What an API, or the gateway, shows the issuer."""
    return f"{name}-secret"


def _registration(name: str, secret: str | None, redirect_uri: str, key: Key | None = None) -> Registration:
    first, *others = dict.fromkeys(resource(api) for api in instances("rs") if not CAST[api].path)
    return Registration(client_id=name, secret=secret, redirect_uri=redirect_uri, resource=first, others=tuple(others), key=key)


def client(name: str, net: Network, policies: Policies, servers: Servers) -> Hosted:
    """A client that has switches, where it lives."""
    policy = policies.clients[name]
    backed = name == "app" and policy.bff == "on"
    kinds: dict[str, type[Hosted]] = {
        "app": BackendForFrontend if backed else PageClient,
        "mobile": NativeClient,
        "budget": WebClient,
    }
    secret, key = _credentials(name, policies, net.entropy.seed)
    registration = _registration(name, secret, REDIRECTS[name], key)
    config = ClientConfig(
        policy=policy,
        architecture=policies.architecture,
        registration=registration,
        servers=servers,
        elsewhere=_elsewhere(registration, policy) if policies.architecture == "oauth" and name in WITH_ANOTHER_SERVER else {},
        public_page=name == "app" and not backed,
    )
    return kinds[name](name, net, config)


def _elsewhere(registration: Registration, policy: ClientPolicy) -> dict[str, Elsewhere]:
    """The registration at Mallory's server: under another name, with another secret if it has any, and with the same key."""
    own = replace(
        registration,
        client_id=f"{registration.client_id}-elsewhere",
        secret=ELSEWHERE_SECRET if registration.secret is not None else None,
        redirect_uri=registration.redirect_uri + ("/elsewhere" if policy.iss_check == "per-as-redirect" else ""),
    )
    return {EVIL_AS: Elsewhere(metadata=EVIL_METADATA, registration=own)}


def adaptive_policy(issuer: IssuerPolicy, metadata: dict[str, Any]) -> ClientPolicy:
    """What a client without switches does: all that the server's metadata offer (RFC 8414 §2, RFC 9449 §5.1), and little checking."""
    return replace(
        ClientPolicy.weakest(),
        code_flow="on",
        state="bound",
        same_browser="on",
        match_resource="on",
        account_key="issuer-and-subject",
        prove_address="on",
        token_in_header="on",
        referrer_policy="on",
        pkce="s256" if "code_challenge_methods_supported" in metadata else "off",
        dpop="on" if "dpop_signing_alg_values_supported" in metadata else "off",
        resource_param=issuer.stamp_aud,
        par="on" if metadata.get("require_pushed_authorization_requests") else "off",  # as for every client, it is what is demanded
        request_object="on" if metadata.get("require_signed_request_object") else "off",
    )


def evil_app(net: Network, policies: Policies, policy: ClientPolicy, servers: Servers) -> Hosted:
    """Mallory's own client.  Registered like any other, and a web app like Budget."""
    registration = _registration("evil_app", EVIL_SECRET, REDIRECTS["evil_app"], _credentials("evil_app", policies, net.entropy.seed)[1])
    config = ClientConfig(policy=policy, architecture=policies.architecture, registration=registration, servers=servers)
    return WebClient("evil_app", net, config)


def cli(net: Network, policies: Policies, policy: ClientPolicy, servers: Servers) -> Hosted:
    """A client on Alice's computer, which opens her browser and listens there itself for the answer (RFC 8252 §7.3)."""
    config = ClientConfig(
        policy=policy, architecture=policies.architecture, registration=_registration("cli", None, REDIRECTS["cli"]), servers=servers
    )
    return NativeClient("cli", net, config)


def service(name: str, net: Network, architecture: Architecture, policy: ClientPolicy, servers: Servers) -> OAuthClient:
    """An API as a client that acts in its own name (RFC 6749 §4.4)."""
    registration = _registration(name, _service_secret(name), "")
    return OAuthClient(name, net, ClientConfig(policy=policy, architecture=architecture, registration=registration, servers=servers))


def assistant(net: Network, policies: Policies, policy: ClientPolicy, servers: Servers) -> Assistant:
    """A client that is careful, and registered nowhere yet; in a JWT design, where nothing can be found out, it is told the backend."""
    registration = Registration(client_id="assistant", secret=None, redirect_uri=REDIRECTS["assistant"], resource=resource("tool_server"))
    offered = next(iter(servers.values())).get("authorization_response_iss_parameter_supported")
    config = ClientConfig(
        policy=replace(
            policy, resource_param="on", iss_check="iss-param" if offered else "off", match_resource=policies.client.match_resource
        ),
        architecture=policies.architecture,
        registration=registration,
        servers=servers if policies.architecture == "jwt" else {},
    )
    return Assistant("assistant", net, config)


def television(net: Network, architecture: Architecture, policy: ClientPolicy, servers: Servers) -> Television:
    """A client that has no browser and no secret."""
    config = ClientConfig(policy=policy, architecture=architecture, registration=_registration("tv", None, ""), servers=servers)
    return Television("tv", net, config)


def bank(net: Network) -> Bank:
    """The bank is nobody's profile: careful, whatever ConnectSphere does."""
    importer = Registered(
        client_id="importer",
        title="ConnectSphere",
        redirect_uris=(REDIRECTS["importer"],),
        scope="statements payments",
        secret=IMPORTER_SECRET,
    )
    config = BankConfig(
        issuer=BANK.issuer,
        api=BANK.apis["accounts"],
        url=CAST["bank"].host,
        key=key_for(net.entropy.seed, "bank"),
        clients=(importer,),
    )
    return Bank("bank", net, config)


def importer(net: Network, architecture: Architecture, bank: Bank) -> Importer:
    """It keeps to the rules of the bank, which demands more of its clients than ConnectSphere may demand of its own."""
    registration = Registration(
        client_id="importer",
        secret=IMPORTER_SECRET,
        redirect_uri=REDIRECTS["importer"],
        resource=CAST["bank"].host,
        scope="statements",
    )
    config = ClientConfig(
        policy=replace(BANK.clients["budget"], nonce="off", dpop="off"),
        architecture=architecture,
        registration=registration,
        servers={bank.issuer: bank.server.describe()},
    )
    return Importer("importer", net, config)
