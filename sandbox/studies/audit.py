"""A system under audit: which attacks succeed in its setting, the smallest set of changes that stops them, and the Monday checklist.

Everything is found by running: each attack, each attack with each change, and at the end all attacks and all honest flows in the
setting that is recommended.  A change counts only if nothing honest breaks.  How it is shown is the business of `audit.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.core.memo import memo
from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.result import Verdict, Word
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES
from sandbox.protocol.trace import Sent, of
from sandbox.studies import questions
from sandbox.studies.changes import Delta, best, bundles, cost, delta, joined, raised, singles, strongest
from sandbox.studies.questions import System
from sandbox.studies.smallest import Answer, Search, first, shrunk, through, union

Tell = Callable[[int, int, str], None]  # how much is done, of how much, and what is being done

REPAIRS = 3
TIERS = ("core", "standard", "advanced")
LOSSES = {  # what an attacker is after, the worst first
    "credential": "Credentials are taken",
    "session": "Somebody is signed in as another",
    "write": "Data is changed",
    "read": "Data is read",
    "late": "What was revoked still works",
    "ssrf": "A server is sent where it should not go",
    "pii": "Personal data gets about",
    "denied": "Honest people are locked out",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One attack on the system.  `fixes`: the changes of which each alone stops it, the smallest first."""

    attack: str
    title: str
    tier: str
    loses: str
    verdict: Verdict
    fixes: tuple[Delta, ...] = ()

    @property
    def word(self) -> Word:
        return self.verdict.word


@dataclass(frozen=True, slots=True)
class Change:
    """One switch to be raised."""

    switch: str
    before: str
    after: str

    @property
    def meaning(self) -> str:
        return SWITCHES[self.switch].meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The smallest set of changes.  `exact`: proved to be the smallest among all combinations of the changes that were tried.

    `stops` and `leaves` are attacks that succeed today and do not, or still do, with the changes; `elsewhere` says of the latter in
    which other design they are blocked; `after` is what was found for every attack with the changes made.
    """

    settings: Settings
    changes: tuple[Change, ...] = ()
    stops: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, Word], ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One item of the Monday checklist: done, open, or not possible in this design.

    `attacks` are the proof: those that it stops once it is done or, if it is, those that would succeed without it; `settings` is
    where that can be seen.
    """

    item: str
    do: str
    how: str
    state: str
    attacks: tuple[str, ...]
    settings: Settings
    refs: tuple[str, ...]


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


def audit(system: System, tell: Tell = lambda *_: None) -> Audit:
    """Run everything.  `tell` hears of progress, and may raise to stop; finished runs are remembered."""
    faults, repair = broken(system), repair_of(system)
    system = repaired(system)
    found = tuple(_with_fixes(system, findings(system, tell), tell))
    return Audit(
        system=system,
        findings=found,
        plan=plan(system, found),
        monday=monday(system, found, tell),
        broken=faults,
        repair=repair,
    )


# ---------------------------------------------------------------- single runs


@memo("run", 20_000)
def verdict_of(attack: str, settings: Settings) -> Verdict:
    """One run; the states of the parties are not recorded."""
    case = Case(library.get(attack), settings)
    if (lacking := case.lacking) is not None:
        return Verdict("not-applicable", lacking.without)
    return judge.judge(player.play(case))


@memo("run", 2_000)
def measured(attack: str, settings: Settings) -> Verdict:
    """The same; where the file says that a defence only limits the attack, the exposure is measured, too."""
    plain, scenario = verdict_of(attack, settings), library.get(attack)
    timed = judge.timed(plain, Case(scenario, settings)) if scenario.limited_by else plain
    return timed if timed.word == "limited" else plain


def parties(attack: str) -> tuple[str, ...]:
    """Who takes part in an attack, in its own setting."""
    record = judge.weak_record(Case.of(library.get(attack)))
    return tuple(sorted({name for e in of(record.events, Sent) for name in (e.sender, e.receiver)}))


def fails(base: Settings, settings: Settings) -> tuple[str, ...]:
    """The honest flows that work in `base` and fail in `settings`, by their titles."""
    return tuple(dict.fromkeys(library.get(flow).title for flow, _ in judge.broken_flows(base, settings)))


def broken(system: System) -> tuple[str, ...]:
    """The honest flows that the setting itself breaks: answers that do not fit together."""
    return fails(Settings.of(system.settings.profile), system.settings)


@memo("run", 512)
def repair_of(system: System) -> Delta:
    """The smallest change with which the honest flows work again; nothing if they do, or if none was found.

    A service that refuses everybody is attacked in vain, and is no answer: an API that checks `aud` needs an issuer that writes it.
    """
    if not broken(system):
        return frozenset()
    base, plain = system.settings, Settings.of(system.settings.profile)
    search = Search(lambda change: Answer(not fails(plain, raised(base, change))), lambda change: cost(base, change))
    first(search.each([*singles(base), *bundles(base).values(), strongest(base)]))
    through(search.shrunk())
    return search.best or frozenset()


def repaired(system: System) -> System:
    """The system, made to work for honest people."""
    return System(raised(system.settings, repair_of(system)), system.absent)


def stopped(attack: str, base: Settings, settings: Settings) -> bool:
    """Whether the attack is blocked in these settings, and nothing breaks that worked in `base`."""
    return verdict_of(attack, settings).word == "blocked" and not fails(base, settings)


# ---------------------------------------------------------------- which attacks succeed


def findings(system: System, tell: Tell = lambda *_: None) -> tuple[Finding, ...]:
    """Every attack that is shipped, run in the system's setting; the worst first."""
    attacks = library.attacks()
    found = []
    for number, attack in enumerate(attacks):
        tell(number, len(attacks), f"Running: {attack.title}")
        found.append(_finding(system, attack))
    return tuple(sorted(found, key=_rank))


def _finding(system: System, attack: Scenario) -> Finding:
    out = system.excludes(attack, parties(attack.id))
    result = Verdict("not-applicable", out) if out else measured(attack.id, system.settings)
    loses = min((g.predicate for g in attack.goal), key=list(LOSSES).index)
    return Finding(attack.id, attack.title, attack.tier or TIERS[-1], loses, result)


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    words = ("succeeded", "limited", "breaks-service", "failed", "blocked", "not-applicable")
    tier = TIERS.index(finding.tier) if finding.tier in TIERS else len(TIERS)
    return (words.index(finding.word), tier, list(LOSSES).index(finding.loses), finding.title)


# ---------------------------------------------------------------- which changes stop one attack


def _with_fixes(system: System, found: Sequence[Finding], tell: Tell) -> Iterator[Finding]:
    """The findings, with the changes that stop each attack that succeeds."""
    wanted = [f for f in found if f.word == "succeeded"]
    for finding in found:
        if finding.word == "succeeded":
            tell(wanted.index(finding), len(wanted) + 2, f"Looking for what stops: {finding.title}")
            fixes = tuple(fixes_of(finding.attack, system))
            finding = Finding(finding.attack, finding.title, finding.tier, finding.loses, finding.verdict, fixes)
        yield finding


def fixes_of(attack: str, system: System) -> list[Delta]:
    """The smallest changes of which each alone stops the attack, the cheapest first.

    Tried first is what people would call a defence: what the attack's own file names and explains, and every bundle.  Only where none
    of it helps, every switch at each stronger value, and at last as much at once as honest use can bear, made smaller for as long as
    it still stops the attack.  (A single switch may stop a run by a side effect that an attacker would soon get around.)
    """
    base = system.settings
    search = Search(lambda change: _answer(attack, base, change), lambda change: cost(base, change))

    def allowed(changes: Iterable[Delta]) -> list[Delta]:
        return [less for d in changes if (less := frozenset(s for s in d if system.allows([s[0]])))]

    def alone(changes: Iterable[Delta]) -> list[Delta]:
        through(search.each(d for d in changes if d and system.allows(n for n, _ in d)))
        return search.found

    named = [delta(base, switches) for switches in (*(d.switches for d in library.get(attack).blocked_by), *BUNDLES.values())]
    if not alone(named) and not alone(singles(base)):
        through(search.forced(allowed([strongest(base), *singles(base)])))
        return [search.best] if search.best is not None else []
    return search.found


def _answer(attack: str, base: Settings, change: Delta) -> Answer:
    """Whether the attack is blocked with this change, and whether something honest breaks."""
    settings = raised(base, change)
    breaks = bool(fails(base, settings))
    return Answer(not breaks and verdict_of(attack, settings).word == "blocked", breaks)


# ---------------------------------------------------------------- the smallest set for all attacks


def plan(system: System, found: Sequence[Finding]) -> Plan:
    """The smallest set of changes that stops every attack that can be stopped, verified by running everything with it."""
    base = system.settings
    inside = [f.attack for f in found if not system.excludes(library.get(f.attack), parties(f.attack))]
    options = {f.attack: f.fixes for f in found if f.fixes}
    change, exact = union(list(options.values()), lambda d: cost(base, d))
    for _ in range(REPAIRS):
        wrong = _wrong(inside, options, base, change)
        if not wrong:
            break
        exact = False
        change = _repaired(system, change, wrong)
    if fails(base, raised(base, change)):
        return Plan(settings=base, leaves=tuple(f.attack for f in found if f.word == "succeeded"), exact=False)
    change = shrunk(change, lambda less: not _wrong(inside, options, base, less) and not fails(base, raised(base, less)))
    return _as_plan(base, change, found, inside, exact)


def _wrong(attacks: Iterable[str], options: Mapping[str, object], base: Settings, change: Delta) -> list[str]:
    """The attacks that succeed although they should be stopped: those with a fix, and those that did not succeed before."""
    settings = raised(base, change)
    return [a for a in attacks if verdict_of(a, settings).word == "succeeded" and (a in options or verdict_of(a, base).word != "succeeded")]


def _repaired(system: System, change: Delta, wrong: Sequence[str]) -> Delta:
    """The change with more of what stops these attacks: changes that are enough one by one can be in each other's way."""
    for attack in wrong:
        more = fixes_of(attack, System(raised(system.settings, change), system.absent))
        change = joined(change, more[0]) if more else change
    return change


def _as_plan(base: Settings, change: Delta, found: Sequence[Finding], inside: Sequence[str], exact: bool) -> Plan:
    settings = raised(base, change)
    after = tuple((a, measured(a, settings).word) for a in inside)
    now, succeeded = dict(after), [f.attack for f in found if f.word == "succeeded"]
    leaves = tuple(a for a in succeeded if now[a] == "succeeded")
    changes = tuple(Change(n, base.value(n), v) for n, v in sorted(change, key=lambda c: list(SWITCHES).index(c[0])))
    return Plan(
        settings=settings,
        changes=changes,
        stops=tuple(a for a in succeeded if a not in leaves),
        leaves=leaves,
        elsewhere=_elsewhere(base, leaves),
        after=after,
        exact=exact,
    )


def _elsewhere(base: Settings, attacks: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """In which stronger profile of another design these attacks are blocked, if there is one."""
    others = [p.name for p in PROFILES.values() if p.architecture != base.architecture][::-1]
    blocked = {a: next((p for p in others if verdict_of(a, Settings.of(p)).word == "blocked"), "") for a in attacks}
    return tuple((a, p) for a, p in blocked.items() if p)


# ---------------------------------------------------------------- Monday


def monday(system: System, found: Sequence[Finding], tell: Tell = lambda *_: None) -> tuple[Tick, ...]:
    """The checklist, filled in, with the attacks that prove each item."""
    items = questions.shipped().monday
    ticks = []
    for number, item in enumerate(items):
        tell(len(items) + number, 2 * len(items), f"Checklist: {item.do}")
        ticks.append(_tick(system, item, found))
    return tuple(ticks)


def _tick(system: System, item: questions.Item, found: Sequence[Finding]) -> Tick:
    base = system.settings
    if questions.done(item, base):
        without = _without(base, item)
        now = [f.attack for f in found if f.word in ("blocked", "limited")]
        held = tuple(a for a in now if verdict_of(a, without).word == "succeeded")
        return _ticked(item, "done", held, without)
    target = Settings.of(best(Settings.of(item.design))) if _moves(item, base) else base.at_least(questions.possible(item, base))
    succeeds = [f.attack for f in found if f.word == "succeeded"]
    if _moves(item, base):
        hit = tuple(a for a in succeeds if verdict_of(a, target).word == "blocked")
    else:
        hit = tuple(a for a in succeeds if target != base and stopped(a, base, target))
    state = "open" if target != base else "not-here"
    return _ticked(item, state, hit, target)


def _ticked(item: questions.Item, state: str, attacks: tuple[str, ...], settings: Settings) -> Tick:
    return Tick(item=item.id, do=item.do, how=item.how, state=state, attacks=attacks, settings=settings, refs=item.refs)


def _moves(item: questions.Item, base: Settings) -> bool:
    """Whether the item means another design than this one."""
    return bool(item.design) and PROFILES[item.design].architecture != base.architecture


def _without(base: Settings, item: questions.Item) -> Settings:
    """The settings with everything that the item asks for taken away."""
    weak = {name: SWITCHES[name].values[0] for name in (*item.switches, *item.instead)}
    return Settings.of(base.profile, dict(base.changes) | weak)


# ---------------------------------------------------------------- as data


def as_json(result: Audit) -> dict[str, Any]:
    """The audit as plain data."""
    settings, after = result.system.settings, result.plan.settings
    return {
        "profile": settings.profile,
        "changes": dict(settings.changes),
        "absent": dict(result.system.absent),
        "broken": list(result.broken),
        "repair": dict(sorted(result.repair)),
        "attacks": [_finding_json(f) for f in result.findings],
        "plan": {
            "changes": [asdict(c) for c in result.plan.changes],
            "set": dict(after.changes),
            "stops": list(result.plan.stops),
            "leaves": list(result.plan.leaves),
            "elsewhere": dict(result.plan.elsewhere),
            "after": dict(result.plan.after),
            "smallest": result.plan.exact,
        },
        "monday": [{"item": t.item, "do": t.do, "state": t.state, "attacks": list(t.attacks), "refs": list(t.refs)} for t in result.monday],
    }


def _finding_json(f: Finding) -> dict[str, Any]:
    stop = f.verdict.blocked_by
    return {
        "attack": f.attack,
        "tier": f.tier,
        "loses": f.loses,
        "found": f.word,
        "why": f.verdict.sentence,
        "exposure_seconds": f.verdict.exposure,
        "blocked_by": f"{stop.party}.{stop.check}" if stop and stop.check else None,
        "stopped_by": [dict(sorted(d)) for d in f.fixes],
    }
