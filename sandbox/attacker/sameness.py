"""When are two moments the same?  A key of the world, and of what she knows, in which random words count only by where they occur.

Each random word gets the number of its first occurrence on a fixed walk through the parties' state, so that independent moves give
one key in either order.  Equal keys mean states that differ in nothing that decides anything but the names of random values; what is
left out, and why, stands in LEFT_OUT.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sandbox.attacker.values import Value
from sandbox.core.memo import memo
from sandbox.engine.knowledge import opened
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.tokens import Key, sha256
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.backend import Backend
from sandbox.world.parties.client import Session
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
    "jwks", "permissions",
    # what follows from other parts of the state
    "taken", "store", "grants_of", "states", "access_tokens",
})  # fmt: skip
PAGES = frozenset({"page"})  # the past, unless an honest step to come looks at it
WORD = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|[A-Za-z0-9_-]{8,}")
SHORTEST = 8
HASHES = ("at_hash", "c_hash")  # claims that are computed from other random texts
State = tuple[bytes, frozenset[str]]


@memo("message", 4096)
def _digest(word: str) -> str:
    return sha256(word)


def random_words(world: World) -> set[str]:
    """The random words of a world, and what is computed from them: challenges, and the names of keys."""
    words = world.net.entropy.words
    found = words | {_digest(word) for word in words}
    for client in world.clients.values():
        for session in client.sessions.values():
            if session.born in words:
                found |= _keys_of(client, session)
    return found


def _keys_of(client: Any, session: Session) -> set[str]:
    """The names of the keys that a client has made for a session."""
    found = {client.proof_key(session).thumbprint} if session.bound else set()
    return found | ({certificate_thumbprint(session.certificate)} if session.certificate else set())


class Walk:
    """One walk.  `numbers` are those of the random words that were met, `plain` the other long words."""

    def __init__(self, random: set[str], left_out: frozenset[str]) -> None:
        self.random, self.left_out = random, left_out
        self.numbers: dict[str, int] = {}
        self.plain: set[str] = set()
        self.out: list[str] = []
        self._seen: dict[int, int] = {}

    def text(self, text: str) -> str:
        if len(text) < SHORTEST:
            return text
        if text in self.random:
            return self._number(text)
        return WORD.sub(self._word, text)

    def _number(self, word: str) -> str:
        return f"#{self.numbers.setdefault(word, len(self.numbers))}"

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        if word in self.random:
            return self._number(word)
        if word in self.numbers:
            return self._number(word)
        if word.startswith("eyJ") and (token := opened(word)):
            self._number(word)
            return f"<{self.json(token.header)}{self.json(token.claims)}>"
        self.plain.add(word)
        return word

    def json(self, value: Any) -> str:
        """Parts of a token."""
        if isinstance(value, dict):
            return "{" + ",".join(f"{k}:{self._number(v) if k in HASHES else self.json(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(self.json, value)) + "]"
        return self.text(value) if isinstance(value, str) else repr(value)

    def add(self, value: Any) -> None:
        """Walk through a value."""
        if isinstance(value, str):
            self.out.append(self.text(value))
        elif value is None or isinstance(value, bool | int | float):
            self.out.append(repr(value))
        elif isinstance(value, Key):
            self.out.append(value.kid or value.thumbprint)
        elif isinstance(value, dict):
            self.out.append("{")
            for k, v in value.items():
                self.add(k)
                self.add(v)
        elif isinstance(value, list | tuple | deque):
            self.out.append("[")
            for v in value:
                self.add(v)
        elif isinstance(value, set | frozenset):
            self.out += ["(", *sorted(map(self.text, value))]
        elif id(value) in self._seen:
            self.out.append(f"@{self._seen[id(value)]}")
        else:
            self._seen[id(value)] = len(self._seen)
            self.out.append(type(value).__name__)
            self._attributes(value)

    def _attributes(self, value: Any) -> None:
        names = value.__dict__ if hasattr(value, "__dict__") else value.__slots__
        for name in names:
            if name not in self.left_out:
                self.out.append(name)
                self.add(getattr(value, name))


def state(world: World, known: Iterable[Value], pages: bool, begun: Iterable[str] = ()) -> State:
    """The state of everybody else, and what she knows.  `pages`: whether an honest step to come looks at the page in a browser."""
    walk = Walk(random_words(world), LEFT_OUT if pages else LEFT_OUT | PAGES)
    for party in (*world.clients.values(), *world.browsers.values(), *world.apis.values(), world.people, world.attacker):
        walk.add(party)
    walk.add((world.net.parcels, world.net.clock.now(), tuple(begun)))
    for value in known:
        walk.text(value.key)
    here = [*walk.out]
    issuer, walk.out = world.issuer, []
    walk.add(issuer.denylist)
    if isinstance(issuer, AuthorizationServer):
        _authorization_server(walk, world, issuer, pages)
    else:
        _backend(walk, issuer)
    knows = frozenset(f"{v.kind}{walk.numbers[v.key]}" if v.key in walk.numbers else v.name for v in known)
    return blake2b("\x1f".join(here + walk.out).encode("utf-8", "replace"), digest_size=16).digest(), knows


def _authorization_server(walk: Walk, world: World, server: AuthorizationServer, pages: bool) -> None:
    """What was issued, as far as anybody can still name it: a code that nobody knows any more cannot matter."""
    store = server.store
    walk.add(server.core.signing.turns)
    _reachable(walk, (store.sessions, store.codes, store.tokens, *([server.pending] if pages else [])))
    walk.add(sorted(repr((g.user.name, g.client_id, g.scope, g.alive)) for g in store.grants.values()))
    walk.add([walk.numbers[s] for c in world.clients.values() for s in c.states if s in walk.numbers])


def _backend(walk: Walk, backend: Backend) -> None:
    walk.add(backend.signing.turns)
    _reachable(walk, (backend.logins.logins, backend.logins.refresh_tokens))


def _reachable(walk: Walk, books: Iterable[dict[str, Any]]) -> None:
    """The entries under words that were met, in the order in which they were met; each may lead to others."""
    books, done = tuple(books), 0
    for word in sorted(walk.plain):
        _entries(walk, books, word)
    while done < len(walk.numbers):
        for word in list(walk.numbers)[done:]:
            _entries(walk, books, word)
            done += 1


def _entries(walk: Walk, books: Iterable[dict[str, Any]], word: str) -> None:
    for book in books:
        if word in book:
            walk.add(word)
            walk.add(book[word])
