"""Runs -> the one JSON document that the stepper shows: a pane per run, and a timeline that keeps the panes in step.

What lasts (who knows what, states of parties) is sent as changes per moment; stepper.js folds them.  Words of the verdict and of
the checks are data here; how they look is the business of stepper.css.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sandbox.core.text import cut
from sandbox.core.wire import Request, Response, compact
from sandbox.engine.knowledge import Knowledge, opened, tokens, worth_showing
from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST, title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.fields import OWN, explain
from sandbox.protocol.trace import Answered, Checked, Event, Noted, Sent, SignedIn, StateChanged, StepStarted, TimePassed, of
from sandbox.studies import basis
from sandbox.views import quiz, words
from sandbox.views.curl import curl
from sandbox.views.divergence import difference
from sandbox.views.labels import setting_name
from sandbox.views.outcomes import SIGNS
from sandbox.views.stepper import rows, screen
from sandbox.views.stepper.message import holder, parts
from sandbox.views.timeline import Moment, decisive, moments, note

if TYPE_CHECKING:
    from sandbox.studies.adaptive import Looked

Doc = dict[str, Any]

CHIPS = {
    "front": "Front channel", "back": "Back channel", "internal": "Internal", "checks": "Checks", "local": "Local work",
    "taken": "Taken by the attacker", "time": "Time", "skipped": "Not taken",
}  # fmt: skip
TIMES = ("exp", "iat", "nbf", "auth_time", "updated_at")
UNSEEN = ("act",)  # verbs whose requests are those of a script; nobody sees their answers
CARD = ("word", "kind", "is", "why", "without", "attack", "ref")  # of a word, what is shown beside a run
LONGEST = 96  # characters of a value on a card; the message itself is shown whole


def document(
    runs: Sequence[Run],
    ack: int = 0,
    *,
    editable: bool = False,
    against: Run | None = None,
    looked: Sequence[Looked | None] = (),
) -> Doc:
    """What the stepper shows of one run, or of several side by side.

    `ack` is the number of the last event from the browser that these runs include; `editable` lets the learner edit messages and
    continue; `against` is the first run without edits; `looked` says for each run how far an attacker who adapts has looked around it.
    """
    panes = [_pane(run, far) for run, far in zip_longest(runs, looked)]
    line = _timeline(panes)
    first = runs[0].scenario
    return {
        "scenario": first.id,
        "title": first.title,
        "stamps": [run.stamp for run in runs],
        "panes": panes,
        "timeline": line,
        "differs": _difference(panes, line),
        "ack": ack,
        "editable": editable,
        "fields": fields(panes),
        "words": explained(panes),
        "edits": _edits(runs[0]),
        "edited": _differs(runs[0], against),
    }


def clock(seconds: int) -> str:
    """Virtual time of day, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def date(seconds: float) -> str:
    """A NumericDate (RFC 7519 §2) for people; '' if it is no date."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return ""


# ---------------------------------------------------------------- panes


def _pane(run: Run, looked: Looked | None = None) -> Doc:
    every = moments(run)
    parties = _parties(run, every)
    reader = _MomentReader(run, parties, rows.routine(run, every))
    shown = [reader.view(m) for m in every]
    return {
        "name": setting_name(run.settings, run.scenario.settings),
        "verdict": _verdict(run, every, looked),
        "parties": [{"id": p, "name": title(p), "about": rows.about(run, p), "hers": p in run.hers} for p in parties],
        "checks": {c: _explained(c) for c in dict.fromkeys(e.check for e in of(run.events, Checked))},
        "tokens": reader.tokens,
        "steps": _steps(run, every),
        "moments": shown,
    }


def _parties(run: Run, every: Sequence[Moment]) -> list[str]:
    extra = (p for m in every for p in (m.sender, m.receiver) if p and p != "clock")
    return list(dict.fromkeys((*run.parties, *extra)))


def _explained(check: str) -> Doc:
    known = CHECKS.get(check)
    return {"sentence": known.sentence, "ref": known.ref} if known else {"sentence": check.replace("_", " "), "ref": ""}


def _verdict(run: Run, every: Sequence[Moment], looked: Looked | None) -> Doc:
    v, sign = run.verdict, SIGNS[run.verdict.word]
    found = v.word in basis.OPEN and looked is not None and bool(looked.ways)
    return {
        "word": sign.banner,
        "tone": "warn" if found else sign.tone,
        "sentence": basis.scripted(v.word, v.sentence, looked=looked),
        "detail": " ".join(filter(None, (basis.around(looked) if v.word in basis.OPEN else "", _stop(run, every)))),
        "at": decisive(run),
        "by": v.blocked_by.check if v.blocked_by is not None else "",
    }


def _stop(run: Run, every: Sequence[Moment]) -> str:
    """Who stopped the attack, at which check, and with which answer."""
    stop = run.verdict.blocked_by
    if stop is None:
        return ""
    at = decisive(run)
    number = next((f"step {m.n}" for m in every if m.n == at), stop.step)
    if stop.missing:
        return f"At {number}: she does not have {stop.missing}."
    who = f"{title(stop.party)}, {stop.check.replace('_', ' ')}" if stop.check else title(stop.party)
    return f"{who}, at {number}: {stop.answer}" if who else f"At {number}: {stop.answer}"


def _steps(run: Run, every: Sequence[Moment]) -> Doc:
    """The scenario's steps: their narration, and their questions with the right answers."""
    told = {s.id for s in run.scenario.steps}
    started = [e for e in of(run.events, StepStarted) if any(m.step == e.step for m in every)]
    return {
        e.step: {
            "n": i,
            "of": len(started),
            "say": e.say or e.step.replace("_", " "),
            "questions": quiz.asked(run, e.step) if e.step in told else [],
        }
        for i, e in enumerate(started, 1)
    }


class _MomentReader:
    """Walks through the moments and remembers what has been shown, so that each moment brings only what is new."""

    def __init__(self, run: Run, parties: Sequence[str], routine: frozenset[int]) -> None:
        self.run = run
        self.parties = parties
        self.routine = routine
        self.knowledge = Knowledge()
        self.counted = dict.fromkeys(parties, 0)
        self.tokens: list[Doc] = []
        self._places: dict[str, int] = {}
        self.requests: dict[int, int] = {}
        self.checked: dict[int, list[int]] = {}
        self.answers = {e.exchange: e.response for e in of(run.events, Answered)}
        self.sent = {e.exchange: e for e in of(run.events, Sent)}
        self.unseen = {s.id for s in run.scenario.steps if s.verb in UNSEEN}

    def view(self, m: Moment) -> Doc:
        events = self.run.events[m.first : m.last + 1]
        message = _message(events)
        shown = parts(message) if message else []
        if m.kind == "request" and m.about is not None:
            self.requests[m.about] = m.n
        if m.kind == "checks" and m.about is not None:
            self.checked.setdefault(m.about, []).append(m.n)
        out = self._heading(m) | {
            "label": rows.label(m, message),
            "names": rows.names(m, message),
            "routine": m.n in self.routine,
            "message": shown,
            "curl": curl(message) if isinstance(message, Request) else "",
            "screen": self._screen(events),
            "tokens": [[*self._token(name, jwt), holder(shown, jwt)] for name, jwt in tokens(message)] if message else [],
            "checks": [[e.check, e.outcome, e.expected, e.found] for e in events if isinstance(e, Checked)],
            "notes": list(_notes(events)),
            "learns": self._learns(m),
            "state": [[e.party, *entry] for e in events if isinstance(e, StateChanged) for entry in e.entries],
        }
        if m.kind == "checks" and m.about in self.requests:
            out["about"] = self.requests[m.about]
        if m.kind == "answer" and m.about is not None:
            out["led"] = self.checked.get(m.about, [])
        return {k: v for k, v in out.items() if v not in (None, [], "", False)}

    def _heading(self, m: Moment) -> Doc:
        return {
            "id": m.id, "n": m.n, "step": m.step, "kind": m.kind, "title": m.title, "detail": m.detail, "time": m.time,
            "clock": clock(m.time), "from": m.sender, "to": m.receiver, "chip": CHIPS[m.channel or m.kind], "channel": m.channel,
            "attack": m.attack, "blocked": m.blocked, "edited": m.edited,
        }  # fmt: skip

    def _screen(self, events: Sequence[Event]) -> Doc | None:
        """What a person sees before or after this message, if a browser has sent it because of that person."""
        moved = next((e for e in events if isinstance(e, Sent | Answered)), None)
        sent = self.sent.get(moved.exchange) if moved else None
        answer = self.answers.get(moved.exchange) if moved else None
        if sent is None or answer is None or sent.step in self.unseen or sent.sender not in CAST or CAST[sent.sender].kind != "browser":
            return None
        draw = screen.before if moved is sent else screen.after
        return draw(title(sent.sender), sent.request, answer)

    def _learns(self, m: Moment) -> list[list[str]]:
        self.knowledge.read(self.run.events, m.last + 1)
        out: list[list[str]] = []
        for party in self.parties:
            known = self.knowledge.of(party)
            fresh, self.counted[party] = known[self.counted[party] :], len(known)
            out += [[party, f.name, cut(f.value, LONGEST)] for f in fresh if worth_showing(f)]
        return out

    def _token(self, name: str, jwt: str) -> list[Any]:
        """Name and position in the pane's table of tokens, which has each token once."""
        if jwt not in self._places:
            self._places[jwt] = len(self.tokens)
            self.tokens.append(_decoded(jwt))
        return [name, self._places[jwt]]


def _notes(events: Sequence[Event]) -> Iterator[str]:
    for e in events:
        if isinstance(e, Noted | SignedIn):
            yield note(e)
        elif isinstance(e, TimePassed):
            yield f"The clock moves from {clock(e.time)} to {clock(e.time + e.seconds)}."


def _decoded(jwt: str) -> Doc:
    token = opened(jwt)
    assert token is not None  # only JWTs get here
    dates = {c: v for c in TIMES if isinstance(v := token.claims.get(c), int | float) and date(v)}
    times = {c: [v, date(v)] for c, v in dates.items()}
    return {"raw": jwt.split("."), "header": token.header, "payload": token.claims, "times": times, "bytes": weights(token.claims)}


def weights(claims: dict[str, Any]) -> dict[str, int]:
    """What each claim adds to the length of the token: its JSON as base64url, four characters for three bytes."""
    return {k: -(-len(compact({k: v}).encode()) * 4 // 3) for k, v in claims.items()}


def _message(events: Sequence[Event]) -> Request | Response | None:
    for e in events:
        if isinstance(e, Sent):
            return e.request
        if isinstance(e, Answered):
            return e.response
    return None


# ---------------------------------------------------------------- fields and edits


def fields(panes: Sequence[Doc]) -> Doc:
    """What is known about the fields that occur, once for the whole document; `*` is for those that no standard defines."""
    known = {name: field for name in _named(panes) if (field := explain(name))}
    return {name: [f.meaning, f.ref, list(f.checks)] for name, f in known.items()} | {"*": [OWN, "", []]}


def _named(panes: Sequence[Doc]) -> list[str]:
    """The names of all fields that occur, parts of tokens included."""
    named: set[str] = set()
    for pane in panes:
        for m in pane["moments"]:
            for part in m.get("message", []):
                if not isinstance(part, str):
                    named.update(part[0].lower().split("."))
        for token in pane["tokens"]:
            named.update(("signature", *_keys(token["header"]), *_keys(token["payload"])))
    return sorted(named)


def explained(panes: Sequence[Doc]) -> Doc:
    """The cards of names, checks, parties and channels that can be clicked, where they say more than the tables of the document."""
    names = {name.lower() for pane in panes for m in pane["moments"] for name in m.get("names", [])} | set(_named(panes))
    names.update(f"check:{check}" for pane in panes for check in pane["checks"])
    names.update(f"party:{party['id']}" for pane in panes for party in pane["parties"])
    names.update(f"concept:{m['channel']} channel" for pane in panes for m in pane["moments"] if m.get("channel"))
    return {name: _card(name, card) for name, card in sorted(words.cards(sorted(names)).items()) if _says_more(card)}


def _says_more(card: Doc) -> bool:
    return bool(card["why"] or card["without"] or card["attack"]) or not card["address"].startswith(("field:", "check:"))


def _card(name: str, card: Doc) -> Doc:
    """What is shown of a card beside a run; what a field or a check is, the document says already."""
    said = card["address"].startswith("field:") or name.startswith("check:")
    return {k: card[k] for k in CARD if card[k] and not (said and k == "is")}


def _keys(value: Any) -> Iterator[str]:
    """The names of all members inside a JSON value."""
    if isinstance(value, dict):
        yield from (str(key).lower() for key in value)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(item)


def _edits(run: Run) -> list[Doc]:
    """The edits of the run, each with the number of its message, or with the reason why it was not made."""
    numbers = {m.id: m.n for m in moments(run)}
    reasons = dict(run.unfit)
    return [
        {"message": e.message, "field": e.field, "value": e.value, "at": numbers.get(e.message), "problem": reasons.get(e, "")}
        for e in run.edits
    ]


def _differs(run: Run, against: Run | None) -> Doc | None:
    """Where the run first differs from the same run without edits."""
    if against is None or not run.edits:
        return None
    found = difference(run, against)
    return {"at": found.first, "sentence": found.sentence}


# ---------------------------------------------------------------- several runs in step


def _timeline(panes: Sequence[Doc]) -> list[Doc]:
    """Moments aligned by id: those of the first run in order, those of the others put in after their predecessor."""
    order: list[str] = []
    for pane in panes:
        at = 0
        for m in pane["moments"]:
            if m["id"] in order:
                at = order.index(m["id"]) + 1
            else:
                order.insert(at, m["id"])
                at += 1
    numbers = [{m["id"]: m["n"] for m in pane["moments"]} for pane in panes]
    return [{"id": id_, "at": [where.get(id_) for where in numbers]} for id_ in order]


def _difference(panes: Sequence[Doc], line: Sequence[Doc]) -> int | None:
    """Position in the timeline of the first moment that is not the same in all panes."""
    for i, entry in enumerate(line):
        here = [pane["moments"][n - 1] for pane, n in zip(panes, entry["at"], strict=True) if n]
        shown = {(m["title"], m.get("blocked", False)) for m in here}
        if len(shown) > 1 or None in entry["at"]:
            return i
    return None
