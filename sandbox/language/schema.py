"""The JSON Schema of scenario files and playlists, for completion in editors: the models, with the names of all tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import models_json_schema

from sandbox.language import library
from sandbox.language.document import Defence, Document, Limit, Myth, Setting
from sandbox.language.existing import ABOUT_DATA, known
from sandbox.language.playlist import Playlist
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import OUTPUTS, Verb
from sandbox.world.parties.records import paths

DECIDES = ("server", "client", "api", "gateway", "browser")  # the kinds of parties that perform checks


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file, with the arguments of each verb."""
    verbs: Iterable[Verb[Any]] = VERBS.values()
    _, definitions = models_json_schema([(Document, "validation"), *((v.args, "validation") for v in verbs)], by_alias=True)
    defs = definitions["$defs"]
    document = defs.pop("Document")
    step = defs["Step"]
    step["properties"]["do"]["enum"] = [f"{actor}.{v.name}" for v in verbs for actor in v.who]
    step["properties"]["with"] = {"type": "object", "description": f"the arguments of the verb; {_references()}"}
    defs["Setting"]["properties"]["profile"]["enum"] = list(PROFILES)
    for model in (Setting, Defence, Limit, Myth):
        defs[model.__name__]["properties"]["switches"] = {"$ref": "#/$defs/Switches"}
    defs["Switches"] = switches()
    defs["By"] = {"anyOf": [{"enum": _by()}, {"type": "string", "pattern": rf"^({'|'.join(CAST)})\.({'|'.join(CHECKS)})$"}]}
    _name_data(defs)
    step["allOf"] = [_arguments(v) for v in verbs]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document, "$defs": defs}


def playlists() -> dict[str, Any]:
    """JSON Schema (2020-12) of a playlist."""
    whole = Playlist.model_json_schema()
    defs = whole["$defs"]
    defs["Setting"]["properties"] |= {"profile": {"enum": list(PROFILES)}, "switches": {"$ref": "#/$defs/Switches"}}
    defs["Switches"] = switches()
    defs["Item"]["properties"]["scenario"]["examples"] = list(library.ids())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def hints() -> dict[str, Any]:
    """Both schemas for the editor of the app, with parties, checks and outputs beside them instead of every pair of a party and a check."""
    scenario = schema()
    scenario["$defs"]["By"] = {"type": "string"}
    return {
        "scenario": scenario,
        "playlist": playlists(),
        "parties": [m.name for m in CAST.values() if m.kind in DECIDES],
        "checks": {check.name: check.sentence for check in CHECKS.values()},
        "outputs": OUTPUTS,
    }


def switches() -> dict[str, Any]:
    """The JSON Schema of the switches that a setting changes."""
    values: dict[str, Any] = {s.name: {"enum": list(s.values), "description": s.meaning} for s in SWITCHES.values()}
    # Other names are allowed: a switch may be set for one party, as in `transactions.check_aud`.
    return {
        "type": "object",
        "properties": values | {b: {"const": "on"} for b in BUNDLES},
        "additionalProperties": {"type": "string"},
    }


def _arguments(verb: Verb[Any]) -> dict[str, Any]:
    """If `do` is this verb, `with` has its arguments, and is required if one of them is."""
    then: dict[str, Any] = {"properties": {"with": {"$ref": f"#/$defs/{verb.args.__name__}"}}}
    if any(f.is_required() for f in verb.args.model_fields.values()):
        then["required"] = ["with"]
    return {"if": {"properties": {"do": {"pattern": rf"\.{verb.name}$"}}, "required": ["do"]}, "then": then}


def _by() -> list[str]:
    """Every party that decides, with every check."""
    return [f"{m.name}.{check}" for m in CAST.values() if m.kind in DECIDES for check in CHECKS]


def _references() -> str:
    return f"$step.output takes what an earlier step gave, where output is {'; '.join(f'{name}: {what}' for name, what in OUTPUTS.items())}"


def _name_data(defs: dict[str, Any]) -> None:
    """The data that there are, and the addresses at which they are served, as examples: a file may make more of them."""
    for predicate in ABOUT_DATA:
        defs["Goal"]["properties"][predicate]["examples"] = list(known(predicate))
    for verb in VERBS.values():
        model = defs[verb.args.__name__]
        model["description"] = f"{verb.doc}  Gives {', '.join(verb.outputs)}."
        if "path" in model.get("properties", {}):
            model["properties"]["path"]["examples"] = list(paths())
