"""Messages as files write them: built from parts, or a change to one that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self
from urllib.parse import urlencode, urlunsplit

from pydantic import Field, model_validator

from sandbox.core.forms import Form, refuse, refuse_at
from sandbox.core.wire import FORM, JSON, Request, compact, header, pairs, split
from sandbox.verbs.values import Edits, Fields, Method, Parts, Path, Text

TYPED = "remove it: only the address can change here; `follow` and `send` change whole messages"


class AddressChange(Form):
    """What to change in an address; null removes a parameter."""

    retired: ClassVar[dict[str, str]] = dict.fromkeys(("method", "headers", "form", "json"), TYPED)

    host: Text | None = Field(None, description="another host")
    path: Path | None = Field(None, description="another path")
    query: Edits | None = Field(None, description="parameters of the query to set or, with null, to remove")
    fragment: Edits | None = Field(None, description="parameters of the fragment to set or, with null, to remove")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise refuse("this `change` changes nothing", "write what is to change, or remove it")
        return self


class Change(AddressChange):
    """What to change in a message; null removes a key."""

    retired: ClassVar[dict[str, str]] = {}

    method: Method | None = Field(None, description="another method")
    headers: Edits | None = Field(None, description="headers to set or, with null, to remove")
    form: Edits | None = Field(None, description="fields of the form to set or, with null, to remove")
    json_: Parts | None = Field(None, alias="json", description="keys of the JSON body to set or, with null, to remove")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if self.form is not None and self.json_ is not None:
            raise refuse_at(("json",), "`form` and `json` cannot be combined", "keep one of them: a request has one body")
        return self


def built(method: str | None, url: str, headers: Fields | None = None, json: Any = None, form: Fields | None = None) -> Request:
    """A request from its parts; a body says its own type unless the headers do."""
    media = JSON if json is not None else FORM if form is not None else ""
    body = compact(json) if json is not None else urlencode(form, errors="replace") if form is not None else ""
    request = Request(method or ("POST" if media else "GET"), url, tuple((headers or {}).items()), body)
    return request if not media or request.header("content-type") else request.with_header("Content-Type", media)


def changed_address(url: str, change: AddressChange | None) -> str:
    """The address with a change made to it."""
    if change is None:
        return url
    u = split(url)
    fragment = _merged(u.fragment, change.fragment) if change.fragment is not None else u.fragment
    return urlunsplit((u.scheme, change.host or u.netloc, change.path or u.path, _merged(u.query, change.query), fragment))


def changed(request: Request, change: Change | None) -> Request:
    """The request with a change made to it."""
    if change is None:
        return request
    request = replace(request, method=change.method or request.method, url=changed_address(request.url, change))
    if change.form is not None:
        body = request.body if (header(request.headers, "content-type") or "").startswith(FORM) else ""
        request = replace(_typed(request, FORM), body=_merged(body, change.form))
    if change.json_ is not None:
        old = request.json if isinstance(request.json, dict) else {}
        request = replace(_typed(request, JSON), body=compact({k: v for k, v in (old | change.json_).items() if v is not None}))
    for name, value in (change.headers or {}).items():
        request = request.with_header(name, value)
    return request


def _typed(request: Request, media: str) -> Request:
    """The request with this content type, unless it has it already."""
    return request if (request.header("content-type") or "").startswith(media) else request.with_header("Content-Type", media)


def _merged(encoded: str, change: dict[str, str | None] | None) -> str:
    if change is None:
        return encoded
    values = [(k, change.get(k, v)) for k, v in pairs(encoded)]
    values += [(k, v) for k, v in change.items() if k not in dict(pairs(encoded))]
    return urlencode([(k, v) for k, v in values if v is not None])
