"""What a design costs: bytes, lookups, round trips, the exposure of a stolen token, and who must be asked to end it.

Numbers are counted in a run or measured by waiting; only the way of revoking is read off the switches, which say exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.protocol.settings import Settings

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
