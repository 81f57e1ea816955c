"""The Export menu: every file can be made."""

from __future__ import annotations

import pytest

from sandbox.app import cache
from sandbox.app.parts import export_menu
from sandbox.engine.case import Case
from sandbox.protocol.edits import Edit
from sandbox.views import har, pictures
from tests.support.apps import fine, opened

pytestmark = pytest.mark.slow

FLOW = "naive-jwt"
CALL = "accounts/laptop>accounts:GET /accounts#1"


def test_the_menu_has_every_file_and_each_can_be_made() -> None:
    at = opened("play", scenario=FLOW)
    at.session_state["export"] = True
    fine(at.run())
    assert [b.proto.label for b in at.get("download_button")] == [f.label for f in export_menu.FILES]
    from sandbox.language import library

    run = cache.run(Case.of(library.get(FLOW), edits=(Edit(CALL, "headers.x", "1"),)))
    made = {f.label: f.make(run) for f in export_menu.FILES}
    assert all(made.values())
    assert "Nothing else changes" in str(made["HTML"])
    assert made["SVG"] == pictures.svg(run)
    assert har.har(run)["log"]["version"] == "1.2"
