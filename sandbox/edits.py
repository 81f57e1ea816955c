"""Changing messages on their way: which message, which field, which value.

An edit names a message by its id (`honest/budget>accounts:GET /accounts#1`; answers say `answer GET /accounts`) and a field in
dots: `method`, `host`, `path`, `status`, `body`, `query.state`, `fragment.code`, `form.code`, `headers.origin`, `json.scope`.
Text that is a JWT may be entered: `headers.authorization.claims.aud`, `json.access_token.header.alg`; what becomes of its
signature is said by a field of its own, `headers.authorization.signature`: keep (the default), strip, mallory or issuer.
Everything that is not named stays byte for byte as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from sandbox.tokens import Key, NotAJwt, decode, packed
from sandbox.wire import FORM, MAX_NESTING, Pairs, Request, Response, header, pairs

SIGNATURES = ("keep", "strip", "mallory", "issuer")
MAX_EDITS = 40
MAX_VALUE = 20_000  # characters


class BadEdit(ValueError):
    """The edit does not fit the message: no such field, or a value that cannot be there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to one message: its id, the field, the new value (None removes it)."""

    message: str
    field: str
    value: str | None


Keys = Callable[[str], Key]  # "mallory" or "issuer" -> the key to sign with


def of_message(edits: Iterable[Edit], message: str) -> tuple[Edit, ...]:
    """The edits of one message; those that decide on a signature last."""
    mine = [e for e in edits if e.message == message]
    return tuple(sorted(mine, key=lambda e: e.field.endswith(".signature")))


def edited_request(request: Request, edits: Iterable[Edit], keys: Keys) -> Request:
    """The request with the edits made.  Raises BadEdit."""
    for edit in edits:
        request = _request(request, edit.field.split("."), edit.value, keys)
    return request


def edited_response(response: Response, edits: Iterable[Edit], keys: Keys) -> Response:
    """The answer with the edits made.  Raises BadEdit."""
    for edit in edits:
        response = _response(response, edit.field.split("."), edit.value, keys)
    return response


def _request(request: Request, path: list[str], value: str | None, keys: Keys) -> Request:
    part, rest = path[0], path[1:]
    u = _address(request.url)
    if part == "method" and not rest and value and value.isalpha():
        return replace(request, method=value.upper())
    if part in ("host", "path") and not rest and value:
        return replace(request, url=urlunsplit(u._replace(netloc=value) if part == "host" else u._replace(path=value)))
    if part in ("query", "fragment") and rest:
        return replace(request, url=urlunsplit(u._replace(**{part: _encoded(getattr(u, part), rest, value, keys)})))
    if part == "headers" and rest:
        return replace(request, headers=_headers(request.headers, rest, value, keys))
    return replace(request, body=_body(request.body, request.headers, part, rest, value, keys))


def _response(response: Response, path: list[str], value: str | None, keys: Keys) -> Response:
    part, rest = path[0], path[1:]
    if part == "status" and not rest:
        if not re.fullmatch(r"[1-5][0-9][0-9]", value or ""):
            raise BadEdit("a status is a number from 100 to 599")
        return replace(response, status=int(value or 0))
    if part == "headers" and rest:
        return replace(response, headers=_headers(response.headers, rest, value, keys))
    if part in ("query", "fragment") and rest and response.location is not None:  # of the address it redirects to
        u = _address(response.location)
        location = urlunsplit(u._replace(**{part: _encoded(getattr(u, part), rest, value, keys)}))
        return replace(response, headers=tuple((k, location if k.lower() == "location" else v) for k, v in response.headers))
    return replace(response, body=_body(response.body, response.headers, part, rest, value, keys))


def _address(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise BadEdit("the address of this message cannot be taken apart") from None


def _body(body: str, headers: Pairs, part: str, rest: list[str], value: str | None, keys: Keys) -> str:
    kind = header(headers, "content-type") or ""
    if part == "body" and not rest:
        return value or ""
    if part == "form" and rest and kind.startswith(FORM):
        return _encoded(body, rest, value, keys)
    if part == "json" and rest:
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise BadEdit("there is no JSON in this message") from None
        if len(rest) > MAX_NESTING:
            raise BadEdit(f"at most {MAX_NESTING} levels of JSON can be entered")
        return json.dumps(_inside(data, rest, value, keys), separators=(",", ":"))
    raise BadEdit(f"this message has no field {'.'.join([part, *rest])[:80]!r}")


def _encoded(text: str, path: list[str], value: str | None, keys: Keys) -> str:
    """One parameter of a query, fragment or form changed; the others keep their places."""
    name, rest = path[0], path[1:]
    old = pairs(text)
    if not any(k == name for k, _ in old):
        return urlencode([*old, (name, value)], errors="replace") if value is not None and not rest else text
    new = [(k, _value(v, rest, value, keys) if k == name else v) for k, v in old]
    return urlencode([(k, v) for k, v in new if v is not None], errors="replace")


def _headers(headers: Pairs, path: list[str], value: str | None, keys: Keys) -> Pairs:
    name, rest = path[0].lower(), path[1:]
    if not any(k.lower() == name for k, _ in headers):
        return (*headers, (path[0], value)) if value is not None and not rest else headers
    new = ((k, _value(v, rest, value, keys) if k.lower() == name else v) for k, v in headers)
    return tuple((k, v) for k, v in new if v is not None)


def _value(old: str, path: list[str], value: str | None, keys: Keys) -> str | None:
    """The text itself or, with a path, a part of the token that it is (perhaps after a scheme such as `Bearer `)."""
    if not path:
        return value
    scheme, space, token = old.rpartition(" ")
    return scheme + space + _token(token, path, value, keys)


def _inside(data: Any, path: list[str], value: str | None, keys: Keys) -> Any:
    """A JSON value with one leaf changed; new leaves are texts, and texts that are JSON keep their type."""
    name, rest = path[0], path[1:]
    if isinstance(data, str):
        return _token(data, path, value, keys)
    if isinstance(data, list) and name in map(str, range(len(data))):
        kept = [_inside(v, rest, value, keys) if rest else _typed(value) for i, v in enumerate(data) if i == int(name)]
        return [*data[: int(name)], *([] if value is None and not rest else kept), *data[int(name) + 1 :]]
    if not isinstance(data, dict):
        raise BadEdit(f"there is nothing called {name[:80]!r} here")
    if rest:
        return data | {name: _inside(data.get(name, {}), rest, value, keys)}
    return {k: v for k, v in data.items() if k != name} if value is None else data | {name: _typed(value)}


def _typed(value: str | None) -> Any:
    """`300` is a number and `["a"]` a list, as in a JSON editor; what is not JSON is text."""
    try:
        return json.loads(value or "")
    except (ValueError, RecursionError):
        return value


def _token(token: str, path: list[str], value: str | None, keys: Keys) -> str:
    try:
        decoded = decode(token)
    except NotAJwt as error:
        raise BadEdit(f"this is not a JWT: {error}") from None
    if path == ["signature"]:
        return _signed(token, decoded.header, decoded.claims, value or "keep", keys)
    if path[0] not in ("header", "claims") or len(path) < 2:
        raise BadEdit("of a token, header, claims and signature can be changed")
    head, claims = dict(decoded.header), dict(decoded.claims)
    if path[0] == "header":
        head = _inside(head, path[1:], value, keys)
    else:
        claims = _inside(claims, path[1:], value, keys)
    return f"{packed(head)}.{packed(claims)}.{token.rpartition('.')[2]}"


def _signed(token: str, head: dict[str, Any], claims: dict[str, Any], how: str, keys: Keys) -> str:
    if how not in SIGNATURES:
        raise BadEdit(f"a signature is one of {', '.join(SIGNATURES)}")
    if how == "keep":
        return token
    if how == "strip":
        return token.rpartition(".")[0] + "."
    key = keys(how)
    return key.seal(head | {"alg": key.alg} | ({"kid": key.kid} if key.kid else {}), claims)
