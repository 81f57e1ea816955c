"""Who knows what: a fold over the trace that gives each party every value it has sent, received, made or taken.

`facts` opens a message down to its last value: parameters, JSON leaves, cookies, credentials, links in pages, and the claims of
every JWT on the way.  Both ends of a message know what is in it; the network between them is TLS and learns nothing.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sandbox.core.memo import memo
from sandbox.core.wire import Request, Response, pairs, split
from sandbox.protocol.cast import MARKER
from sandbox.protocol.trace import Answered, Event, Learned, Sent

Named = tuple[str, str]

# Known to everybody, or no secret in any scenario: in the ledger, but not worth a line on a card.
PROTOCOL_NAMES = frozenset({
    "response_type", "grant_type", "token_type", "response_mode", "code_challenge_method", "expires_in", "token_type_hint", "prompt",
    "error", "error_description", "alg", "typ", "kty", "crv", "use", "kid", "iss", "aud", "client_id", "redirect_uri", "scope", "resource",
    "location", "referer", "www-authenticate", "issuer", "decision", "n", "e", "x", "y", "k", "key_ops",
})  # fmt: skip
# Claims that tell about a person or bind the token; the other claims of a token are not shown beside the token itself.
TELLING_CLAIMS = frozenset({"sub", "email", "name", "phone", "roles", "role", "permissions", "jkt", "nonce"})
TOKEN_NAMES = frozenset({"access_token", "id_token", "refresh_token", "dpop_proof", "token"})
LONGEST_KEPT = 8192  # characters; longer tokens are read again each time
SHORTEST = 4  # characters; shorter values are known without being learned

# Headers without a value of their own, or read by name elsewhere in this file.
PLAIN_HEADERS = frozenset({
    "accept", "authorization", "cache-control", "content-length", "content-security-policy", "content-type", "cookie", "date", "dpop",
    "host", "location", "origin", "pragma", "referer", "referrer-policy", "set-cookie", "user-agent", "sec-fetch-dest", "vary",
    "x-frame-options",
})  # fmt: skip

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]*={0,2}")
_INPUT = re.compile(r'<input[^>]*? name="([^"]*)"[^>]*? value="([^"]*)"')
_LINK = re.compile(r'(?:href|src|action)="([^"]*)"')
_DEPTH = 6


class Token(NamedTuple):
    """A JWT as anybody can read it.  Nothing has been verified."""

    header: dict[str, Any]
    claims: dict[str, Any]


class Fact(NamedTuple):
    """One value that a party knows: under which name, since which event, and from where."""

    name: str
    value: str
    at: int
    source: str


@memo("message", 2048, longest=LONGEST_KEPT)
def opened(text: str) -> Token | None:
    """The JWT's header and claims, read as leniently as an attacker would; None if this is no JWT.  Do not change what it gives."""
    if text.count(".") != 2 or not _JWT.fullmatch(text):
        return None
    header, claims = (_part(part) for part in text.split(".")[:2])
    return Token(header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None


def _part(text: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)))
    except (ValueError, RecursionError):
        return None


# ---------------------------------------------------------------- what is in a message


@memo("message", 4096)
def facts(message: Request | Response) -> tuple[Named, ...]:
    """The named values in a message, each pair once, in the order of the wire."""
    found = _of_request(message) if isinstance(message, Request) else _of_response(message)
    return tuple(dict.fromkeys(pair for pair in found if pair[1]))


def tokens(message: Request | Response) -> tuple[Named, ...]:
    """The JWTs in a message with their names (`access_token`, `id_token`, `dpop_proof`), each token once."""
    jwts = {value: name for name, value in reversed(facts(message)) if opened(value)}
    return tuple((name, value) for value, name in reversed(jwts.items()))


def _of_request(request: Request) -> Iterator[Named]:
    yield from _address(request.url)
    yield from _credential(request)
    for name, value in request.cookies.items():
        yield from _value(name, value)
    yield from _headers(request)
    yield "certificate", request.certificate
    yield from _body(request)


def _of_response(response: Response) -> Iterator[Named]:
    for name, value in response.headers:
        if name.lower() == "set-cookie":
            cookie, _, rest = value.partition(";")[0].partition("=")
            yield from _value(cookie.strip(), rest)
    yield from _headers(response)
    yield from _body(response)


def _credential(request: Request) -> Iterator[Named]:
    scheme, value = request.credential() or ("", "")
    if scheme == "basic":
        user, colon, secret = _basic(value).partition(":")
        if colon:
            yield "client_id", user
            yield "client_secret", secret
    elif value:
        yield from _value("access_token", value)
    if proof := request.header("dpop"):
        yield from _value("dpop_proof", proof)


def _basic(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return ""


def _headers(message: Request | Response) -> Iterator[Named]:
    for name, value in message.headers:
        low = name.lower()
        if low in ("location", "referer"):
            yield low, value
            yield from _address(value)
        elif low not in PLAIN_HEADERS:
            yield from _value(low, value)


def _body(message: Request | Response) -> Iterator[Named]:
    if isinstance(message, Request) and message.form:
        for name, value in message.form:
            yield from _value(name, value)
    elif message.json is not None:
        yield from _leaves("", message.json)
    elif isinstance(message, Request) and (beaconed := message.told) is not None:
        yield from _leaves("", beaconed)
    elif message.body:
        yield from _page(message.body)


def _address(url: str, depth: int = 0) -> Iterator[Named]:
    u = split(url)
    for name, value in (*pairs(u.query), *pairs(u.fragment)):
        yield from _value(name, value, depth)


def _page(body: str) -> Iterator[Named]:
    """Hidden fields, links, tokens and objects in the text of a page."""
    for name, value in _INPUT.findall(body):
        yield from _value(html.unescape(name), html.unescape(value))
    for url in _LINK.findall(body):
        yield from _address(html.unescape(url))
    for jwt in _JWT.findall(body):
        yield from _value("token", jwt)
    yield from (("object", marker) for marker in MARKER.findall(body))


def _leaves(name: str, value: Any, depth: int = 0) -> Iterator[Named]:
    """The texts in a JSON value, named by their path; members of a list by the list's own name."""
    if isinstance(value, str):
        yield from _value(name or "value", value, depth)
    elif depth > _DEPTH:
        return
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(name, item, depth + 1)


def _value(name: str, value: str, depth: int = 0) -> Iterator[Named]:
    """The value and whatever can be read out of it."""
    yield name, value
    if depth > _DEPTH or len(value) < SHORTEST:
        return
    if token := opened(value):
        yield from ((f"{name}.{inner}", text) for inner, text in _claims(token, depth))
    elif "://" in value and ("?" in value or "#" in value):
        yield from _address(value, depth + 1)
    elif ":" in value:
        yield from (("object", marker) for marker in MARKER.findall(value) if marker != value)


@memo("message", 4096, longest=LONGEST_KEPT)
def _told(value: str, name: str) -> tuple[Named, ...]:
    """All that is learned with a value that no message brought: logs and histories are often read again."""
    return tuple(_value(name, value))


def _claims(token: Token, depth: int) -> Iterator[Named]:
    yield from _leaves("", token.claims, depth + 1)
    yield from _leaves("header", token.header, depth + 1)


# ---------------------------------------------------------------- the ledger


class Knowledge:
    """The ledger.  `read` may be called again with a longer trace: it goes on where it stopped."""

    def __init__(self) -> None:
        self.at = 0
        self._known: dict[str, dict[str, Fact]] = {}

    def __fork__(self) -> Knowledge:
        """Another ledger with the same facts, which never change."""
        new = Knowledge()
        new.at, new._known = self.at, {party: known.copy() for party, known in self._known.items()}
        return new

    def read(self, events: list[Event] | tuple[Event, ...], until: int | None = None) -> Knowledge:
        """Take in the events up to position `until` (exclusive; all of them if None).  Returns itself."""
        stop = len(events) if until is None else until
        for event in events[self.at : stop]:
            if isinstance(event, Sent):
                self._message(event, facts(event.request))
            elif isinstance(event, Answered):
                self._message(event, facts(event.response))
            elif isinstance(event, Learned):
                self._add(event.party, _told(event.value, event.name), event.index, event.source)
        self.at = max(self.at, stop)
        return self

    def knows(self, party: str, value: str) -> bool:
        """Whether the party has seen exactly this value."""
        return value in self._known.get(party, ())

    def known_to(self, parties: Iterable[str], value: str) -> bool:
        """Whether one of these parties has seen exactly this value."""
        return any(value in self._known.get(party, ()) for party in parties)

    def of(self, party: str) -> list[Fact]:
        """Everything the party knows, in the order in which it came to know it."""
        return list(self._known.get(party, {}).values())

    def since(self, party: str, index: int) -> list[Fact]:
        """What the party has learned from this event on."""
        return [fact for fact in self._known.get(party, {}).values() if fact.at >= index]

    def _message(self, event: Sent | Answered, found: tuple[Named, ...]) -> None:
        self._add(event.sender, found, event.index, f"sent to {event.receiver}")
        self._add(event.receiver, found, event.index, f"received from {event.sender}")

    def _add(self, party: str, found: Iterable[Named], index: int, source: str) -> None:
        known = self._known.setdefault(party, {})
        for name, value in found:
            if value not in known:
                known[value] = Fact(name, value, index, source)


def worth_showing(fact: Fact) -> bool:
    """Whether the fact deserves a line on a party's card: no protocol constants, and of a token's claims only the telling ones."""
    holder, _, leaf = fact.name.rpartition(".")
    if MARKER.fullmatch(fact.value):
        return True
    if len(fact.value) < SHORTEST:
        return False
    if holder.partition(".")[0] in TOKEN_NAMES:
        return leaf in TELLING_CLAIMS
    return leaf not in PROTOCOL_NAMES
