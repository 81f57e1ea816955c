"""A system under audit: which attacks succeed in its setting, the smallest set of changes that stops them, and the Monday checklist.

Everything is found by running: each attack by all known ways, each with each change, and at the end all attacks and all honest flows
in the setting that is recommended.  A change counts only if nothing honest breaks, and only principal defences are changes: what
stops a story by a side effect is no advice.  How it is shown is the business of `views/audit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sandbox.core.memo import memo
from sandbox.engine import judge
from sandbox.engine.result import Word
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.defences import in_words
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, expand
from sandbox.studies.adaptive import NOWHERE, Looked, looked_for
from sandbox.studies.changes import Delta, cost, delta, joined, lowered, raised, strongest, within
from sandbox.studies.findings import Finding, findings
from sandbox.studies.monday import Tick, monday
from sandbox.studies.questions import System
from sandbox.studies.smallest import Answer, Search, shrunk, through, union
from sandbox.studies.trials import Tell, broken, fails, found_of, left_out, measured, repair_of, repaired, scripts, stopped, verdict_of

REPAIRS = 3
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One switch to be raised."""

    switch: str
    before: str
    after: str

    @property
    def meaning(self) -> str:
        """What to do, as a sentence."""
        return f"{in_words(f'{self.switch}={self.after}')}."


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another design in which an attack is blocked: the profile, and what is added to it."""

    attack: str
    profile: str
    change: Delta = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The smallest set of changes.  `exact`: proved to be the smallest among all combinations of the changes that were tried.

    Of the attacks that succeed today `stops` are blocked with the changes, `limits` end soon, and of `closed` the known ways cannot be
    gone on, although nobody refuses; `leaves` still succeed, and `elsewhere` says in which other design they are blocked.  `after` is
    what was found for every attack with the changes made: by so many `scripts`, and with so many honest `flows` run beside them.

    An attacker who adapts was let loose on it, and it was planned again, in so many `rounds`: how far she `looked` in the last one,
    `around_each` attack that is blocked here by all that was planned for, and those that she still gets `around`.
    """

    settings: Settings
    changes: tuple[Change, ...] = ()
    stops: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    after: tuple[tuple[str, Word], ...] = ()
    exact: bool = True
    scripts: int = 0
    flows: int = 0
    looked: Looked = NOWHERE
    rounds: int = 0
    around: tuple[str, ...] = ()
    around_each: tuple[tuple[str, Looked], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole result.  `broken`: honest flows that fail in the setting as it was described; `system` is then the repaired one."""

    system: System
    findings: tuple[Finding, ...]
    plan: Plan
    monday: tuple[Tick, ...]
    broken: tuple[str, ...] = ()
    repair: Delta = frozenset()

    def of(self, *words: Word) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.word in words)

    @property
    def certain(self) -> tuple[Finding, ...]:
        """The attacks that succeed whatever the answer is to what is not known."""
        return tuple(f for f in self.of("succeeded") if not f.unsure)


def audit(system: System, tell: Tell = lambda *_: None) -> Audit:
    """Run everything.  `tell` hears of progress, and may raise to stop; finished runs are remembered."""
    faults, repair = broken(system), repair_of(system)
    system, found, made = _surviving(repaired(system), tell)
    return Audit(
        system=system,
        findings=found,
        plan=made,
        monday=monday(system, found, tell),
        broken=faults,
        repair=repair,
    )


def _surviving(system: System, tell: Tell) -> tuple[System, tuple[Finding, ...], Plan]:
    """The plan that an attacker who adapts finds no way around: what she finds is added to the scripts, and it is planned again.

    After ROUNDS the last plan is given with what she still finds, and its `looked` says so.
    """
    for number in range(1, ROUNDS + 1):
        found = tuple(_with_fixes(system, findings(system, tell), tell))
        made = plan(system, found)
        looked = adapted(system.under(made.settings), tell)
        new = tuple((attack, way) for attack, more in looked for way in more.ways)
        total = sum((more for _, more in looked), NOWHERE)
        around = tuple(dict.fromkeys(attack for attack, _ in new))
        made = replace(made, looked=total, rounds=number, around=around, around_each=tuple(looked))
        if not new:
            break
        system = replace(system, found=(*system.found, *new))
    return system, found, made


def adapted(system: System, tell: Tell = lambda *_: None) -> list[tuple[str, Looked]]:
    """What an attacker who adapts finds in a system, for each attack that is blocked there."""
    blocked = [a for a in library.attacks() if not left_out(a.id, system) and verdict_of(a.id, system).word == "blocked"]
    out = []
    for number, attack in enumerate(blocked):
        tell(number, len(blocked), f"Looking for another way: {attack.title}")
        out.append((attack.id, looked_for(attack.id, scripts(attack.id, system), system.settings)))
    return out


# ---------------------------------------------------------------- which changes stop one attack


def _with_fixes(system: System, found: Sequence[Finding], tell: Tell) -> Iterator[Finding]:
    """The findings, with the changes that stop each attack that succeeds."""
    wanted = [f for f in found if f.word == "succeeded"]
    for finding in found:
        if finding.word == "succeeded":
            tell(wanted.index(finding), len(wanted) + 2, f"Looking for what stops: {finding.title}")
            fixes = tuple(fixes_of(finding.attack, system))
            finding = replace(finding, fixes=fixes)
        yield finding


def fixes_of(attack: str, system: System) -> list[Delta]:
    """The smallest changes of which each alone stops the attack by all known ways, the cheapest first.

    Tried are the principal defences that the attack's own file names.  Where another way remains open, what its file names is added.
    If that is not enough, what closes a way beside all that was planned when it was found, made smaller.
    """
    base, good = system.settings, list[Delta]()
    for change in sorted(_closing(attack, system), key=lambda d: cost(base, d)):
        if not any(within(small, change) for small in good) and _answer(attack, system, change).enough:
            good.append(change)
    return good or _beside_the_plan(attack, system)


def _beside_the_plan(attack: str, system: System) -> list[Delta]:
    """The smallest change that closes the last way that was found, in the setting that was planned when it was found; none if none does."""
    way = next((way for of, way in reversed(system.found) if of == attack), None)
    if way is None:
        return []
    planned = delta(system.settings, dict(Settings.of(way.setting.profile, way.setting.switches).changes))
    whole = [joined(planned, cure) for cure in _principal(way, system)]
    enough = (d for d in whole if _answer(attack, system, d).enough)
    return [shrunk(d, lambda less: _answer(attack, system, less).enough) for d in enough][:1]


def _closing(attack: str, system: System) -> Iterator[Delta]:
    """Each principal defence, with those of the ways that it leaves open, and with what honest people need beside it.

    Where the attack's own script is stopped already and another way is open, what closes that way is enough.
    """
    cures = _principal(library.get(attack), system)
    if found_of(attack, system).way != attack:
        cures.append(frozenset())
    for cure in cures:
        for change in _completed(attack, system, cure):
            yield from _working(system, change)


@memo("run", 512)
def _working(system: System, change: Delta) -> tuple[Delta, ...]:
    """The change, with each recommended switch that alone lets honest people work beside it: DPoP binds no token of the implicit grant.

    The change itself if they can work with it; nothing if no such switch helps.
    """
    base = system.settings

    def works(more: Delta) -> Answer:
        return Answer(not fails(base, raised(base, joined(change, more))))

    search = Search(works, lambda more: cost(base, more))
    if not search.attempt(frozenset()).enough:
        through(search.each(frozenset({one}) for one in strongest(raised(base, change)) if system.allows([one[0]])))
    return tuple(joined(change, more) for more in search.found)


def _completed(attack: str, system: System, change: Delta, depth: int = 3) -> Iterator[Delta]:
    found = found_of(attack, system.under(raised(system.settings, change)))
    if found.verdict.word not in ("succeeded", "limited") or found.way == attack or not depth:
        yield change
        return
    script = next(s for s in scripts(attack, system) if s.id == found.way)
    for more in _principal(script, system):
        if not within(more, change):
            yield from _completed(attack, system, joined(change, more), depth - 1)


def _principal(scenario: Scenario, system: System) -> list[Delta]:
    """The principal defences that a file names, as changes of this system; those that it has no room for are left out."""
    named = (delta(system.settings, d.switches) for d in scenario.blocked_by if d.kind == "principal")
    return [d for d in named if d and system.allows(n for n, _ in d)]


def _answer(attack: str, system: System, change: Delta) -> Answer:
    """Whether the attack is blocked with this change, and whether something honest breaks."""
    settings = raised(system.settings, change)
    breaks = bool(fails(system.settings, settings))
    return Answer(not breaks and verdict_of(attack, system.under(settings)).word == "blocked", breaks)


# ---------------------------------------------------------------- the smallest set for all attacks


def plan(system: System, found: Sequence[Finding]) -> Plan:
    """The smallest set of changes that stops every attack that can be stopped, verified by running everything with it."""
    base = system.settings
    inside = [f.attack for f in found]
    options = {f.attack: f.fixes for f in found if f.fixes}
    change, exact = union(list(options.values()), lambda d: cost(base, d))
    for _ in range(REPAIRS):
        wrong = list(_wrong(inside, options, system, change))
        if not wrong:
            break
        exact = False
        change = _repaired(system, change, wrong)
    if fails(base, raised(base, change)):
        return Plan(settings=base, leaves=tuple(f.attack for f in found if f.word == "succeeded"), exact=False)

    def enough(less: Delta) -> bool:
        doubtful_first = sorted(inside, key=lambda a: a not in options or any(within(fix, less) for fix in options[a]))
        return next(_wrong(doubtful_first, options, system, less), None) is None and not fails(base, raised(base, less))

    change = shrunk(change, enough)
    return _as_plan(system, change, found, inside, exact)


def _wrong(attacks: Iterable[str], options: Mapping[str, Sequence[Delta]], system: System, change: Delta) -> Iterator[str]:
    """The attacks that are not stopped although they should be: those with a fix, and those that did not succeed before.

    That a script cannot go on is enough only beside a fix of its own: a way that was not tried may be open.
    """
    after = system.under(raised(system.settings, change))

    def wrong(attack: str) -> bool:
        word = verdict_of(attack, after).word
        if word == "succeeded":
            return attack in options or verdict_of(attack, system).word != "succeeded"
        return attack in options and word != "blocked" and not any(within(fix, change) for fix in options[attack])

    return (attack for attack in attacks if wrong(attack))


def _repaired(system: System, change: Delta, wrong: Sequence[str]) -> Delta:
    """The change with more of what stops these attacks: changes that are enough one by one can be in each other's way."""
    for attack in wrong:
        more = fixes_of(attack, system.under(raised(system.settings, change)))
        change = joined(change, more[0]) if more else change
    return change


def _as_plan(system: System, change: Delta, found: Sequence[Finding], inside: Sequence[str], exact: bool) -> Plan:
    base, settings = system.settings, raised(system.settings, change)
    after = {a: measured(a, system.under(settings)).word for a in inside if not left_out(a, system.under(settings))}
    today = [f.attack for f in found if f.word == "succeeded"]

    def now(*words: Word) -> tuple[str, ...]:
        return tuple(a for a in today if after.get(a, "not-applicable") in words)

    leaves = now("succeeded", "breaks-service", "failed")
    return Plan(
        settings=settings,
        changes=tuple(Change(n, base.value(n), v) for n, v in sorted(change, key=lambda c: list(SWITCHES).index(c[0]))),
        stops=now("blocked"),
        leaves=leaves,
        limits=now("limited"),
        closed=now("stalled", "not-applicable"),
        elsewhere=_elsewhere(system, dict.fromkeys([*leaves, *(f.attack for f in found if f.word == "succeeded" and not f.fixes)])),
        after=tuple(after.items()),
        exact=exact,
        scripts=sum(len(scripts(a, system)) for a in after),
        flows=len(judge.controls(settings)),
    )


def _elsewhere(system: System, attacks: Iterable[str]) -> tuple[Elsewhere, ...]:
    """Where else these attacks are blocked: in another design as it is, or with a principal defence added; the strongest first."""
    others = [p.name for p in PROFILES.values() if p.architecture != system.settings.architecture][::-1]
    there = [system.under(Settings.of(p)) for p in others]
    found = {a: next((e for other in there for e in _stopping(a, other)), None) for a in attacks}
    return tuple(e for e in found.values() if e)


def _stopping(attack: str, other: System) -> Iterator[Elsewhere]:
    """How an attack is blocked in another design: nothing honest breaks by it, and it is not by a side effect that it is blocked."""
    for change in (frozenset[tuple[str, str]](), *_principal(library.get(attack), other)):
        settings = raised(other.settings, change)
        without = (other.under(lowered(settings, names)) for names in _side_effects(attack))
        if stopped(attack, other, settings) and all(verdict_of(attack, less).word == "blocked" for less in without):
            yield Elsewhere(attack, other.settings.profile, change)


def _side_effects(attack: str) -> Iterator[tuple[str, ...]]:
    """The switches of each defence that stops this attack, or another way to its goal, only by a side effect."""
    for script in (library.get(attack), *library.ways(attack)):
        yield from (tuple(expand(d.switches)) for d in script.blocked_by if d.kind != "principal")
