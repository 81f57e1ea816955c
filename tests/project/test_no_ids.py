"""No story is known to the code: scenario ids are data, in files and in links, and never in Python outside tests."""

from __future__ import annotations

import ast

from sandbox.language import library
from tests.support.paths import PACKAGE


def test_no_scenario_id_in_the_code() -> None:
    known = set(library.ids()) - {"gateway", "denylist", "naive-jwt", "client-credentials", "token-exchange"}
    # these are also the names of a party, a check, a profile, and of two values of a switch
    for module in sorted(PACKAGE.rglob("*.py")):
        constants = (n.value for n in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant))
        found = {value for value in constants if isinstance(value, str) and value in known}
        assert not found, f"{module} names {found}: a story is a file, and code that must choose one reads a table (a YAML file) instead"
