"""The attacker's goals: has a run shown one of them, at its step or at another one?

Nothing here trusts a scenario: each predicate looks at messages that were really delivered, and at what was really issued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sandbox.core.wire import Request, Response, first
from sandbox.engine.knowledge import Knowledge, facts
from sandbox.engine.record import Record, answers, last_exchange
from sandbox.engine.result import Reached
from sandbox.language.goals import GRACE, Goal
from sandbox.protocol.cast import CAST
from sandbox.protocol.trace import Answered, Checked, Consented, Event, Issued, Learned, Sent, SignedIn, of
from sandbox.verbs.page_script import SCRIPT
from sandbox.world.parties.people import people

Predicate = Callable[[Record, Goal, str], bool]


def reached(record: Record, goal: Goal) -> Reached:
    """Whether the trace shows this goal, at its step."""
    return Reached(goal.predicate.upper(), goal.what, goal.at, shown(record, goal, goal.at))


def shown(record: Record, goal: Goal, step: str) -> bool:
    """Whether the trace shows at this step what the goal is about."""
    return PREDICATES[goal.predicate](record, goal, step)


def elsewhere(record: Record, goal: Goal) -> str:
    """The last step at which the same harm shows, if it does not show at the goal's own step; '' if it shows nowhere.

    An honest request that is refused (`denied`) is told by its own step, and counts nowhere else.
    """
    if goal.denied is not None or shown(record, goal, goal.at):
        return ""
    others = (s.id for s in reversed(record.scenario.steps) if s.id != goal.at and not record.skipped(s.id))
    return next((step for step in others if shown(record, goal, step)), "")


def owner(record: Record, goal: Goal) -> str:
    """The person whose access the goal is about: the owner of what is reached, or the one whose access was ended."""
    if goal.late is not None:
        return _ended(record, goal.late)
    marker = goal.read or goal.write or goal.pii or goal.credential or ""
    return goal.session.user if goal.session else marker.partition(":")[0]


# ---------------------------------------------------------------- the predicates


def _read(record: Record, goal: Goal, step: str) -> bool:
    """READ: the marker reached a party of hers, in an answer or in a request, and its owner had not allowed that party to read."""
    marker = goal.read or ""
    arrived = [(a.receiver, a.index) for _, a in answers(record, step) if a.response.ok and marker in values(a.response)]
    arrived += [(s.receiver, s.index) for s in of(record.events, Sent, step) if marker in values(s.request)]
    return any(
        party in record.hers and index > _since(record, goal) and not consented(record, marker, party, "read", index)
        for party, index in arrived
    )


def _write(record: Record, goal: Goal, step: str) -> bool:
    """WRITE: a request that changes the marked object, sent by a party of hers or by a script of hers, was answered 2xx, and its owner had
    not allowed that."""
    marker = goal.write or ""
    return any(
        s.sender in record.hers | _ridden(record, step)
        and s.index > _since(record, goal)
        and s.request.method != "GET"
        and a.response.ok
        and marker in values(a.response)
        and not consented(record, marker, s.sender, "write", a.index)
        for s, a in answers(record, step)
    )


def _ridden(record: Record, step: str) -> frozenset[str]:
    """The browsers, if a script of hers in a page that is not hers has read an answer in this step: then they send what it wants."""
    read = any(e.party in record.hers and e.source.startswith(SCRIPT) for e in of(record.events, Learned, step))
    return frozenset(m.name for m in CAST.values() if m.kind == "browser") if read else frozenset()


def _session(record: Record, goal: Goal, step: str) -> bool:
    """SESSION: a client took whoever uses this browser for this user, or holds a credential of that user's without knowing whose it is."""
    wanted, owners = goal.session, credential_owners(record)
    return wanted is not None and any(
        (e.party, e.browser, e.user or owners.get(e.credential)) == (wanted.client, wanted.browser, wanted.user)
        for e in of(record.events, SignedIn, step)
        if e.index > _since(record, goal)
    )


def _late(record: Record, goal: Goal, step: str) -> bool:
    """LATE: a credential of the one whose access was ended, known to her before, still got a 2xx after the goal's grace was over."""
    killed = [a for _, a in answers(record, goal.late or "") if a.response.status < 400]
    if not killed:
        return False
    late = killed[-1].time + (GRACE if goal.grace is None else goal.grace)
    used = {
        value
        for s, a in answers(record, step)
        if s.sender in record.hers and a.response.ok and a.time >= late
        for value in (*credentials(s.request), *s.request.cookies.values())
    }
    if not used:
        return False  # what is known and whose it is takes a look at the whole record
    before, whose = Knowledge().read(record.events, killed[-1].index), owner(record, goal)
    owners = credential_owners(record) | session_owners(record)
    return any(owners.get(value) == whose and knows(before, record, value) for value in used)


def _credential(record: Record, goal: Goal, step: str) -> bool:
    """CREDENTIAL: a request brought a person's password to a party of hers."""
    user = (goal.credential or "").partition(":")[0]
    return any(
        s.receiver in record.hers and first(s.request.form, "username") == user and first(s.request.form, "password")
        for s in of(record.events, Sent, step)
    )


def _pii(record: Record, goal: Goal, step: str) -> bool:
    """PII: by the end of the step the value behind the marker was known to a party of hers that its owner had not allowed to see it."""
    last = max((e.index for e in record.step(step)), default=-1)
    whose, _, what = (goal.pii or "").partition(":")
    user = people().users.get(whose)
    value = (user.value(what) if user else None) or goal.pii or ""
    knowledge = Knowledge().read(record.events, last + 1)
    scope = {"name": "profile"}.get(what, what)
    return any(knowledge.knows(party, value) and not consented(record, goal.pii or "", party, scope, last) for party in record.hers)


def _denied(record: Record, goal: Goal, step: str) -> bool:
    """DENIED: an honest request was refused, for good: what a client tries once more and gets is not denied."""
    last = last_exchange(record, goal.denied or "")
    return last is not None and last.receiver not in record.hers and last.response.status >= 400


def _ssrf(record: Record, goal: Goal, step: str) -> bool:
    """SSRF: an honest server sent a request to the address that she chose."""
    return any(s.sender not in record.hers and s.request.url == goal.ssrf for s in of(record.events, Sent, step))


PREDICATES: dict[str, Predicate] = {
    "read": _read,
    "write": _write,
    "session": _session,
    "late": _late,
    "credential": _credential,
    "pii": _pii,
    "denied": _denied,
    "ssrf": _ssrf,
}


# ---------------------------------------------------------------- whose is it, and who may have it


def consented(record: Record, marker: str, client: str, scope: str, before: int) -> bool:
    """Whether the marker's owner has, by then, said yes to this client and this scope on a consent page that could be seen."""
    whose = marker.partition(":")[0]
    said = (e for e in of(record.events, Consented) if e.index < before and (e.user, e.client) == (whose, client))
    return any(scope in e.scope.split() and not _unseen(record, e) for e in said)


def _unseen(record: Record, yes: Consented) -> bool:
    """Whether the page on which this was said lay in a frame of another page: then the browser had looked whether it may."""
    asked = max((s for s in of(record.events, Sent, yes.step) if s.receiver == yes.party and s.index < yes.index), key=_place)
    pages = (a for a in of(record.events, Answered) if (a.sender, a.receiver) == (yes.party, asked.sender) and a.index < asked.index)
    after = max(map(_place, pages), default=asked.index)
    return any(
        c.check == "frame_ancestors" and after < c.index < asked.index for c in of(record.events, Checked) if c.party == asked.sender
    )


def _place(event: Event) -> int:
    return event.index


def credential_owners(record: Record) -> dict[str, str]:
    """Credential -> the person for whom it was issued, or whose password it is."""
    passwords = {user.password: name for name, user in people().users.items()}
    return passwords | {e.value: e.user for e in of(record.events, Issued)}


def session_owners(record: Record) -> dict[str, str]:
    """Session cookie of a client -> the person for whom the client took whoever got it."""
    owners, found, signed_in = credential_owners(record), dict[str, str](), dict[str, str]()
    for event in record.events:
        if isinstance(event, SignedIn):
            signed_in[event.party] = event.user or owners.get(event.credential, "")
        elif isinstance(event, Answered) and event.sender in signed_in:
            cookies = [value.partition(";")[0].partition("=")[2] for name, value in event.response.headers if name.lower() == "set-cookie"]
            found |= dict.fromkeys(filter(None, cookies), signed_in.pop(event.sender)) if cookies else {}
    return found


def credentials(request: Request) -> tuple[str, ...]:
    """What a request authorizes itself with: an access token, a refresh token, a code, a password."""
    credential = request.credential()
    token = credential[1] if credential and credential[0] in ("bearer", "dpop") else None
    found = (token, first(request.query, "access_token"), *(first(request.form, n) for n in ("refresh_token", "code", "password")))
    body = request.json
    told = [body.get(n) for n in ("password", "refresh_token")] if isinstance(body, dict) else []  # the JWT profiles send JSON
    return tuple(v for v in (*found, *told) if isinstance(v, str) and v)


def values(message: Request | Response) -> frozenset[str]:
    """All values in a message."""
    return frozenset(value for _, value in facts(message))


def knows(knowledge: Knowledge, record: Record, value: str) -> bool:
    """Whether any party of hers knows the value."""
    return knowledge.known_to(record.hers, value)


def _ended(record: Record, step: str) -> str:
    """Whose access a step ends: of the user whom it names, or of the person at the browser in which it is done."""
    args, actor = record.scenario.step(step).args, record.scenario.step(step).actor
    browser = CAST.get(actor if actor in CAST and CAST[actor].owner else str(getattr(args, "browser", "")))
    return str(getattr(args, "user", None) or (browser.owner if browser else ""))


def _since(record: Record, goal: Goal) -> int:
    """The index of the last event that does not count yet: the end of the step `after`; -1 if the goal names none."""
    events: list[Event] = record.step(goal.after) if goal.after else []
    return max((e.index for e in events), default=-1)


def hers_in(record: Record, step: str) -> Iterator[tuple[Sent, Response]]:
    """The requests that parties of hers sent in a step, with their answers."""
    return ((s, a.response) for s, a in answers(record, step) if s.sender in record.hers)
