"""What a step of a scenario may say: the verbs, their arguments, and the small forms they are made of.

One pydantic model per verb, and the table VERBS.  Nothing here does anything: `functions.py` has the behaviour,
`loader.py` reads files, `source.py` knows positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sandbox.core.text import nearest
from sandbox.protocol.cast import CAST

REFERENCE = re.compile(r"\$([a-z][a-z0-9_]*)((?:\.[A-Za-z0-9_-]+)*)")
COMMON_OUTPUTS = ("request", "response", "received", "status", "json")
PREDICATES = ("read", "write", "session", "late", "credential", "pii", "denied", "ssrf")


class Form(BaseModel):
    """Base of all models of the file format: frozen, strict, no key that is not written here."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )

    @classmethod
    def model_under(cls, key: str, data: Any) -> type[Form] | None:
        """The model of the map under a key, where it depends on the data; None where the field itself says it."""
        return None


def refuse(message: str, cure: str) -> PydanticCustomError:
    """An error in our own words, with what to do about it."""
    return PydanticCustomError("refused", "{message}", {"message": message, "cure": cure})


# ---- values


def references(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    """All references in a value: (name, path to the place inside the value, text).  `$$` begins a literal dollar.

    Text that begins with `$` and is no reference is yielded with an empty name.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from references(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))
    elif isinstance(value, str) and value.startswith("$") and not value.startswith("$$"):
        found = REFERENCE.fullmatch(value)
        yield (found[1] if found else "", path, value)


def is_reference(value: Any) -> bool:
    """Whether this is `$name` or `$name.part.part`."""
    return isinstance(value, str) and REFERENCE.fullmatch(value) is not None


def members(*kinds: str) -> tuple[str, ...]:
    """The names of the cast of these kinds; all names if no kind is given."""
    return tuple(m.name for m in CAST.values() if not kinds or m.kind in kinds)


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeiouA' else 'a'} {noun}"


@dataclass(frozen=True, slots=True)
class NameOf:
    """Marks text as a name of the cast that is of one of these kinds (any, if none is given)."""

    what: str
    kinds: tuple[str, ...] = ()

    def check(self, name: str) -> str:
        known = members(*self.kinds)
        if name in known:
            return name
        cure = f"write one of {', '.join(known)}" if known else f"leave it out: this cast has no {self.what}"
        if name in CAST:
            raise refuse(f"`{name}` is {a(CAST[name].kind)}, not {a(self.what)}", cure)
        raise refuse(f"there is no {self.what} `{name}`", suggestion(name, known) or cure)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True, max_length=100))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(members(*self.kinds))}


def suggestion(name: str, known: Iterable[str]) -> str:
    """did you mean `X`? or nothing."""
    return nearest(name, known).removeprefix("; ").replace("'", "`")


Browser = Annotated[str, NameOf("browser", ("browser",))]
Person = Annotated[str, NameOf("person", ("person", "attacker"))]
ClientName = Annotated[str, NameOf("client", ("client",))]
Api = Annotated[str, NameOf("API", ("api", "server"))]
Server = Annotated[str, NameOf("server", ("server",))]
Gateway = Annotated[str, NameOf("gateway", ("gateway",))]
Party = Annotated[str, NameOf("party")]


Text = Annotated[str, Field(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Shape:
    """Marks text that must match a pattern or be a reference; `message` has a place for the text."""

    pattern: str
    message: str
    cure: str

    def check(self, text: str) -> str:
        if is_reference(text) or re.fullmatch(self.pattern, text):
            return text
        raise refuse(self.message.format(text[:80]), self.cure)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True, max_length=2000))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "anyOf": [{"pattern": f"^{self.pattern}$"}, {"pattern": r"^\$[a-z]"}]}


Url = Annotated[str, Shape(r"[a-z][a-z0-9+.-]*:\S+", "`{}` is not a full address", "begin with https:// and the host")]
Path = Annotated[str, Shape(r"/\S*", "the path `{}` does not begin with /", "write it from the root, such as /accounts")]
_CLIENTS = ", ".join(members("client", "api"))
ClientOrReference = Annotated[
    str, Shape(_CLIENTS.replace(", ", "|"), "there is no client `{}`", f"write one of {_CLIENTS}, or a reference to a client_id")
]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
Value = Any


def _as_text(value: Any) -> Any:
    """Fields of headers, queries and forms travel as text: 7 becomes "7", true becomes "true"."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Scalar = Annotated[str, Field(max_length=20_000), BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Fields = dict[str, Scalar]
Edits = dict[str, Scalar | None]


class Change(Form):
    """What to change in a message; null removes a key."""

    method: Method | None = None
    host: Text | None = None
    path: Path | None = None
    query: Edits | None = None
    fragment: Edits | None = None
    headers: Edits | None = None
    form: Edits | None = None
    json_: dict[str, Value] | None = Field(None, alias="json")


# ---- arguments of the verbs


class Args(Form):
    """The arguments of one verb."""

    def one_of(self, names: tuple[str, ...], least: int = 1) -> Self:
        """At most one of these may be given, and at least `least`."""
        given = [n for n in names if getattr(self, n) is not None]
        if len(given) > 1:
            raise refuse(f"{' and '.join(f'`{n}`' for n in given)} cannot be combined", "keep one of them")
        if len(given) < least:
            raise refuse("nothing says what to use", f"add one of {', '.join(names)}")
        return self


class SignIn(Args):
    """The person at `browser` presses the client's sign-in (or connect) button and says yes to all that is asked."""

    browser: Browser = Field(description="a browser, such as laptop")
    user: Person | None = None
    scope: Text | None = None
    at: Server | None = None
    api: Api | None = None
    response: Text | None = None
    acr: Text | None = None
    how: Literal["redirect", "password"] = "redirect"
    hold: Party | None = None


class CallApi(Args):
    """One request to an API with an access token, presented the way that token wants to be presented."""

    browser: Browser | None = None
    api: Api = Field(description="an API, such as accounts")
    path: Path = Field(description="a path, such as /accounts")
    method: Method = "GET"
    token: Value = None
    json_: dict[str, Value] | None = Field(None, alias="json")
    headers: Fields | None = None
    via: Gateway | None = None
    scheme: Literal["bearer", "dpop"] | None = None
    from_: Party | None = Field(None, alias="from")


class Refresh(Args):
    """The client trades the refresh token of its session in that browser for new tokens."""

    browser: Browser = Field(description="a browser, such as laptop")


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


class Visit(Args):
    """Type an address.  Redirects are followed until a page is shown or `hold` stops them."""

    url: Url = Field(description="an address, such as https://budget.example/login")
    change: Change | None = None
    hold: Party | None = None


class Follow(Args):
    """Go on with the request that was held, changed if wanted."""

    change: Change | None = None
    hold: Party | None = None


class LogIn(Args):
    """Fill in and send the login form on the page shown."""

    user: Person | None = None
    password: Value = None
    hold: Party | None = None


class Approve(Args):
    """Say yes on the page shown, seen or unseen, logging in first where that is asked."""

    hold: Party | None = None


class LogOut(Args):
    """Press the client's own log-out button in this browser."""

    client: ClientName = Field(description="a client, such as app")


class Disconnect(Args):
    """On the server's account page, end a client's access, on all devices or on one."""

    client: ClientName = Field(description="a client, such as app")
    device: Browser | None = None
    at: Server | None = None


class Send(Args):
    """Send any request, built from parts or copied from one that was seen."""

    method: Method | None = None
    url: Url | None = None
    like: Value = None
    change: Change | None = None
    headers: Fields | None = None
    form: Fields | None = None
    json_: dict[str, Value] | None = Field(None, alias="json")
    token: Value = None
    from_: Party | None = Field(None, alias="from")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        self.one_of(("url", "like"))
        if self.form is not None and self.json_ is not None:
            raise refuse("`form` and `json` cannot be combined", "keep one of them: a request has one body")
        return self


class Lure(Args):
    """Make a browser go to an address, as a link of a page at evil.example."""

    browser: Browser = Field(description="a browser, such as laptop")
    url: Url = Field(description="an address, such as https://evil.example/")
    change: Change | None = None
    how: Literal["link"] = "link"
    hold: Party | None = None


class Read(Args):
    """Read one source that leaks - a log, a browser's history, a client's storage, a whole device.  Without it she learns nothing."""

    log: Party | None = None
    history: Browser | None = None
    storage: ClientName | None = None
    device: Browser | None = None
    browser: Browser | None = None
    match: Text | None = None
    take: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        self.one_of(("log", "history", "storage", "device"))
        if self.browser is not None and self.storage is None:
            raise refuse("`browser` says whose `storage` is read, and there is no `storage`", "remove `browser`, or read a storage")
        return self


class Serve(Args):
    """Put an answer at an address on a host under Mallory's control."""

    url: Url = Field(description="an address, such as https://evil.example/jwks.json")
    json_: Value = Field(None, alias="json")
    redirect: Url | None = None
    status: int = Field(200, ge=100, le=599)


class Forge(Args):
    """Build a token from parts.  What is not written is copied from `from`, or looks as a genuine access token would."""

    from_: Value = Field(None, alias="from")
    header: dict[str, Value] | None = None
    claims: dict[str, Value] | None = None
    key: Value = Field(description="a reference to a key, a text, or one of none, random, zeros, guessed")
    shape: Literal["compact", "polyglot"] = "compact"


class SetUser(Args):
    """The operator changes a user - roles, groups, permissions, disabled."""

    user: Person = Field(description="a person, such as alice")
    roles: Annotated[tuple[Text, ...], Field(strict=False)] | None = None
    groups: int | None = Field(None, ge=0, le=10_000)
    permissions: int | None = Field(None, ge=0, le=10_000)
    disabled: bool | None = None


class Wait(Args):
    """Let time pass."""

    seconds: int = Field(gt=0, le=31_536_000, description="a number of seconds")


# ---- the table


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """One verb.  `actors`: kinds or names of the cast that may do it; `gives`: its outputs beside COMMON_OUTPUTS; `wire`: what travels."""

    name: str
    actors: tuple[str, ...]
    args: type[Args]
    gives: tuple[str, ...]
    wire: str

    @property
    def doc(self) -> str:
        """What it does, in one sentence."""
        return (self.args.__doc__ or "").strip()

    @property
    def outputs(self) -> tuple[str, ...]:
        """All that `$step.` may be followed by."""
        return (*self.gives, *(o for o in COMMON_OUTPUTS if o not in self.gives))

    @property
    def who(self) -> tuple[str, ...]:
        """The members of the cast that may do it."""
        return tuple(m.name for m in CAST.values() if m.kind in self.actors or m.name in self.actors)


PAGE = ("redirect", "url")
TOKENS = ("access_token", "refresh_token", "id_token")

VERBS: dict[str, VerbSpec] = {
    v.name: v
    for v in (
        VerbSpec(
            "sign_in",
            ("client",),
            SignIn,
            (*PAGE, *TOKENS),
            "browser GET client /login, redirects, POST login and consent at the server, callback, token request by the "
            "client; with a password, or in a JWT profile: POST /login or the password grant",
        ),
        VerbSpec(
            "call_api",
            ("client", "attacker", "api"),
            CallApi,
            ("status", "json"),
            "METHOD api path (or through the gateway), Authorization Bearer or DPoP, proof and certificate if the token "
            "is bound and the caller has the key",
        ),
        VerbSpec(
            "refresh",
            ("client",),
            Refresh,
            TOKENS[:2],
            "POST /token grant_type=refresh_token, with the client's own credentials and key",
        ),
        VerbSpec(
            "redeem",
            ("client", "attacker", "api"),
            Redeem,
            TOKENS,
            "POST /token with the matching grant_type and a proof by the best key the caller knows; password in a JWT profile: POST /login",
        ),
        VerbSpec(
            "visit",
            ("browser",),
            Visit,
            PAGE,
            "GET url with cookies, then each redirect, sub-resource and page script, by browser rules",
        ),
        VerbSpec(
            "follow",
            ("browser",),
            Follow,
            PAGE,
            "the held request, then as visit",
        ),
        VerbSpec(
            "log_in",
            ("browser",),
            LogIn,
            PAGE,
            "POST of the login form, then as visit",
        ),
        VerbSpec(
            "approve",
            ("browser",),
            Approve,
            PAGE,
            "POST of the login form if there is one, POST of the consent form, then as visit",
        ),
        VerbSpec(
            "log_out",
            ("browser",),
            LogOut,
            ("status",),
            "POST client /logout; the client revokes what it holds (RFC 7009) where the server can; cookies and storage are cleared",
        ),
        VerbSpec(
            "disconnect",
            ("browser",),
            Disconnect,
            ("status",),
            "POST server /account/sessions/... with the cookie of this browser; in a JWT profile POST /logout",
        ),
        VerbSpec(
            "send",
            ("attacker", "browser"),
            Send,
            ("status", "json"),
            "exactly what is written; a browser adds its cookies",
        ),
        VerbSpec(
            "lure",
            ("attacker",),
            Lure,
            PAGE,
            "GET the attacker's page, then as visit",
        ),
        VerbSpec(
            "read",
            ("attacker",),
            Read,
            ("url", *TOKENS, "request"),
            "nothing (internal); with storage and browser, a script in the page posts what it finds to evil.example",
        ),
        VerbSpec(
            "serve",
            ("attacker",),
            Serve,
            (),
            "nothing until somebody asks",
        ),
        VerbSpec(
            "forge",
            ("attacker",),
            Forge,
            ("token",),
            "nothing (internal); key is a key she knows, a text used as an HMAC secret, or none, random, zeros, guessed",
        ),
        VerbSpec(
            "set_user",
            ("admin",),
            SetUser,
            ("status",),
            "PATCH /admin/users/NAME at the server that logs users in",
        ),
        VerbSpec(
            "wait",
            ("clock",),
            Wait,
            (),
            "nothing; time passes",
        ),
    )
}


def deed(do: str) -> tuple[str, VerbSpec]:
    """`app.sign_in` as the actor's name and the verb; refuses what nobody can do."""
    actor, dot, verb = do.partition(".")
    if not dot or not actor or not verb:
        raise refuse(f"`{do}` does not say who does what", "write actor.verb, such as app.sign_in")
    if actor not in CAST:
        raise refuse(f"there is nobody called `{actor}`", suggestion(actor, members()) or f"write one of {', '.join(members())}")
    if verb not in VERBS:
        raise refuse(f"there is no verb `{verb}`", suggestion(verb, tuple(VERBS)) or f"write one of {', '.join(VERBS)}")
    if actor not in VERBS[verb].who:
        able = [v.name for v in VERBS.values() if actor in v.who]
        cure = f"{verb} is for {', '.join(VERBS[verb].who)}" + (f"; {actor} can {', '.join(able)}" if able else "")
        raise refuse(f"`{actor}` is {a(CAST[actor].kind)} and cannot {verb}", cure)
    return actor, VERBS[verb]


# ---- what a step expects, asks, and what the attacker is after


class Expect(Form):
    """What the step's last answer to its actor must be."""

    status: int | None = Field(None, ge=100, le=599)
    error: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")] | None = None
    page: Literal["login", "consent", "app", "error"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.status is None and self.error is None and self.page is None:
            raise refuse("this `expect` expects nothing", "write status, error or page, or remove it")
        return self

    @property
    def success(self) -> bool:
        """Whether nothing here asks for a refusal."""
        return (self.status or 200) < 400 and self.error is None and self.page != "error"


class Predict(Form):
    """A question to answer before the step is shown; the run says which answer is right."""

    question: str = Field(min_length=1, max_length=240, description="a question that can be answered before the step is shown")
    accepted: str = Field(min_length=1, max_length=300, description="the answer if nothing is refused")
    refused: str = Field(min_length=1, max_length=300, description="the answer if something is refused")


def _marker(text: str) -> str:
    owner, _, what = text.partition(":")
    if owner not in members("person", "attacker") or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", what):
        raise refuse(f"`{text}` is not something a person owns", "write owner:thing, such as alice:account-1")
    return text


Marker = Annotated[str, Field(max_length=80), AfterValidator(_marker)]
StepId = Annotated[str, Field(max_length=40)]


class Session(Form):
    """A session at `client`, in `browser`, that belongs to `user`."""

    client: ClientName = Field(description="a client, such as budget")
    browser: Browser = Field(description="a browser, such as laptop")
    user: Person = Field(description="a person, such as alice")


class Goal(Form):
    """One thing the attacker is after: exactly one of the predicates, and the step `at` which the trace must show it."""

    read: Marker | None = Field(None, description="what reaches her in an answer, as owner:thing, such as alice:account-1")
    write: Marker | None = Field(None, description="what she changes, as owner:thing")
    session: Session | None = Field(None, description="a session that believes it is somebody else's")
    late: StepId | None = Field(None, description="the id of the step that ended the access which still works")
    credential: Marker | None = Field(None, description="what she can log in with afterwards, such as alice:password")
    pii: Marker | None = Field(None, description="what somebody learns who has no right to it, such as alice:email")
    denied: StepId | None = Field(None, description="the id of the honest step that is refused")
    ssrf: Url | None = Field(None, description="the address that a server is made to ask")
    at: StepId = Field(description="the id of the step at which it is reached")

    @model_validator(mode="after")
    def _one_predicate(self) -> Self:
        given = [p for p in PREDICATES if getattr(self, p) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{p}`" for p in given) or "none"
            raise refuse(
                f"a goal names exactly one thing to reach; here there is {found}",
                f"keep one of {', '.join(PREDICATES)}, and make the rest goals of their own",
            )
        return self

    @property
    def predicate(self) -> str:
        """read, write, session, late, credential, pii, denied or ssrf."""
        return next(p for p in PREDICATES if getattr(self, p) is not None)

    @property
    def what(self) -> str:
        """What is to be reached, as text."""
        if self.session is not None:
            return f"{self.session.client} in {self.session.browser} as {self.session.user}"
        return str(getattr(self, self.predicate))
