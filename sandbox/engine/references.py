"""What `$step.output.part` stands for: stepping into messages, addresses, tokens, maps and lists.  `player.py` knows the steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from sandbox.core.wire import Request, Response, pairs, split
from sandbox.engine.knowledge import facts
from sandbox.protocol.tokens import NotAJwt, decode
from sandbox.world.parties.pages import read

_TOKEN = re.compile(
    r"^(?:Bearer|DPoP)\s+([\w.~+/-]+=*)|\baccess_token(?:=|\"\s*:\s*\")([\w.~+/-]+=*)|\b(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*)", re.IGNORECASE
)


def replaced(value: Any, resolve: Callable[[str], Any]) -> Any:
    """The value with references resolved and `$$` turned into a dollar; the value itself where there is nothing to replace.

    Raises ValidationError where a reference leads to something that cannot stand in its place.
    """
    if isinstance(value, str):
        if not value.startswith("$"):
            return value
        return value[1:] if value.startswith("$$") else resolve(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, BaseModel):
        changed = {k: new for k, old in value.__dict__.items() if (new := replaced(old, resolve)) is not old}
        return _with(value, changed) if changed else value
    if isinstance(value, dict):
        items = {k: replaced(v, resolve) for k, v in value.items()}
        return items if any(items[k] is not value[k] for k in value) else value
    if isinstance(value, list | tuple):
        return type(value)(replaced(v, resolve) for v in value)
    return value


def _with(model: BaseModel, changed: dict[str, Any]) -> BaseModel:
    """The model with other values, checked as those of a file are."""
    fields = type(model).model_fields
    given = {name: value for name, value in model.__dict__.items() if name in model.model_fields_set} | changed
    return type(model).model_validate({fields[name].alias or name: value for name, value in given.items()})


def part_of(value: Any, part: str) -> Any:
    """One step into a value: a part of a message, of an address, of a token, of a map or a list.  None if there is none."""
    if isinstance(value, Request | Response):
        return _part_of_message(value, part)
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple):
        return value[int(part)] if part in map(str, range(len(value))) else None
    return _part_of_text(value, part) if isinstance(value, str) else None


def _part_of_message(message: Request | Response, part: str) -> Any:
    if part == "headers":
        return {k.lower(): v for k, v in message.headers}
    if part == "form":
        return dict(message.form) if isinstance(message, Request) else _first_form(message)
    if part in ("url", "method") and isinstance(message, Request):
        return getattr(message, part)
    if part == "status" and isinstance(message, Response):
        return message.status
    if part == "cookies":
        return message.cookies if isinstance(message, Request) else _cookies_set(message)
    if part == "token":
        return next(filter(None, map(token_in, _texts(message))), None)
    return message.json if part == "json" else None


def _first_form(response: Response) -> dict[str, str] | None:
    """The fields of the first form on a page, as they are before anybody fills it in."""
    html = (response.header("content-type") or "").startswith("text/html")
    forms = read("", response.body)[0] if html else ()
    return dict(forms[0].fields) if forms else None


def _cookies_set(response: Response) -> dict[str, str]:
    given = (value.partition(";")[0].partition("=") for name, value in response.headers if name.lower() == "set-cookie")
    return {name.strip(): value for name, _, value in given}


def _texts(message: Request | Response) -> Iterator[str]:
    """The texts of a message in which a token may stand, the usual place first."""
    if isinstance(message, Request):
        yield message.header("authorization") or ""
        yield message.url
    yield from (value for name, value in message.headers if name.lower() != "dpop")
    yield message.body


def token_in(text: str) -> str | None:
    """The first token in a text, wherever it stands: after its scheme, as the value of `access_token`, or what is shaped like a JWT."""
    found = _TOKEN.search(text)
    return next(filter(None, found.groups()), None) if found else None


def _part_of_text(text: str, part: str) -> Any:
    """Text that parses as a token or an address may be entered."""
    if part in ("header", "claims"):
        try:
            token = decode(text)
        except NotAJwt:
            return None
        return dict(token.header if part == "header" else token.claims)
    if part == "token":
        return token_in(text)
    u = split(text)
    if not u.scheme:
        return None
    return {"host": u.netloc, "path": u.path, "query": dict(pairs(u.query)), "fragment": dict(pairs(u.fragment))}.get(part)


def leaves(value: Any) -> Iterator[str]:
    """The texts inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, Request | Response):
        yield from (text for name, text in facts(value) if "." not in name)
