"""A way as a scenario file, which loads, is checked, and can be replayed by anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sandbox.attacker.question import Question, Target, is_hers, needed
from sandbox.attacker.taking import PREFIX, is_generated
from sandbox.engine.references import replaced
from sandbox.language.document import Step
from sandbox.language.powers import has
from sandbox.verbs.values import references
from sandbox.verbs.verb import Args

REFS = ("RFC 9700 §3",)  # the attacker model


PREDICT = {
    "question": "Does she get what she is after with this step?",
    "accepted": "Yes: nothing is wrong with anything that anybody looks at.",
    "refused": "No: somebody refuses.",
}


def written(
    question: Question, target: Target, steps: tuple[Step, ...], defences: tuple[dict[str, Any], ...] = (), by: str = "the search"
) -> str:
    """The text of the file.  Her steps are named by what they do; `defences` stand under `blocked_by`; `by`: who found the way."""
    named = ids(steps)
    own = [s for s in steps if is_generated(s)]
    goal = target.at(named[steps[-1].id]).model_dump(exclude_none=True, by_alias=True, mode="json")
    document: dict[str, Any] = {
        "title": f"Found by {by}: {target}"[:120],
        "story": f"{len(own)} of the {len(steps)} steps are the attacker's. {by.capitalize()} found them; this file replays them.",
        "lesson": "A defence has to stop every way, not only the one that somebody has thought of.",
        "refs": list(REFS),
        "attacker": attacker(question, steps),
        "setting": {"profile": question.settings.profile} | ({"switches": c} if (c := dict(question.settings.changes)) else {}),
        "steps": [step(s, named, PREDICT if s is steps[-1] else None) for s in steps],
        "goal": [goal],
    } | ({"blocked_by": list(defences)} if defences else {})
    return text(document)


def text(document: Mapping[str, Any]) -> str:
    """A document as YAML."""
    return "".join(_lines(document))


def ids(steps: tuple[Step, ...]) -> dict[str, str]:
    """What each step is called in the file."""
    named: dict[str, str] = {}
    for each in steps:
        base = each.id if not is_generated(each) else f"{each.actor.replace('mallory_browser', 'her')}_{each.verb}"
        named[each.id] = next(n for n in (base, *(f"{base}_{i}" for i in range(2, 99))) if n not in named.values())
    return named


def attacker(question: Question, steps: tuple[Step, ...]) -> dict[str, Any]:
    """She, with those of her powers and facts that the way takes."""
    a = question.attacker
    used = {name for s in steps for name, _, _ in references(s.args)}
    taken = [p for s in steps if is_generated(s) or is_hers(s, a) or s.actor == "evil_app" for p in needed(s)]
    can = [p for p in dict.fromkeys(a.can) if any(has((p,), t) for t in taken)]
    out: dict[str, Any] = {"is": a.is_} | ({"can": can} if can else {})
    out |= {name: list(v) for name in ("operates", "claims", "reaches") if (v := getattr(a, name))}
    knows = {name: fact for name, fact in a.knows.items() if name in used}
    return out | ({"knows": knows} if knows else {})


def step(step: Step, named: Mapping[str, str], predict: Mapping[str, str] | None) -> dict[str, Any]:
    """A step as the file has it, by its name there, with the question that is asked before it."""

    def renamed(text: str) -> str:
        return re.sub(rf"^\$({PREFIX}\d+)", lambda found: "$" + named[found[1]], text)

    args = given(replaced(step.args, renamed))
    out: dict[str, Any] = {"id": named[step.id], "do": step.do} | ({"with": args} if args else {}) | {"say": step.say}
    return out | ({"optional": True} if step.optional else {}) | ({"predict": dict(predict)} if predict else {})


def given(args: Args) -> dict[str, Any]:
    """The arguments that say something.  In a change null removes, and must not be lost."""
    given: dict[str, Any] = {}
    for name, field in type(args).model_fields.items():
        value = getattr(args, name)
        if value != field.default:
            given[field.alias or name] = _plain(value)
    return given


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, BaseModel):
        return {f.alias or n: _plain(v) for n, f in type(value).model_fields.items() if (v := getattr(value, n)) is not None}
    return value


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Block style for steps and goals, flow style within; JSON is YAML."""
    for key, value in document.items():
        if key not in ("steps", "goal", "blocked_by"):
            yield f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
            continue
        yield f"{key}:\n"
        for item in value:
            first, *rest = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in item.items()]
            yield f"  - {first}\n" + "".join(f"    {line}\n" for line in rest)
