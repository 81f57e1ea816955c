"""What an audit found, in words: the same sentences on the page, on the command line and in the app."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from urllib.parse import quote, urlencode

from sandbox.core.text import clean, plural
from sandbox.core.wire import split
from sandbox.engine import judge
from sandbox.engine.result import Word
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import basis, effort, incidents, questions, retelling, upholding
from sandbox.studies.audit import Audit, Change, Plan
from sandbox.studies.changes import Delta, named, within
from sandbox.studies.findings import LOSSES, Finding
from sandbox.studies.questions import Answers, Question, System
from sandbox.studies.upholding import Upheld
from sandbox.views.outcomes import by_way

ENDS: dict[Word, str] = {
    "succeeded": "still succeeds",
    "limited": "still works for a limited time",
    "stalled": "the known ways are closed, others were not tried",
    "breaks-service": "stopped, and something that honest people do with it",
}
FOUND_ENDS: dict[Word, str] = {  # of a way that was found, by what its attack comes to with the changes
    "blocked": "The changes stop it.",
    "limited": "With the changes the attack still works for a limited time.",
    "succeeded": "It stays open with the changes.",
}
NOT_SEEN = "With the changes its attack is not blocked, and was not seen to succeed."
UNWRITTEN = "Ways that no file tells"
BELOW = ", by a way that no file tells (below)"
PAIRED = "nothing is worse without it alone; it is needed together with another (below)."
UNSEEN = "nothing that was run is worse without it, nor without it and one other change: no run shows what it is needed for here."
STEP = "Step through it"
UPHELD = "Why each change: what was seen without it"
SEE_BELOW = "see below"  # of a change that is needed for something else
HONEST = (
    "What this is: your answers were turned into a setting of a simulated company, and every attack that the sandbox knows was run "
    "against it. What it is not: a look at your code. It is as true as the answers are."
)


SEE_ONE = "To see one of the attacks, step by step, by its id:"

Address = Callable[[Scenario], str]  # of the page that steps through a file; '' for none


def nowhere(way: Scenario) -> str:
    """There is no app to which a report can lead."""
    return ""


def headline(result: Audit) -> str:
    """`13 of 24 attacks succeed`."""
    n, total = len(result.certain), _tried(result)
    limited, maybe = len(result.of("limited")), sum(f.unsure for f in result.findings)
    more = [f"{limited} for a limited time"] if limited else []
    more += [f"{maybe} may"] if maybe else []
    return ", ".join([f"{n} of {total} attacks succeed", *more])


def unsure(found: Sequence[Finding]) -> str:
    """How many attacks depend on what nobody knows."""
    n = sum(f.unsure for f in found)
    return f"{n} more depend{'s' * (n == 1)} on what you do not know."


def unknown(result: Audit) -> list[str]:
    """The questions to which nobody knew the answer, in words."""
    return [q.asks for q in questions.shipped().questions if q.id in result.system.unknown]


def assumed(result: Audit) -> str:
    """What is planned for where nobody knew the design; '' where it is known."""
    design = next((q for q in questions.shipped().questions if q.id in result.system.unknown and any(a.profile for a in q.answers)), None)
    if design is None:
        return ""
    return f"Nobody knew the answer to “{design.asks}” What was run, and is planned, is for: {_taken(design)}."


def _taken(design: Question) -> str:
    """The answer that is taken where none is given to the question about the design."""
    return next(a.says for a in design.answers if a.profile)


def paragraph(result: Audit) -> str:
    """The whole result for somebody who reads one paragraph."""
    n, plan = len(result.certain), result.plan
    worst = list(dict.fromkeys(LOSSES[f.loses] for f in sorted(result.of("succeeded"), key=lambda f: list(LOSSES).index(f.loses))))
    what = f" What can happen: {_listed([w[0].lower() + w[1:] for w in worst[:3]])}." if worst else ""
    teams = list(dict.fromkeys(w.team for w in effort.works(result)))
    maybe = sum(f.unsure for f in result.findings)
    whole = f"these {n + maybe}" if maybe else "them"
    changes = f"{plural(len(plan.changes), 'change')} by the {_listed(teams)}"
    work = f" {changes} would stop {len(plan.stops)} of {whole}." if plan.changes else ""
    left = f" {plural(len(plan.leaves), 'attack')} would stay possible." if plan.leaves else ""
    left += f" {plural(len(plan.limits), 'attack')} would still work for a limited time." if plan.limits else ""
    left += f" Of {len(plan.closed)} it was not seen with all changes together." if plan.closed else ""
    sure = f" for certain, and {maybe} {'depends' if maybe == 1 else 'depend'} on answers that nobody knew" if maybe else ""
    return f"Of {_tried(result)} attacks that were tried, {n} succeed{sure}.{what} {stolen(result)}{work}{left}"


def stolen(result: Audit) -> str:
    """How long a stolen credential is good for, today and with the changes, and which one it is."""
    attacks = [f.attack for f in result.findings]
    before = effort.lasting(attacks, result.system)
    after = effort.lasting(attacks, result.system.under(result.plan.settings))
    if before.seconds == 0:
        return "In what was tried, a stolen or revoked token was of no use."
    today = f"A stolen or revoked {before.credential} works {judge.span(before.seconds)} today"
    if not result.plan.changes:
        return f"{today}."
    if after.seconds == 0:
        return f"{today}, and not at all with the changes."
    other = "" if after.credential == before.credential else f", and then it is the {after.credential}"
    return f"{today}, and with the changes the longest is {judge.span(after.seconds).removeprefix('for ')}{other}."


def _tried(result: Audit) -> int:
    return len(result.findings) - len(result.of("not-applicable"))


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def behind(attack: str) -> str:
    """The real incident that shows an attack, with its source; '' if none is known."""
    known = incidents.of(attack)
    return f"{known.year}: {known.what} Source: {known.source}{', ' * bool(known.cve)}{known.cve}." if known else ""


def open_ends(result: Audit) -> list[str]:
    """What stays open with the changes made, a sentence for each attack that is not stopped today, and is not then; and what is broken."""
    today = {f.attack for f in result.of("succeeded", "limited")}
    alone, ways = _alone(result), {attack for attack, _, _ in unwritten(result)}

    def said(attack: str, word: Word) -> str:
        if word == "stalled" and attack in alone:
            return f"blocked by {alone[attack]} alone; with all changes its scripts cannot go on, and others were not tried"
        return ENDS[word] + (BELOW if word == "succeeded" and attack in ways else "")

    return [
        f"{retelling.title(a, result.system)}: {said(a, w)}."
        for a, w in result.plan.after
        if w in ENDS and (a in today or w == "breaks-service")
    ]


def rests(result: Audit, attack: str) -> str:
    """What "blocked" rests on with the changes made, beside the known scripts; '' of an attack that is not blocked then."""
    return basis.around(dict(result.plan.around_each).get(attack))


def unwritten(result: Audit) -> list[tuple[str, str, Scenario]]:
    """The ways that no file tells: the attack, a sentence for each, and the way as a file."""
    new = [(attack, way) for attack, looked in result.plan.around_each for way in looked.ways]
    after = dict(result.plan.after) | dict.fromkeys((attack for attack, _ in new), "succeeded")
    return [(a, f"{basis.another(way)} {FOUND_ENDS.get(after[a], NOT_SEEN)}", way) for a, way in (*result.system.found, *new)]


def _alone(result: Audit) -> dict[str, str]:
    """The attacks whose scripts cannot go on with all the changes, and what of the changes blocks each of them on its own."""
    changes = frozenset((c.switch, c.after) for c in result.plan.changes)
    fixes = {f.attack: next((fix for fix in f.fixes if within(fix, changes)), None) for f in result.findings}
    return {attack: named(fix) for attack in result.plan.closed if (fix := fixes.get(attack))}


def upheld(result: Audit) -> list[str]:
    """Why each change is needed: a sentence or more for each alone, then for the pairs, of what is worse without it."""
    every = list(upholding.upheld(result))
    spoken = {c for u in every if u.seen for c in u.changes}
    return [_upheld(u, spoken, result.system) for u in every]


def _upheld(seen: Upheld, spoken: Collection[Change], system: System) -> str:
    which = " and ".join(f"{name}={value}" for name, value in seen.settings.items())
    head = f"{which}, both, for either alone still prevents it" if len(seen.changes) > 1 else which
    said = [
        f"{said} {'; '.join(names)}."
        for said, names in (
            ("again succeeds:", _titles(seen.attacks, system)),
            ("again works for a limited time:", _titles(seen.limited, system)),
            ("nobody refuses any more, although the known scripts cannot go on:", _titles(seen.closed, system)),
            ("these honest flows fail:", [f"“{flow.removeprefix('Control: ')}”" for flow in seen.flows]),
        )
        if names
    ]
    return f"{head}: {' Also, '.join(said)}" if said else f"{head}: {PAIRED if seen.changes[0] in spoken else UNSEEN}"


def _titles(attacks: Iterable[str], system: System) -> list[str]:
    return [retelling.title(a, system) for a in attacks]


def headed(name: str, date: str) -> str:
    """What stands above a report: whose system it is, and of when; '' if neither is said."""
    return ", ".join(clean(text, 80) for text in (name, date) if text.strip())


def summary(result: Audit) -> str:
    """What the smallest set of changes does, in a sentence or three."""
    plan, n, limited = result.plan, len(result.of("succeeded")), len(result.of("limited"))
    if not n and limited:
        return f"No change was looked for: no attack that the sandbox knows succeeds for good. {_some(limited)} for a limited time."
    if not n:
        return "Nothing has to be changed: no attack that the sandbox knows succeeds."
    if not plan.changes:
        return "Nothing that was tried stops them without breaking honest flows."
    many = f"{plural(len(plan.changes), 'change')} stop{'s' * (len(plan.changes) == 1)}"
    maybe = sum(f.unsure for f in result.findings)
    of = f"{n}, {maybe} of which {'depends' if maybe == 1 else 'depend'} on what you do not know" if maybe else f"{n}"
    sure = "No smaller set of the defences that were tried does it" if plan.exact else "It is the smallest set that was found"
    flows = f"{plural(plan.flows, 'honest flow')}, which all still work"
    tried = f"With them, {plural(plan.scripts, 'script')} of attacks {'was' if plan.scripts == 1 else 'were'} run, and {flows}."
    broken = [retelling.title(attack, result.system) for attack, word in plan.after if word == "breaks-service"]
    tried += f" But an honest step fails in: {_listed(broken)}." if broken else ""
    tried += f" {adaptive(plan)}"
    rest = [f"Nothing that was tried in this design stops the other {len(plan.leaves)}."] if plan.leaves else []
    rest += [f"{_some(len(plan.limits))} for a limited time."] if plan.limits else []
    rest += _closed(result)
    still = [f for f in result.of("limited") if dict(plan.after).get(f.attack) == "limited"]
    rest += [f"What is limited today was not planned for: {_some(len(still))} for a limited time."] if still else []
    return " ".join([f"{many} {len(plan.stops)} of {of}. {sure}.", tried, *rest])


def _closed(result: Audit) -> Iterator[str]:
    """What there is to say of the attacks whose scripts cannot go on with the changes."""
    alone = len(_alone(result))
    many, whose = (f"{alone} more are", "their scripts") if alone > 1 else ("1 more is", "its scripts")
    if alone:
        yield f"{many} blocked by some of the changes alone; with all of them {whose} cannot go on, which is not counted."
    if rest := len(result.plan.closed) - alone:
        yield f"Of {rest} the known ways are closed, although nobody refuses: others were not tried."


def adaptive(plan: Plan) -> str:
    """How far an attacker who adapts has looked for a way around the plan, and what she has found."""
    looked = plan.looked
    planned = f" It was planned {plan.rounds} times, each time with what she had found." if plan.rounds > 1 else ""
    found = f"{basis.NONE} around what is blocked, {basis.within(looked)}."
    if plan.around:
        found = f"{basis.ANOTHER} around {_listed(plan.around)}, {basis.within(looked)}."
    return f"An attacker who adapts looked for ways that no file tells. {found}{planned}"


def _some(n: int) -> str:
    return f"{n} still work" if n > 1 else "1 still works"


def unfit(broken: Sequence[str], repair: Delta) -> str:
    """A sentence about answers that do not fit together, and about the repaired system that is shown instead."""
    n = len(broken)
    said = f"These answers do not fit together: with them, {plural(n, 'honest flow')} would fail."
    return f"{said} What is shown is the same system with {named(repair)}." if repair else f"{said} Nothing was found that repairs it."


def why(finding: Finding) -> str:
    """What was found, in a sentence; of an attack that succeeds, what it costs."""
    sentence = basis.said(finding.word, finding.verdict.sentence, finding.scripts)
    return with_way(f"{LOSSES[finding.loses]}. {sentence}" if finding.word == "succeeded" else sentence, finding)


def with_way(said: str, finding: Finding) -> str:
    """A sentence about an attack, and by which way it goes if that is not its own script."""
    return f"{said} {basis.another(finding.another)}" if finding.another else by_way(said, finding.way)


def stoppers(finding: Finding, result: Audit) -> str:
    """What stops one attack that succeeds: any of these, or nothing."""
    if finding.fixes:
        return " or ".join(named(fix) for fix in finding.fixes)
    if finding.attack in result.plan.stops:
        return "only the changes together"
    other = next((e for e in result.plan.elsewhere if e.attack == finding.attack), None)
    if other is None:
        return "nothing that the sandbox knows"
    added = f", with {named(other.change)}" if other.change else ""
    return f"nothing in this design; it is blocked in {PROFILES[other.profile].title}{added}"


def params(settings: Settings) -> dict[str, str]:
    """A setting as parameters of a link into the app."""
    changed = ",".join(f"{n}={v}" for n, v in settings.changes)
    return {"profile": settings.profile} | ({"set": changed} if changed else {})


def link(base: str, attack: str, settings: Settings) -> str:
    """The address of a run in the app that runs at `base`."""
    return f"{base.rstrip('/')}/play?" + urlencode({"scenario": attack} | params(settings), safe="=,.", quote_via=quote)


def web(base: str) -> str:
    """The address if links in a report that is handed on may begin with it, else nothing: not where only this machine answers."""
    host = split(base).hostname or ""
    here = host == "localhost" or host.endswith(".localhost") or _own(host)
    return base if base.startswith(("http://", "https://")) and not here else ""


def _own(host: str) -> bool:
    """Whether it is an address of every machine's own: 127.0.0.1, ::1, 0.0.0.0."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def command(settings: Settings, verb: str) -> str:
    """The same on the command line."""
    return " ".join([f"oauth-sandbox {verb} --profile {settings.profile}", *(f"--set {n}={v}" for n, v in settings.changes)])


def said_to(answers: Answers) -> Iterator[tuple[str, str]]:
    """Each question with its answers in words."""
    for question in questions.asked(answers):
        given = [a.says for a in question.answers if a.id in answers.get(question.id, ())]
        silent = (
            f"no answer; taken for: {_taken(question)}" if any(a.profile for a in question.answers) else "no answer, which counts as no"
        )
        yield question.asks, "; ".join(given) or silent
