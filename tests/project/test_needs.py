"""No test is skipped in silence: a machine that promises a program gets a failure, and only one place may skip."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.needs import NEEDS, PROMISED, need
from tests.support.paths import ROOT

SKIPS = {"skip", "skipif", "importorskip", "skipTest", "skipUnless", "skipIf"}


def skips(source: str) -> Iterator[int]:
    """The lines that skip a test: a call, or a mark.  `pytest.skip.Exception` is none, nor is `checks.skip` of a Checklist."""
    nodes = list(ast.walk(ast.parse(source)))
    harmless = [node.value for node in nodes if isinstance(node, ast.Attribute) and node.attr == "Exception"]
    harmless += [n for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "checks"]
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and node not in harmless:
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module in ("pytest", "unittest"):
            yield from (node.lineno for alias in node.names if alias.name in SKIPS)


@pytest.mark.slow
def test_only_need_skips() -> None:
    home = ROOT / "tests" / "support" / "needs.py"
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != home
        for line in skips(path.read_text(encoding="utf-8"))
    ]
    assert not found, "call need(...) of tests/support/needs.py, so that a skip is a failure where the program is promised:\n" + "\n".join(
        found
    )


@pytest.mark.parametrize(
    "source",
    ["pytest.skip('x')", "@pytest.mark.skipif(True, reason='')\ndef f(): ...", "x = pytest.importorskip('y')", "from pytest import skip"],
)
def test_the_search_finds(source: str) -> None:
    assert list(skips(source)) == [1]


def test_what_is_here_is_no_reason() -> None:
    name = next(name for name, each in NEEDS.items() if each.here())
    need(name)


@pytest.mark.parametrize("name", NEEDS)
def test_what_is_lacking_skips_with_its_cure(name: str, lacking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROMISED, "")
    with pytest.raises(pytest.skip.Exception, match=re.escape(f"needs {name}: {NEEDS[name].cure}")):
        need(name)


@pytest.mark.parametrize("name", NEEDS)
def test_what_is_promised_and_lacking_fails(name: str, lacking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROMISED, f"something {name}")
    with pytest.raises(pytest.fail.Exception, match=f"needs {name}: .*promises"):
        need(name)


def test_a_reason_of_the_caller_counts_although_the_program_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROMISED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs node: npm install failed"):
        need("node", "npm install failed")


def test_the_build_server_promises_all_of_them() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    promised = re.findall(rf'^export {PROMISED}="([a-z ]+)"', script, re.MULTILINE)
    assert [sorted(each.split()) for each in promised] == [sorted(NEEDS)]


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with no programs and no fonts."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("tests.support.needs.FONTS", tmp_path)
    monkeypatch.setattr("tests.support.needs.SYSTEM", str(tmp_path))
