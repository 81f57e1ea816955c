"""What a person sees: the page that a message brings to a browser, as a short list of things to draw.

The recorded HTML is read here and nothing of it is passed on as markup: only headings, sentences, list items, fields and buttons, as
text.  Who draws them decides how they look.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from sandbox.core.text import cut
from sandbox.core.wire import Request, Response, origin, split

Doc = dict[str, Any]
MOST, LONGEST = 24, 240  # things of one page, characters of one text; the message beside it is whole
PAGE = 64 * 1024  # characters of a page that are read
LIT = ("code", "state", "iss", "code_challenge", "access_token", "error", "request_uri")  # what an address carries of the protocol
_TAG = re.compile(r"<(/?)(h1|p|li|label|button|input)\b([^<>]{0,4096})>", re.I)
_ANY = re.compile(r"<[^<>]{0,4096}>")
_ATTRIBUTE = re.compile(r"""(?<![\w-])(type|value|name)\s*=\s*"([^"]*)\"""", re.I)


def before(owner: str, request: Request, answer: Response) -> Doc | None:
    """The screen while this answer is awaited: an address, and nothing of what will come; None if the answer is not for people."""
    return _frame(owner, request) if _leads(answer) or list(_items(_body(answer))) else None


def after(owner: str, request: Request, answer: Response) -> Doc | None:
    """The screen after this answer; None if it is not for people.  A redirect shows nothing, and says where it leads."""
    if _leads(answer):
        return _frame(owner, request) | {"goes": origin(answer.location or "") or cut(answer.location or "", 60)}
    items = list(_items(_body(answer)))[:MOST]
    return _frame(owner, request) | {"items": items} if items else None


def _frame(owner: str, request: Request) -> Doc:
    return {"of": owner, "address": address(request.url) if split(request.url).netloc else []}  # an app of the device has no address bar


def _leads(answer: Response) -> bool:
    return 300 <= answer.status < 400 and bool(answer.location)


def _body(answer: Response) -> str:
    return answer.body[:PAGE] if (answer.header("content-type") or "").startswith("text/html") else ""


def address(url: str) -> list[list[Any]]:
    """The address bar: its texts, each with whether it is lit because the protocol travels in it."""
    u = split(url)
    out: list[list[Any]] = [[cut(("" if u.scheme == "https" else f"{u.scheme}://") + u.netloc + u.path, LONGEST), False]]
    for mark, text in (("?", u.query), ("#", u.fragment)):
        for i, pair in enumerate(text.split("&") if text else ()):
            name = pair.partition("=")[0]
            out += [["&" if i else mark, False], [cut(pair, 80), name in LIT]]
    return out[:MOST]


def _items(body: str) -> Iterator[list[str]]:
    """`[kind, text]` for each thing on the page, and `["field", label, value, type]` for what a person can fill in."""
    kind, start, label = "", 0, ""
    for tag in _TAG.finditer(body):
        closing, name = tag[1], tag[2].lower()
        if name == "input":
            yield from _field(tag[3], label or _text(body[start : tag.start()]))
            label = ""
        elif closing:
            text = _text(body[start : tag.start()])
            if name == kind and name != "label" and text:
                yield [name, text]
            kind = ""
        else:
            kind, start = name, tag.end()


def _field(attributes: str, label: str) -> Iterator[list[str]]:
    given = {name.lower(): html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    if given.get("type", "text").lower() in ("text", "password"):
        yield ["field", label or cut(given.get("name", ""), 40), cut(given.get("value", ""), 60), given.get("type", "text").lower()]


def _text(inner: str) -> str:
    return cut(" ".join(html.unescape(_ANY.sub(" ", inner)).split()), LONGEST)
