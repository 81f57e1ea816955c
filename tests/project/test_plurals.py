"""Numbers and what is counted: `1 state`, never `1 states`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sandbox
from sandbox.core.text import plural

NOUNS = (
    "states|moves|steps|runs|attacks|claims|files|settings|scripts|flows|parts|characters|requests|scenarios|seconds|minutes|days|edits|cells|"
    "switches|ways|questions|entries|messages|findings"
)
COUNTED = re.compile(r"(?<!of )(?<!all )(?<!most )(?<!All )\{(?:len\([^{}]*\)|n|[a-z_.]+:?,?)\} (?:\w+ )?(?:" + NOUNS + r")\b")
GUARDS = (" if ", "at most", "more than")  # of a line in which the number cannot be 1, or is a limit
FILES = [p for p in sorted(Path(sandbox.__file__).parent.rglob("*.py")) if "parties" not in p.parts]
LIMITS = {  # numbers that the line before has, or that are constants above 1
    "app/parts/live_elsewhere.py", "serve/live.py", "attacker/game.py", "attacker/scenario_file.py", "world/outgoing.py",
    "serve/worlds.py", "views/weak_points.py", "language/errors.py",
}  # fmt: skip


@pytest.mark.parametrize(("n", "said"), [(0, "0 states"), (1, "1 state"), (2, "2 states"), (1024, "1,024 states")])
def test_one_of_a_kind_is_singular(n: int, said: str) -> None:
    assert plural(n, "state") == said


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [plural(n, "switch", "switches") for n in (1, 2)] == ["1 switch", "2 switches"]


def test_numbers_are_written_by_the_helper() -> None:
    base = Path(sandbox.__file__).parent
    wrong = [
        f"{file.relative_to(base)}:{number}: {line.strip()}"
        for file in FILES
        if str(file.relative_to(base)) not in LIMITS
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if COUNTED.search(line) and not any(guard in line for guard in GUARDS)
    ]
    assert not wrong, "write `plural(n, noun)` of core/text.py, which knows that there may be one:\n" + "\n".join(wrong)
