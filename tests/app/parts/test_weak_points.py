"""The section “What no book says” of the page Matrix, run by AppTest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.protocol.switches import PROFILES
from sandbox.studies.weak_points import shipped
from sandbox.views import weak_points as words
from tests.support.apps import opened, page_text, verdict

pytestmark = pytest.mark.slow


def tables(at: AppTest) -> list[list[dict[str, Any]]]:
    found = (json.loads(e.proto.json) for e in at.get("bidi_component") if e.proto.component_name == "verdict_table")
    return [data["rows"] for data in found if data["kind"] == "weak"]


def test_each_design_has_its_table_with_every_hole() -> None:
    at = opened("matrix")
    assert words.TITLE in page_text(at)
    shown = [[item for row in rows if "cells" in row for item in row["cells"][0]["items"]] for rows in tables(at)]
    assert [len(items) for items in shown] == [len(shipped().profiles[p]) for p in PROFILES]


def test_an_attack_leads_into_the_run_that_shows_it() -> None:
    rows = tables(opened("matrix"))[-1]
    single, pair = ([row for row in rows if "cells" in row][at]["cells"][0]["items"][0] for at in (0, -1))
    for item in (single, pair):
        assert item["word"]
        assert verdict(opened("play", **item["to"]["params"])) == "succeeded"
    assert "," not in single["to"]["params"]["set"]
    assert "," in pair["to"]["params"]["set"]
