"""Whoever looks for the tests of a module finds them by its name: sandbox/world/parties/bank.py, tests/world/parties/test_bank.py.

They may stand in the folder of the package above, too; a topic that concerns several modules may have a file of its own besides.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.paths import PACKAGE, ROOT

TESTS = ROOT / "tests"

# Modules without tests of their own name, each with the reason.
ELSEWHERE = {
    "app/parts/scenario_page.py": "puts the other parts together: tests/app/test_frame.py is about what comes out",
}


def modules() -> list[str]:
    """The modules that define a function or a class; what only imports, or says what a package is, has nothing to test."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    files = [p for p in sorted(PACKAGE.rglob("*.py")) if "scenarios" not in p.parts]
    defining = [p for p in files if any(isinstance(node, kinds) for node in ast.walk(ast.parse(p.read_text(encoding="utf-8"))))]
    return [p.relative_to(PACKAGE).as_posix() for p in defining]


def homes(module: str) -> list[Path]:
    """Where the tests of a module may stand: in the folder of its package, or of one above it."""
    path = Path(module)
    name = f"test_{path.parent.name}.py" if path.name == "__init__.py" else f"test_{path.name}"
    folders = [folder for folder in path.parents if folder != Path() or path.name == "__init__.py"]
    return [TESTS / folder / name for folder in folders]


def test_every_module_has_tests_of_its_name() -> None:
    missing = [
        f"sandbox/{m}: write {homes(m)[0].relative_to(ROOT)}"
        for m in modules()
        if m not in ELSEWHERE and not any(h.is_file() for h in homes(m))
    ]
    assert not missing, (
        "a module without tests of its name; write them, or add it to ELSEWHERE in this file with the reason:\n" + "\n".join(missing)
    )


def test_the_exceptions_are_there_and_needed() -> None:
    known = modules()
    needless = [m for m in ELSEWHERE if m not in known or any(h.is_file() for h in homes(m))]
    assert not needless, f"remove from ELSEWHERE in this file: {', '.join(needless)}"


def test_where_the_tests_of_a_module_may_stand() -> None:
    assert [p.relative_to(TESTS).as_posix() for p in homes("world/parties/bank.py")] == ["world/parties/test_bank.py", "world/test_bank.py"]
    assert (TESTS / "views" / "stepper" / "test_stepper.py") in homes("views/stepper/__init__.py")
