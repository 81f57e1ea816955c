"""Same input, same trace, and the same tests in every process: nobody asks for the time or for randomness but those who are there for it.

By syntax tree, not by text, so that a comment may say `time` and an alias does not hide it.  Benchmarks and tools measure, so they may.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.paths import PACKAGE, ROOT

TESTS = ROOT / "tests"
MAY = {"core/clock.py", "core/entropy.py"}
TESTS_MAY = {
    "support/dice.py": "seeded generators for all tests",
    "support/waiting.py": "the one deadline for conditions that come true in another process",
    "core/test_clock.py": "compares the clock of served parties with the time of day",
}

MODULES = {"time", "random", "uuid", "secrets", "freezegun", "numpy.random"}
NAMES = {
    "os.urandom",
    "os.getrandom",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "authlib.common.security.generate_token",
}
ENDINGS = {"urandom", "utcnow", "generate_private_key", "generate_token", "generate_key", "SystemRandom"}


def dotted(node: ast.AST) -> str:
    """`datetime.datetime.now` for the expression of that shape, '' for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def impure(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each use of a clock or of randomness."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
        elif isinstance(node, ast.Attribute):
            names = [dotted(node)]
        for name in names:
            if name in MODULES or name.split(".")[-1] in ENDINGS or any(name == n or name.endswith(f".{n}") for n in NAMES):
                yield getattr(node, "lineno", 0), name


def test_no_module_has_a_clock_or_dice() -> None:
    found = [
        f"{path}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if str(path.relative_to(PACKAGE)) not in MAY
        for line, name in impure(path.read_text(encoding="utf-8"))
    ]
    assert not found, "take the time from `core/clock.py` and randomness from `core/entropy.py`:\n" + "\n".join(found)


def test_no_test_has_a_clock_or_dice() -> None:
    """A parameter that depends on either lets two workers collect different tests; a limit in seconds fails on a busy machine."""
    apart = (TESTS / "bench", TESTS / "tools", *(TESTS / name for name in TESTS_MAY))
    found = [
        f"{path}:{line}: {name}"
        for path in sorted(TESTS.rglob("*.py"))
        if not any(path == place or place in path.parents for place in apart)
        for line, name in impure(path.read_text(encoding="utf-8"))
    ]
    assert not found, (
        "wait with `until` of tests/support/waiting.py, roll with `dice` of tests/support/dice.py, count with tests/support/cost.py, "
        "and measure time in tests/bench:\n" + "\n".join(found)
    )


def test_whoever_may_have_a_clock_has_one() -> None:
    for folder, names in ((PACKAGE, MAY), (TESTS, TESTS_MAY)):
        for name in names:
            assert list(impure((folder / name).read_text(encoding="utf-8"))), f"{folder / name} needs no place in this list"


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import time as t",
        "import os; os.urandom(8)",
        "from os import urandom",
        "import datetime; datetime.datetime.now()",
        "from datetime import datetime; datetime.now(UTC)",
        "import secrets as s",
        "from cryptography.hazmat.primitives.asymmetric import ec; ec.generate_private_key(ec.SECP256R1())",
        "from authlib.common.security import generate_token",
    ],
)
def test_the_search_finds(source: str) -> None:
    assert list(impure(source))


@pytest.mark.parametrize(
    "source", ["clock.now()", "self.clock.now()", "from sandbox.core.clock import Clock", "event.time", "# import time"]
)
def test_the_search_leaves_alone(source: str) -> None:
    assert not list(impure(source))
