"""The JSON Schema of setup files of `serve`, for completion in editors: the models, with the names of profiles and switches."""

from __future__ import annotations

from typing import Any

from sandbox.language.schema import switches
from sandbox.protocol.switches import PROFILES
from sandbox.serve.setup_file import SetupFile


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a setup file."""
    found = SetupFile.model_json_schema(by_alias=True)
    for model in (found, found["$defs"]["NamedIssuer"]):
        model["properties"]["profile"]["enum"] = list(PROFILES)
        model["properties"]["switches"] |= switches()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
