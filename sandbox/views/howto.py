"""How to write a scenario: a template that loads, and a guide, both generated from the models, the verbs and the tables.

Nothing about the format is written down here a second time; a key, verb or switch that is added is in both at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sandbox.language.asks import Ask
from sandbox.language.document import Attacker, Defence, Document, Limit, Myth, Setting, Step
from sandbox.language.existing import ABOUT_DATA, known
from sandbox.language.goals import PREDICATES, Expect, Goal, Predict
from sandbox.language.playlist import Item, Playlist
from sandbox.protocol.cast import CAST
from sandbox.protocol.cast import ROUTES as GATEWAY
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.defences import TO_DO
from sandbox.protocol.settings import MECHANISMS
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import OUTPUTS, Verb
from sandbox.world.parties.records import ROUTES, shown
from sandbox.world.world import holding, issuers

SUCH_AS = re.compile(r"such as (.+)$")
FORMS: tuple[type[BaseModel], ...] = (Document, Attacker, Setting, Step, Expect, Predict, Ask, Goal, Defence, Limit, Myth)
LISTS: tuple[type[BaseModel], ...] = (Playlist, Item)


# ---------------------------------------------------------------- the template


def template() -> str:
    """A small scenario that loads and runs, with every key that it does not use as a comment."""
    lines = ["# A scenario. What is commented out is optional; `oauth-sandbox howto` explains every key and verb."]
    for name, field in Document.model_fields.items():
        lines += _steps() if name == "steps" else _key(name, field)
    return "\n".join(lines) + "\n"


def _key(name: str, field: FieldInfo) -> list[str]:
    if field.is_required():
        return [f"{name}: {_example(field)}"]
    inner = _model(field.annotation)
    value = "..." if inner is None else "{" + ", ".join(f"{k}: ..." for k, f in _fields(inner) if f.is_required()) + "}"
    shown = _words(field) or (f"[{value}]" if _is_list(field) and inner else value)
    return [f"# {name}: {shown}" + (f"  # {field.description}" if field.description else "")]


def _example(field: FieldInfo) -> str:
    """What the description suggests, or the description itself."""
    said = field.description or ""
    found = SUCH_AS.search(said) or re.match(r"(\{.*?\})", said)
    return found[1] if found else f"({said})"


def _steps() -> list[str]:
    """The first two verbs of the table, done by the first who can do both."""
    lines, first = ["steps:"], list(VERBS.values())[:2]
    who = next(actor for actor in first[0].who if all(actor in spec.who for spec in first))
    for spec in first:
        needed = ", ".join(f"{k}: {_example(f)}" for k, f in _fields(spec.args) if f.is_required())
        extra = ", browser: " + _example(VERBS["sign_in"].args.model_fields["browser"]) if "browser: " not in needed else ""
        lines += [f"  - id: {spec.name}", f"    do: {who}.{spec.name}", f"    with: {{{needed}{extra}}}", f"    say: ({spec.doc})"]
    optional = ", ".join(k for k, f in _fields(Step) if not f.is_required() and k != "with")
    return [*lines, f"    # a step may also have {optional}"]


# ---------------------------------------------------------------- the guide


def guide() -> str:
    """All of the format, as Markdown."""
    keys, lists = _forms("## Keys of a scenario file", FORMS), _forms("## A playlist", LISTS)
    parts = (_intro(), keys, _verbs(), _outputs(), _names(), _data(), _routes(), _checks(), lists)
    return "\n".join([*(line for part in parts for line in part), ""])


def _intro() -> Iterator[str]:
    yield "# How to write a scenario"
    yield ""
    yield (Document.__doc__ or "").strip()
    yield ""
    yield from ("Begin with this template; it loads and runs as it is:", "", "```yaml", template().rstrip(), "```", "")
    yield "1. Give each step an `id`, a `do` (actor.verb) and a `say`; what the verb needs goes under `with`."
    yield "2. Take what an earlier step gave with `$step.output`, such as `$" + _reference() + "` (see Outputs); `$$` is a dollar sign."
    yield "3. For an attack, add `attacker`, `goal` and a `predict`; then claim what blocks it, limits it, or is only believed to."
    yield "4. Run `oauth-sandbox check FILE`: every claim is tried in a real run, and a false one is answered with what was found."
    yield ""
    yield "Without YAML: on the page Workshop, “Record” makes such a file of moves that you choose, one after the other."
    yield ""


def _reference() -> str:
    spec = next(iter(VERBS.values()))
    return f"{spec.name}.{spec.outputs[2]}"


def _forms(title: str, models: tuple[type[BaseModel], ...]) -> Iterator[str]:
    yield from (title, "")
    for model in models:
        yield from (f"### {model.__name__}", "", (model.__doc__ or "").strip(), "")
        yield from ("| key | | value |", "|---|---|---|")
        for key, field in _fields(model):
            need = "required" if field.is_required() else "optional"
            yield f"| `{key}` | {need} | {_cell(field)} |"
        yield ""


def _cell(field: FieldInfo) -> str:
    parts = [field.description or "", _words(field), _bounds(field)]
    inner = _model(field.annotation)
    parts += [f"{'a list of ' if _is_list(field) else ''}{inner.__name__}"] if inner else []
    return "; ".join(p for p in parts if p).replace("|", "\\|")


def _bounds(field: FieldInfo) -> str:
    said = {"max_length": "at most {}", "ge": "from {}", "gt": "more than {}", "le": "up to {}"}
    unit = {"max_length": " items" if _is_list(field) or get_origin(field.annotation) is dict else " characters"}
    found = [(name, getattr(m, name, None)) for m in field.metadata for name in said]
    return ", ".join(said[name].format(value) + unit.get(name, "") for name, value in found if value is not None)


def _verbs() -> Iterator[str]:
    yield from ("## Verbs", "")
    for spec in VERBS.values():
        yield from (f"### {spec.name}", "", spec.doc, "")
        yield f"- by: {', '.join(spec.who)}"
        yield "- with:"
        yield from (f"  - {_argument(k, f)}" for k, f in _fields(spec.args))
        yield f"- gives: {', '.join(spec.outputs)}"
        yield f"- on the wire: {spec.wire}"
        yield from _usage(spec)
        yield ""


def _argument(key: str, field: FieldInfo) -> str:
    said = "; ".join(filter(None, ("required" if field.is_required() else "", _words(field), field.description)))
    return f"`{key}`: {said}"


def _usage(spec: Verb[Any]) -> Iterator[str]:
    needed = ", ".join(f"{k}: {found[1]}" for k, f in _fields(spec.args) if (found := SUCH_AS.search(f.description or "")))
    yield f"- such as: `{{do: {spec.who[0]}.{spec.name}{f', with: {{{needed}}}' if needed else ''}}}`"


def _outputs() -> Iterator[str]:
    yield from ("## Outputs", "", "| `$step.` and | what |", "|---|---|")
    yield from (f"| `{name}` | {what} |" for name, what in OUTPUTS.items())
    yield ""


def _data() -> Iterator[str]:
    yield from ("## Data", "", "| goal | about |", "|---|---|")
    yield from (f"| `{predicate}` | {', '.join(f'`{marker}`' for marker in known(predicate))} |" for predicate in ABOUT_DATA)
    yield from ("", "A goal may also be about what a step of the file makes.", "")


def _routes() -> Iterator[str]:
    """What servers and APIs answer, and what the gateway passes on to whom."""
    yield from ("## Routes", "", "| at | request | scope, role |", "|---|---|---|")
    for server in issuers():
        yield from (f"| `{server.name}` | {methods} {path} | |" for path, methods in server.offers().items())
    for kind, routes in ROUTES.items():
        holders = ", ".join(f"`{name}`" for name in holding(kind))
        yield from (f"| {holders} | {r.method} {shown(r.pattern)} | {', '.join(filter(None, (r.scope, r.role)))} |" for r in routes)
    yield from (f"| `gateway` | /{part}... | as at `{name}` |" for part, name in GATEWAY.items())
    yield ""


def _checks() -> Iterator[str]:
    yield from ("## Checks", "", "What `by` names: a party, a dot, and one of these.", "")
    yield from ("| check | what must be so | section |", "|---|---|---|")
    yield from (f"| `{c.name}` | {c.sentence} | {c.ref} |" for c in CHECKS.values())
    yield ""


def _names() -> Iterator[str]:
    yield from ("## Names", "", "| name | what | host |", "|---|---|---|")
    for member in CAST.values():
        yield f"| `{member.name}` | {member.kind}: {member.title} | {member.host} |"
    yield from ("", f"Goals are {', '.join(f'`{p}`' for p in PREDICATES)}, each with the step `at` which it is reached.", "")
    yield f"Mechanisms for `needs`: {', '.join(f'`{m}`' for m in MECHANISMS)}."
    yield from ("", "| profile | what |", "|---|---|")
    yield from (f"| `{p.name}` | {p.about} |" for p in PROFILES.values())
    yield from ("", "| switch | values, weak to strong | what it does |", "|---|---|---|")
    yield from (f"| `{s.name}` | {', '.join(s.values)} | {s.meaning} |" for s in SWITCHES.values())
    yield from ("", "| bundle | what to do | switches |", "|---|---|---|")
    yield from (
        f"| `{name}` | {TO_DO[name]} | {', '.join(f'{k}={v}' for k, v in switches.items())} |" for name, switches in BUNDLES.items()
    )
    yield ""


# ---------------------------------------------------------------- reading the models


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((f.alias or name, f) for name, f in model.model_fields.items())


def _words(field: FieldInfo) -> str:
    """`core, standard or advanced` for a choice; true or false; ''."""
    if field.annotation is bool:
        return "true or false"
    found = [value for value in _choices(field.annotation) if isinstance(value, str)]
    return ", ".join(found[:-1]) + (" or " if len(found) > 1 else "") + found[-1] if found else ""


def _choices(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from _choices(inner)


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation if annotation.model_fields else None
    return next((found for inner in get_args(annotation) if (found := _model(inner))), None)
