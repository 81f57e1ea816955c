"""The Monday checklist in words: what is done, what is missing, and what proves it."""

from __future__ import annotations

from sandbox.protocol.switches import OFF_ON, SWITCHES
from sandbox.studies.monday import Tick

STATES = {"done": ("☑", "Done"), "open": ("☐", "Open"), "not-here": ("–", "Not in this design")}


def proof_of(tick: Tick) -> str:
    """What the attacks behind an item prove."""
    if not tick.attacks:
        return "None of the attacks here depends on it alone." if tick.state != "not-here" else "There is no such thing in this design."
    return "Without it, these would succeed:" if tick.state == "done" else "On its own it stops:"


def lacks(tick: Tick) -> str:
    """Of an item that is open, which part of it is missing and which is there; '' of the others."""
    if tick.state != "open":
        return ""
    if tick.moves:
        return "Missing: an authorization server; this is another design."
    there = "" if not tick.there else f" There already: {', '.join(_value(n, v) for n, v in sorted(tick.there))}."
    return f"Missing: {', '.join(_value(n, v) for n, v in sorted(tick.lacking))}.{there}"


def _value(switch: str, value: str) -> str:
    """`as.no_ropc=on (refuses the password grant)`: with what it means, where that is one thing."""
    s = SWITCHES[switch]
    meaning = s.meaning.partition(";")[0].rstrip(".")
    return f"{switch}={value} ({meaning[0].lower()}{meaning[1:]})" if s.values == OFF_ON else f"{switch}={value}"
