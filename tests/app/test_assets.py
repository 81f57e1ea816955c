"""The scripts of the front end: each stands after the helpers that all share."""

from __future__ import annotations

import re

import pytest

from sandbox.app import assets
from sandbox.views.stepper import JS
from tests.support.paths import PACKAGE

SCRIPTS = sorted(p for p in PACKAGE.rglob("*.js") if p.name != "dom.js")


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda p: p.name)
def test_helpers_are_written_once(file):
    """A second `h` or `visible` would be a syntax error in a module, and a second idea of how text is made safe."""
    named = re.findall(r"^(?:export )?function (\w+)|^const (\w+)", assets.script(file), re.M)
    names = [a or b for a, b in named]
    assert len(names) == len(set(names)), "declared twice: use what dom.js has, or name it otherwise"
    assert "innerHTML" not in assets.text(file), "texts are data: build elements with h() of dom.js"


def test_a_script_is_found_by_its_name_or_its_path():
    assert assets.script("editor.js").endswith(assets.text("editor.js"))
    assert assets.script(JS).endswith(assets.text(JS))
