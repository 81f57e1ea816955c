"""The shape of an inspection as JSON: what is printed is what the schema says, and nothing besides."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.reality.resemblance import beside
from sandbox.views.reality import record
from sandbox.views.reality.shape import schema
from tests.support.reality import OWN, SPA, WEB, inspected, own


def strict(schema: Any) -> Any:
    """The schema with nothing allowed that it does not name."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return {k: strict(v) for k, v in schema.items()} | closed
    return [strict(v) for v in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("found", [own(SPA), own(WEB), inspected(OWN / "key-set.json"), inspected(OWN / SPA, OWN / "oidc-provider.json")])
def test_what_is_printed_is_what_the_schema_says(found: Any) -> None:
    shown = beside(found.recorded, found.story) if found.recorded else None
    jsonschema.validate(json.loads(record.text(found, shown, own(WEB))), strict(schema()))


def test_the_command_prints_it() -> None:
    printed = json.loads(CliRunner().invoke(main, ["schema", "--inspect"]).stdout)
    assert printed == schema()
    jsonschema.Draft202012Validator.check_schema(printed)
    assert CliRunner().invoke(main, ["schema", "--inspect", "--serve"]).exit_code == 2
