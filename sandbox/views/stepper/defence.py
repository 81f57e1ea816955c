"""The defender's side of “Your turn” as a document: what a stand comes to, what can be turned, and what can be foretold.

The words for what "blocked" rests on are those of `studies/basis.py`; whether it holds, `studies/defending.py` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.cast import ROLES
from sandbox.protocol.defences import TO_DO
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, SWITCHES, Switch
from sandbox.studies import basis, foretelling
from sandbox.studies.defending import HOLDS, OPEN_END, Stand
from sandbox.studies.foretelling import GOT_THROUGH, Option
from sandbox.views.outcomes import SIGNS

Doc = dict[str, Any]


def beside(attack: Scenario, start: Settings, stand: Stand, said: Callable[[Switch], str]) -> Doc:
    """What stands beside the diagram of a stand.  `said`: everything by which a switch can be found."""
    return {
        "side": "defend",
        "story": attack.story,
        "turned": [[name, value, _done(name, value)] for name, value in stand.settings.beyond(start)],
        "stand": came(attack, stand),
        "switches": list(switches(start, stand.settings, said)),
        "bundles": list(bundles(start, said)),
        "sign": stand.settings.key,
    }


def came(attack: Scenario, stand: Stand) -> Doc:
    """What the stand comes to: the verdict, her way where she gets through, who else is hurt, and how far an attacker has looked."""
    sign, looked = SIGNS[stand.verdict.word], stand.looked
    through = stand.verdict.word in GOT_THROUGH
    script = attack if stand.way == attack.id else library.get(stand.way)
    open_end = looked is not None and not looked.ways and not looked.exhausted
    return {
        "word": sign.banner,
        "tone": "warn" if stand.broken or (looked and looked.ways) else sign.tone,
        "sentence": basis.scripted(stand.verdict.word, stand.verdict.sentence, looked=looked),
        "way": f"Her way: {basis.told(script)}" if through else "",
        "broken": [title.removeprefix("Control: ") for title in stand.broken],
        "around": basis.around(looked),
        "holds": HOLDS if stand.holds else OPEN_END if open_end else "",
        "held": stand.holds,
        "waits": stand.refused and looked is None,
    }


def foretold(said: str, stand: Stand, options: Sequence[Option]) -> Doc:
    """What was foretold of a stand, and what came true."""
    texts = {option.id: option.text for option in options}
    came_true = foretelling.right(stand)
    return {"said": texts.get(said, said), "right": said == came_true, "came": texts.get(came_true, came_true)}


def asked(options: Sequence[Option], changes: Sequence[tuple[str, str]]) -> Doc:
    """The question before a stand is seen.  It does not say what is right."""
    turned = [[name, value, _done(name, value)] for name, value in changes]
    return {"turned": turned, "options": [[o.id, o.text, o.about] for o in options]}


# ---------------------------------------------------------------- what can be turned


def switches(start: Settings, now: Settings, said: Callable[[Switch], str]) -> Iterator[Doc]:
    """The switches that the design has, by whose they are."""
    for owner in dict.fromkeys(s.owner for s in SWITCHES.values()):
        mine = [
            _switch(s, start, now) | {"spoken": _spoken(said, s)}
            for s in SWITCHES.values()
            if s.owner == owner and start.architecture in s.applies
        ]
        if mine:
            yield {"owner": ROLES[owner].capitalize() + ("" if owner in ("as", "gw") else "s"), "switches": mine}


def _switch(switch: Switch, start: Settings, now: Settings) -> Doc:
    return {
        "name": switch.name,
        "says": switch.meaning,
        "now": now.value(switch.name),
        "was": start.value(switch.name),
        "values": [[value, TO_DO.get(f"{switch.name}={value}", "")] for value in switch.values],
    }


def bundles(start: Settings, said: Callable[[Switch], str]) -> Iterator[Doc]:
    """Switches that belong together, where the design has all of them."""
    for name, parts in BUNDLES.items():
        if all(start.architecture in SWITCHES[part].applies for part in parts):
            yield {
                "name": name,
                "says": TO_DO.get(name, name),
                "parts": [list(part) for part in parts.items()],
                "spoken": _spoken(said, *map(SWITCHES.__getitem__, parts)),
            }


def _spoken(said: Callable[[Switch], str], *switches: Switch) -> str:
    """The words by which these switches can be found, each once."""
    return " ".join(sorted({word for switch in switches for word in re.findall(r"[\w.]{3,}", said(switch))}))


def _done(name: str, value: str) -> str:
    """What a switch that is turned does, in words."""
    return TO_DO.get(f"{name}={value}", "")
