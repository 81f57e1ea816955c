"""What a setup file of `serve` may say: its models.

Reading one is in `setup_reading.py`, the JSON Schema of it in `setup_schema.py`.  Clients are described by the names of RFC 7591.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from sandbox.core.duration import seconds_of
from sandbox.core.entropy import KeyType
from sandbox.core.forms import Form, refuse, refuse_at, suggestion
from sandbox.core.text import short
from sandbox.core.wire import split
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT
from sandbox.protocol.grant_types import TOKEN_EXCHANGE
from sandbox.world.parties.authorization_server import redirect_uris
from sandbox.world.parties.authorization_server.config import AUTH_METHODS, SCOPES
from sandbox.world.parties.authorization_server.registration import GRANTS, MOST_KEYS, MOST_URIS, Unfit, public_keys
from sandbox.world.parties.issuer import CODE_LIFE, ID_TOKEN_LIFE, REFRESH_LIFE

LONGEST = 2048  # characters of one text
MOST = 100  # users, clients, scopes, claims
MOST_ISSUERS = 20
ID = re.compile(r"[ -~]{1,200}")
USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
BASE32 = re.compile(r"[A-Z2-7]{16,64}")
WORD = re.compile(r"[!#-\[\]-~]{1,100}")  # RFC 6749 §3.3
SERVER_SAYS = frozenset({  # what a token says of itself, or the server of a sign-in; nobody may set it
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "auth_time", "acr", "amr", "azp", "sid", "cnf", "act", "at_hash", "c_hash",
    "s_hash", "client_id", "scope", "events",
})  # fmt: skip

T = TypeVar("T")


def _line(text: str) -> str:
    if "\n" in text or not text.strip():
        raise refuse("this is not one line of text" if text.strip() else "this text is empty", "write one line")
    return text


def _like(form: re.Pattern[str], what: str, cure: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise refuse(f"`{short(text)}` cannot be {what}", cure)
        return text

    return check


def _seconds(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise refuse("this is no duration", "write seconds such as 300, or a number with a unit: 90s, 5m, 1h, 30d")
    try:
        return seconds_of(str(value))
    except ValueError as error:
        raise refuse(f"`{short(str(value))}` is no duration", str(error)) from None


def _uri(text: str) -> str:
    why = redirect_uris.unfit(text, by_operator=True)
    if why is not None:
        raise refuse(why.rstrip("."), "write an address such as http://127.0.0.1:3000/callback")
    return text


def _logout_uri(text: str) -> str:
    if not redirect_uris.takes_logout_tokens(text):
        raise refuse(f"logout tokens cannot go to `{short(text)}`", "write an https address, or an http address of this machine")
    return text


def _https(text: str) -> str:
    if not redirect_uris.takes_logout_tokens(text):
        raise refuse(f"keys cannot be fetched from `{short(text)}`", "write an https address, or an http address of this machine")
    return text


def _resource(text: str) -> str:
    """RFC 8707 §2: an absolute URI without a fragment."""
    if not split(text).scheme or not split(text).netloc or "#" in text or not text.isascii() or not text.isprintable() or " " in text:
        raise refuse(f"`{short(text)}` cannot name an API in tokens", "write an address without a fragment, such as https://api.example")
    return text


def _claims(claims: dict[str, Any]) -> dict[str, Any]:
    for name in claims:
        if name in SERVER_SAYS:
            raise refuse_at((name,), f"`{name}` is what the server says", "remove it")
        if not WORD.fullmatch(name):
            raise refuse_at((name,), f"`{short(name)}` cannot be the name of a claim", "use letters, digits and signs, without spaces")
    return claims


def _jwks(jwks: dict[str, Any]) -> dict[str, Any]:
    try:
        public_keys(jwks)
    except Unfit as unfit:
        raise refuse(str(unfit).rstrip("."), f"write {{keys: [...]}} with up to {MOST_KEYS} public keys, as JWKs") from None
    return jwks


Secret = Annotated[str, AfterValidator(_like(BASE32, "such a secret", "use 16 to 64 of the letters A to Z and the digits 2 to 7"))]
Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_line)]
Duration = Annotated[int, BeforeValidator(_seconds), WithJsonSchema({"type": ["integer", "string"], "pattern": r"^[0-9]+\s?[smhd]?$"})]
ClientId = Annotated[str, AfterValidator(_like(ID, "a client's id", "use at most 200 letters, digits and signs of ASCII"))]
Username = Annotated[str, AfterValidator(_like(USER, "a user's name", "use at most 64 letters, digits and . _ @ + -"))]
IssuerName = Annotated[str, AfterValidator(_like(NAME, "a part of an address", "use at most 31 small letters, digits and -"))]
Scope = Annotated[str, AfterValidator(_like(WORD, "a scope", "use letters, digits and signs, without spaces"))]
Uri = Annotated[str, AfterValidator(_uri)]
Uris = Annotated[tuple[Uri, ...], Field(strict=False, max_length=MOST_URIS)]
Texts = Annotated[tuple[Text, ...], Field(strict=False, max_length=MOST)]
Claims = Annotated[dict[str, Any], Field(max_length=MOST), AfterValidator(_claims)]
Method = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
Grant = Literal[
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:token-exchange",
]
Signed = Literal["ES256", "PS256", "EdDSA", "Ed25519"]


class Person(Form):
    """Somebody who can sign in.  One with the name of somebody of the cast takes that place."""

    username: Username = Field(description="the name to sign in with, and the subject of tokens")
    password: Text = Field(description="the password")
    full_name: Text | None = Field(None, description="the name for people; the username if it is not said")
    roles: Texts = Field(("user",), description="roles, which the APIs look at")
    groups: Texts = Field((), description="groups")
    permissions: Texts = Field(("accounts.view", "transactions.view"), description="permissions")
    authenticator: Secret | None = Field(None, description="the secret in the authenticator app, in base32, for a second factor")
    claims: Claims = Field(
        default_factory=dict,
        description="claims of ID tokens and userinfo; standard ones are told with their scope (OIDC Core §5.4), others with the"
        " scope that names them, or with profile",
    )


class OwnClient(Form):
    """A client, with the metadata of RFC 7591.  With neither a secret nor keys it is a public one."""

    client_id: ClientId = Field(description="its id")
    client_secret: Text | None = Field(None, description="its secret, if it has one")
    client_name: Text | None = Field(None, description="its name for people; the id if it is not said")
    redirect_uris: Uris = Field((), description="where people are sent back to; for 127.0.0.1 and [::1] any port")
    post_logout_redirect_uris: Uris = Field((), description="where people may be sent when they are signed out")
    backchannel_logout_uri: Annotated[str, AfterValidator(_logout_uri)] | None = Field(None, description="where it takes logout tokens")
    backchannel_logout_session_required: bool = Field(False, description="whether logout tokens must name the session")
    token_endpoint_auth_method: Method | None = Field(None, description="how it says who it is; what it has decides if it is not said")
    token_endpoint_auth_signing_alg: Signed | None = Field(None, description="the one algorithm of its assertions")
    grant_types: Annotated[tuple[Grant, ...], Field(strict=False, min_length=1)] | None = Field(
        None, description="all that fit what it has, if it is not said"
    )
    scope: Text | None = Field(None, description="the scopes that it may ask for, with spaces between them; all if it is not said")
    id_token_signed_response_alg: KeyType | None = Field(None, description="the algorithm of its ID tokens")
    jwks: Annotated[dict[str, Any], AfterValidator(_jwks)] | None = Field(None, description="its public keys")
    jwks_uri: Annotated[str, AfterValidator(_https)] | None = Field(None, description="where it publishes its public keys")
    request_object_signing_alg: Signed | None = Field(None, description="the one algorithm of its request objects")
    require_pushed_authorization_requests: bool = Field(False, description="whether its requests must be pushed")
    require_signed_request_object: bool = Field(False, description="whether its requests must be signed")

    @property
    def method(self) -> str:
        """How it authenticates."""
        usual = AUTH_METHODS[0] if self.client_secret else PRIVATE_KEY_JWT if self.has_keys else "none"
        return self.token_endpoint_auth_method or usual

    @property
    def has_keys(self) -> bool:
        return self.jwks is not None or self.jwks_uri is not None

    @property
    def grants(self) -> tuple[str, ...]:
        """What it may use at the token endpoint."""
        if self.grant_types is not None:
            return self.grant_types
        own = ("client_credentials",) if self.method != "none" else ()
        return (*(g for g in GRANTS[:3] if self.redirect_uris or g != "authorization_code"), *own)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        by_secret = self.method.startswith("client_secret")
        if self.jwks is not None and self.jwks_uri is not None:
            raise refuse_at(("jwks_uri",), "`jwks` and `jwks_uri` cannot be combined", "keep one of them")
        if by_secret and self.client_secret is None:
            raise refuse_at(("token_endpoint_auth_method",), f"`{self.method}` needs a secret", "add `client_secret:`")
        if not by_secret and self.client_secret is not None:
            raise refuse_at(("client_secret",), f"a client that authenticates by `{self.method}` has no secret", "remove it")
        if self.method == PRIVATE_KEY_JWT and not self.has_keys:
            raise refuse_at(("token_endpoint_auth_method",), f"`{PRIVATE_KEY_JWT}` needs public keys", "add `jwks:` or `jwks_uri:`")
        if self.require_signed_request_object and not self.has_keys:
            raise refuse_at(("require_signed_request_object",), "it has no key to sign with", "add `jwks:` or `jwks_uri:`")
        if self.method == "none" and (proved := {"client_credentials", TOKEN_EXCHANGE} & set(self.grants)):
            raise refuse_at(("grant_types",), f"`{min(proved)}` is for clients that can prove who they are", "add `client_secret:` or keys")
        if "authorization_code" in self.grants and not self.redirect_uris:
            raise refuse_at(("grant_types",), "a client that asks for codes needs a redirect URI", "add `redirect_uris:`")
        if not self.redirect_uris and self.method == "none" and self.grant_types is None:
            raise refuse_at(("client_id",), "nothing says how this client is used", "add `redirect_uris:` or `grant_types:`")
        return self


class Lives(Form):
    """How long that lives which is issued, in seconds or as 90s, 5m, 1h, 30d."""

    access_token: Duration | None = Field(None, description="access tokens; the switch as.short_ttl decides if it is not said")
    refresh_token: Duration = Field(REFRESH_LIFE, description="refresh tokens, and how long rotation can go on")
    code: Duration = Field(CODE_LIFE, description="authorization codes")
    id_token: Duration = Field(ID_TOKEN_LIFE, description="ID tokens")


class SigningKey(Form):
    """A key that signs ID tokens, and access tokens where its algorithm is that of as.signing."""

    alg: KeyType = Field(description="its algorithm")
    pem: Text | None = Field(None, description="the private key, in a PEM file without a password; without it a fresh key")


class OwnScope(Form):
    """One scope more."""

    name: Scope = Field(description="the scope")
    allows: Text = Field(description="what it allows, for the page that asks people: see your invoices")
    claims: Annotated[tuple[Scope, ...], Field(strict=False, max_length=MOST)] = Field((), description="the claims of people that it tells")


class OwnIssuer(Form):
    """One world: an authorization server, and who uses it."""

    profile: Text = Field("oauth-bcp", description="how careful the parties are; see `oauth-sandbox switches`")
    switches: dict[str, str] = Field(default_factory=dict, description="switches that differ from the profile")
    registration: bool = Field(True, description="whether clients may register themselves (RFC 7591)")
    users: Annotated[tuple[Person, ...], Field(strict=False, max_length=MOST)] = Field((), description="people beside those of the cast")
    clients: Annotated[tuple[OwnClient, ...], Field(strict=False, max_length=MOST)] = Field((), description="clients beside the cast's")
    scopes: Annotated[tuple[OwnScope, ...], Field(strict=False, max_length=MOST)] = Field((), description="scopes beside the usual ones")
    resources: Annotated[tuple[Annotated[str, AfterValidator(_resource)], ...], Field(strict=False, max_length=MOST)] = Field(
        (), description="APIs of one's own that tokens may be for, by their names in tokens (RFC 8707)"
    )
    lifetimes: Lives = Field(default_factory=Lives, description="how long that lives which is issued")
    keys: Annotated[tuple[SigningKey, ...], Field(strict=False, max_length=3)] = Field(
        (), description="what signs ID tokens, the usual one first; without it ES256 and RS256"
    )


class NamedIssuer(OwnIssuer):
    """One of several."""

    name: IssuerName = Field(description="the part of the address below which it is, such as acme")


class SetupFile(OwnIssuer):
    """What `oauth-sandbox serve --config FILE` serves: one issuer, or a list of them."""

    issuers: Annotated[tuple[NamedIssuer, ...], Field(strict=False, max_length=MOST_ISSUERS)] = Field(
        (), description="several at once, each below its name, and with all that is its own; nothing else stands beside this list then"
    )


def known_scopes(issuer: OwnIssuer) -> Mapping[str, str]:
    """All scopes of an issuer, with what they allow."""
    return {**SCOPES, **{scope.name: scope.allows for scope in issuer.scopes}}


def nearest_scope(word: str, issuer: OwnIssuer) -> str:
    """The cure for a scope that there is not."""
    return suggestion(word, known_scopes(issuer)) or f"write one of {', '.join(known_scopes(issuer))}"
