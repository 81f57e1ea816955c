"""Moves that change somebody's state, and may open one way and close another: redeeming, luring, injecting, acting in a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.attacker.asks import asks, resources
from sandbox.attacker.moves import ACCOUNT, CONFIDENTIAL, FOR_SPAS, HERS, Move, counts, somewhere, thing
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.core.wire import origin, pairs, split
from sandbox.engine.player import Stage
from sandbox.protocol.cast import CAST, EVIL, EVIL_AS, ISSUER, title
from sandbox.world.parties.authorization_server import AuthorizationServer

AUTHORIZE = f"{ISSUER}/authorize"
PUBLIC_ELSEWHERE = ("mobile",)  # clients without a secret that are registered at her server
PASSED_ON = ["state", "redirect_uri", "scope", "code_challenge", "code_challenge_method", "nonce", "resource"]
SIGN_IN_CLIENTS = ("app", "budget", "mobile")  # honest clients of the authorization server
TIES = ("code_challenge", "code_challenge_method", "dpop_jkt")  # what an authorization request ties its code to


def changes(question: Question, stage: Stage, known: tuple[Value, ...], begun: frozenset[str]) -> Iterator[Move]:
    """Redeeming, luring, injecting, acting in a page, beginning flows of her own; `begun` are the clients of the latter."""
    yield from _passwords(question, known)
    yield from _refreshed(question, known)
    yield from _taken(question)
    yield from _warmed(question, known)
    if not isinstance(stage.world.issuer, AuthorizationServer):
        return
    for value in known:
        if value.kind == "code" and value.user != HERS:
            yield from _redeemed(question, value, known)
        elif value.kind == "cookies" and value.user != HERS:
            yield from _signed_in_already(question, value)
    for client in question.of("script"):
        yield from _framed(question, client)
    if "account" in question.can:
        yield from _own_flows(stage, known, begun)
    if "lures" in question.can:
        for browser in question.browsers:
            where = f" on {title(browser)}" if len(question.browsers) > 1 else ""
            yield from _lured_to_hers(known, browser, where)
            yield from _lured_to_ask(question, browser, where)
            yield from _shown_in_a_frame(question, browser, where) if "client" in question.can else ()
    if "server" in question.can:
        yield from _passing_on(known)
        yield from _lured_to_her_server(question) if "lures" in question.can else ()
    if "account" in question.can:
        yield from _handed_on(known)


def _passwords(question: Question, known: tuple[Value, ...]) -> Iterator[Move]:
    for value in known:
        if value.kind == "password":
            who, client = ("evil_app", "evil_app") if "client" in question.can else (HERS, "app")
            say = f"{title(who)} logs in as {value.user or 'alice'} with the password."
            yield Move.of(f"{who}.redeem", "change", "redeem", say, value, client=client, user=value.user or "alice", password=value.ref)


def _refreshed(question: Question, known: tuple[Value, ...]) -> Iterator[Move]:
    """A refresh token, for the same API and for others (RFC 6749 §6, RFC 8707 §2.2)."""
    for value in known:
        if value.kind == "refresh_token" and counts(question, value):
            for api in (None, *resources(question)):
                say = f"Mallory redeems {value.name}{f', for {title(api)}' if api else ''}."
                yield Move.of(
                    f"{HERS}.redeem", "change", "redeem", say, value, client=value.client or "app", refresh_token=value.ref, api=api
                )


def _taken(question: Question) -> Iterator[Move]:
    """Reading what a page keeps, and leaving nothing there: the client cannot renew, and no reuse is seen."""
    for client in question.of("storage"):
        if client in FOR_SPAS:
            for place in question.used_at(client):
                say = f"Mallory takes what {title(client)} keeps{somewhere(question, client, place)}, and leaves nothing."
                yield Move.of(f"{HERS}.read", "change", "read", say, storage=client, browser=place, take=True)


def _warmed(question: Question, known: tuple[Value, ...]) -> Iterator[Move]:
    """Using a token before it is ended: an API may remember what it was told about it (RFC 7662 §4, caching)."""
    if any(t.predicate == "late" for t in question.targets):
        for value in known:
            if value.kind == "token" and not value.forged and counts(question, value) and value.client != "evil_app":
                for ask in asks(question):
                    if not ask.changes:
                        say = f"Mallory uses {thing(value)} at {title(ask.api)}."
                        args = {"api": ask.api, "path": ask.path, "token": value.ref}
                        yield Move.of(f"{HERS}.call_api", "change", "call", say, value, **args)


def _redeemed(question: Question, code: Value, known: tuple[Value, ...]) -> Iterator[Move]:
    """A code, with the verifier that fits if she has it (RFC 7636 §4.5), at the address that it was sent to (RFC 6749 §4.1.3)."""
    own, plain = f"${question.named('mallory.pkce')}.verifier", [v for v in known if v.kind in ("challenge", "verifier")]
    verifiers: dict[str, list[tuple[str | None, tuple[Value, ...]]]] = {
        "none": [(None, ())],
        "hers": [(own, ())],
        "another": [(None, ()), *((v.ref, (v,)) for v in plain)],
    }
    elsewhere = code.place if code.client in CAST and not code.place.startswith(f"{CAST[code.client].host}/cb") else None
    for verifier, uses in verifiers[code.challenge or "none"]:
        for api in (None, *resources(question)):
            say = f"Mallory redeems {thing(code)}{f', for {title(api)}' if api else ''}."
            args = {"client": code.client, "code": code.ref, "verifier": verifier, "redirect_uri": elsewhere, "api": api}
            yield Move.of(f"{HERS}.redeem", "change", "redeem", say, code, *uses, **args)
    if "client" in question.can:
        for api in (None, *resources(question)) if code.challenge == "hers" else (None,):
            say = f"Her client redeems {thing(code)}{f', for {title(api)}' if api else ''}."
            args = {"client": "evil_app", "code": code.ref, "verifier": own if code.challenge == "hers" else None, "api": api}
            yield Move.of("evil_app.redeem", "change", "redeem", say, code, **args)


def _signed_in_already(question: Question, cookies: Value) -> Iterator[Move]:
    """Authorization requests of her own with copied cookies: the server takes her for somebody who has signed in (RFC 6749 §3.1)."""
    for client in SIGN_IN_CLIENTS:
        for what, query in _requests(question, client, f"{CAST[client].host}/cb"):
            say = f"With {cookies.name} Mallory asks for {what}."
            args = {"method": "GET", "url": AUTHORIZE, "change": {"query": query}, "headers": {"Cookie": cookies.ref}}
            yield Move.of(f"{HERS}.send", "change", "sign in", say, cookies, **args)


def _requests(question: Question, client: str, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Authorization requests of her own making, each with what it asks for, in words (RFC 6749 §4.1.1, §4.2.1)."""
    pkce = question.named("mallory.pkce")
    challenge = {"code_challenge": f"${pkce}.challenge", "code_challenge_method": "S256"}
    for kind, added, said in (("code", {}, ""), ("code", challenge, " with Mallory's challenge"), ("token", {}, "")):
        query = {"response_type": kind, "client_id": client, "scope": "read", "redirect_uri": place}
        yield f"a {kind} for {title(client)}{said}", query | added


def _framed(question: Question, client: str) -> Iterator[Move]:
    """Her script opens an authorization request in a frame that nobody sees, and reads where it ends (OIDC Core §3.1.2.1, prompt=none)."""
    for what, query in _requests(question, client, f"{CAST[client].host}/cb"):
        for place in question.used_at(client):
            say = f"In a frame Mallory's script asks for {what}{somewhere(question, client, place)}."
            args = {"browser": place, "in": client, "url": AUTHORIZE, "change": {"query": query | {"prompt": "none"}}, "frame": True}
            yield Move.of(f"{HERS}.act", "change", "act", say, **args)


def _own_flows(stage: Stage, known: tuple[Value, ...], begun: frozenset[str]) -> Iterator[Move]:
    """Sign-ins of her own that stop half way, one for each client, and what she can put into them."""
    for client in (c for c in (*CONFIDENTIAL, *FOR_SPAS) if c not in begun):
        for at in (client, "auth"):
            say = f"Mallory signs in to {title(client)} as herself, and stops before {'the answer arrives' if at == client else 'asking'}."
            yield Move.of(f"{client}.sign_in", "change", "sign in", say, browser=ACCOUNT, user=HERS, scope="read write", hold=at)
    held = stage.world.browsers[ACCOUNT].held
    if held is None:
        return
    url = split(held.request.url)
    query, fragment = dict(pairs(url.query)), dict(pairs(url.fragment))
    if origin(held.request.url) == ISSUER:
        yield Move.of(f"{ACCOUNT}.follow", "change", "sign in", "Mallory goes on.", hold=query.get("client_id"))
        if "code_challenge" in query:
            say = "Mallory goes on without the challenge."
            yield Move.of(f"{ACCOUNT}.follow", "change", "sign in", say, change=_bare(query), hold=query["client_id"])
        return
    client = next((c for c in CAST if CAST[c].kind == "client" and CAST[c].host == origin(held.request.url)), "")
    for value in known:
        if value.kind == "code" and value.client == client and value.user != HERS and "code" in query:
            say = f"Mallory goes on with {thing(value)} in the place of her own."
            yield Move.of(f"{ACCOUNT}.follow", "change", "sign in", say, value, change={"query": {"code": value.ref}})
        if value.kind == "token" and value.user not in ("", HERS) and "access_token" in fragment:
            say = f"Mallory goes on with {thing(value)} in the place of her own."
            yield Move.of(f"{ACCOUNT}.follow", "change", "sign in", say, value, change={"fragment": {"access_token": value.ref}})


def _bare(query: Mapping[str, str]) -> dict[str, Any]:
    """What takes out of a request all that its code would be tied to (RFC 7636 §4.3, RFC 9449 §10)."""
    return {"query": {name: None for name in TIES if name in query}}


def _lured_to_hers(known: tuple[Value, ...], browser: str, where: str) -> Iterator[Move]:
    """Answers that Alice never asked for, and requests that Mallory has begun (RFC 9700 §4.7, RFC 6749 §10.12)."""
    for value in known:
        if (value.kind == "address" and value.user == HERS) or value.kind == "asking":
            args, say = {"browser": browser, "url": value.ref}, f"Alice follows a link{where} to {thing(value)}"
            yield Move.of(f"{HERS}.lure", "change", "lure", f"{say}.", value, **args)
            if "state=" in value.value:
                bare = {"query": {"state": None}}
                yield Move.of(f"{HERS}.lure", "change", "lure", f"{say}, without state.", value, change=bare, **args)
            if value.kind == "asking" and "code_challenge=" in value.value:
                bare = _bare(dict(pairs(split(value.value).query)))
                yield Move.of(f"{HERS}.lure", "change", "lure", f"{say}, without the challenge.", value, change=bare, **args)


def _lured_to_ask(question: Question, browser: str, where: str) -> Iterator[Move]:
    """Authorization requests of her own making in Alice's browser, answered at the right place and at wrong ones (RFC 9700 §4.1.1)."""
    for client in SIGN_IN_CLIENTS:
        host = CAST[client].host
        places = [f"{host}/cb"]
        if host.startswith("https:"):
            places += [f"{host}.evil.example/cb", f"{host}/cb/../out?u={EVIL}/"]
        for place in places:
            for what, query in _requests(question, client, place):
                say = f"Alice follows a link{where} that asks for {what}, to be sent to {place}."
                yield Move.of(f"{HERS}.lure", "change", "lure", say, browser=browser, url=AUTHORIZE, change={"query": query})


def _shown_in_a_frame(question: Question, browser: str, where: str) -> Iterator[Move]:
    """The consent page for her own client, in a frame of a page of hers that nobody sees (RFC 9700 §4.16)."""
    for what, query in _requests(question, "evil_app", f"{CAST['evil_app'].host}/cb"):
        if query["response_type"] == "code":
            say = f"A page of Mallory's asks{where} in a frame that nobody sees for {what}."
            yield Move.of(f"{HERS}.frame", "change", "lure", say, browser=browser, url=AUTHORIZE, change={"query": query})


def _passing_on(known: tuple[Value, ...]) -> Iterator[Move]:
    """The login page of her own server, which sends people on to the honest one: with the request of whoever comes, or with one that a
    client has made for her, in which the state alone is theirs (RFC 9700 §4.4.1)."""
    login, say = f"{EVIL_AS}/authorize", "The login page of Mallory's server sends people on to the honest one"
    for client in PUBLIC_ELSEWHERE:
        on = f"{AUTHORIZE}?client_id={client}&response_type=code"
        yield Move.of(
            f"{HERS}.serve", "change", "sign in", f"{say}, in the name of {title(client)}.", url=login, redirect=on, keep=PASSED_ON
        )
    for value in known:
        if value.kind == "asking":
            said = f"{say}, with {thing(value)}."
            yield Move.of(f"{HERS}.serve", "change", "sign in", said, value, url=login, redirect=value.ref, keep=["state"])


def _lured_to_her_server(question: Question) -> Iterator[Move]:
    """Sign-ins of Alice's at clients that are registered at her server, too."""
    for client in (*PUBLIC_ELSEWHERE, *CONFIDENTIAL):
        url = f"{CAST[client].host}/login?at={EVIL_AS}&scope=openid%20read"
        for place in question.used_at(client):
            where = somewhere(question, client, place)
            say = f"Alice follows a link{where} that begins a sign-in to {title(client)} at Mallory's server."
            yield Move.of(f"{HERS}.lure", "change", "lure", say, browser=place, url=url)


def _handed_on(known: tuple[Value, ...]) -> Iterator[Move]:
    """Tokens from elsewhere, brought to a client that lets people sign in with them (RFC 6749 §10.16)."""
    ids = [v for v in known if v.kind == "id_token" and v.user != HERS]
    for token in (v for v in known if v.kind == "token" and v.user not in ("", HERS) and not v.forged):
        for ident in (ids[0], None) if ids else (None,):
            for client in CONFIDENTIAL:
                body = {"access_token": token.ref} | ({"id_token": ident.ref} if ident else {})
                uses: Iterable[Value] = (token, ident) if ident else (token,)
                say = f"Mallory brings {title(client)} {thing(token)}{' and the ID token' if ident else ''}."
                args = {"method": "POST", "url": f"{CAST[client].host}/api/login", "json": body}
                yield Move.of(f"{ACCOUNT}.send", "change", "sign in", say, *uses, **args)
