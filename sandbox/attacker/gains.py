"""Moves that only add to what the attacker knows: what leaks is read, public keys are fetched, sign-ins of her own come to an end."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.attacker.asks import resources
from sandbox.attacker.moves import ACCOUNT, CONFIDENTIAL, FOR_SPAS, HERS, Move, somewhere
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.core.memo import memo
from sandbox.core.wire import pairs, split
from sandbox.engine.player import Stage
from sandbox.protocol.cast import CAST, ISSUER, title
from sandbox.world.parties.authorization_server import AuthorizationServer


def gains(question: Question, stage: Stage, known: tuple[Value, ...], anew: bool, touched: frozenset[str]) -> Iterator[Move]:
    """Reading what leaks at those who took part in the last step, fetching public keys, going on in her own browser, and, where she may
    be somebody else by now (`anew`), signing in as herself."""
    yield from (move for move in _reads(question) if touched.intersection(move.args.values()))
    if "account" in question.can:
        yield from _agreeing(stage)
        yield from _own_sign_ins(question) if anew else ()
    if isinstance(stage.world.issuer, AuthorizationServer) and not any(v.kind == "jwk" for v in known):
        yield Move.of(f"{HERS}.send", "gain", "read", "Mallory fetches the public keys.", method="GET", url=f"{ISSUER}/jwks")


@memo("table", 1000)
def _read(say: str, **args: str | None) -> Move:
    return Move.of(f"{HERS}.read", "gain", "read", say, **args)


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
            say = f"Mallory reads what {title(client)} keeps{somewhere(question, client, place)}."
            yield _read(say, storage=client, browser=place)
    for device in question.of("device"):
        yield _read(f"Mallory copies all that is on {title(device)}.", device=device)


def _agreeing(stage: Stage) -> Iterator[Move]:
    """Where her own browser shows a page that asks, she says yes, and stops before the answer is delivered."""
    browser = stage.world.browsers[ACCOUNT]
    if browser.held is None and browser.page is not None and browser.page.page in ("login", "consent"):
        client = dict(pairs(split(browser.url).query)).get("client_id", "")
        if client in CAST:
            yield Move.of(f"{ACCOUNT}.approve", "gain", "sign in", "Mallory says yes, and stops before the answer arrives.", hold=client)


def _own_sign_ins(question: Question) -> Iterator[Move]:
    for client in ("mobile", *FOR_SPAS):
        for api in (None, *resources(question)):
            say = f"Mallory signs in to {title(client)} as herself{f', for {title(api)}' if api else ''}, and keeps her token."
            args = {"browser": ACCOUNT, "user": HERS, "scope": "read write", "api": api}
            yield Move.of(f"{client}.sign_in", "gain", "sign in", say, **args)
