"""What a design costs: bytes, lookups, round trips, what its issuer has to be, the exposure of a stolen token, and who can end it.

Numbers are counted in a run or measured by waiting; only the way of revoking is read off the switches, which say exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.text import plural
from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Sent, StateChanged, of

UNITS = (("day", 86400), ("h", 3600), ("min", 60))


@dataclass(frozen=True, slots=True)
class Exposure:
    """For how many `seconds` a stolen token works (None: for ever).  `stopped`: it does not work at all, or cannot be stolen there;
    `applies` is false where the setting has no such thing."""

    seconds: int | None = None
    stopped: bool = False
    applies: bool = True

    @property
    def said(self) -> str:
        if not self.applies:
            return "not applicable"
        return "0 s (blocked)" if self.stopped else span(self.seconds)


def exposure_in(case: Case) -> Exposure:
    """The measured exposure of this attack: for how many seconds the stolen credentials work."""
    if case.lacking is not None:
        return Exposure(applies=False)
    record = player.play(case)
    found = judge.timed(judge.judge(record), case)
    return Exposure(found.exposure) if found.word in ("succeeded", "limited") else Exposure(stopped=True)


@dataclass(frozen=True, slots=True)
class Work:
    """What an issuer has to be for a design to work: the `addresses` at which it answers, and the kinds of `records` that it keeps."""

    addresses: tuple[str, ...]
    records: tuple[str, ...]

    @property
    def said(self) -> str:
        return f"{plural(len(self.addresses), 'address', 'addresses')}, {plural(len(self.records), 'kind')} of records"

    @property
    def named(self) -> str:
        """All of them by name."""
        return f"{', '.join(self.addresses)}; {', '.join(self.records) or 'no records'}"


def work(settings: Settings, seed: int = 0) -> Work:
    """The work of an issuer, counted in all shipped flows that can be run in these settings."""
    addresses, records = set[str](), set[str]()
    flows = (f for f in (*library.flows(), *library.controls()) if settings.lacks(f.needs) is None)
    for flow in flows:
        events = player.play(Case(flow, settings, seed), states=True).events
        asked = {s.exchange: s.request for s in of(events, Sent) if s.receiver == settings.issuer and s.request.method != "OPTIONS"}
        addresses |= {asked[a.exchange].path for a in of(events, Answered) if a.exchange in asked and a.response.status not in (404, 405)}
        kept = (name for e in of(events, StateChanged) if e.party == settings.issuer for name, _ in e.entries)
        records |= {name.rpartition(" ")[0] for name in kept}  # each is shown under its kind and its own name
    return Work(tuple(sorted(addresses)), tuple(sorted(records)))


def span(seconds: int | None) -> str:
    """`299 s`, `59 min 59 s` as `60 min`: seconds as people say them, rounded where that hides nothing."""
    if seconds is None:
        return "for ever"
    for unit, size in UNITS:
        if seconds >= 2 * size - 60:
            number = round(seconds / size, 1)
            return f"{number:g} {unit}{'s' if unit == 'day' and number != 1 else ''}"
    return f"{seconds} s"


def lookups(run: Run) -> str:
    """State lookups per API request: 0 means that each API decides by itself."""
    if not run.counters.api_requests:
        return "–"
    return f"{run.counters.lookups / run.counters.api_requests:.2g}"


def token_bytes(run: Run) -> str:
    return f"{run.counters.token_bytes:,}" if run.counters.token_bytes else "–"


def revoked_by(settings: Settings) -> str:
    """Who must be asked so that a token that is already out stops working, and when the APIs notice."""
    oauth = settings.architecture == "oauth"
    issuer = "authorization server" if oauth else "backend"
    if settings.value("as.revocation") != "on":
        return "nobody: it ends when it expires"
    if oauth and settings.value("rs.introspect") == "live":
        return f"{issuer}; APIs ask it each time"
    if settings.value("rs.denylist") == "strict":
        return f"{issuer}; APIs read its list each time"
    if oauth and settings.value("rs.introspect") == "cached":
        return f"{issuer}; APIs notice within 5 min"
    if settings.value("rs.denylist") == "eventual":
        return f"{issuer}; APIs get its list later"
    return f"{issuer}; APIs notice when it expires"
