"""Authlib's AuthorizationServer without a framework: the grants, the endpoints, and what our switches change about them.

Authlib decides; `explain.py` records why from the same inputs.  Minting of tokens, DPoP binding, reuse detection and resource
indicators are ours, because Authlib has none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Payload,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core.grants import OpenIDCode, OpenIDToken

from sandbox.core.wire import Pairs, Request, Response, compact, with_query
from sandbox.protocol.checks import Checklist
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT
from sandbox.protocol.policies import IssuerPolicy
from sandbox.protocol.tokens import Key, half_hash, key_for
from sandbox.world.network import Network
from sandbox.world.parties.authorization_server import second_factor
from sandbox.world.parties.authorization_server.asserted import brought, by_assertion
from sandbox.world.parties.authorization_server.basic import by_basic
from sandbox.world.parties.authorization_server.devices import Devices
from sandbox.world.parties.authorization_server.store import (
    CODE_LIFE,
    AccessToken,
    Client,
    Code,
    Grant,
    Machine,
    RefreshToken,
    Session,
    Store,
)
from sandbox.world.parties.denylist import Denylist
from sandbox.world.parties.issuer import REFRESH_LIFE, IssuerConfig
from sandbox.world.parties.people import Directory, User
from sandbox.world.parties.signing_keys import SigningKeys

Extension = Callable[["Core", "ASRequest", Client, Checklist], Iterator[tuple[str, bool, object, object] | None]]
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
REALM = "clients"
REPEATED = ("resource", "audience")  # parameters that may stand there more than once (RFC 8707 §2, RFC 8693 §2.1)
SHORT, LONG, ID_TOKEN_LIFE = 300, 3600, 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig(IssuerConfig):
    """How an authorization server is set up.  `title`: whose it is, for its pages; `scopes`: what each one allows, for people;
    `token_in_address`: whether the userinfo endpoint takes one there."""

    clients: tuple[Client, ...]
    title: str = "ConnectSphere"
    scopes: Mapping[str, str] = field(default_factory=SCOPES.copy)
    token_in_address: bool = False


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

    @property
    def resources(self) -> tuple[str, ...]:
        """The APIs that tokens are wanted for; it is the one parameter that may be repeated (RFC 8707 §2)."""
        return tuple(dict.fromkeys(filter(None, self.payload.datalist.get("resource", ()))))

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


class Mint:
    """Routes token creation through the request: Authlib's own generators never see it (no resource, no key, no session)."""

    server: Core
    request: ASRequest

    def generate_token(
        self, user: User, scope: str, grant_type: Any = None, expires_in: Any = None, include_refresh_token: bool = True
    ) -> dict[str, Any]:
        source = self.request.authorization_code or self.request.refresh_token
        request, server = self.request, self.server
        scope = scope or ""  # Authlib has None where nothing was asked for
        grant = source.grant if source else server.new_grant(user, request.client, scope, request.session, request.resources)
        grant.tells = grant.tells or (source is None and second_factor.asked(request.payload.data))
        return server.mint(grant, scope, request.resources, request.jkt, include_refresh_token, request.x5t)


class CodeGrant(Mint, grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def generate_authorization_code(self) -> str:
        return self.server.net.entropy.token("code", 24)

    def save_authorization_code(self, code: str, request: ASRequest) -> None:
        server, data = self.server, request.payload.data
        known = server.policy.pkce != "ignore"
        grant = server.new_grant(request.user, request.client, request.scope, request.session, request.resources)
        grant.tells = second_factor.asked(data)
        server.store.codes[code] = Code(
            code=code,
            grant=grant,
            redirect_uri=data.get("redirect_uri"),
            nonce=data.get("nonce"),
            expires_at=server.net.clock.now() + CODE_LIFE,
            code_challenge=data.get("code_challenge") if known else None,
            jkt=data.get("dpop_jkt") if server.policy.dpop_bind == "on" else None,
            code_challenge_method=data.get("code_challenge_method") if known else None,
        )
        server.net.issued(server.denylist.owner, "code", code, request.user.name, request.client.client_id)
        server.store.forget()

    def query_authorization_code(self, value: str, client: Client) -> Code | None:
        code = self.server.store.codes.get(value)
        if code is None or code.grant.client_id != client.client_id:
            return None
        if code.used and self.server.policy.code_single_use == "on":
            self.server.end_grant(code.grant)  # RFC 6749 §4.1.2: revoke what the first redemption yielded
            return None
        if not code.grant.alive:
            return None  # its session was ended, or its user disabled, before the client came
        if code.jkt not in (None, self.request.jkt):
            return None  # RFC 9449 §10
        return code if self.server.net.clock.now() < code.expires_at else None

    def delete_authorization_code(self, code: Code) -> None:
        code.used = True

    def authenticate_user(self, code: Code) -> User:
        return code.grant.user


class ImplicitGrant(Mint, grants.ImplicitGrant):  # type: ignore[misc]
    """RFC 6749 §4.2; nothing binds what it issues (RFC 9700 §2.1.2)."""


class RefreshGrant(Mint, grants.RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    @property
    def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:  # Authlib's name
        return self.server.policy.rt_rotation != "off"

    def authenticate_refresh_token(self, value: str) -> RefreshToken | None:
        token = self.server.store.tokens.get(value)
        if not isinstance(token, RefreshToken):
            return None
        if token.rotated and self.server.policy.rt_rotation == "reuse-detect":
            self.server.end_grant(token.grant)  # RFC 9700 §4.14.2: two holders, so the whole family dies
        if token.is_revoked() or token.is_expired():
            return None
        bound = token.jkt in (None, self.request.jkt) and token.x5t in (None, self.request.x5t)
        return token if bound else None  # RFC 9449 §5, RFC 8705 §4

    def authenticate_user(self, token: RefreshToken) -> User:
        return token.grant.user

    def revoke_old_credential(self, token: RefreshToken) -> None:
        token.rotated = self.server.policy.rt_rotation != "off"


class PasswordGrant(Mint, grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """RFC 6749 §4.3: the client sends the user's password.  RFC 9700 §2.4: it must not be used."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def authenticate_user(self, username: str, password: str) -> User:
        user: User | None = self.server.people.login(username, password)
        if user is None or user.disabled:
            raise InvalidGrantError()  # RFC 6749 §5.2; Authlib would say invalid_request
        return user


class ServiceGrant(Mint, grants.ClientCredentialsGrant):  # type: ignore[misc]
    """RFC 6749 §4.4: the client asks in its own name.  The subject is the client itself (RFC 9068 §2.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    def validate_requested_scope(self) -> None:
        super().validate_requested_scope()
        asked = self.request.payload.scope or ""
        if not set(asked.split()) <= set(self.request.client.own_scope):
            raise InvalidScopeError()

    def generate_token(
        self, user: Any = None, scope: str = "", grant_type: Any = None, expires_in: Any = None, include_refresh_token: bool = False
    ) -> dict[str, Any]:
        client = self.request.client
        machine = Machine(client.client_id, client.title, "", [], [], [])
        return super().generate_token(machine, scope or "", include_refresh_token=include_refresh_token)


class IdToken(OpenIDCode):  # type: ignore[misc]
    """ID tokens by our clock and key.  Authlib's own would ask the real clock, and give a refreshed one a wrong auth_time."""

    def exists_nonce(self, nonce: str, request: ASRequest) -> bool:
        return False  # validation runs three times per authorization, so nothing may be remembered here

    def encode_id_token(self, token: dict[str, Any], request: ASRequest) -> str:
        server: Core = request.server
        source = request.authorization_code or request.refresh_token
        now = server.net.clock.now()
        claims = {"iss": server.issuer, "sub": request.user.name, "aud": request.client.client_id, "iat": now, "exp": now + ID_TOKEN_LIFE}
        claims["auth_time"] = source.grant.auth_time  # OIDC Core §12.2: the original one, also on refresh
        if getattr(source, "nonce", None):
            claims["nonce"] = source.nonce
        claims |= second_factor.claims(source.grant)
        if request.client.backchannel_logout_uri and server.policy.backchannel_logout == "on":
            claims["sid"] = source.grant.sid  # by which a logout token will name the session (OIDC Back-Channel Logout §2.1)
        key = server.id_key(request.client)
        claims["at_hash"] = half_hash(token["access_token"], key.alg)
        return key.sign(claims | server.about(request.user, token["scope"]))


class RefreshedIdToken(OpenIDToken):  # type: ignore[misc]
    """The same after a refresh."""

    encode_id_token = IdToken.encode_id_token


class Pkce(CodeChallenge):  # type: ignore[misc]
    """Authlib's RFC 7636, with the states of the `as.pkce` switch."""

    def __init__(self, policy: IssuerPolicy) -> None:
        super().__init__(required=policy.pkce == "required")
        self.policy = policy

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if self.required and not data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")  # Authlib asks for it at the token endpoint only
        if data.get("code_challenge") and self.policy.pkce_s256_only == "on" and data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Unsupported 'code_challenge_method'")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: CodeGrant, result: Any) -> None:
        if self.policy.pkce == "optional" and not grant.request.authorization_code.code_challenge:
            return  # the downgrade that RFC 9700 §4.8.1 describes
        super().validate_code_verifier(grant, result)


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, value: str, hint: str | None) -> AccessToken | None:
        token: AccessToken | None = self.server.store.tokens.get(value)
        return token

    def revoke_token(self, token: AccessToken, request: ASRequest) -> None:
        if isinstance(token, RefreshToken):
            self.server.end_grant(token.grant)  # RFC 7009 §2.1
        else:
            token.revoked = True
            self.server.denylist.add(token.jti, token.expires_at)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def authenticate_endpoint_client(self, request: ASRequest) -> Client | None:
        if self.server.policy.endpoint_auth == "on" or "Authorization" in request.headers or brought(request):
            client: Client = super().authenticate_endpoint_client(request)
            return client
        return None

    def query_token(self, value: str, hint: str | None) -> AccessToken | None:
        token: AccessToken | None = self.server.store.tokens.get(value)
        return token

    def check_permission(self, token: AccessToken, client: Client | None, request: ASRequest) -> bool:
        """A resource server hears only about tokens that are meant for it (RFC 7662 §4), and a client, here, only about its own."""
        if client is None:
            return True
        return (
            token.check_client(client)
            if not client.resources
            else (not token.audience or bool(set(token.audience) & set(client.resources)))
        )

    def introspect_token(self, token: AccessToken) -> dict[str, Any]:
        user = token.grant.user
        out = {"active": True, "client_id": token.grant.client_id, "scope": token.scope, "sub": user.name, "iss": self.server.issuer}
        out |= {"iat": token.issued_at, "exp": token.expires_at, "jti": token.jti, "roles": user.roles}
        out |= {"aud": named(token.audience)} if token.audience else {}
        out |= second_factor.claims(token.grant)
        out |= {"client_id": token.act["sub"], "act": token.act} if token.act else {}
        return out | confirmation(token.jkt, token.x5t)


class Issuer(IssuerParameter):  # type: ignore[misc]
    """RFC 9207."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer


class Core(AuthorizationServer):  # type: ignore[misc]
    """The engine behind the endpoints."""

    def __init__(self, net: Network, config: ServerConfig, people: Directory, *, store: Store, denylist: Denylist) -> None:
        super().__init__(scopes_supported=list(config.scopes))
        policy = config.policy
        self.net, self.policy, self.issuer = net, policy, config.url
        self.signing = SigningKeys(net, denylist.owner, config.key)
        self.people, self.store, self.denylist = people, store, denylist
        self.resources, self.scopes = config.resources, config.scopes
        shared = config.key.jwk is None  # a secret that the APIs have proves nothing to a client (OIDC Core §10.1)
        id_key = key_for(net.entropy.seed, denylist.owner) if shared else config.key
        self.keys: tuple[Key, ...] = (id_key,)  # that sign ID tokens, the usual one first; where it is really served there are several
        pkce = [Pkce(policy)] if policy.pkce != "ignore" else []
        self.register_grant(CodeGrant, [*pkce, IdToken()])
        self.register_grant(RefreshGrant, [RefreshedIdToken()])
        if policy.no_implicit == "off":
            self.register_grant(ImplicitGrant)
        if policy.no_ropc == "off":
            self.register_grant(PasswordGrant)
        self.register_grant(ServiceGrant)
        self.extensions: dict[str, Extension] = {}  # grants of other RFCs, each with the checks that explain it
        self.devices: Devices | None = None
        self.register_endpoint(Introspection)
        if policy.revocation == "on":
            self.register_endpoint(Revocation)
        self.register_client_auth_method("client_secret_basic", by_basic)
        self.register_client_auth_method(PRIVATE_KEY_JWT, by_assertion)
        self.issuer_parameter = Issuer(self.issuer)
        if policy.iss_param == "on":
            self.register_extension(self.issuer_parameter)

    @property
    def key(self) -> Key:
        """The key that signs access tokens."""
        return self.signing.current

    def rotate(self, request: Request) -> Response:
        """The operator's wish for another signing key, for access tokens and for ID tokens of the same algorithm."""
        before = self.key
        response = self.signing.rotate(request, LONG)
        self.keys = tuple(self.key if key is before else key for key in self.keys)
        return response

    @property
    def grant_types(self) -> list[str]:
        """The grants of the token endpoint."""
        password = ["password"] if self.policy.no_ropc == "off" else []
        return ["authorization_code", "refresh_token", "client_credentials", *password, *self.extensions]

    def unknown(self, scope: str) -> str:
        """A sentence that names the first scope which does not exist here, as far as an error may repeat it (RFC 6749 §5.2)."""
        first = next((s for s in scope.split() if s not in self.scopes), "")
        said = "".join(c for c in first if "!" <= c <= "~" and c not in '"\\')[:60]
        return f"There is no scope {said}. There are: {', '.join(self.scopes)}."

    # ---- what Authlib asks for
    def query_client(self, client_id: str) -> Client | None:
        return self.store.clients.get(client_id)

    def authenticate_client(self, request: ASRequest, methods: list[str], endpoint: str = "token") -> Client:
        """By an assertion where there is one (RFC 7523 §2.2), and then by nothing else."""
        wanted = [method for method in methods if (method == PRIVATE_KEY_JWT) == brought(request)]
        client: Client = super().authenticate_client(request, wanted, endpoint)
        return client

    def save_token(self, token: dict[str, Any], request: ASRequest) -> None:
        """Nothing: `mint` has stored it."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: ASRequest) -> ASRequest:
        request.server = self
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> ASResponse:
        return ASResponse(status, dict(body) if body else None, [(name, _with_realm(value)) for name, value in headers])

    # ---- what is ours
    def new_grant(self, user: User, client: Client, scope: str, session: Session | None, resources: tuple[str, ...] = ()) -> Grant:
        """Record that this user has allowed this client this scope at these APIs; at the usual one if it has named none."""
        name = self.net.entropy.token("grant", 6)
        sid, device = (session.sid, session.device) if session else ("", "")
        auth_time = session.auth_time if session else self.net.clock.now()
        grant = Grant(
            id=name,
            user=user,
            client_id=client.client_id,
            scope=scope,
            sid=sid,
            device=device,
            auth_time=auth_time,
            resources=resources or self.resources[:1],
            acr=session.acr if session else "",
        )
        return self.store.add_grant(grant)

    def mint(
        self,
        grant: Grant,
        scope: str,
        resources: tuple[str, ...],
        jkt: str | None,
        with_refresh: bool,
        x5t: str | None = None,
        act: Mapping[str, Any] | None = None,
        until: int = 0,
    ) -> dict[str, Any]:
        """Issue an access token and, if wanted, a refresh token (RFC 6749 §5.1; RFC 9068 §2; RFC 9449 §5; RFC 8705 §3).

        The access token is for these APIs, or for all that access was granted to.  `act`: who acts for the owner, with a token that
        lives until then at most (RFC 8693 §4.1)."""
        now, public = self.net.clock.now(), not self.store.clients[grant.client_id].confidential
        life = SHORT if self.policy.short_ttl == "on" else LONG
        life = min(life, until - now) if until else life
        acting = {"client_id": act["sub"], "act": act} if act else {}
        audience = (resources or grant.resources) if self.policy.stamp_aud == "on" else ()
        jti = self.net.entropy.token("jti", 9)
        if self.policy.token_format == "opaque":
            value = self.net.entropy.token("access", 24)
        else:
            claims = self.claims(grant, scope, audience, jti, now, life) | acting | confirmation(jkt, x5t)
            value = self.key.sign(claims, "at+jwt" if self.policy.stamp_typ == "on" else "JWT")
        token = AccessToken(
            value=value,
            jti=jti,
            grant=grant,
            scope=scope,
            audience=audience,
            issued_at=now,
            expires_at=now + life,
            clock=self.net.clock,
            jkt=jkt,
            act=dict(act or {}),
            x5t=x5t,
        )
        self.store.tokens[value] = token
        grant.add(token)
        self.net.issued(self.denylist.owner, "access_token", value, grant.user.name, acting.get("client_id", grant.client_id))
        out: dict[str, Any] = {"token_type": "DPoP" if jkt else "Bearer", "access_token": value, "expires_in": life}
        out |= {"scope": scope} if scope else {}  # an empty one is none (RFC 6749 §3.3)
        if with_refresh:
            refresh = self.net.entropy.token("refresh", 24)
            grant.refresh_until = grant.refresh_until or now + REFRESH_LIFE  # rotation does not move the end (RFC 10017 §6.3.2.3)
            self.store.tokens[refresh] = RefreshToken(
                value=refresh,
                jti=jti,
                grant=grant,
                scope=scope,
                audience=(),
                issued_at=now,
                expires_at=grant.refresh_until,
                clock=self.net.clock,
                jkt=jkt if public else None,  # RFC 9449 §5: a confidential client's is bound to the client already
                x5t=x5t if public else None,
            )
            out["refresh_token"] = refresh
            self.net.issued(self.denylist.owner, "refresh_token", refresh, grant.user.name, grant.client_id)
        self.store.forget()
        return out

    def claims(self, grant: Grant, scope: str, audience: tuple[str, ...], jti: str, now: int, life: int) -> dict[str, Any]:
        """The claims of an access token (RFC 9068 §2.2)."""
        out: dict[str, Any] = {"iss": self.issuer, "sub": grant.user.name}
        out |= {"aud": named(audience)} if audience else {}
        out |= {"client_id": grant.client_id} | ({"scope": scope} if scope else {}) | {"iat": now, "exp": now + life, "jti": jti}
        out |= second_factor.claims(grant)
        if self.policy.min_claims == "off":
            user = grant.user
            out |= user.personal() | {"roles": user.roles, "groups": user.groups, "permissions": user.permissions}
        return out

    def about(self, user: User, scope: str) -> dict[str, Any]:
        """What an ID token tells about a user: what the scopes `profile` and `email` allow.  OIDC Core §5.4 asks for that at the userinfo
        endpoint only, where there is an access token; that the ID token says it, too, is allowed (§5.1)."""
        granted = scope.split()
        out: dict[str, Any] = {"sub": user.name}
        out |= {"name": user.full_name} if "profile" in granted else {}
        return out | ({"email": user.email} if "email" in granted else {})

    def id_key(self, client: Client) -> Key:
        """The key for this client's ID tokens: of the algorithm that it registered (OIDC Registration §2), or this server's usual one."""
        return next((k for k in self.keys if k.alg == client.id_alg), self.keys[0])

    def end_grant(self, grant: Grant) -> None:
        """Kill all that this grant has yielded; self-contained access tokens can only be listed."""
        if not grant.alive:
            return
        grant.alive = False
        self.net.noted(self.denylist.owner, f"The grant of {grant.user.name} to {grant.client_id} is revoked.")
        for token in grant.access_tokens:
            self.denylist.add(token.jti, token.expires_at)


def named(audience: tuple[str, ...]) -> str | list[str]:
    """The `aud` of a token: a text if it is for one API, a list if it is for several (RFC 7519 §4.1.3)."""
    return audience[0] if len(audience) == 1 else list(audience)


def _with_realm(challenge: str) -> str:
    """A Basic challenge must name a realm (RFC 7617 §2), and Authlib's does not."""
    return challenge.replace("Basic ", f'Basic realm="{REALM}", ', 1) if challenge.startswith("Basic ") else challenge


def confirmation(jkt: str | None, x5t: str | None) -> dict[str, Any]:
    """The `cnf` of a token that is bound to a key, to a certificate, or to both (RFC 9449 §6.1, RFC 8705 §3.1)."""
    cnf = ({"jkt": jkt} if jkt else {}) | ({"x5t#S256": x5t} if x5t else {})
    return {"cnf": cnf} if cnf else {}


def answer(response: ASResponse) -> Response:
    """Authlib's response as a message."""
    body = compact(response.body) if response.body else ""
    return Response(response.status, tuple(response.headers), body)


__all__ = ["SCOPES", "ASRequest", "ASResponse", "Core", "OAuth2Error", "ServerConfig", "answer"]
