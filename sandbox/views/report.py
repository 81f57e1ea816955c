"""Runs, scenarios and tables in words, for people at a terminal.

Rich renderables only: colours and columns, the same text when it is piped.  Files are made by other views; the app draws for itself.
Everything here may show text from a stranger's file, so nothing is ever parsed as markup, and invisible characters are spelled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sandbox.core.text import plural
from sandbox.core.wire import Request, Response
from sandbox.engine.result import Run, Word
from sandbox.language.document import Scenario
from sandbox.protocol.cast import ROLES, title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.defences import TO_DO, said, written
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, Switch
from sandbox.protocol.trace import Answered, Checked, Event, Learned, Noted, Sent, StepSkipped, StepStarted
from sandbox.studies import basis
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import Verb
from sandbox.views.outcomes import SIGNS, Tone
from sandbox.views.terminal import plain
from sandbox.views.timeline import Moment, moments

if TYPE_CHECKING:  # whoever prints the table of switches need not wait for the engine
    from sandbox.studies.claims import Claim
    from sandbox.views.words import Card

STYLES: dict[Tone, str] = {"good": "bold green", "bad": "bold red", "warn": "bold yellow", "none": "bold", "info": "bold green"}
MARKS = {"pass": ("✓", "green"), "fail": ("✗", "red"), "skipped": ("–", "yellow")}


def style(word: Word) -> str:
    """How a terminal shows a verdict's word."""
    return STYLES[SIGNS[word].tone]


def run_words(run: Run) -> Iterator[RenderableType]:
    """A whole run: its steps, each with its moments, the verdict, and what to compare with who runs it again."""
    yield heading(run)
    every = moments(run)
    for event in run.events:
        if isinstance(event, StepStarted):
            yield Text()
            yield Text.assemble(plain(event.step, "bold cyan"), "  ", plain(event.say, "italic"))
            yield _table(run, [m for m in every if m.step == event.step])
    yield Text()
    yield verdict_words(run)
    yield plain(run.stamp, "dim")


def heading(run: Run) -> Text:
    """The heading of a run: scenario and settings."""
    said = setting_words(run.settings) + (f", seed {run.seed}" if run.seed else "")
    return Text.assemble(plain(run.scenario.title, "bold"), "\n", plain(said, "dim"))


def moment_words(run: Run, moment: Moment) -> Iterator[RenderableType]:
    """One moment in full: the raw message, the checks, the values learned, and the run that it belongs to."""
    yield Text.assemble((f"{moment.n}. ", "bold"), plain(moment.title, "bold"))
    yield Text.assemble(_who(moment), "  ", plain(moment.channel and f"{moment.channel} channel", "dim"))
    for event in run.events[moment.first : moment.last + 1]:
        yield from _event_words(event)
    yield plain(run.stamp, "dim")


def verdict_words(run: Run) -> Group:
    """The verdict with what it rests on."""
    v = run.verdict
    lines: list[RenderableType] = [
        Text.assemble((v.word.upper().replace("-", " "), style(v.word)), "  ", plain(basis.said(v.word, v.sentence)))
    ]
    for p in v.predicates:
        mark, tint = ("✓", "red") if p.reached else ("–", "dim")
        lines.append(Text.assemble((f"  {mark} {p.predicate} ", tint), plain(f"{p.what} at {p.at}" if p.what else f"at {p.at}", tint)))
    if stop := v.blocked_by:
        found = f"stopped at {stop.step}" + (f" by {stop.by}" if stop.by else "") + f": {stop.answer}"
        lines.append(plain(f"  {found}" + (f" ({stop.missing} is missing)" if stop.missing else "")))
    if v.exposure is not None:
        lines.append(plain(f"  the {v.credential or 'credential'} still worked for {v.exposure} s"))
    lines += [plain(f"  an honest flow fails: {what}") for what in v.broken]
    return Group(*lines)


def _table(run: Run, rows: Sequence[Moment]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", width=4)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for m in rows:
        style = "green" if m.blocked else "red" if m.attack else ""
        table.add_row(str(m.n), _who(m), Text.assemble(plain(m.title, style), "  ", plain(m.detail, "dim")))
        if m.kind == "checks":
            for check in _checks(run, m):
                table.add_row("", "", check)
    return table


def _who(moment: Moment) -> Text:
    if moment.local:
        return plain(title(moment.sender))
    return plain(f"{title(moment.sender)} → {title(moment.receiver)}")


def _checks(run: Run, moment: Moment) -> Iterator[Text]:
    """The checks that did not pass: these explain an answer.  What the moment's title names already is not repeated."""
    checked = [e for e in run.events[moment.first : moment.last + 1] if isinstance(e, Checked)]
    yield from (check_words(e) for e in checked if e.outcome == "fail")
    skipped = [e.check for e in checked if e.outcome == "skipped"]
    if any(name.replace("_", " ") not in moment.title for name in skipped):
        yield plain(f"– not performed: {', '.join(skipped)}", "dim")


def check_words(event: Checked) -> Text:
    mark, style = MARKS[event.outcome]
    if event.outcome == "skipped":
        return Text.assemble((f"{mark} ", style), plain(f"{event.check}: not performed", "dim"))
    found = f"expected {event.expected}, found {event.found}" if event.outcome == "fail" else event.found
    ref = CHECKS[event.check].ref if event.check in CHECKS else ""
    return Text.assemble((f"{mark} ", style), plain(f"{event.check}: {found}"), plain(f"  {ref}", "dim"))


def _event_words(event: Event) -> Iterator[RenderableType]:
    if isinstance(event, Sent):
        yield Group(Text(), message_words(event.request))
    elif isinstance(event, Answered):
        yield Group(Text(), message_words(event.response))
    elif isinstance(event, Checked):
        yield check_words(event)
    elif isinstance(event, Learned):
        yield plain(f"{title(event.party)} has {event.name} from {event.source}: {event.value}")
    elif isinstance(event, Noted):
        yield plain(f"{title(event.party)}: {event.text}")
    elif isinstance(event, StepSkipped):
        yield plain(event.reason)


def message_words(message: Request | Response) -> Text:
    """A message as it looks on the wire."""
    first = f"{message.method} {message.url} HTTP/1.1" if isinstance(message, Request) else f"HTTP/1.1 {message.status}"
    lines = [plain(first, "bold"), *(plain(f"{name}: {value}") for name, value in message.headers)]
    return Text("\n").join([*lines, Text(), plain(message.body)] if message.body else lines)


# ---------------------------------------------------------------- tables


def scenario_words(scenario: Scenario) -> Iterator[RenderableType]:
    """What a file tells: the story, the steps, and its claims about defences and beliefs."""
    yield Group(plain(scenario.title, "bold"), plain(scenario.story.strip()), plain(", ".join(scenario.refs), "dim"), Text())
    rows = [("lesson", scenario.lesson), ("difficulty", scenario.difficulty), ("attacker", scenario.attacker and scenario.attacker.is_)]
    rows += [("setting", setting_words(scenario.settings))]
    yield _pairs((name, str(value).strip()) for name, value in rows if value)
    yield Group(Text(), Text("Steps", "bold"), _pairs((s.id, f"{s.do}  {s.say or ''}") for s in scenario.steps))
    if scenario.blocked_by:
        yield Group(
            Text(),
            Text("Blocked by", "bold"),
            _pairs((said(d.switches), d.because or "", written(d.switches)) for d in scenario.blocked_by),
        )
    if scenario.limited_by:
        yield Group(
            Text(),
            Text("Limited by", "bold"),
            _pairs((said(d.switches), d.because or "", written(d.switches)) for d in scenario.limited_by),
        )
    if scenario.myths:
        yield Group(Text(), Text("Not blocked by", "bold"), _pairs((m.believed, m.because or "") for m in scenario.myths))


def setting_words(settings: Settings) -> str:
    """`oauth-bcp, client.dpop=off`."""
    return ", ".join([settings.profile, *(f"{name}={value}" for name, value in settings.changes)])


def _pairs(rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
    table.add_column(style="cyan")
    for name, *others in rows:
        table.add_row(plain(name), *map(plain, others))
    return table


def switch_data() -> list[dict[str, Any]]:
    """The table of switches as JSON data."""
    return [
        {
            "name": s.name,
            "values": list(s.values),
            "profiles": {p: s.default(p) for p in PROFILES},
            "meaning": s.meaning,
            "ref": s.ref,
            "applies": list(s.applies),
        }
        for s in SWITCHES.values()
    ]


def switch_words() -> Iterator[RenderableType]:
    """All switches by owner, then the profiles and the bundles."""
    for owner in dict.fromkeys(s.owner for s in SWITCHES.values()):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(style="cyan", no_wrap=True)
        for s in SWITCHES.values():
            if s.owner == owner:
                values = Text(" < ").join(plain(v, "bold") for v in s.values)
                table.add_row(s.name, Group(values, plain(s.meaning), plain(f"{s.ref}; {_by_profile(s)}", "dim")))
        yield Group(Text(ROLES[owner].capitalize(), "bold"), table, Text())
    yield Group(Text("Profiles", "bold"), _pairs((p.name, p.about) for p in PROFILES.values()), Text())
    yield Group(Text("Bundles", "bold"), _pairs((name, TO_DO[name], written(switches)) for name, switches in BUNDLES.items()))


def _by_profile(switch: Switch) -> str:
    return ", ".join(f"{name}: {switch.default(name)}" for name, p in PROFILES.items() if p.architecture in switch.applies)


def word_words(cards: Sequence[Card]) -> Iterator[RenderableType]:
    """One card after another, in full."""
    for card in cards:
        attack = card["attack"]
        rows = (
            ("is", card["is"]),
            ("why", card["why"]),
            ("without it", card["without"]),
            ("attack", f"{attack['title']} (oauth-sandbox run {attack['id']}, step {attack['step']})" if attack else ""),
            ("read", "".join(said for said, _ in card["ref"])),
            ("see", ", ".join((*card["also"], *card["see"]))),
        )
        yield Group(plain(f"{card['word']} ({card['kind']})", "bold"), _pairs(row for row in rows if row[1]), Text())


def word_list(cards: Sequence[Card]) -> Iterator[RenderableType]:
    """All words, by kind."""
    kinds = dict.fromkeys(card["kind"] for card in cards)
    yield _pairs((kind, ", ".join(card["word"] for card in cards if card["kind"] == kind)) for kind in kinds)


def verb_data() -> list[dict[str, Any]]:
    """The table of verbs as JSON data."""
    return [
        {"name": v.name, "actors": list(v.who), "doc": v.doc, "with": v.args.model_json_schema(), "gives": list(v.outputs), "wire": v.wire}
        for v in VERBS.values()
    ]


def verb_words() -> Iterator[RenderableType]:
    """All verbs: who may do them, with what, and what they give."""
    for v in VERBS.values():
        rows = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        rows.add_column(style="dim")
        rows.add_row("by", plain(", ".join(v.who)))
        rows.add_row("with", _arguments(v))
        rows.add_row("gives", plain(", ".join(v.outputs)))
        rows.add_row("wire", plain(v.wire))
        yield Group(Text.assemble(plain(v.name, "bold cyan"), "  ", plain(v.doc)), rows)


def _arguments(verb: Verb[Any]) -> RenderableType:
    """One line for each argument; those that must be given are bold."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, field in verb.args.model_fields.items():
        table.add_row(plain(field.alias or name, "bold" if field.is_required() else ""), plain(field.description or ""))
    return table


# ---------------------------------------------------------------- claims


def claim_words(name: str, claims: Sequence[Claim], every: bool = False) -> Iterator[Text]:
    """One line for a file whose claims are all true; each false claim with the observed result."""
    false = [c for c in claims if not c.ok]
    mark = ("✗ ", "bold red") if false else ("✓ ", "green")
    counted = plural(len(claims), "claim")
    said = f"{len(false)} of {counted} are false" if false else f"{counted} {'is' if len(claims) == 1 else 'are'} true"
    yield Text.assemble(mark, plain(name, "bold"), plain(f"  {said}", "dim"))
    for claim in claims:
        if every or not claim.ok:
            yield Text.assemble("    ", ("✓ ", "green") if claim.ok else ("✗ ", "red"), plain(claim.text))
        if not claim.ok:
            yield plain(f"      found: {claim.found}")
        if not claim.ok and claim.cure:
            yield plain(f"      cure: {claim.cure}")


def junit(results: Iterable[tuple[str, Sequence[Claim], str]]) -> str:
    """JUnit XML: one suite for each file, one case for each claim; the third value is the error of a file that does not load."""
    top = ElementTree.Element("testsuites", name="oauth-sandbox")
    for name, claims, broken in results:
        failed = sum(not c.ok for c in claims)
        suite = ElementTree.SubElement(
            top, "testsuite", name=name, tests=str(len(claims) or 1), failures=str(failed), errors=str(int(bool(broken)))
        )
        for claim in claims:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name=plain(claim.text).plain)
            if not claim.ok:
                ElementTree.SubElement(
                    case, "failure", message=plain(f"found: {claim.found}" + (f"; cure: {claim.cure}" if claim.cure else "")).plain
                )
        if broken:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name="loads")
            ElementTree.SubElement(case, "error", message="the file is broken").text = plain(broken).plain
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"
