"""No story is known to the code: scenario ids are data, in files and in links, and never in Python outside tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sandbox import library

PACKAGE = Path(__file__).parent.parent / "sandbox"


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_scenario_id_in_the_code(module):
    known = set(library.ids()) - {"gateway", "denylist", "naive-jwt"}  # also the names of a party, a check and a profile
    found = {n.value for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value in known}
    assert found == set()
