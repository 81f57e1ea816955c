"""The errors of a file of any kind, in our own words: pydantic's errors as findings, and findings as problems with a position."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from sandbox.core.forms import Form, suggestion
from sandbox.core.text import short
from sandbox.language import numbers, slips
from sandbox.language.reading import read
from sandbox.language.source import Loc, Node, ScenarioError, Source


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem by its place in the data; `on_key` points at the key instead of its value."""

    loc: Loc
    message: str
    cure: str
    on_key: bool = False


def checked(source: Source, findings: Callable[[Any], Iterable[Finding]]) -> Node:
    """A text as data in which neither the reader nor `findings` found anything wrong; for any kind of file.  ScenarioError."""
    node, problems = read(source)
    seen: set[tuple[int, int]] = {(p.line, p.column) for p in problems}
    for finding in findings(node.value):
        problem = slips.instead(source, source.problem(*node.find(finding.loc, finding.on_key), finding.message, finding.cure))
        if (problem.line, problem.column) not in seen:  # one mistake, one message
            seen.add((problem.line, problem.column))
            problems.append(problem)
    if problems:
        raise ScenarioError(problems)
    return node


def errors(model: type[BaseModel], data: Any) -> Iterator[Finding]:
    """What a model has against some data, in words; for any kind of file."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        yield from _explained(error, model, data)


def _explained(error: ValidationError, model: type[BaseModel], data: Any) -> Iterator[Finding]:
    missing: dict[Loc, list[str]] = {}
    for item in error.errors(include_url=False):
        loc: Loc = tuple(item["loc"])
        if item["type"] == "missing":
            missing.setdefault(loc[:-1], []).append(str(loc[-1]))
        elif item["type"] == "extra_forbidden":
            yield _unknown(_model_at(model, loc[:-1], data), loc)
        elif not (item["type"] == "too_short" and item["input"]):  # a list is not too short because its items are wrong
            message, cure = _words(item["type"], item.get("ctx", {}), item["input"], loc)
            yield Finding(loc, message, cure, on_key=item["input"] is None)
    for loc, keys in missing.items():
        yield from _absent(model, loc, keys, data)


def _unknown(model: type[BaseModel], loc: Loc) -> Finding:
    """A key that the model does not have; one that it had in an earlier version is answered with what has become of it."""
    key, known = str(loc[-1]), _keys(model)
    if issubclass(model, Form) and key in model.retired:
        return Finding(loc, f"there is no `{key}` any more", model.retired[key], on_key=True)
    cure = suggestion(key, known) or f"the keys here are {', '.join(known)}"
    return Finding(loc, f"there is no key `{short(key)}` here", cure, on_key=True)


def _absent(model: type[BaseModel], loc: Loc, keys: list[str], data: Any) -> Iterator[Finding]:
    """The keys that are missing in the map at `loc`, without those that are there but misspelt."""
    known = _keys(_model_at(model, loc, data))
    guesses = [suggestion(str(key), known) for key in _inside(data, loc) if key not in known]
    keys = [k for k in keys if f"did you mean `{k}`?" not in guesses]
    if loc and loc[-1] == "args":
        yield Finding((*loc, keys[0]), f"`{'`, `'.join(keys)}` is missing", f"add `with: {{{', '.join(f'{k}: ...' for k in keys)}}}`")
    elif len(keys) == 1:
        yield Finding((*loc, keys[0]), f"`{keys[0]}` is missing", f"add `{keys[0]}:` ({_hint(model, loc, keys[0], data)})")
    elif keys:
        yield Finding((*loc, keys[0]), f"{', '.join(f'`{k}`' for k in keys)} are missing", "add them")


def _inside(data: Any, loc: Loc) -> Any:
    """The value at `loc`, or an empty map."""
    for part in loc:
        data = data.get(part, {}) if isinstance(data, dict) else data[cast(int, part)]
    return data


def _model_at(model: type[BaseModel], loc: Loc, data: Any) -> type[BaseModel]:
    """The model of the map at `loc`."""
    for depth, part in enumerate(loc):
        if not isinstance(part, str):
            continue
        if issubclass(model, Form) and (under := model.model_under(part, _inside(data, loc[:depth]))):
            model = under
        else:
            found = next((f for n, f in model.model_fields.items() if (f.alias or n) == part), None)
            model = next(_models(found.annotation), model) if found else model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _keys(model: type[BaseModel]) -> list[str]:
    return [f.alias or n for n, f in model.model_fields.items()]


def _hint(model: type[BaseModel], loc: Loc, key: str, data: Any) -> str:
    fields = _model_at(model, loc, data).model_fields
    return next((f.description for n, f in fields.items() if (f.alias or n) == key and f.description), "it is required")


def _label(loc: Loc) -> str:
    """`say`, or item 2 of `refs`."""
    if not loc:
        return "the file"
    if isinstance(loc[-1], int):
        return f"item {loc[-1] + 1} of {_label(loc[:-1])}"
    return f"`{short(loc[-1])}`"


def _words(kind: str, ctx: Mapping[str, Any], given: Any, loc: Loc) -> tuple[str, str]:
    """Message and cure for one of pydantic's error types."""
    label = _label(loc)
    if kind == "refused":
        return ctx["message"], ctx["cure"]
    if given is None or kind == "string_too_short":
        return f"{label} is empty", "write a value, or remove the key"
    if kind in _TYPES:
        wanted, cure = _TYPES[kind]
        return f"{label} must be {wanted}, not {_described(given)}", _cure(cure, given, loc)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", ctx["expected"])
        shown = short(given) if isinstance(given, str) else _described(given)
        guess = f"did you mean `{shown.upper()}`?" if shown.upper() in allowed else suggestion(shown, allowed)
        return f"{label} cannot be `{shown}`", guess or f"write one of {', '.join(allowed)}"
    if kind in _BOUNDS:
        message, cure = _BOUNDS[kind]
        return f"{label} {message.format(**ctx)}", cure
    return f"{label} cannot be {_described(given)}", "see the examples that come with the sandbox"


_NUMBER = "write a whole number"
_TYPES = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", _NUMBER),
    "bool_type": ("true or false", "write true or false"),
    "dict_type": ("a map", "write `key: value` below it, or {key: value}"),
    "model_type": ("a map", "write `key: value` below it, or {key: value}"),
    "tuple_type": ("a list", "begin each item with `- `, or write [one, two]"),
}
_BOUNDS = {
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "string_pattern_mismatch": ("has the wrong form", "use small letters and _"),
    "too_short": ("is empty", "add at least one item"),
    "too_long": ("has more than {max_length} items", "split the story"),
    "greater_than": ("must be more than {gt}", "write a larger number"),
    "greater_than_equal": ("must be at least {ge}", "write a larger number"),
    "less_than_equal": ("must be at most {le}", "write a smaller number"),
}


def _cure(cure: str, given: Any, loc: Loc) -> str:
    """The cure, with the very word to write where there is one."""
    if cure == _NUMBER:
        return numbers.cure(given, str(loc[-1]))
    if isinstance(given, bool) and "switches" in loc:
        return f"write {'on' if given else 'off'}"
    if isinstance(given, str) and cure == "write true or false" and given.lower() in ("yes", "on", "y", "no", "off", "n"):
        return f"write {'true' if given.lower() in ('yes', 'on', 'y') else 'false'}"
    return (
        cure
        if not isinstance(given, dict | list) or cure != "put it in quotes"
        else "write one line of text; put it in quotes if it contains `: `"
    )


def _described(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text `{short(value)}`"
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a map"
