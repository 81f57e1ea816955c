"""HTML pages of the simulated servers, and reading the forms on them.  All text from outside is escaped here."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urljoin

from sandbox.wire import Pairs, Response


@dataclass(frozen=True, slots=True)
class Form:
    """A form on a page: where it goes and what it holds before a person fills it in."""

    action: str
    fields: Pairs


def page(kind: str, title: str, body: str = "", *headers: tuple[str, str], status: int = 200, error: str | None = None) -> Response:
    """One of our pages.  `kind` is login, consent, app or error; `body` must be HTML already."""
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


def form(action: str, hidden: dict[str, str], *inputs: tuple[str, str], button: str = "OK") -> str:
    """A form that is sent with POST.  `inputs`: name and type of what a person fills in."""
    fields = [f'<input type="hidden" name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in hidden.items()]
    fields += [f'<label>{n} <input type="{t}" name="{n}" value=""></label>' for n, t in inputs]
    return f'<form method="post" action="{html.escape(action)}">{"".join(fields)}<button>{html.escape(button)}</button></form>'


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append((values.get("action", ""), []))
        elif tag == "input" and self.forms:
            self.forms[-1][1].append((values.get("name", ""), values.get("value", "")))
        elif tag == "img":
            self.images.append(values.get("src", ""))


@lru_cache(maxsize=1024)
def read(url: str, body: str) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    """The forms and the images of a page, with their addresses made absolute."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    forms = tuple(Form(urljoin(url, action), tuple(fields)) for action, fields in reader.forms)
    return forms, tuple(urljoin(url, src) for src in reader.images)
