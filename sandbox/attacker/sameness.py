"""When are two moments the same?  A key of the world, and of what she knows, in which random words count only by where they occur.

Each random word gets the number of its first occurrence on a fixed walk through the parties' state, so that independent moves give
one key in either order.  Equal keys mean states that differ in nothing that decides anything but the names of random values; what is
left out, and why, stands in LEFT_OUT.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import islice
from typing import Any

from sandbox.attacker.values import Value
from sandbox.core.memo import memo
from sandbox.core.wire import Request
from sandbox.engine.knowledge import LONGEST_KEPT, opened
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.tokens import Key
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.sign_in import BROWSER
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_session import Session
from sandbox.world.parties.cookies import Jar
from sandbox.world.world import World

LEFT_OUT = frozenset({
    # wiring, settings and tables: the same in every state of one world
    "net", "policy", "registration", "servers", "clients", "issuer", "front", "secret", "resources", "subscribers", "title", "core",
    "architecture", "public_page", "implicit", "password", "url", "owner", "full_name", "clock",
    # records of the past that decide nothing: what leaks of them has been read by now
    "log", "history", "addresses", "answer", "sent", "hold",
    # what is remembered to refuse a proof that comes twice: each proof here is new, but those that are copied (see `requests`)
    "proofs",
    # what is fetched again when it is needed: key sets, permissions to ask across origins
    "jwks", "signatures", "permissions",
    # what follows from other parts of the state, or is walked through apart
    "sessions", "taken", "store", "grants_of", "states", "access_tokens",
})  # fmt: skip
EMPTY = ("state", "nonce", "verifier", "tokens", "refresh_token", "id_token", "user")  # of a session in which nothing has begun
NAMES_A_BROWSER = frozenset({BROWSER})  # cookies that a server gives whoever has none: with one or without, what follows is the same
PAGES = frozenset({"page"})  # the past, unless an honest step to come looks at it
HASH = "\x1e"  # stands before a hash in the text of a token
WORD = re.compile(rf"(eyJ[\w-]+\.[\w-]+\.[\w-]*|{HASH}[\w-]+|[\w-]{{8,}}+(?!=))", re.ASCII)  # names of attributes have a = behind them
HASHES = ("at_hash", "c_hash")  # claims that are computed from other random texts
State = tuple[bytes, frozenset[str]]


def random_words(world: World) -> set[str]:
    """The random words of a world, and what is computed from them: challenges, and the names of keys."""
    words = world.net.entropy.words
    sessions = ((client, session) for client in world.clients.values() for session in client.sessions.values())
    return words.union(*(_keys_of(client, session) for client, session in sessions if session.born in words))


def _keys_of(client: Any, session: Session) -> set[str]:
    """The names of the keys that a client has made for a session."""
    found = {client.proof_key(session).kid} if session.bound else set()
    return found | ({certificate_thumbprint(session.certificate)} if session.certificate else set())


@memo("message", 8192)
def _inside(word: str) -> str:
    """What a token says, as text in which the hashes of other texts are marked; nothing if it is no token."""
    token = opened(word)
    return f"<{_json(token.header)}{_json(token.claims)}>" if token else ""


@memo("message", 4096, longest=LONGEST_KEPT)
def _parts(text: str) -> tuple[str, tuple[str, ...]]:
    """A text as a form to fill in, and the words that stand in it."""
    parts = WORD.split(text.replace("%", "%%"))
    return "%s".join(parts[::2]), tuple(parts[1::2])


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{HASH}{v}" if k in HASHES else f"{k}:{_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return value if isinstance(value, str) else repr(value)


class Names(dict[str, str]):
    """What stands for each word that was met: a number for a random one, the word itself for another.

    `numbers` are those of the random words, `plain` the other long words.
    """

    def __init__(self, random: set[str]) -> None:
        super().__init__()
        self.random = random
        self.numbers: dict[str, int] = {}
        self.plain: set[str] = set()

    def __missing__(self, word: str) -> str:
        if word in self.random:
            return self._numbered(word)
        if word.startswith(HASH):
            return self._numbered(word[1:])
        if word.startswith("eyJ") and (inside := _inside(word)):
            self._numbered(word)
            return self.said(inside)
        self.plain.add(word)
        return self.setdefault(word, word)

    def _numbered(self, word: str) -> str:
        number = self[word] = f"#{self.numbers.setdefault(word, len(self.numbers))}"
        return number

    def said(self, text: str) -> str:
        """A text with the names of its words in their place."""
        form, words = _parts(text)
        return form % tuple(map(self.__getitem__, words))


class Ways(dict[type, "Way"]):
    """How one walks through things of each type, found out where one is met first."""

    def __missing__(self, kind: type) -> Way:
        way = self[kind] = _way(kind)
        return way


class Walk:
    """One walk.  Texts are gathered first, and the words of a whole party numbered at once: parties often say what they said before."""

    def __init__(self, random: set[str], left_out: frozenset[str]) -> None:
        self.left_out = left_out
        self.names = Names(random)
        self.done: list[str] = []
        self._out: list[str] = []
        self._seen: dict[int, int] = {}
        self._unused: set[str] = set()
        self._ways = Ways()

    def number(self) -> None:
        """Give numbers to the words in what was gathered since the last time."""
        self.done.append(self.names.said("\x1f".join(self._out)))
        self._out.clear()

    def meet(self, text: str) -> None:
        """Number the words of a text that is not itself part of the state."""
        self.names.said(text)

    def digest(self) -> bytes:
        """All that was walked through, in short."""
        self.number()
        return blake2b("\x1f".join(self.done).encode("utf-8", "replace"), digest_size=16).digest()

    def party(self, value: Any) -> None:
        """Walk through a party, or something else that mostly stays as it is."""
        self.add(value)
        self.number()

    def client(self, client: OAuthClient, browser: str = "") -> None:
        """The client, and its sessions in a browser or in all.  A session in which nothing has begun is like none, and so is its cookie."""
        empty = {key for key, session in client.sessions.items() if not any(getattr(session, a) for a in EMPTY)}
        self._unused |= empty
        self._out += [type(client).__name__, client.name]
        self._attributes(client)
        self.party({k: s for k, s in client.sessions.items() if k not in empty and browser in ("", s.browser)})

    def add(self, value: Any) -> None:
        """Walk through a value."""
        kind = type(value)
        if kind is str:
            self._out.append(value)
        else:
            self._ways[kind](self, value)

    # ---- by kind
    def _atom(self, value: Any) -> None:
        self._out.append(repr(value))

    def _book(self, value: dict[Any, Any]) -> None:
        self._out.append("{")
        for k, v in value.items():
            self._out.append(str(k))
            self.add(v)
        self._out.append("}")

    def _list(self, value: Iterable[Any]) -> None:
        self._out.append("[")
        for v in value:
            self.add(v)
        self._out.append("]")

    def _key(self, value: Key) -> None:
        self._out.append(value.kid or value.thumbprint)

    def _set(self, value: Iterable[Any]) -> None:
        """A set has no order of its own: that of the words that were met so far, and then of the others."""
        self.number()
        numbers = self.names.numbers
        self._out += ["(", *sorted(map(str, value), key=lambda text: (numbers.get(text, len(numbers)), text)), ")"]

    def _cookies(self, jar: Jar) -> None:
        for host, kept in jar.kept.items():
            for name, cookie in kept.items():
                if name not in NAMES_A_BROWSER and cookie.value not in self._unused:
                    self._out += [host, name]
                    self._attributes(cookie)

    def _request(self, value: Request) -> None:
        self.add((value.method, value.url, value.headers, value.body))

    def _thing(self, value: Any) -> None:
        seen, number = self._seen, len(self._seen)
        first = seen.setdefault(id(value), number)
        if first != number:
            self._out.append(f"@{first}")
        else:
            self._out.append(type(value).__name__)
            self._attributes(value)

    def _attributes(self, value: Any) -> None:
        """What is not left out of a thing: most of it is plain, and said in one with its name."""
        out, ways, left_out = self._out, self._ways, self.left_out
        for name, part in value.__dict__.items() if hasattr(value, "__dict__") else ((n, getattr(value, n)) for n in value.__slots__):
            if name in left_out:
                continue
            kind = type(part)
            if kind in PLAIN:
                out.append(f"{name}={part}")
            else:
                out.append(f"{name}=")
                ways[kind](self, part)


Way = Callable[[Walk, Any], None]
PLAIN = frozenset({str, bool, int, float, type(None)})  # what is said as it is; no attribute is a text at one time and a number at another
WAYS: tuple[tuple[tuple[type, ...], Way], ...] = (
    ((bool, int, float, type(None)), Walk._atom),
    ((dict,), Walk._book),
    ((list, tuple, deque), Walk._list),
    ((Key,), Walk._key),
    ((set, frozenset), Walk._set),
    ((Jar,), Walk._cookies),
    ((Request,), Walk._request),
)


@memo("table", 1000)
def _way(kind: type) -> Way:
    """How one walks through things of this type."""
    return next((way for kinds, way in WAYS if issubclass(kind, kinds)), Walk._thing)


def state(world: World, known: Iterable[Value], pages: bool, begun: Iterable[str] = ()) -> State:
    """The state of everybody else, and what she knows.  `pages`: whether an honest step to come looks at the page in a browser."""
    walk = Walk(random_words(world), LEFT_OUT if pages else LEFT_OUT | PAGES)
    for client in world.clients.values():
        walk.client(client)
    for party in (*world.browsers.values(), *world.apis.values(), world.people, world.attacker):
        walk.party(party)
    walk.add((world.net.parcels, world.net.clock.now(), tuple(begun)))
    walk.number()
    for value in known:
        walk.meet(value.key)
    _issued(walk, world.issuer, pages)
    numbers = walk.names.numbers
    if isinstance(world.issuer, AuthorizationServer):
        walk.add(sorted(repr((g.user.name, g.client_id, g.scope, g.alive)) for g in world.issuer.store.grants.values()))
        walk.add([s for c in world.clients.values() for s in c.states if s in numbers])
    knows = frozenset(f"{v.kind}{numbers[v.key]}" if v.key in numbers else v.name for v in known)
    return walk.digest(), knows


def view(world: World, browser: str) -> bytes:
    """The state on which depends what clients and APIs show in a browser: its cookies, its sessions, the records, what was issued."""
    walk = Walk(random_words(world), LEFT_OUT | PAGES)
    for client in world.clients.values():
        walk.client(client, browser)
    for party in (world.browsers[browser], *world.apis.values(), world.people):
        walk.party(party)
    walk.add((world.net.parcels, world.net.clock.now()))
    _issued(walk, world.issuer)
    return walk.digest()


def _issued(walk: Walk, issuer: AuthorizationServer | Backend, pages: bool = False) -> None:
    """What the issuer keeps, as far as anybody who was walked through can still name it: a code that nobody knows cannot matter."""
    walk.add(issuer.denylist)
    if isinstance(issuer, AuthorizationServer):
        store = issuer.store
        walk.add(issuer.core.signing.turns)
        _reachable(walk, (store.sessions, store.codes, store.tokens, store.pushed, *([issuer.sign_in.pending] if pages else [])))
    else:
        walk.add(issuer.signing.turns)
        _reachable(walk, (issuer.logins.logins, issuer.logins.refresh_tokens))


def _reachable(walk: Walk, books: Iterable[dict[str, Any]]) -> None:
    """The entries under words that were met, in the order in which they were met; each may lead to others."""
    walk.number()
    names, books, done = walk.names, tuple(books), 0
    for book in books:
        for word in sorted(names.plain & book.keys()):
            walk.party((word, book[word]))
    while done < len(names.numbers):
        for word in islice(list(names.numbers), done, None):
            for book in books:
                if word in book:
                    walk.party((word, book[word]))
            done += 1
