"""A party's page -> its content as a model, for the template that shows it to a person.

Only our own parties are served, and their pages are made of few elements; one that is not known here raises, so that nothing of a
page is left out in silence.  Pages of strangers are read by the simulated browser, in `world/parties/pages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import ClassVar

SILENT = frozenset({"html", "head", "meta", "title", "ul"})  # `title` says the same as the heading
TEXTS = frozenset({"h1", "p", "li", "label", "button"})


class UnknownPart(ValueError):
    """A page has something that is not known here."""


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form: `kind` is hidden, text or password."""

    name: str
    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, its fields, and what its button says.  `no`: its button refuses."""

    shape: ClassVar[str] = "form"
    action: str
    fields: tuple[Field, ...]
    button: str
    no: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    shape: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    shape: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image and its address."""

    shape: ClassVar[str] = "picture"
    address: str


Block = Form | Paragraph | Items | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a page, from top to bottom.  `kind` is login, consent, logout, app or error; `error` the code it is marked with."""

    kind: str
    error: str | None
    title: str
    blocks: tuple[Block, ...]


def read(body: str) -> Page:
    """The page of one of our parties.  Raises UnknownPart."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return Page(reader.kind, reader.error, reader.title, tuple(reader.blocks))


@dataclass
class _Open:
    """A form that has begun."""

    action: str
    fields: list[Field] = field(default_factory=list)
    button: str = ""


class _Reader(HTMLParser):
    """Collects the blocks of a page, each when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.kind, self.title = "", ""
        self.error: str | None = None
        self.blocks: list[Block] = []
        self.items: list[str] = []
        self.form: _Open | None = None
        self.inside = ""  # the element whose text is being read
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in TEXTS or tag == "title":
            self.inside, self.text = tag, ""
        elif tag == "body":
            self.kind, self.error = given.get("data-page", ""), given.get("data-error")
        elif tag == "form":
            self.form = _Open(given.get("action", ""))
        elif tag == "input" and self.form is not None:
            label = self.text.strip() if self.inside == "label" else ""
            self.form.fields.append(Field(given.get("name", ""), given.get("type", "text"), given.get("value", ""), label))
        elif tag == "img":
            self.blocks.append(Picture(given.get("src", "")))
        elif tag not in SILENT:
            raise UnknownPart(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            raise UnknownPart(f"text outside of a paragraph: {data[:40]!r}")
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self.title = self.text
        elif tag == "p":
            self.blocks.append(Paragraph(self.text))
        elif tag == "li":
            self.items.append(self.text)
        elif tag == "ul":
            self.blocks.append(Items(tuple(self.items)))
            self.items = []
        elif tag == "button" and self.form is not None:
            self.form.button = self.text
        elif tag == "form" and self.form is not None:
            self.blocks.append(Form(self.form.action, tuple(self.form.fields), self.form.button))
            self.form = None
        if tag == self.inside:
            self.inside = ""
