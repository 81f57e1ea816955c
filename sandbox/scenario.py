"""A scenario file: its models, and the loader that says file:line:column, what is wrong and the cure.

The verbs' arguments are in `grammar.py`, positions in `marked.py`.  Nothing is run here, and whether a file's claims are true
is for the engine to find out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import models_json_schema

from sandbox.cast import CAST
from sandbox.grammar import VERBS, Args, ClientName, Expect, Form, Goal, Party, Predict, VerbSpec, deed, references, refuse, suggestion
from sandbox.marked import MAX_BYTES, Loc, Problem, ScenarioError, decode, read, short
from sandbox.switches import BUNDLES, MECHANISMS, PROFILES, SWITCHES, Settings, UnknownSetting, expand

__all__ = ["Problem", "Scenario", "ScenarioError", "Step", "load", "loads", "schema"]

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
REF = re.compile(r"RFC \d{1,5}( §[\w.]+)?|OIDC [A-Za-z -]+ §[\w.]+|draft-[a-z0-9-]+ §[\w.]+")
ANSWER = re.compile(r"[1-5]\d\d( [a-z_]+)?|nothing learned|not sent|not shown|not denied")
FACTS = ("key", "pkce", "password", "certificate")

Prose = Annotated[str, AfterValidator(str.strip)]


def _ref(text: str) -> str:
    if not REF.fullmatch(text):
        raise refuse(f"`{short(text)}` does not name a section", "write it as RFC 9700 §4.10.2, OIDC Core §3.1.3.7 or draft-name §5.1")
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text) or len(text) > 40:
        raise refuse(f"`{short(text)}` cannot be a name here", "use small letters, digits and _, beginning with a letter")
    return text


def _mechanism(name: str) -> str:
    if name not in MECHANISMS:
        raise refuse(f"there is no mechanism `{short(name)}`", suggestion(name, MECHANISMS) or f"write one of {', '.join(MECHANISMS)}")
    return name


def _fact(text: str) -> str:
    party, _, fact = text.partition(".")
    if party not in CAST or fact not in FACTS:
        raise refuse(f"`{short(text)}` is not a fact somebody knows", f"write party.fact; facts are {', '.join(FACTS)}")
    return text


def _claimed(client: str) -> str:
    """An app can claim another app's scheme (RFC 8252 §8.1); nobody can claim an https address."""
    if not CAST[client].host.endswith(":"):
        native = [m.name for m in CAST.values() if m.kind == "client" and m.host.endswith(":")]
        raise refuse(f"no app can claim the links of `{client}`: they are https addresses", f"write {' or '.join(native)}")
    return client


def _by(text: str) -> str:
    party, _, check = text.partition(".")
    if not NAME.fullmatch(check):
        raise refuse(f"`{short(text)}` does not say which check of which party", "write party.check, such as accounts.audience")
    if party not in CAST:
        raise refuse(f"there is no party `{short(party)}`", suggestion(party, CAST) or f"write one of {', '.join(CAST)}")
    return text


def _answer(text: str) -> str:
    if not ANSWER.fullmatch(text):
        raise refuse(
            f"`{short(text)}` is not an answer",
            "write STATUS or STATUS error, such as 401 invalid_token, or: nothing learned, not sent, not shown",
        )
    return text


Ref = Annotated[str, AfterValidator(_ref)]
Name = Annotated[str, AfterValidator(_name)]
Mechanism = Annotated[str, AfterValidator(_mechanism)]
Fact = Annotated[str, AfterValidator(_fact)]
By = Annotated[str, AfterValidator(_by)]
Answer = Annotated[
    str,
    BeforeValidator(lambda v: str(v) if type(v) is int else v),
    AfterValidator(_answer),
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^({ANSWER.pattern})$"}),
]
Do = Annotated[str, AfterValidator(lambda text: deed(text) and text)]
Claimed = Annotated[ClientName, AfterValidator(_claimed)]
Switches = dict[str, str]


# ---- the models


class Attacker(Form):
    """Who attacks, and what is in her hands from the beginning.  Her other powers are visible in the verbs."""

    is_: Prose = Field(alias="is", min_length=1, max_length=160, description="who she is, such as: someone who reads the logs")
    operates: tuple[Party, ...] = Field((), strict=False, max_length=10, description="parties that are hers in this story")
    claims: tuple[Claimed, ...] = Field((), strict=False, max_length=10, description="native apps whose links she takes")
    reaches: tuple[Literal["internal"], ...] = Field((), strict=False, max_length=1, description="zones of the network that let her in")
    knows: dict[Name, Fact] = Field(
        default_factory=dict,
        max_length=10,
        description=f"name: party.fact, what she knows from the beginning; facts are {', '.join(FACTS)}",
    )


class Setting(Form):
    """The setting in which the file is told: a profile, and switches that differ from it."""

    profile: str = Field(description=f"one of {', '.join(PROFILES)}")
    switches: Switches = Field(default_factory=dict, max_length=60)


class Step(Form):
    """One thing that somebody does.  `args` are the verb's arguments (`with` in the file)."""

    id: Name = Field(description="a short name of this step")
    do: Do = Field(description="actor.verb, such as app.sign_in")
    args: Args = Field(default_factory=dict, alias="with", validate_default=True)
    say: Prose = Field(min_length=1, max_length=400, description="one sentence that says what happens")
    expect: Expect | None = Field(None, description="what its last answer must be")
    predict: Predict | None = Field(None, description="a question to answer first")
    optional: bool = Field(False, description="left out where a profile has no such thing")
    control: bool = Field(False, description="an honest step that must work whatever the defence")

    @field_validator("args", mode="plain", json_schema_input_type=dict[str, Any])
    @classmethod
    def _of_the_verb(cls, value: Any, info: ValidationInfo) -> Args:
        """The errors of the arguments keep their places below `with`; if `do` is wrong there is nothing to compare with."""
        do = info.data.get("do")
        return VERBS[do.partition(".")[2]].args.model_validate(value) if do else Args()

    @property
    def actor(self) -> str:
        return self.do.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.do.partition(".")[2]

    @property
    def spec(self) -> VerbSpec:
        return VERBS[self.verb]


class Stopped(Form):
    """Where a defence shows: at which step, by which check of which party, with which answer."""

    at: str = Field(description="the id of the step that is stopped")
    by: By | None = Field(None, description="party.check that refuses, such as accounts.audience")
    answer: Answer = Field(description="the answer, such as 401 invalid_token, or: nothing learned")

    @model_validator(mode="after")
    def _who(self) -> Self:
        silent = self.answer in ("nothing learned", "not denied")
        if silent and self.by is not None:
            raise refuse("where nothing is learned, no check decides", "remove `by`, or write the answer of that check")
        if not silent and self.by is None:
            raise refuse("`by` is missing", "add `by: party.check`, such as accounts.audience")
        return self


class Defence(Stopped):
    """A set of switches that, added to the setting, blocks the attack."""

    switches: Switches = Field(min_length=1, max_length=20, description="the switches that block, such as {AUD: on}")
    also: tuple[Stopped, ...] = Field((), strict=False, max_length=10)
    because: Prose = Field(min_length=1, max_length=300, description="why it stops there, in one sentence")


class Limit(Form):
    """Switches that do not block the attack but end it after at most `window` seconds."""

    switches: Switches = Field(min_length=1, max_length=20, description="the switches that limit, such as {as.short_ttl: on}")
    window: int = Field(gt=0, le=900, description="how long it still works, in seconds")
    because: Prose = Field(min_length=1, max_length=300, description="what ends it, in one sentence")


class Myth(Form):
    """What people believe protects them here, and does not."""

    switches: Switches = Field(default_factory=dict, max_length=20)
    believed: Prose = Field(min_length=1, max_length=160, description="what people say, in one sentence")
    because: Prose = Field("", max_length=300)
    outcome: Literal["breaks-service"] | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.because and self.outcome is None:
            raise refuse("`because` is missing", "add `because:` (why it does not help, in one sentence)")
        if self.outcome is not None and not self.switches:
            raise refuse("an outcome can only be observed with switches", "add `switches`, or say it in `because`")
        return self


class Document(Form):
    """A scenario file of OAuth Sandbox: one story, its steps, and what is claimed about it."""

    title: Prose = Field(min_length=1, max_length=120, description="a short title")
    story: Prose = Field(min_length=1, max_length=400, description="what happens, in one or two sentences")
    lesson: Prose = Field(min_length=1, max_length=1200, description="what to take home")
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=12, description="a list of sections, such as [RFC 9700 §4.10.2]")
    tier: Literal["core", "standard", "advanced"] | None = Field(None, description="how much it asks of the learner; an attack has one")
    control: bool = Field(False, description="a flow that must work whatever the defence")
    needs: tuple[Mechanism, ...] = Field((), strict=False, max_length=6, description="mechanisms without which it means nothing")
    attacker: Attacker | None = None
    setting: Setting = Field(description="{profile: oauth-bcp}, or another profile, and switches")
    steps: tuple[Step, ...] = Field(strict=False, min_length=1, max_length=60, description="a list of steps, each with id, do and say")
    goal: tuple[Goal, ...] = Field((), strict=False, max_length=6)
    blocked_by: tuple[Defence, ...] = Field((), strict=False, max_length=20)
    limited_by: tuple[Limit, ...] = Field((), strict=False, max_length=20)
    myths: tuple[Myth, ...] = Field((), strict=False, max_length=30)


class Scenario(Document):
    """A scenario that has passed all checks, with its id and source text.  Equal and hashable by these two."""

    id: str
    source: str = Field(repr=False)

    def __hash__(self) -> int:
        return hash((self.id, self.digest))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and (self.id, self.digest) == (other.id, other.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the source text, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @cached_property
    def settings(self) -> Settings:
        """The setting in which the file is told."""
        return Settings.of(self.setting.profile, self.setting.switches)

    @property
    def is_flow(self) -> bool:
        """Whether nobody is after anything: every expectation must hold."""
        return not self.goal

    @property
    def kind(self) -> Literal["flow", "attack", "control"]:
        return "control" if self.control else "attack" if self.goal else "flow"

    def step(self, step: str) -> Step:
        """The step with this id; KeyError if there is none."""
        return next((s for s in self.steps if s.id == step), None) or self._missing(step)

    def _missing(self, step: str) -> Step:
        raise KeyError(step)

    def is_hers(self, party: str) -> bool:
        """Whether this party is under the attacker's control, always or in this scenario."""
        return hers(party, self.attacker)


def hers(party: str, attacker: Attacker | None) -> bool:
    """Whether this party is under the attacker's control."""
    return party in CAST and (CAST[party].hers or (attacker is not None and party in attacker.operates))


# ---- loading


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem by its place in the data; `on_key` points at the key instead of its value."""

    loc: Loc
    message: str
    cure: str
    on_key: bool = False


def load(path: str | Path) -> Scenario:
    """Read a scenario from a file; its id is the name without .yaml.  ScenarioError."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError([Problem(str(path), 1, 1, f"the file cannot be read: {error.strerror}", "check its name", "")]) from None
    return loads(raw, str(path), path.stem)


def loads(text: str | bytes, name: str = "scenario.yaml", id: str | None = None) -> Scenario:
    """Read a scenario from text; `name` is shown in messages, and is the id if no other is given.  ScenarioError."""
    source = decode(text, name)
    node, problems = read(source)
    ident = Path(name).stem if id is None else id
    findings = [*_ident(ident), *_findings(node.value)]
    seen: set[tuple[int, int]] = {(p.line, p.column) for p in problems}
    for finding in findings:
        place = node.find(finding.loc, finding.on_key)
        if place not in seen:  # one mistake, one message
            seen.add(place)
            problems.append(source.problem(*place, finding.message, finding.cure))
    if problems:
        raise ScenarioError(problems)
    document = Document.model_validate(node.value)
    fields = {name: getattr(document, name) for name in Document.model_fields}
    return Scenario.model_construct(**fields, id=ident, source=source.text)


def _ident(ident: str) -> Iterator[Finding]:
    if not ID.fullmatch(ident) or len(ident) > 60:
        yield Finding(
            (), f"`{short(ident)}` cannot be the name of a scenario", "use small letters, digits and - in the file name", on_key=True
        )


def _findings(data: Any) -> Iterator[Finding]:
    yield from errors(Document, data)
    if isinstance(data, dict):
        parts = Parts.of(data)
        for check in (_empty, _step_ids, _references, _goals, _places, _switches, _kind):
            yield from check(parts)


# ---- pydantic's errors in our own words


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
            known = _known_keys(model, loc[:-1], data)
            cure = suggestion(str(loc[-1]), known) or f"the keys here are {', '.join(known)}"
            yield Finding(loc, f"there is no key `{short(str(loc[-1]))}` here", cure, on_key=True)
        elif not (item["type"] == "too_short" and item["input"]):  # a list is not too short because its items are wrong
            message, cure = _words(item["type"], item.get("ctx", {}), item["input"], loc)
            yield Finding(loc, message, cure, on_key=item["input"] is None)
    for loc, keys in missing.items():
        yield from _absent(model, loc, keys, data)


def _absent(model: type[BaseModel], loc: Loc, keys: list[str], data: Any) -> Iterator[Finding]:
    """The keys that are missing in the map at `loc`, without those that are there but misspelt."""
    known = _known_keys(model, loc, data)
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
    """The model of the map at `loc`; for `with`, the arguments of the step's verb."""
    for depth, part in enumerate(loc):
        if model is Step and part in ("with", "args"):  # pydantic calls it args where the file has no `with`
            model = deed(_inside(data, loc[:depth])["do"])[1].args
        elif isinstance(part, str):
            found = next((f for n, f in model.model_fields.items() if (f.alias or n) == part), None)
            model = next(_models(found.annotation), model) if found else model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _known_keys(model: type[BaseModel], loc: Loc, data: Any) -> list[str]:
    return [f.alias or n for n, f in _model_at(model, loc, data).model_fields.items()]


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


_TYPES = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write the number without quotes"),
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


# ---- what no single model can see

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Parts:
    """A file as far as it can be read: parts with an error of their own are None, so that the others can still be checked."""

    data: dict[str, Any]
    attacker: Attacker | None
    setting: Setting | None
    steps: list[Step | None]
    goal: list[Goal | None]
    ids: list[str]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        steps = _items(data, "steps")
        ids = [s["id"] if isinstance(s, dict) and isinstance(s.get("id"), str) else "" for s in steps]
        return cls(
            data,
            _try(Attacker, data.get("attacker")),
            _try(Setting, data.get("setting")),
            [_try(Step, s) for s in steps],
            [_try(Goal, g) for g in _items(data, "goal")],
            ids,
        )

    def maps(self, key: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
        """The maps in a list of the file, with their places."""
        return (((key, i), item) for i, item in enumerate(_items(self.data, key)) if isinstance(item, dict))


def _items(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _try(model: type[M], value: Any) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _empty(parts: Parts) -> Iterator[Finding]:
    """Keys without a value where null would mean nothing; inside `with.change` and the like it removes."""
    places: list[tuple[Loc, Any]] = [
        ((), parts.data),
        (("attacker",), parts.data.get("attacker")),
        (("setting",), parts.data.get("setting")),
    ]
    for loc, step in parts.maps("steps"):
        places += [(loc, step), ((*loc, "with"), step.get("with")), ((*loc, "expect"), step.get("expect"))]
    for loc, value in places:
        for key, item in value.items() if isinstance(value, dict) else ():
            if item is None and key != "json":
                yield Finding((*loc, key), f"`{short(key)}` is empty", "write a value, or remove the key", on_key=True)


def _step_ids(parts: Parts) -> Iterator[Finding]:
    known = parts.attacker.knows if parts.attacker else {}
    for index, step in enumerate(parts.ids):
        if step and step in parts.ids[:index]:
            yield Finding(("steps", index, "id"), f"there is already a step `{short(step)}`", "give this one another id")
        elif step in known:
            yield Finding(("steps", index, "id"), f"`{step}` is already a name under attacker.knows", "give the step another id")


def _references(parts: Parts) -> Iterator[Finding]:
    for loc, step in parts.maps("steps"):
        index = cast(int, loc[1])
        for name, path, text in references(step.get("with")):
            fault = _fault(parts, index, name, text)
            if fault:
                yield Finding((*loc, "with", *path), *fault)


def _fault(parts: Parts, index: int, name: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a reference in step number `index`."""
    if not name:
        return f"`{short(text)}` is not a reference", "write $step.output, or begin with $$ for a dollar sign"
    known = parts.attacker.knows if parts.attacker else {}
    if name in known:
        return None
    earlier = parts.ids[:index]
    if name not in earlier:
        if name in parts.ids[index:]:
            return f"`{short(text)}` is not there yet: a step can use only what earlier steps gave", "move the steps, or use another one"
        return f"there is no step `{short(name)}` before this one", suggestion(name, [e for e in [*earlier, *known] if e]) or (
            f"the steps before are {', '.join(e for e in earlier if e)}" if index else "the first step has nothing to refer to"
        )
    used = parts.steps[earlier.index(name)]
    return _output_fault(parts, parts.steps[index], used, text) if used is not None else None


def _output_fault(parts: Parts, user: Step | None, used: Step, text: str) -> tuple[str, str] | None:
    outputs = used.spec.outputs
    output = [*text.split("."), ""][1]
    if not output:
        return f"`{short(text)}` does not say which output", f"write {text}.{outputs[0]}; {used.verb} gives {', '.join(outputs)}"
    if output not in outputs:
        cure = suggestion(output, outputs) or f"{used.verb} gives {', '.join(outputs)}"
        return f"step `{used.id}` gives no `{short(output)}`", cure
    if user is not None and hers(user.actor, parts.attacker) and not _seen(used, output, parts.attacker):
        cure = f"let her learn it first (read, ${used.id}.received, a step of her own), or name it under attacker.knows"
        return f"{CAST[user.actor].title} has never seen `{short(text)}`", cure
    return None


def _seen(step: Step, output: str, attacker: Attacker | None) -> bool:
    """Whether the attacker knows this output: it reached a host of hers, or she drives the step."""
    return output == "received" or hers(step.actor, attacker) or hers(getattr(step.args, "browser", None) or "", attacker)


def _goals(parts: Parts) -> Iterator[Finding]:
    for index, goal in enumerate(parts.goal):
        if goal is None:
            continue
        named = [(k, getattr(goal, k)) for k in ("late", "denied", "at") if getattr(goal, k) is not None]
        for key, step in named:
            yield from _known_step(parts, ("goal", index, key), step)
        if goal.late in parts.ids and goal.at in parts.ids and parts.ids.index(str(goal.late)) >= parts.ids.index(goal.at):
            yield Finding(("goal", index, "late"), f"`{goal.late}` does not come before `{goal.at}`", "name the step that ended the access")


def _places(parts: Parts) -> Iterator[Finding]:
    for loc, entry in parts.maps("blocked_by"):
        for where, stop in ((loc, entry), *(((*loc, "also", i), a) for i, a in enumerate(_items(entry, "also")))):
            if isinstance(stop, dict) and isinstance(stop.get("at"), str):
                yield from _known_step(parts, (*where, "at"), stop["at"])


def _known_step(parts: Parts, loc: Loc, step: str) -> Iterator[Finding]:
    ids = [i for i in parts.ids if i]
    if ids and step not in ids:  # where no step can be read, that is what has been said
        yield Finding(loc, f"there is no step `{short(step)}`", suggestion(step, ids) or f"the steps are {', '.join(ids)}")


def _switches(parts: Parts) -> Iterator[Finding]:
    setting = parts.data.get("setting")
    maps: list[tuple[Loc, Any]] = [(("setting",), setting)] if isinstance(setting, dict) else []
    for key in ("blocked_by", "limited_by", "myths"):
        maps += parts.maps(key)
    for loc, entry in maps:
        yield from switch_findings(loc, entry, parts.setting is not None)


def switch_findings(loc: Loc, entry: Mapping[str, Any], valid: bool = True) -> Iterator[Finding]:
    """Profiles, switches and values that there are none of, in a setting or a claim; `valid`: its form has been found right."""
    name, switches = entry.get("profile"), entry.get("switches")
    if valid and isinstance(name, str) and name not in PROFILES:
        cure = suggestion(name, PROFILES) or f"write one of {', '.join(PROFILES)}"
        yield Finding((*loc, "profile"), f"there is no profile `{short(name)}`", cure)
    for switch, value in switches.items() if isinstance(switches, dict) else ():
        if isinstance(value, str):
            yield from _switch((*loc, "switches", switch), switch, value)


def _switch(loc: Loc, name: str, value: str) -> Iterator[Finding]:
    try:
        expand({name: value})
    except UnknownSetting as error:
        message, _, guess = str(error).partition("; ")
        message, _, allowed = message.partition(": ")
        of_value = name in BUNDLES or "has no value" in message
        listed = f"write {allowed.removeprefix('it is ')}" if allowed else "`oauth-sandbox switches` lists them all"
        cure = "write on, or change its switches one by one" if name in BUNDLES else guess or listed
        yield Finding(loc, message.replace("'", "`"), cure.replace("'", "`"), on_key=not of_value)


def _kind(parts: Parts) -> Iterator[Finding]:
    data, attack = parts.data, bool(_items(parts.data, "goal"))
    if attack and "attacker" not in data:
        yield Finding(("goal",), "there is a goal, and nobody who is after it", "add `attacker: {is: ...}`", on_key=True)
    if attack and "tier" not in data:
        yield Finding(("tier",), "`tier` is missing", "add `tier: core`, standard or advanced")
    for key in ("blocked_by", "limited_by", "myths"):
        if key in data and not attack:
            yield Finding((key,), f"`{key}` speaks about an attack, and there is no goal", f"add `goal`, or remove `{key}`", on_key=True)
    if data.get("control") is True:
        yield from _control_file(parts)
    for index, step in enumerate(parts.steps):
        if step is not None and (step.control or data.get("control") is True) and step.expect is not None and not step.expect.success:
            yield Finding(
                ("steps", index, "expect"), "a control can expect successes only", "expect a success, or remove `control`", on_key=True
            )
        if step is not None and step.control and step.expect is None:
            yield Finding(("steps", index, "control"), "a control step must expect something", "add `expect: {status: 200}`", on_key=True)


def _control_file(parts: Parts) -> Iterator[Finding]:
    for key in ("goal", "attacker"):
        if key in parts.data:
            yield Finding((key,), f"a control has no {key}", f"remove `{key}`, or remove `control: true`", on_key=True)
    if not ({"goal", "attacker"} & set(parts.data)) and parts.steps and all(s is not None and s.expect is None for s in parts.steps):
        yield Finding(("control",), "a control must expect something", "add `expect: {status: 200}` to a step", on_key=True)


# ---- the published schema


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file, with the arguments of each verb, for completion in editors."""
    verbs: Iterable[VerbSpec] = VERBS.values()
    _, definitions = models_json_schema([(Document, "validation"), *((v.args, "validation") for v in verbs)], by_alias=True)
    defs = definitions["$defs"]
    document = defs.pop("Document")
    step = defs["Step"]
    step["properties"]["do"]["enum"] = [f"{actor}.{v.name}" for v in verbs for actor in v.who]
    step["properties"]["with"] = {"type": "object", "description": "the arguments of the verb"}
    defs["Setting"]["properties"]["profile"]["enum"] = list(PROFILES)
    for model in (Setting, Defence, Limit, Myth):
        defs[model.__name__]["properties"]["switches"] = {"$ref": "#/$defs/Switches"}
    known: dict[str, Any] = {s.name: {"enum": list(s.values), "description": s.meaning} for s in SWITCHES.values()}
    # Other names are allowed: a switch may be set for one party, as in `transactions.check_aud`.
    defs["Switches"] = {
        "type": "object",
        "properties": known | {b: {"const": "on"} for b in BUNDLES},
        "additionalProperties": {"type": "string"},
    }
    step["allOf"] = [_arguments(v) for v in verbs]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document, "$defs": defs}


def _arguments(verb: VerbSpec) -> dict[str, Any]:
    """If `do` is this verb, `with` has its arguments, and is required if one of them is."""
    then: dict[str, Any] = {"properties": {"with": {"$ref": f"#/$defs/{verb.args.__name__}"}}}
    if any(f.is_required() for f in verb.args.model_fields.values()):
        then["required"] = ["with"]
    return {"if": {"properties": {"do": {"pattern": rf"\.{verb.name}$"}}, "required": ["do"]}, "then": then}
