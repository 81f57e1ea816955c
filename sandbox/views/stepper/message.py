"""A message as HTTP/1.1 would write it, cut into parts: plain text, and fields that can be clicked and edited.

A part is a text, or `[path, name, separator, value]`: the path is the one that edits use (`query.state`, `json.access_token`), and
the three texts are what the wire shows.  All texts of all parts together are the message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult

from sandbox.core.wire import JSON, Request, Response, header, split
from sandbox.protocol.certificates import certificate_thumbprint

Part = str | list[str]


def parts(message: Request | Response) -> list[Part]:
    """The message in parts; neighbouring texts are one."""
    head = _request_line(message) if isinstance(message, Request) else _status_line(message)
    every = [*_connection(message), *head, *_headers(message), *(["\n\n", *_body(message)] if message.body else [])]
    out: list[Part] = []
    for part in every:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part:
            out.append(part)
    return out


def _connection(message: Request | Response) -> Iterator[Part]:
    """The certificate with which the connection was opened: not part of the message, and not to be edited."""
    if isinstance(message, Request) and message.certificate:
        yield f"(TLS with client certificate x5t#S256={certificate_thumbprint(message.certificate)})\n"


def text(message: list[Part]) -> str:
    """The parts put together again."""
    return "".join(part if isinstance(part, str) else "".join(part[1:]) for part in message)


def holder(message: list[Part], token: str) -> str:
    """The path of the field that holds this token; '' if none does."""
    return next((p[0] for p in message if not isinstance(p, str) and p[0] and token in _words(p[3])), "")


def _words(value: str) -> list[str]:
    return value.strip('"').split(" ")


# ---------------------------------------------------------------- first line


def _request_line(request: Request) -> Iterator[Part]:
    u = split(request.url)
    yield ["method", "", "", request.method]
    yield " "
    if not u.netloc:
        yield f"{u.scheme}:" if u.scheme else request.url
    yield ["path", "", "", u.path or "/"]
    yield from _parameters(u)
    if u.netloc:
        yield " HTTP/1.1"
        if header(request.headers, "host") is None:
            yield "\n"
            yield ["host", "Host", ": ", u.netloc]


def _parameters(u: SplitResult) -> Iterator[Part]:
    for mark, name in (("?", "query"), ("#", "fragment")):
        if encoded := getattr(u, name):
            yield mark
            yield from _pairs(encoded, name, "&")


def _pairs(encoded: str, place: str, between: str) -> Iterator[Part]:
    """Each parameter; one whose name comes again (`resource`, RFC 8707 §2) has no path of its own, and is text."""
    pairs = [pair.partition("=") for pair in encoded.split("&")]
    names = [name for name, _, _ in pairs]
    for i, (name, equals, value) in enumerate(pairs):
        if i:
            yield between
        alone = _plain(name) and equals and names.count(name) == 1
        yield [f"{place}.{name}", name, equals, value] if alone else f"{name}{equals}{value}"


def _plain(name: str) -> bool:
    """Whether the name can stand in a path: no dots in it, and nothing that is encoded."""
    return bool(name) and not set(name) & set(".%+")


def _status_line(response: Response) -> Iterator[Part]:
    yield "HTTP/1.1 "
    yield ["status", "", "", str(response.status)]
    try:
        yield f" {HTTPStatus(response.status).phrase}"
    except ValueError:
        return


# ---------------------------------------------------------------- headers


def _headers(message: Request | Response) -> Iterator[Part]:
    for name, value in message.headers:
        yield "\n"
        if not _plain(name):
            yield f"{name}: {value}"
        elif name.lower() == "location" and isinstance(message, Response):
            yield from _location(name, value)
        else:
            yield [f"headers.{name.lower()}", name, ": ", value]


def _location(name: str, value: str) -> Iterator[Part]:
    """Where a redirect leads: the parameters of the address are fields of their own."""
    u = split(value)
    bare = value[: min((i for i in (value.find("?"), value.find("#")) if i >= 0), default=len(value))]
    yield [f"headers.{name.lower()}", name, ": ", bare]
    if u.scheme or u.path:
        yield from _parameters(u)
    else:
        yield value[len(bare) :]


# ---------------------------------------------------------------- body


def _body(message: Request | Response) -> Iterator[Part]:
    if (message.header("content-type") or "").startswith(JSON) and message.json is not None:
        yield from _json(message.json, "json", "\n")
    elif isinstance(message, Request) and message.form:
        yield from _pairs(message.body, "form", "\n&")
    else:
        yield ["body", "", "", message.body]


def _json(value: Any, path: str, line: str) -> Iterator[Part]:
    """Indented JSON; each member of an object and each item of a list is a field."""
    if not isinstance(value, dict | list) or not value:
        yield json.dumps(value, ensure_ascii=False)
        return
    inner, first = f"{line}  ", True
    yield "{" if isinstance(value, dict) else "["
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield inner if first else f",{inner}"
        first = False
        yield from _member(f"{path}.{key}" if path and _plain(str(key)) else "", key, item, inner)
    yield f"{line}}}" if isinstance(value, dict) else f"{line}]"


def _member(path: str, key: str | int, item: Any, line: str) -> Iterator[Part]:
    name = [] if isinstance(key, int) else [json.dumps(key, ensure_ascii=False), ": "]
    leaf = "" if isinstance(item, dict | list) and item else json.dumps(item, ensure_ascii=False)
    if path and (name or leaf):
        yield [path, *(name or ["", ""]), leaf]
    else:
        yield "".join((*name, leaf))
    if not leaf:
        yield from _json(item, path, line)
