"""What each exchange of a recording is, and which host plays which part: recognised by what is said, never by who says it.

A host may play several parts; what belongs to no login is noise and stays out of the drawing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sandbox.core.wire import pairs, split
from sandbox.engine.knowledge import opened
from sandbox.reality.exchanges import Exchange, texts
from sandbox.reality.masking import Masker
from sandbox.reality.names import is_password

Kind = Literal[
    "authorize", "callback", "token", "refresh", "password_grant", "push", "introspect", "revoke", "userinfo", "metadata", "keys",
    "sign_in", "own_login", "log_out", "api", "preflight", "websocket", "hop", "page", "noise", "device", "swap",
]  # fmt: skip
OF_A_LOGIN: tuple[Kind, ...] = (
    "authorize", "callback", "token", "refresh", "password_grant", "push", "introspect", "revoke", "userinfo", "metadata", "keys",
    "sign_in", "own_login", "log_out", "api", "websocket", "hop", "device", "swap",
)  # fmt: skip
PASSWORD = re.compile(r"password#\d+")  # what stands for a password, whatever its field is called
LOG_OUT = re.compile(r"log-?out|sign-?out|end-?session|session/end", re.IGNORECASE)
OF_OAUTH = ("accesstoken", "idtoken", "refreshtoken")
TOKENS = ("accesstoken", "idtoken", "refreshtoken", "token", "jwt", "authtoken", "bearertoken")  # in small letters, without _
ANSWERS = {"code", "error", "access_token", "id_token", "response"}  # what an authorization response has one of
AUTHORIZES = re.compile(r"authori[sz]e|/auth$|/oauth$", re.IGNORECASE)
SHARED = re.compile(  # what strangers have in common: a registry's, or a hoster's
    r"^(?:co|com|net|org|ac|gov|edu|ne|or)\.[a-z]{2}$|^(?:github\.io|netlify\.app|vercel\.app|pages\.dev|web\.app|azurewebsites\.net"
    r"|herokuapp\.com|cloudfront\.net|amazonaws\.com|appspot\.com|workers\.dev|onrender\.com|fly\.dev)$"
)
STATIC = re.compile(r"\.(?:js|mjs|css|png|jpe?g|gif|svg|ico|woff2?|ttf|map|webp|mp4)$", re.IGNORECASE)


@dataclass(slots=True)
class Parts:
    """The hosts by the parts that they play, each in the order in which it was met."""

    issuers: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    apis: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def own(self, host: str) -> bool:
        """Whether a host belongs to the system: it plays a part, or is of the same site as one that does."""
        known = (*self.issuers, *self.clients, *self.apis)
        return host in known or site(host) in map(site, known)


@dataclass(slots=True)
class Story:
    """A recording that was understood: its exchanges in the order of time, what each is, and who takes part."""

    exchanges: list[Exchange]
    kinds: dict[int, Kind]
    parts: Parts
    masker: Masker
    without_credentials: bool = False  # the export has removed cookies and Authorization headers

    def of(self, *kinds: Kind) -> list[Exchange]:
        return [e for e in self.exchanges if self.kinds[e.entry] in kinds]

    def kind(self, exchange: Exchange) -> Kind:
        return self.kinds[exchange.entry]

    @property
    def oauth(self) -> bool:
        return any(k in ("authorize", "token", "refresh", "password_grant", "push") for k in self.kinds.values())


def site(host: str) -> str:
    """The part of a host, without its port, that has one owner: two labels, or three where strangers share the last two."""
    labels = host.partition(":")[0].split(".")
    return ".".join(labels[-3:] if SHARED.match(".".join(labels[-2:])) else labels[-2:])


def story(exchanges: Sequence[Exchange], masker: Masker) -> Story:
    """The recording, understood as far as it can be."""
    every = list(exchanges)
    redirects = {r for e in every if _authorizes(e) and (r := _asked(e).get("redirect_uri"))}
    issuers = _hosts(e.host for e in every if _authorizes(e) or _redeems(e))
    userinfo = {str(a) for e in every if "/.well-known/" in e.path for k in ("userinfo_endpoint",) if (a := e.answer.get(k))}
    fragments = {e.location.partition("#")[0] for e in every if ANSWERS & parameters(e.location.partition("#")[2]).keys()}
    kinds: dict[int, Kind] = {}
    for e in every:
        kinds[e.entry] = _kind(e, issuers, redirects, userinfo, fragments)
    promised = {(e.host, e.path) for e in every if "authorization" in (e.request.header("access-control-request-headers") or "").lower()}
    before: Exchange | None = None
    for e in every:  # what leads from the request to its answer; and calls whose Authorization header an export has left out
        if kinds[e.entry] == "noise" and e.by_script and (e.host, e.path) in promised and e.host not in issuers:
            kinds[e.entry] = "api"
        if before is not None and kinds[e.entry] in ("page", "noise") and _leads(before, kinds[before.entry], e, issuers):
            kinds[e.entry] = "hop"
        before = e if kinds[e.entry] not in ("noise", "preflight") else before
    parts = _parts(every, kinds, issuers, redirects)
    return Story(every, kinds, parts, masker, _without_credentials(every))


def _hosts(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(h for h in found if h))


def _asked(e: Exchange) -> dict[str, str]:
    return e.form if e.request.method == "POST" and "response_type" in e.form else e.query


def _authorizes(e: Exchange) -> bool:
    asked = _asked(e)
    return (
        e.request.method in ("GET", "POST")
        and "client_id" in asked
        and not (e.request.method == "POST" and password_in(e))  # the form of a page whose address repeats what was asked for
        and (
            bool({"request_uri", "request"} & set(asked))
            or ("response_type" in asked and bool({"redirect_uri", "scope"} & set(asked)))
            or ("redirect_uri" in asked and e.request.method == "GET" and bool(AUTHORIZES.search(e.path)))  # as GitHub does
        )
    )


def _redeems(e: Exchange) -> bool:
    return e.request.method == "POST" and "grant_type" in e.form


def tokens_in(text: str) -> dict[str, str]:
    """The tokens among the parameters of a fragment or a query."""
    return {k: v for k, v in parameters(text).items() if k in ("access_token", "id_token") and v}


def parameters(text: str) -> dict[str, str]:
    """The parameters of a query or of a fragment, where they may stand behind the path of a page's own router (`#/cb?code=…`)."""
    bare = text.partition("?")[2] if "?" in text.partition("=")[0] else text.lstrip("/!")
    return dict(pairs(bare)) if "=" in bare else {}


def typed_at(e: Exchange) -> str:
    """The host whose page had the field for the password: where a script has sent it from, else where it went."""
    origin = split(e.request.header("origin") or "").netloc.lower()
    return origin if origin and e.by_script else e.host


def same_place(url: str, redirect: str) -> bool:
    """Whether an address is the redirect URI, whatever parameters it got."""
    a, b = split(url), split(redirect)
    return (a.scheme, a.netloc.lower(), a.path or "/") == (b.scheme, b.netloc.lower(), b.path or "/")


def _kind(e: Exchange, issuers: list[str], redirects: set[str], userinfo: set[str], fragments: set[str]) -> Kind:
    if e.request.method == "OPTIONS":
        return "preflight"
    if e.request.url.startswith(("ws:", "wss:")) or e.response.status == 101:
        return "websocket"
    if "/.well-known/" in e.path and (e.answer.get("issuer") or "openid" in e.path or "oauth" in e.path):
        return "metadata"
    if isinstance(e.answer.get("keys"), list) or (e.path.endswith(("/jwks", "/certs", "/keys", "jwks.json")) and e.host in issuers):
        return "keys"
    if _redeems(e):
        return {"refresh_token": "refresh", "password": "password_grant"}.get(e.form["grant_type"], "token")  # type: ignore[return-value]
    if _authorizes(e):
        return "push" if e.request.method == "POST" and "request_uri" in e.answer else "authorize"
    return _other_kind(e, issuers, redirects, userinfo, fragments)


def _other_kind(e: Exchange, issuers: list[str], redirects: set[str], userinfo: set[str], fragments: set[str]) -> Kind:
    if e.request.method == "POST" and "device_code" in e.answer and "user_code" in e.answer:
        return "device"
    if e.request.method == "POST" and "code" in e.sent and issued(e):
        return "swap"
    given = {**e.query, **(e.form if e.request.method == "POST" else {})}
    at_redirect = any(same_place(e.request.url, r) for r in redirects)
    if (
        ({"code", "error", "id_token", "response"} & set(given))
        and (at_redirect or ("code" in given and {"state", "iss"} & set(given)))
        and e.host not in _strangers(e, redirects)
    ):
        return "callback"
    if e.request.url.partition("#")[0] in fragments and not STATIC.search(e.path):
        return "callback"
    if e.request.method == "POST" and "token" in e.form and re.search("introspect|revo", e.path):
        return "introspect" if "introspect" in e.path else "revoke"
    if e.request.method == "POST" and password_in(e):
        return "sign_in" if e.host in issuers or not issued(e) else "own_login"
    if e.by_script and e.host not in issuers and handed(e):
        return "swap"
    if LOG_OUT.search(e.path) and not STATIC.search(e.path):
        return "log_out"
    if e.bearer:
        at_issuer = e.host in issuers and re.search(r"/(?:user-?info|me)$", e.path, re.IGNORECASE)
        return "userinfo" if at_issuer or e.request.url.partition("?")[0] in userinfo else "api"
    kind = (e.response.header("content-type") or "").lower()
    return "page" if e.resource == "document" or ("html" in kind and not e.by_script) else "noise"


def _strangers(e: Exchange, redirects: set[str]) -> set[str]:
    """Hosts that get an answer of the server without being asked for: an address in a parameter is no callback."""
    return set() if not redirects or any(site(split(r).netloc) == site(e.host) for r in redirects) else {e.host}


def issued(e: Exchange) -> dict[str, str]:
    """The tokens in an answer, by name: those of a token endpoint, or of a login of one's own."""
    return {k: v for k, v in texts(e.answer).items() if k.lower().replace("_", "") in TOKENS and v}


def handed(e: Exchange) -> dict[str, str]:
    """The tokens in an answer that can be nothing else: by a name of OAuth, or because they are JWTs; others may be against forgery."""
    return {k: v for k, v in issued(e).items() if k.lower().replace("_", "") in OF_OAUTH or opened(v)}


def password_in(e: Exchange) -> str:
    """The name under which a password was sent; '' if none was."""
    named = next((name for name, value in e.sent.items() if is_password(name) or PASSWORD.fullmatch(value)), "")
    return named or ("query" if PASSWORD.search(e.sent.get("query", "")) else "")  # written out in a mutation of GraphQL


def _leads(before: Exchange, kind: Kind, after: Exchange, issuers: list[str]) -> bool:
    return after.host in issuers and before.host in issuers and kind in ("authorize", "sign_in", "hop") and not STATIC.search(after.path)


def _parts(every: Sequence[Exchange], kinds: dict[int, Kind], issuers: list[str], redirects: set[str]) -> Parts:
    own = _hosts(e.host for e in every if kinds[e.entry] == "own_login")
    clients = _hosts(split(r).netloc.lower() for r in redirects) + _hosts(e.host for e in every if kinds[e.entry] == "callback")
    typed = _hosts(e.host for e in every if kinds[e.entry] == "sign_in")
    asking = ("token", "refresh", "api", "own_login", "swap")
    clients = (
        list(dict.fromkeys(clients)) or _hosts(_origin(e) for e in every if kinds[e.entry] in asking) or own or ([] if issuers else typed)
    )
    issuers = issuers or own or _hosts(e.host for e in every if kinds[e.entry] in ("metadata", "sign_in"))
    apis = _hosts(e.host for e in every if kinds[e.entry] == "api" or (kinds[e.entry] == "websocket" and e.bearer))
    parts = Parts(issuers, clients, apis)
    counted = Counter(e.host for e in every)
    parts.others = [h for h in counted if h and not parts.own(h)]
    return parts


def _origin(e: Exchange) -> str:
    return split(e.request.header("origin") or e.request.header("referer") or "").netloc.lower()


def _without_credentials(every: Sequence[Exchange]) -> bool:
    """Whether the export has left out cookies and Authorization headers: none in a recording in which somebody was logged in."""
    names = {n.lower() for e in every for n, _ in (*e.request.headers, *e.response.headers)}
    return len(every) > 3 and not names & {"cookie", "set-cookie", "authorization"}
