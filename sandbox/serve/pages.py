"""How pages look to a person: style, phone-sized view, links below the party's path, and a way to say no.

The forms, the names of their fields and their hidden values are the party's own; the simulated browser sees the same pages undressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sandbox.core.memo import memo
from sandbox.core.wire import LONGEST_KEPT, Response, page_mark
from sandbox.serve.reader import Block, Form, Picture, read
from sandbox.views.html.frame import Document

PARTY = Document("party.html.j2", ("served.css",), served=True)
FRONT = Document("front.html.j2", ("served.css",), served=True)
POLICY = PARTY.policy
HTML = ("Content-Type", "text/html; charset=utf-8")
SECURITY = ("content-security-policy", POLICY)
TICKET = re.compile(r'name="ticket" value="([A-Za-z0-9_-]{8,64})"')
PLACE = "the_ticket_of_this_page"  # stands for it while the rest of the page is made, which is the same again and again

REFUSALS = {"consent": ("allow", "Deny"), "logout": ("log_out", "Stay signed in")}  # page -> the field that says yes, the other button
HINTS = {  # what a browser and a screen keyboard have to know about a field
    "username": {"autocomplete": "username", "autocapitalize": "none", "autofocus": "", "required": ""},
    "password": {"autocomplete": "current-password", "required": ""},
}


def dressed(response: Response, mount: str) -> Response:
    """A party's answer as it goes out below the path `mount`: the same, but a page is made for people."""
    if page_mark(response, "page") in (None, "post"):  # no page, or one that nobody sees
        return response
    ticket = TICKET.search(response.body)
    if ticket is None or PLACE in response.body:
        body = _made(response.body, mount)
    else:  # nothing else differs between two such pages
        body = _made(response.body.replace(ticket[1], PLACE), mount).replace(PLACE, ticket[1])
    kept = tuple(h for h in response.headers if h[0].lower() != SECURITY[0])  # a served page is stricter than the party asks for
    return replace(response, headers=(*kept, SECURITY), body=body)


@memo("message", 256, longest=LONGEST_KEPT)
def _made(body: str, mount: str) -> str:
    """The page of a party, made for people."""
    page = read(body)
    blocks = [_placed(block, mount) for shown in page.blocks for block in _with_refusal(shown, page.kind)]
    return PARTY.render(page.title, page=replace(page, blocks=tuple(blocks)), hints=HINTS)


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
