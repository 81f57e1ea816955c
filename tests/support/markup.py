"""Reading HTML that we made, and refusing what is not well-formed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "img", "input", "meta", "wbr"})
ADDRESSES = frozenset({"src", "href", "action", "formaction", "poster", "background", "data", "srcset", "ping"})


@dataclass(frozen=True)
class Element:
    """An element with its attributes, and the text directly inside it."""

    tag: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.doctypes = 0

    def handle_decl(self, decl: str) -> None:
        self.doctypes += decl.lower() == "doctype html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop().tag == tag, f"</{tag}> ends another element"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].texts.append(data)
        else:
            assert not data.strip(), f"text outside of the document: {data[:60]!r}"

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment that is not ours: {data[:60]!r}")


def parsed(text: str) -> list[Element]:
    """All elements of a document in order; fails where they do not nest."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.doctypes == 1
    assert [e.tag for e in reader.open] == [], "elements that do not end"
    return reader.elements


def shape(elements: list[Element]) -> list[tuple[str, tuple[str, ...]]]:
    """The elements and the names of their attributes: what no text may change."""
    return [(e.tag, tuple(e.attributes)) for e in elements]


def addresses(elements: list[Element]) -> list[str]:
    """Everything that a browser could fetch or follow."""
    return [value for e in elements for name, value in e.attributes.items() if name in ADDRESSES]


def directives(policy: str) -> dict[str, str]:
    """A Content-Security-Policy, taken apart."""
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}


def digest(text: str) -> str:
    """The source expression that allows this style or script (Content Security Policy Level 3 §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
