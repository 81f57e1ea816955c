"""A change to a message on its way: other fields, other headers, another address."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import Field

from sandbox.core.forms import Form
from sandbox.core.wire import FORM, Request, compact, header, pairs
from sandbox.verbs.values import Edits, Method, Path, Text, Value


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


def changed(request: Request, change: Change | None) -> Request:
    """The request with a change made to it; null removes."""
    if change is None:
        return request
    u = urlsplit(request.url)
    url = urlunsplit((
        u.scheme,
        change.host or u.netloc,
        change.path or u.path,
        _merged(u.query, change.query),
        _merged(u.fragment, change.fragment) if change.fragment is not None else u.fragment,
    ))  # fmt: skip
    headers = request.headers
    for name, value in (change.headers or {}).items():
        headers = tuple(h for h in headers if h[0].lower() != name.lower()) + (((name, value),) if value is not None else ())
    body = request.body
    if change.form is not None:
        body = _merged(body if (header(headers, "content-type") or "").startswith(FORM) else "", change.form)
    if change.json_ is not None:
        body = compact({k: v for k, v in ((request.json or {}) | change.json_).items() if v is not None})
    return replace(request, method=change.method or request.method, url=url, headers=headers, body=body)


def _merged(encoded: str, change: dict[str, str | None] | None) -> str:
    if change is None:
        return encoded
    values = [(k, change.get(k, v)) for k, v in pairs(encoded)]
    values += [(k, v) for k, v in change.items() if k not in dict(pairs(encoded))]
    return urlencode([(k, v) for k, v in values if v is not None])
