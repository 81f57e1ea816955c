"""What comes of attacks and honest flows in a system: single runs, each remembered.

An attack is run by all known ways that can be gone there, and the worst of them counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.core.memo import memo
from sandbox.engine import judge
from sandbox.engine.case import Case
from sandbox.engine.result import SEVERITY, Verdict
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.recast import named
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Sent, of
from sandbox.studies import ways
from sandbox.studies.casting import CLIENTS, cast
from sandbox.studies.changes import Delta, bundles, cost, raised, singles, strongest
from sandbox.studies.questions import System
from sandbox.studies.smallest import Answer, Search, first, through
from sandbox.studies.ways import WayFound

Tell = Callable[[int, int, str], None]  # how much is done, of how much, and what is being done


@memo("run", 20_000)
def _worst(settings: Settings, scripts: tuple[Scenario, ...]) -> WayFound:
    return min((WayFound(s.id, ways.verdict_of(Case(s, settings))) for s in scripts), key=lambda f: SEVERITY.index(f.verdict.word))


def found_of(attack: str, system: System) -> WayFound:
    """What comes of an attack by all known ways that can be gone in this system: the worst counts."""
    out = left_out(attack, system)
    return WayFound(attack, Verdict("not-applicable", out)) if out else _worst(system.settings, scripts(attack, system))


def verdict_of(attack: str, system: System) -> Verdict:
    """The verdict of the way that counts."""
    return found_of(attack, system).verdict


@memo("run", 2_000)
def measured(attack: str, system: System) -> Verdict:
    """The same; where the file says that a defence only limits the attack, the exposure is measured, too."""
    found = found_of(attack, system)
    if found.verdict.word != "succeeded" or not library.get(attack).limited_by:
        return found.verdict
    script = next(s for s in scripts(attack, system) if s.id == found.way)
    timed = judge.timed(found.verdict, Case(script, system.settings))
    return timed if timed.word == "limited" else found.verdict


def parties(script: Scenario) -> tuple[str, ...]:
    """Who takes part in a script, in its own setting."""
    record = judge.weak_record(Case.of(script))
    return tuple(sorted({name for e in of(record.events, Sent) for name in (e.sender, e.receiver)}))


def scripts(attack: str, system: System) -> tuple[Scenario, ...]:
    """The attack and its other ways, as this system can play them: by clients that it has, and with no party that it lacks."""
    known = _scripts(attack, system.clients, tuple(name for name, _ in system.absent))
    return (*known, *(way for of, way in system.found if of == attack)) if known else known


@memo("run", 2_000)
def _scripts(attack: str, clients: tuple[str, ...], absent: tuple[str, ...]) -> tuple[Scenario, ...]:
    known = (cast(s, clients) for s in (attack, *(way.id for way in library.ways(attack))))
    gone = set(absent) - set(clients)
    return tuple(s for s in known if s and attack not in gone and not gone & set(parties(s)))


def left_out(attack: str, system: System) -> str:
    """Why an attack cannot happen in this system; '' if it can."""
    if not scripts(attack, system):
        who = (attack, *named(library.get(attack)), *parties(library.get(attack)))
        reasons = dict(system.absent)
        return next((reasons[name] for name in who if name in reasons), "Nobody here can play its part.")
    return system.lacks(attack)


def fails(base: Settings, settings: Settings) -> tuple[str, ...]:
    """The honest flows that work in `base` and fail in `settings`, by their titles."""
    return tuple(dict.fromkeys(library.get(flow).title for flow, _ in judge.broken_flows(base, settings)))


def broken(system: System) -> tuple[str, ...]:
    """The honest flows of this system that the setting itself breaks: answers that do not fit together."""
    flows = dict(judge.broken_flows(Settings.of(system.settings.profile), system.settings))
    return tuple(dict.fromkeys(library.get(flow).title for flow in flows if set(CLIENTS) & named(library.get(flow)) <= set(system.clients)))


@memo("run", 512)
def repair_of(system: System) -> Delta:
    """The smallest change with which the honest flows work again; nothing if they do, or if none was found.

    A service that refuses everybody is attacked in vain, and is no answer: an API that checks `aud` needs an issuer that writes it.
    """
    base, plain = system.settings, Settings.of(system.settings.profile)
    if not fails(plain, base):
        return frozenset()
    search = Search(lambda change: Answer(not fails(plain, raised(base, change))), lambda change: cost(base, change))
    first(search.each([*singles(base), *bundles(base).values(), strongest(base)]))
    through(search.shrunk())
    return search.best or frozenset()


def repaired(system: System) -> System:
    """The system, made to work for honest people."""
    change = repair_of(system)
    best = system.at_best and raised(system.at_best, repair_of(system.under(system.at_best)))
    return replace(system, settings=raised(system.settings, change), at_best=best)


def stopped(attack: str, system: System, settings: Settings) -> bool:
    """Whether the attack is blocked with the system in these settings, and nothing breaks that works as it is."""
    return verdict_of(attack, system.under(settings)).word == "blocked" and not fails(system.settings, settings)
