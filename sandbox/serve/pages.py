"""How pages look to a person: style, phone-sized view, links below the party's path, and a way to say no.

The forms, the names of their fields and their hidden values are the party's own; the simulated browser sees the same pages undressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sandbox.core.wire import Response, page_mark
from sandbox.serve.reader import Block, Form, Picture, read
from sandbox.views.html.frame import Document

PARTY = Document("party.html.j2", ("served.css",), served=True)
FRONT = Document("front.html.j2", ("served.css",), served=True)
POLICY = PARTY.policy
HTML = ("Content-Type", "text/html; charset=utf-8")
SECURITY = ("content-security-policy", POLICY)

REFUSALS = {"consent": ("allow", "Deny"), "logout": ("log_out", "Stay signed in")}  # page -> the field that says yes, the other button
HINTS = {  # what a browser and a screen keyboard have to know about a field
    "username": {"autocomplete": "username", "autocapitalize": "none", "autofocus": "", "required": ""},
    "password": {"autocomplete": "current-password", "required": ""},
}


def dressed(response: Response, mount: str) -> Response:
    """A party's answer as it goes out below the path `mount`: the same, but a page is made for people."""
    if page_mark(response, "page") in (None, "post"):  # no page, or one that nobody sees
        return response
    page = read(response.body)
    blocks = [_placed(block, mount) for shown in page.blocks for block in _with_refusal(shown, page.kind)]
    body = PARTY.render(page.title, page=replace(page, blocks=tuple(blocks)), hints=HINTS)
    kept = tuple(h for h in response.headers if h[0].lower() != SECURITY[0])  # a served page is stricter than the party asks for
    return replace(response, headers=(*kept, SECURITY), body=body)


def front(places: Iterable[tuple[str, str]]) -> Response:
    """The page at the base: each party's title and address."""
    return Response(200, (HTML, SECURITY), FRONT.render("OAuth Sandbox, served", places=list(places)))


def offered(title: str, at: str, addresses: Mapping[str, str]) -> Response:
    """The page at a party's own address: what can be asked there, each address with its methods."""
    places = [(methods.replace(" ", ", "), at + path) for path, methods in addresses.items()]
    return Response(200, (HTML, SECURITY), FRONT.render(title, places=places))


def _with_refusal(block: Block, kind: str) -> Iterator[Block]:
    """The block and, if it is a form that says yes to a question, the same form saying no."""
    yield block
    if isinstance(block, Form) and kind in REFUSALS:
        name, button = REFUSALS[kind]
        fields = tuple(replace(f, value="no") if (f.name, f.value) == (name, "yes") else f for f in block.fields)
        if fields != block.fields:
            yield replace(block, fields=fields, button=button, no=True)


def _placed(block: Block, mount: str) -> Block:
    """The block with its address below the party's path."""
    if isinstance(block, Form):
        return replace(block, action=_below(mount, block.action))
    if isinstance(block, Picture):
        return replace(block, address=_below(mount, block.address))
    return block


def _below(mount: str, address: str) -> str:
    return mount + address if address.startswith("/") and not address.startswith("//") else address
