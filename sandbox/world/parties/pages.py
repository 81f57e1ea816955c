"""HTML pages of the simulated servers, and reading the forms on them.  All text from outside is escaped here."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sandbox.core.memo import memo
from sandbox.core.wire import Pairs, Response, joined


@dataclass(frozen=True, slots=True)
class Form:
    """A form on a page: its target, and its fields before a person fills it in."""

    action: str
    fields: Pairs


def page(kind: str, title: str, body: str = "", *headers: tuple[str, str], status: int = 200, error: str | None = None) -> Response:
    """One of our pages.  `kind` is login, consent, logout, app or error; `body` must be HTML already."""
    mark = f' data-error="{html.escape(error)}"' if error else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title></head>'
        f'<body data-page="{kind}"{mark}><h1>{html.escape(title)}</h1>{body}</body></html>'
    )
    return Response(status, (("Content-Type", "text/html; charset=utf-8"), *headers), text)


def error_page(status: int, error: str, text: str = "", *headers: tuple[str, str]) -> Response:
    """A page that tells a person what went wrong; `error` is the code."""
    return page("error", "That did not work", f"<p>{html.escape(text or error)}</p>", *headers, status=status, error=error)


def paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def form(action: str, hidden: dict[str, str], *inputs: tuple[str, str], button: str = "OK", hint: str = "") -> str:
    """A form that is sent with POST.  `inputs`: name and type of what a person fills in; `hint` stands in the first of them."""
    fields = [f'<input type="hidden" name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in hidden.items()]
    hints = [html.escape(hint), *[""] * len(inputs)]
    fields += [f'<label>{n} <input type="{t}" name="{n}" value="{v}"></label>' for (n, t), v in zip(inputs, hints, strict=False)]
    return f'<form method="post" action="{html.escape(action)}">{"".join(fields)}<button>{html.escape(button)}</button></form>'


MAX_PAGE = 64 * 1024  # characters; what comes after them is not read
_TAG = re.compile(r"<(form|input|img)\b([^<>]{0,4096})>", re.I)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([a-z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=]+))""", re.I)


def read(url: str, body: str) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    """The forms and the images of a page, with their addresses made absolute.

    A reader of our own, in linear time: the standard library's is quadratic on unfinished tags, and pages may be hostile.
    """
    return _read(url, body[:MAX_PAGE])


@memo("message", 256)
def _read(url: str, body: str) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    forms: list[tuple[str, list[tuple[str, str]]]] = []
    images: list[str] = []
    for tag, inside in _TAG.findall(_without_comments(body)):
        values = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(inside)}
        if tag.lower() == "form":
            forms.append((joined(url, values.get("action", "")), []))
        elif tag.lower() == "img":
            images.append(joined(url, values.get("src", "")))
        elif forms:
            forms[-1][1].append((values.get("name", ""), values.get("value", "")))
    return tuple(Form(action, tuple(fields)) for action, fields in forms), tuple(images)


def _without_comments(body: str) -> str:
    kept, rest = [], body
    while True:
        before, _, rest = rest.partition("<!--")
        kept.append(before)
        _, _, rest = rest.partition("-->")
        if not rest:
            return "".join(kept)
