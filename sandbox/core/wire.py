"""HTTP messages of the simulated network: frozen, ordered, multi-valued.  No parties, no network, no clock."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from sandbox.core.memo import memo
from sandbox.core.strict_json import NotJson, read

Pairs = tuple[tuple[str, str], ...]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


compact = json.JSONEncoder(separators=(",", ":")).encode  # a value as JSON without blanks

LONGEST_KEPT = 4096  # characters; longer texts are parsed again, so that memos stay small
MAX_FIELDS = 1000
WELL_KNOWN = re.compile(
    r"(/\.well-known/(?:oauth-authorization-server|openid-configuration|oauth-protected-resource))(/(?!\.well-known/).+)\Z"
)


def without_query(url: str) -> str:
    return without_fragment(url).partition("?")[0]


@memo("message", 4096, longest=LONGEST_KEPT)
def split(url: str) -> SplitResult:
    """The parts of an address; an address that cannot be parsed has no parts at all."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


@memo("message", 4096, longest=LONGEST_KEPT)
def pairs(encoded: str) -> Pairs:
    """`a=1&b=2` as ordered pairs (application/x-www-form-urlencoded, RFC 6749 appendix B); none if there are more than MAX_FIELDS."""
    try:
        return tuple(parse_qsl(encoded, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return ()


def joined(base: str, reference: str) -> str:
    """The address that a reference on a page means (RFC 3986 §5); the reference itself if it cannot be parsed."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def without_fragment(url: str) -> str:
    return url.partition("#")[0]


@memo("message", 4096, longest=LONGEST_KEPT)
def origin(url: str) -> str:
    """Scheme and host of an address, or the bare scheme of an app link such as `com.example.app:/cb`."""
    u = split(url)
    return f"{u.scheme}://{u.netloc}" if u.netloc else f"{u.scheme}:"


def with_query(url: str, extra: Pairs | dict[str, str]) -> str:
    """The address with more query parameters at its end."""
    more = urlencode(list(extra.items()) if isinstance(extra, dict) else list(extra), errors="replace")
    u = split(url)
    return urlunsplit(u._replace(query=f"{u.query}&{more}" if u.query and more else u.query or more))


def own_path(path: str, mount: str) -> str | None:
    """The path as the party knows it whose paths begin at `mount`; None if it is not one of them.

    A well-known part stands in front of the party's own path (RFC 8414 §3.1, RFC 9728 §3.1)."""
    if path == mount or path.startswith(f"{mount}/"):
        return path[len(mount) :]
    known = WELL_KNOWN.match(path)
    return (
        f"{known[1]}{own_path(known[2], mount)}" if known and known[2].startswith(mount) and own_path(known[2], mount) is not None else None
    )


def first(values: Pairs, name: str) -> str | None:
    """The first value under exactly this name."""
    return next((v for k, v in values if k == name), None)


def header(headers: Pairs, name: str) -> str | None:
    """The first header of that name; header names ignore case (RFC 9110 §5.1)."""
    low = name.lower()
    for k, v in headers:  # not `next` of a generator: nothing else is asked as often
        if k.lower() == low:
            return v
    return None


def _is_json(content_type: str | None) -> bool:
    """application/json and all that ends in +json, such as key sets (RFC 6839 §3.1, RFC 7517 §8.5)."""
    media = (content_type or "").partition(";")[0].strip().lower()
    return media == JSON or (media.startswith("application/") and media.endswith("+json"))


def _json(body: str) -> Any:
    try:
        return read(body)
    except NotJson:
        return None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it travels.  `peer` names the party at the other end of the connection; the network fills it in.

    `certificate` is the one with which the sender has opened the connection (mutual TLS), '' if none.  It is not part of the message.
    `mount`: where the party's own paths begin, for parties that share one real origin; '' in the simulation.
    """

    method: str
    url: str
    headers: Pairs = ()
    body: str = ""
    peer: str = ""
    certificate: str = ""
    mount: str = ""

    def header(self, name: str) -> str | None:
        return header(self.headers, name)

    @property
    def origin(self) -> str:
        return origin(self.url) + self.mount

    @property
    def path(self) -> str:
        return split(self.url).path.removeprefix(self.mount)

    @property
    def query(self) -> Pairs:
        return pairs(split(self.url).query)

    @property
    def form(self) -> Pairs:
        return pairs(self.body) if (self.header("content-type") or "").lower().startswith(FORM) else ()

    @property
    def json(self) -> Any:
        """The JSON body, or None."""
        return _json(self.body) if _is_json(self.header("content-type")) else None

    @property
    def json_fault(self) -> str | None:
        """What is wrong with a body that says it is JSON; None if nothing is, or if there is none."""
        if not self.body or not _is_json(self.header("content-type")):
            return None
        try:
            read(self.body)
        except NotJson as fault:
            return f"The body {fault}."
        return None

    @property
    def told(self) -> Any:
        """The JSON in a body of plain text, as scripts send it with `navigator.sendBeacon`; None if there is none."""
        return _json(self.body) if (self.header("content-type") or "").lower().startswith("text/plain") else None

    @property
    def cookies(self) -> dict[str, str]:
        out = {}
        for part in (self.header("cookie") or "").split(";"):
            name, _, value = part.strip().partition("=")
            if name:
                out[name] = value
        return out

    def param(self, name: str) -> str | None:
        """A parameter of the query or, failing that, of the form."""
        value = first(self.query, name)
        return first(self.form, name) if value is None else value

    def credential(self) -> tuple[str, str] | None:
        """Scheme (lower case) and value of the Authorization header (RFC 9110 §11.6.2)."""
        value = self.header("authorization")
        if value is None:
            return None
        scheme, _, rest = value.partition(" ")
        return scheme.lower(), rest.strip()

    def with_header(self, name: str, value: str | None) -> Request:
        """The same request with one header set, or removed if `value` is None."""
        kept = tuple((k, v) for k, v in self.headers if k.lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it travels."""

    status: int
    headers: Pairs = ()
    body: str = ""

    def header(self, name: str) -> str | None:
        return header(self.headers, name)

    @property
    def location(self) -> str | None:
        return self.header("location")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The JSON body, or None."""
        return _json(self.body) if _is_json(self.header("content-type")) else None

    @property
    def error(self) -> str | None:
        """The error code wherever its protocol puts it: JSON body, WWW-Authenticate, redirect or error page.  JSON-RPC has numbers."""
        body = self.json
        told = body.get("error") if isinstance(body, dict) else None
        told = told.get("code") if isinstance(told, dict) else told
        if isinstance(told, str | int) and not isinstance(told, bool):
            return str(told)
        challenge = self.header("www-authenticate") or ""
        if 'error="' in challenge:
            return challenge.split('error="', 1)[1].split('"', 1)[0]
        if self.location:
            u = split(self.location)
            return first(pairs(u.query), "error") or first(pairs(u.fragment), "error")
        return page_mark(self, "error")

    @property
    def page(self) -> str | None:
        """Which kind of page this is: login, consent, logout, app or error (`<body data-page=...>`)."""
        return page_mark(self, "page")


def page_mark(response: Response, name: str) -> str | None:
    """The value of `data-NAME` on the body element of one of our own pages."""
    if not (response.header("content-type") or "").startswith("text/html"):
        return None
    _, found, rest = response.body.partition(f' data-{name}="')
    return rest.split('"', 1)[0] if found else None


def json_response(status: int, value: Any, *headers: tuple[str, str]) -> Response:
    return Response(status, (("Content-Type", JSON), *headers), compact(value))


def form_request(url: str, fields: Pairs | dict[str, str], headers: Pairs = ()) -> Request:
    """POST of a form."""
    body = urlencode(list(fields.items()) if isinstance(fields, dict) else list(fields), errors="replace")
    return Request("POST", url, (*headers, ("Content-Type", FORM)), body)


def json_request(method: str, url: str, value: Any, headers: Pairs = ()) -> Request:
    return Request(method, url, (*headers, ("Content-Type", JSON)), compact(value))
