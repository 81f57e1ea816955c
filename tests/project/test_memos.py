"""Nothing is remembered beside `core/memo.py`: every cache is in its register, has a limit, and is emptied and passed by through it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from sandbox.core import memo
from tests.support.paths import PACKAGE

OWNER = PACKAGE / "core" / "memo.py"
FORBIDDEN = {"lru_cache", "cache", "cache_data", "cache_resource", "__wrapped__", "cache_clear", "cache_info"}
GROW = {"dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter", "WeakKeyDictionary", "WeakValueDictionary"}


def foreign(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Uses of other caches: from functools or Streamlit, or through a memo's back door."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "functools":
            yield from ((node.lineno, a.name) for a in node.names if a.name in FORBIDDEN)
        elif isinstance(node, ast.Attribute) and (node.attr in FORBIDDEN - {"cache"} or ast.unparse(node) == "functools.cache"):
            yield node.lineno, node.attr


def growing(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Collections that begin empty at the top of a module: whoever fills them later keeps something without a limit."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        empty = isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]")
        name = ast.unparse(value.func).split("[")[0].split(".")[-1] if isinstance(value, ast.Call) else ""
        made = isinstance(value, ast.Call) and name in GROW and (not value.args or name == "defaultdict")
        if value is not None and (empty or made):
            yield node.lineno, ast.unparse(node)


def test_there_is_no_other_cache() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {what}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != OWNER
        for look in (foreign, growing)
        for line, what in look(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "keep results with @memo of core/memo.py, and measure first whether they are worth it"


def test_these_rules_find_what_they_forbid() -> None:
    tree = ast.parse("from functools import lru_cache\nf.cache_clear()\nf.__wrapped__(1)\n@functools.cache\ndef g(): ...\nst.cache_data(f)")
    assert [what for _, what in sorted(foreign(tree))] == ["lru_cache", "cache_clear", "__wrapped__", "cache", "cache_data"]
    assert len(list(growing(ast.parse("A = {}\nB: list[int] = []\nC = defaultdict(list)\nD = dict[str, int]()\nE = (1,)")))) == 4
    assert len(list(growing(ast.parse("from x import y\nA = {1: 2}\n\ndef f():\n    b = {}")))) == 0


def test_every_memo_is_bounded() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "@memo(" in path.read_text(encoding="utf-8"):
            importlib.import_module(".".join(("sandbox", *path.relative_to(PACKAGE).with_suffix("").parts)))
    register = {name: one for name, one in memo.register().items() if name.startswith("sandbox.")}
    decorated = sum(path.read_text(encoding="utf-8").count("\n@memo(") for path in PACKAGE.rglob("*.py"))
    assert len(register) == decorated
    assert {name: one.limit for name, one in register.items() if not 0 < one.limit <= 20_000} == {}
