"""A recording as the record that the engine writes: so that diagram, stepper and exports work on it unchanged.

Each party is a part that a host plays.  What belongs to no login is left out, unless something bad was found in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.core.text import plural
from sandbox.core.wire import Pairs, Request, Response
from sandbox.engine.case import Case
from sandbox.engine.result import Run, Verdict
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Channel, Checked, Event, Sent, StepStarted
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Finding
from sandbox.reality.recognition import OF_A_LOGIN, Kind, Story

MOST = 60  # exchanges that are drawn
ALIKE = 2  # times that the same call is drawn
LONGEST_BODY = 4000  # characters of a body that is drawn
BROWSER, PAGE = "Browser", "Page"
SERVER, CLIENT, API = "Authorization server", "App", "API"
OAUTH, OWN = "oauth-basic", "naive-jwt"  # profiles: the design that such a login is of
SHOWN_HEADERS = (
    "authorization", "cookie", "content-type", "origin", "referer", "dpop", "location", "set-cookie", "cache-control", "referrer-policy",
    "www-authenticate", "x-frame-options", "content-security-policy", "access-control-allow-origin",
)  # fmt: skip
SAYS: dict[Kind, str] = {
    "authorize": "The app sends the browser to the server.", "hop": "The server leads the person through its pages.",
    "sign_in": "The person signs in.", "callback": "The answer comes back through the browser.", "token": "The code is redeemed.",
    "refresh": "The tokens are renewed.", "password_grant": "The app sends the password to the server.",
    "own_login": "The person logs in at the application.", "api": "The token is used.", "userinfo": "The client asks who it is.",
    "metadata": "The client reads what the server can do.", "keys": "The client fetches the server's keys.",
    "log_out": "The person logs out.",
    "push": "The request is pushed to the server.", "websocket": "A WebSocket is opened.", "introspect": "The token is asked about.",
    "revoke": "A token is revoked.", "device": "The device gets a code that a person types elsewhere.",
    "swap": "The page gets tokens from its backend.",
}  # fmt: skip
_STORY = """
title: Your login
story: What a recording of a login shows.
lesson: Compare it with the lessons.
refs: [RFC 6749 §1.2]
setting: {profile: oauth-basic}
steps: [{id: yours, do: clock.wait, with: {seconds: 1}, say: What was recorded.}]
"""
STORY: Scenario = loads(_STORY, "yours.yaml", "yours")


@dataclass(frozen=True)
class Recorded:
    """The record of a login, and how much of the recording is not in it."""

    run: Run
    drawn: int
    left_out: int


def recorded(story: Story, findings: Sequence[Finding]) -> Recorded | None:
    """The record; None if there is nothing to draw."""
    chosen = _chosen(story, findings)
    if not chosen:
        return None
    names = _names(story)
    events: list[Event] = []
    mismatch = {e.entry for f in findings if f.id == "verifier_mismatch" for e in f.evidence if e.at.startswith("request.postData")}
    step, last = "", ""
    counted = 0
    for e in chosen:
        kind = story.kind(e)
        said = SAYS.get(kind, "Something leaves for a third party.")
        if said != last:
            counted, last = counted + 1, said
            step = f"{kind.replace('_', '-')}-{counted}"
            events.append(StepStarted(len(events), e.at // 1000, step, "", said))
        events += _events(e, len(events), step, names, _sender(story, e), e.entry in mismatch)
    met = tuple(dict.fromkeys(p for ev in events if isinstance(ev, Sent) for p in (ev.sender, ev.receiver)))
    parties = tuple(sorted(met, key=_place))
    places = tuple((party, host) for host, party in names.items() if party in parties and party != host)
    case = Case(STORY, Settings.of(OAUTH if story.oauth else OWN))
    verdict = Verdict("completed", f"{plural(len(chosen), 'exchange')} of your recording.")
    run = Run(case, parties, frozenset(), tuple(events), verdict, places=places)
    return Recorded(run, len(chosen), len(story.exchanges) - len(chosen))


def _place(party: str) -> int:
    """The place of a party in the drawing: from the person to the APIs, and strangers last."""
    order = (BROWSER, PAGE, CLIENT, SERVER, API)
    return next((n for n, part in enumerate(order) if party == part or party.startswith(f"{part} ")), len(order))


def _chosen(story: Story, findings: Sequence[Finding]) -> list[Exchange]:
    bad = {e.entry for f in findings if f.tone == "bad" and f.id.endswith("third_party") for e in f.evidence}
    counted: dict[tuple[str, str, str, int], int] = {}
    out = []
    for e in story.exchanges:
        if story.kind(e) in OF_A_LOGIN or e.entry in bad:
            key = (e.request.method, e.host, e.path, e.response.status)
            counted[key] = counted.get(key, 0) + 1
            if counted[key] <= ALIKE or story.kind(e) in ("token", "refresh", "authorize", "callback"):
                out.append(e)
    return out[:MOST]


def _names(story: Story) -> dict[str, str]:
    """Host -> party.  One that plays several parts is called by the first of them."""
    names: dict[str, str] = {}
    own = not story.oauth
    for part, hosts in ((CLIENT if own else SERVER, story.parts.issuers), (CLIENT, story.parts.clients), (API, story.parts.apis)):
        taken = sum(party.startswith(part) for party in names.values())
        for host in hosts:
            if host not in names:
                taken += 1
                names[host] = part if taken == 1 else f"{part} {taken}"
    return names


def _sender(story: Story, e: Exchange) -> tuple[str, Channel]:
    """Who has sent it: the page if a script did, else the browser on somebody's behalf."""
    page = e.by_script or story.kind(e) == "websocket" or (story.kind(e) in ("token", "refresh") and bool(e.request.header("origin")))
    return (PAGE, "back") if page else (BROWSER, "front")


def _events(e: Exchange, index: int, step: str, names: dict[str, str], sender: tuple[str, Channel], mismatch: bool) -> list[Event]:
    receiver, (who, channel) = names.get(e.host, e.host or "somewhere"), sender
    time, id = e.at // 1000, f"{step}/{e.entry}"
    out: list[Event] = [Sent(index, time, step, e.entry, f"{id} asks", who, receiver, channel, _slim(e.request))]
    if mismatch:
        out.append(Checked(index + 1, time, step, receiver, "code_verifier", "fail", "the verifier of this challenge", "another one"))
    if e.response.status:
        out.append(Answered(index + len(out), time, step, e.entry, f"{id} answers", receiver, who, channel, _slim_answer(e)))
    return out


def _kept(headers: Pairs) -> Pairs:
    return tuple((n, v) for n, v in headers if n.lower() in SHOWN_HEADERS)


def _slim(request: Request) -> Request:
    return replace(request, headers=_kept(request.headers), body=request.body if len(request.body) <= LONGEST_BODY else "")


def _slim_answer(e: Exchange) -> Response:
    """The answer without what a diagram has no use for: pages stand in a recording as they were, and say nothing here."""
    kind = (e.response.header("content-type") or "").lower()
    body = e.response.body if "html" not in kind and len(e.response.body) <= LONGEST_BODY else ""
    return Response(e.response.status, _kept(e.response.headers), body)
