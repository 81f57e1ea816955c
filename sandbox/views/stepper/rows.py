"""What the rows of the diagram say beside a moment's own words: names instead of values, a short label, and what is routine.

The rows themselves are elements, which board.js makes; the drawing of exports is in `views/diagram/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sandbox.core.wire import Request, Response, pairs, split
from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST, title
from sandbox.protocol.trace import Checked, Sent, of
from sandbox.views.labels import IDENTITY, TELLING, TOKENS
from sandbox.views.timeline import Moment

MOST = 6  # names of one message; a row shows as many of them as it has room for
KEYS = "/jwks"  # how paths of key sets end
_HOSTS = {split(m.host).netloc: m.name for m in CAST.values() if split(m.host).netloc}


def about(run: Run, party: str) -> str:
    """What stands in small below a party's name."""
    if party in dict(run.places):
        return dict(run.places)[party]
    return run.case.settings.about(party) if party in CAST else ""


def names(moment: Moment, message: Request | Response | None) -> list[str]:
    """The names of the parameters and the telling headers of a message, the most telling first; at most `MOST`.

    None that the row's label has already.
    """
    said = set(re.findall(r"\w+", label(moment, message) or moment.title))
    found = [name for name in dict.fromkeys(_names(message)) if name not in said] if message is not None else []
    ranked = sorted(found, key=lambda name: TELLING.index(name) if name in TELLING else len(TELLING))
    return ranked[:MOST]


def _names(message: Request | Response) -> Iterator[str]:
    if isinstance(message, Request):
        yield from (name for name, _ in (*message.query, *message.form))
        yield from (name for name in ("Authorization", "DPoP", "Cookie") if message.header(name))
        yield from (k for k, _ in message.headers if k.lower().replace("_", "-") in IDENTITY)
    elif message.location:
        u = split(message.location)
        yield from (name for name, _ in (*pairs(u.query), *pairs(u.fragment)))
    if isinstance(message.json, dict):
        yield from (str(key) for key in message.json)
    if isinstance(message, Response):
        yield from ("Set-Cookie" for k, _ in message.headers if k.lower() == "set-cookie")


def label(moment: Moment, message: Request | Response | None) -> str:
    """The moment's title, shorter where it names tokens, or an address of somebody who is known by name; '' if it is the title."""
    if not isinstance(message, Response) or message.error:
        return ""
    if isinstance(message.json, dict) and any(token in message.json for token in TOKENS):
        return f"{message.status} tokens"
    host = split(message.location).netloc if message.location else ""
    return f"{message.status}, go to {title(_HOSTS[host])}" if host in _HOSTS else ""


def routine(run: Run, every: Sequence[Moment]) -> frozenset[int]:
    """The numbers of the moments that have to be so, and that nobody has to read: fetched keys, a party's own work, checks that pass.

    Never one of the attacker's, never a check that failed, nor the longest list of checks of a step with a question.
    """
    keys = {e.exchange for e in of(run.events, Sent) if e.request.path.endswith(KEYS)}
    asked = {s.id for s in run.scenario.steps if s.predict is not None}
    telling = set()
    for step in asked:
        lists = [m for m in every if m.step == step and m.kind == "checks"]
        if lists:
            telling.add(max(lists, key=lambda m: _performed(run, m)).n)
    return frozenset(m.n for m in every if _is_routine(m, keys) and m.n not in telling)


def _performed(run: Run, m: Moment) -> int:
    return sum(isinstance(e, Checked) for e in run.events[m.first : m.last + 1])


def _is_routine(m: Moment, keys: set[int]) -> bool:
    if m.attack or m.edited:
        return False
    if m.kind in ("request", "answer"):
        return m.about in keys
    return m.kind == "local" or (m.kind == "checks" and m.outcome != "fail")
