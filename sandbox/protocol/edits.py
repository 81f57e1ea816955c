"""Changing messages on their way: which message, which field, which value.

An edit names a message by its id (`honest/budget>accounts:GET /accounts#1`; answers say `answer GET /accounts`) and a field in
dots: `method`, `host`, `path`, `status`, `body`, `query.state`, `fragment.code`, `form.code`, `headers.origin`, `json.scope`.
Text that is a JWT may be entered: `headers.authorization.claims.aud`, `json.access_token.header.alg`; what becomes of its
signature is said by a field of its own, `headers.authorization.signature`: keep (the default), strip, mallory or issuer.
Everything that is not named stays byte for byte as it was.

In a link and on the command line an edit is `MESSAGE~FIELD~VALUE`, or `MESSAGE~FIELD` to leave the field out; `;` is between edits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, unquote, urlencode, urlsplit, urlunsplit

from sandbox.core.strict_json import MAX_NESTING
from sandbox.core.wire import FORM, Pairs, Request, Response, compact, header, pairs
from sandbox.protocol.tokens import Key, NotAJwt, decode, packed

SIGNATURES = ("keep", "strip", "mallory", "issuer")
MAX_EDITS = 40
MAX_VALUE = 20_000  # characters
MAX_NAME = 300  # characters of a message's id, and of a field


class BadEdit(ValueError):
    """The edit does not fit the message: no such field, or a value that cannot be there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to one message: its id, the field, the new value (None removes it)."""

    message: str
    field: str
    value: str | None


Keys = Callable[[str], Key]  # "mallory" or "issuer" -> the key to sign with
Unfit = tuple[Edit, str]  # an edit that was not made, and why


# ---------------------------------------------------------------- in links


def written(edits: Iterable[Edit]) -> str:
    """The edits as one text; `read` gives them back."""
    return ";".join("~".join(_guarded(part) for part in (e.message, e.field, e.value) if part is not None) for e in edits)


def _guarded(text: str) -> str:
    return text.replace("%", "%25").replace("~", "%7E").replace(";", "%3B")


def read(text: str) -> tuple[tuple[Edit, ...], list[str]]:
    """The edits in a text, and a sentence for each part of it that is none."""
    parts = [part for part in text.split(";") if part]
    problems = [f"The link edits more than {MAX_EDITS} fields; the rest is left out."] if len(parts) > MAX_EDITS else []
    edits: tuple[Edit, ...] = ()
    for part in parts[:MAX_EDITS]:
        try:
            edits = with_edit(edits, read_one(part))
        except BadEdit as error:
            problems.append(f"An edit in the link was left out: {error}.")
    return edits, problems


def read_one(text: str) -> Edit:
    """One `MESSAGE~FIELD~VALUE`.  Raises BadEdit."""
    parts = [unquote(part) for part in text.split("~")]
    if len(parts) not in (2, 3):
        raise BadEdit(f"{text[:60]!r} is not MESSAGE~FIELD~VALUE")
    return made(parts[0], parts[1], parts[2] if len(parts) == 3 else None)


def made(message: str, field: str, value: str | None) -> Edit:
    """An edit whose parts are texts of bearable length that can be sent.  Raises BadEdit."""
    if not 0 < len(message) <= MAX_NAME or not 0 < len(field) <= MAX_NAME:
        raise BadEdit("an edit names a message and a field")
    if len(value or "") > MAX_VALUE:
        raise BadEdit(f"a value has at most {MAX_VALUE} characters")
    if any("\ud800" <= c <= "\udfff" for c in f"{message}{field}{value or ''}"):
        raise BadEdit("half a character cannot be sent")
    return Edit(message, field, value)


def with_edit(edits: Iterable[Edit], edit: Edit) -> tuple[Edit, ...]:
    """The edits with one more; a field has one edit, which keeps its place in the list."""
    old = tuple(edits)
    if any(_same(e, edit) for e in old):
        return tuple(edit if _same(e, edit) else e for e in old)
    if len(old) >= MAX_EDITS:
        raise BadEdit(f"a run has at most {MAX_EDITS} edits")
    return (*old, edit)


def without(edits: Iterable[Edit], message: str, field: str) -> tuple[Edit, ...]:
    """The edits without this one.  The choice of a token's signature is dropped with the token's last other edit."""
    left = tuple(e for e in edits if (e.message, e.field) != (message, field))
    return tuple(e for e in left if not _alone(e, left) or _alone(e, edits))


def _same(a: Edit, b: Edit) -> bool:
    return (a.message, a.field) == (b.message, b.field)


def _alone(edit: Edit, edits: Iterable[Edit]) -> bool:
    """Whether this decides on the signature of a token that is not changed otherwise."""
    token = edit.field.removesuffix("signature")
    inside = (f"{token}claims.", f"{token}header.")
    return token != edit.field and not any(e.message == edit.message and e.field.startswith(inside) for e in edits)


def applied(edits: tuple[Edit, ...], event: Mapping[str, Any]) -> tuple[Edit, ...]:
    """The edits after something that a learner did: `edit`, `unedit` or `unedit-all`, as the stepper reports it.  Raises BadEdit."""
    message, field, value, signature = (event.get(name) for name in ("message", "field", "value", "signature"))
    if event.get("event") == "unedit-all":
        return ()
    if not isinstance(message, str) or not isinstance(field, str) or not isinstance(value, str | None):
        raise BadEdit("an edit names a message and a field")
    if event.get("event") == "unedit":
        return without(edits, message, field)
    edits = with_edit(edits, made(message, field, value))
    token = re.match(r"(.*?)\.(?:claims|header)\.", field)
    if token and signature in SIGNATURES:
        name = f"{token[1]}.signature"
        edits = without(edits, message, name) if signature == "keep" else with_edit(edits, made(message, name, str(signature)))
    return edits


# ---------------------------------------------------------------- on messages


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
        return compact(_inside(data, rest, value, keys))
    raise BadEdit(f"this message has no field {'.'.join([part, *rest])[:80]!r}")


def _encoded(text: str, path: list[str], value: str | None, keys: Keys) -> str:
    """One parameter of a query, fragment or form changed; the others keep their places.

    Of a repeated one (`resource`) the first is changed, which is the one that is shown; what is taken away goes with all of them.
    """
    name, rest = path[0], path[1:]
    old = pairs(text)
    if not any(k == name for k, _ in old):
        return urlencode([*old, (name, value)], errors="replace") if value is not None and not rest else text
    first = next(n for n, (k, _) in enumerate(old) if k == name)
    meant = [n == first or (value is None and k == name) for n, (k, _) in enumerate(old)]
    new = [(k, _value(v, rest, value, keys) if edited else v) for (k, v), edited in zip(old, meant, strict=True)]
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
