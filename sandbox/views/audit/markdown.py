"""The audit as Markdown, for a wiki or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox import __version__
from sandbox.core.text import md
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.reality.inspection import Inspection
from sandbox.studies import effort, retelling
from sandbox.studies.audit import Audit
from sandbox.studies.effort import Work
from sandbox.studies.findings import Finding
from sandbox.studies.monday import Tick
from sandbox.studies.questions import Answers, System
from sandbox.views.audit import checklist, words
from sandbox.views.outcomes import SIGNS
from sandbox.views.reality import words as reality


def markdown(
    result: Audit,
    answers: Answers | None = None,
    base: str = "",
    *,
    name: str = "",
    date: str = "",
    stepper: words.Address = words.nowhere,
    seen: Inspection | None = None,
) -> str:
    """The whole report.  `base`: where the app runs, if links into it are wanted, and `stepper` the address at which it steps through
    a file; `name` (of the system) and `date` stand at its top; `seen`: what was found in its files."""
    safe_base = words.web(base)
    lines = [f"# {words.headline(result)}", ""]
    lines += [md(head), ""] if (head := words.headed(name, date)) else []
    lines += [md(words.paragraph(result)), "", words.HONEST, ""]
    lines += [f"**{md(said)}**", ""] if (said := words.assumed(result)) else []
    if result.broken:
        lines += [f"**{md(words.unfit(result.broken, result.repair))}**", ""]
    lines += ["## The smallest set of changes", "", md(words.summary(result)), ""]
    if result.plan.changes:
        lines += ["Most harm stopped per effort first.", ""]
        lines += [
            "| what to change | who | helps to stop | switch |",
            "|---|---|---|---|",
            *(_md_work(w, result.system) for w in effort.works(result)),
            "",
        ]
    lines += _md_list(words.UPHELD, words.upheld(result))
    lines += _md_list("What stays open", words.open_ends(result))
    lines += _md_ways(result, stepper)
    lines += _md_list("What nobody knew", words.unknown(result))
    lines += ["## What can happen", "", *(_md_harm(f, result, safe_base) for f in result.of("succeeded")), ""]
    lines += ["## Attacks", "", "| attack | today | with the changes | why, and what stops it |", "|---|---|---|---|"]
    lines += [_md_row(f, result, safe_base) for f in result.findings]
    lines += ["", "## On Monday", ""]
    lines += [line for tick in result.monday for line in _md_item(tick, result, safe_base)]
    if seen:
        lines += _md_seen(seen)
    if answers:
        grounds = reality.grounds(seen, answers) if seen else {}
        said_to = [
            f"- {md(asked)} **{md(said)}** {md('. '.join(grounds.get(asked, [])))}".rstrip() for asked, said in words.said_to(answers)
        ]
        lines += ["", "## What was answered", "", *said_to]
    lines += ["", f"OAuth Sandbox {__version__}. Every outcome was observed in a run. The setting that was tested:", ""]
    lines += ["```sh", words.command(result.system.settings, "audit"), "```", "", words.SEE_ONE, ""]
    return "\n".join([*lines, "```sh", words.command(result.system.settings, "run ID"), "```", ""])


def _md_seen(seen: Inspection) -> list[str]:
    """What was found in the files, and what they cannot show."""
    found = [f for tone, _ in reality.GROUPS for f in reality.of_tone(seen.findings, tone)]
    rows = [f"- {reality.MARKS[f.tone]} {md(f.says)} ({md('; '.join(filter(None, [reality.should(f), reality.where(f)])))})" for f in found]
    return ["", "## What was seen in your files", "", md(". ".join(reality.files(seen))), "", *rows, "",
            *_md_list(reality.UNSEEN, [f"{u.asks} {u.look}" for u in seen.unseen])]  # fmt: skip


def _md_list(title: str, items: list[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {md(item)}" for item in items), ""] if items else []


def _md_ways(result: Audit, stepper: words.Address) -> list[str]:
    """The ways that no file tells, each with its file, for the page Workshop."""
    lines = []
    for attack, said, way in words.unwritten(result):
        to = f" [{words.STEP}]({stepper(way)})" if stepper(way) else ""
        lines += [f"**{md(retelling.title(attack, result.system))}.** {md(said)}{to}", "", "```yaml", way.source.rstrip(), "```", ""]
    return [f"## {words.UNWRITTEN}", "", *lines] if lines else []


def _md_work(work: Work, system: System) -> str:
    c = work.change
    helps = "; ".join(md(retelling.title(a, system)) for a in work.attacks) or words.SEE_BELOW
    return f"| {md(c.meaning)} ({SWITCHES[c.switch].ref}) | {work.team} | {helps} | `{c.switch}`: {c.before} → {c.after} |"


def _md_harm(f: Finding, result: Audit, base: str) -> str:
    title = _md_link(f.attack, f.title, result.system.settings, base)
    return f"- **{title}.** {md(retelling.story(f.attack, result.system))} {md(words.behind(f.attack))}".rstrip()


def _md_row(f: Finding, result: Audit, base: str) -> str:
    after = dict(result.plan.after).get(f.attack)
    cure = f" Stopped by: {words.stoppers(f, result)}." if f.word == "succeeded" else ""
    now, then = SIGNS[f.word], SIGNS[after] if after else None
    changed = f"{then.mark} {then.word}" if then else "–"
    rests = words.rests(result, f.attack) if after == "blocked" else ""
    found = f"{now.mark} {now.word} | {changed}. {rests}" if rests else f"{now.mark} {now.word} | {changed}"
    title = md(f.title) if f.another else _md_link(f.script, f.title, result.system.settings, base)  # no page shows what was found
    return f"| {title} (`{f.script if not f.another else f.attack}`) | {found} | {md(words.why(f) + cure)} |"


def _md_link(attack: str, title: str, settings: Settings, base: str) -> str:
    return f"[{md(title)}]({words.link(base, attack, settings)})" if base else md(title)


def _md_item(tick: Tick, result: Audit, base: str) -> Iterator[str]:
    box = {"done": "- [x]", "open": "- [ ]"}.get(tick.state, "- (not in this design)")
    attacks = ", ".join(_md_link(a, retelling.title(a, result.system), tick.settings, base) for a in tick.attacks)
    yield f"{box} **{md(tick.do)}.** {md(tick.how)} ({', '.join(tick.refs)})"
    if lacks := checklist.lacks(tick):
        yield f"  {md(lacks)}"
    yield f"  {md(checklist.proof_of(tick))} {attacks}".rstrip()
