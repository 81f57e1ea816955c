"""Rules across models: whether the parts of a scenario file go together.  Steps that are named exist, references are to what
was given before, the attacker uses what she has seen, switches have the values that they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel, ValidationError

from sandbox.core.forms import suggestion
from sandbox.core.text import short
from sandbox.language import existing, shipped
from sandbox.language.document import ID, Attacker, Setting, Step, hers
from sandbox.language.errors import Finding
from sandbox.language.goals import Goal
from sandbox.language.source import Loc
from sandbox.protocol.cast import CAST
from sandbox.protocol.switches import BUNDLES, PROFILES, UnknownSetting, expand
from sandbox.verbs.values import references

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


def incoherent(data: Any, ident: str = "") -> Iterator[Finding]:
    """What does not go together in the data of a scenario file, whose id is `ident`."""
    if isinstance(data, dict):
        yield from _prerequisites(data, ident)
        parts = Parts.of(data)
        for check in (_empty, _step_ids, _references, _asks, _senders, _servers, _goals, _places, _switches, _kind):
            yield from check(parts)
        yield from existing.missing(parts.steps, parts.goal)


def _items(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _try(model: type[M], value: Any) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _empty(parts: Parts) -> Iterator[Finding]:
    """Keys without a value where null would mean nothing; inside `with.change.query` and the like it removes."""
    places: list[tuple[Loc, Any]] = [
        ((), parts.data),
        (("attacker",), parts.data.get("attacker")),
        (("setting",), parts.data.get("setting")),
    ]
    for loc, step in parts.maps("steps"):
        args = step.get("with")
        places += [(loc, step), ((*loc, "with"), args), ((*loc, "expect"), step.get("expect"))]
        places += [((*loc, "with", "change"), args.get("change"))] if isinstance(args, dict) else []
    for loc, value in places:
        for key, item in value.items() if isinstance(value, dict) else ():
            if item is None:
                yield Finding((*loc, key), f"`{short(key)}` is empty", "write a value, or remove the key", on_key=True)


def _prerequisites(data: Mapping[str, Any], ident: str) -> Iterator[Finding]:
    """What a learner should know first is shipped, is another scenario, and is named once."""
    named = [id if isinstance(id, str) else "" for id in _items(data, "after")]
    for index, id in enumerate(named):
        loc: Loc = ("after", index)
        if id and id == ident:
            yield Finding(loc, "a scenario cannot come after itself", "remove it")
        elif id in named[:index]:
            yield Finding(loc, f"`{short(id)}` is named twice", "remove one of them")
        elif ID.fullmatch(id) and id not in shipped.ids():
            cure = suggestion(id, shipped.ids()) or "write an id from `oauth-sandbox list`"
            yield Finding(loc, f"no scenario `{short(id)}` is shipped", cure)


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
            fault = _fault(parts, index, name, text, parts.steps[index])
            if fault:
                yield Finding((*loc, "with", *path), *fault)


def _fault(parts: Parts, index: int, name: str, text: str, user: Step | None) -> tuple[str, str] | None:
    """What is wrong with a reference before step number `index`, which `user` makes."""
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
    return _output_fault(parts, user, used, text) if used is not None else None


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
    return output in ("received", "posted") or hers(step.actor, attacker) or hers(getattr(step.args, "browser", None) or "", attacker)


def _asks(parts: Parts) -> Iterator[Finding]:
    """A question may be about what its own step gives; it names steps, switches and values that there are."""
    for loc, step in parts.maps("steps"):
        index = cast(int, loc[1])
        yield from _about(step, (*loc, "predict", "about"))
        for number, ask in enumerate(_items(step, "ask")):
            at: Loc = (*loc, "ask", number)
            if not isinstance(ask, dict):
                continue
            for name, path, text in references(ask.get("knows")):
                if fault := _fault(parts, index + 1, name, text, None):
                    yield Finding((*at, "knows", *path), *fault)
            stops = ask.get("stops")
            maps = [((*at, "stops", text), chosen) for text, chosen in stops.items()] if isinstance(stops, dict) else []
            for where, switches in (((*at, "under"), ask.get("under")), *maps):
                for switch, value in switches.items() if isinstance(switches, dict) else ():
                    if isinstance(value, str):
                        yield from _switch((*where, switch), switch, value)
            for place, message in enumerate(_items(ask, "order")):
                if isinstance(message, str) and "/" in message:
                    yield from _known_step(parts, (*at, "order", place), message.partition("/")[0])


def _about(step: Mapping[str, Any], loc: Loc) -> Iterator[Finding]:
    """A question before a step is about a request of that step."""
    predict = step.get("predict")
    about = predict.get("about") if isinstance(predict, dict) else None
    if isinstance(about, str) and "/" in about and about.partition("/")[0] != step.get("id"):
        yield Finding(
            loc, f"`{short(about)}` is no request of this step", f"write {short(str(step.get('id')))}/..., or ask at its own step"
        )


def _senders(parts: Parts) -> Iterator[Finding]:
    """She sends from her own machine, or from one that she operates."""
    for index, step in enumerate(parts.steps):
        sender = getattr(step.args, "sender", None) if step else None
        if sender is not None and not hers(sender, parts.attacker):
            cure = f"write `operates: [{sender}]` under attacker, or remove `from`"
            yield Finding(("steps", index, "with", "from"), f"`{sender}` is not under Mallory's control", cure)


def _servers(parts: Parts) -> Iterator[Finding]:
    """The server that logs people in is called `auth` or `backend`: whichever of them the setting has."""
    profile = PROFILES.get(parts.setting.profile) if parts.setting else None
    own = "auth" if profile and profile.architecture == "oauth" else "backend"
    for index, step in enumerate(parts.steps):
        for key in ("at", "hold") if profile and step else ():
            named = getattr(step.args, key, None) if step else None
            if named in ("auth", "backend") and named != own:
                yield Finding(("steps", index, "with", key), f"there is no `{named}` in this setting", f"write `{own}`")


def _goals(parts: Parts) -> Iterator[Finding]:
    for index, goal in enumerate(parts.goal):
        if goal is None:
            continue
        named = [(k, getattr(goal, k)) for k in ("late", "denied", "at", "after") if getattr(goal, k) is not None]
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
    if "way_of" in data and not attack:
        yield Finding(("way_of",), "a way leads to a goal, and there is none", "add `goal`, or remove `way_of`", on_key=True)
    for key in ("blocked_by", "limited_by", "myths", "target", "unsearched"):
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
