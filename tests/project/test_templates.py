"""HTML stands in templates: there it is escaped by default, and a browser's parser agrees with ours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import PACKAGE

MADE_OF_TEMPLATES = ("views", "workshop", "serve")
TEMPLATES = PACKAGE / "views" / "html" / "templates"
TAG = re.compile(r"(?<!\?P)</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>")  # not the name of a group in a pattern
NOT_HTML = {
    "views/html/frame.py": "the filter `prose`, which marks code",
    "serve/reader.py": "names the element that it does not know",
}


def tags(path: Path) -> Iterator[int]:
    """The lines of a module where a text that is no docstring has a tag in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in docs:
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x" for part in parts)
            if TAG.search(text):
                yield node.lineno


@pytest.mark.slow
def test_no_html_is_written_outside_of_templates() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for package in MADE_OF_TEMPLATES
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if not path.relative_to(PACKAGE).as_posix().startswith(tuple(NOT_HTML))
        for line in tags(path)
    ]
    assert not found, f"put this HTML into a template in {TEMPLATES.relative_to(PACKAGE.parent)}/: {', '.join(found)}"


def test_no_exception_outlives_its_reason() -> None:
    for name in NOT_HTML:
        paths = [PACKAGE / name] if name.endswith(".py") else sorted((PACKAGE / name).rglob("*.py"))
        assert any(list(tags(path)) for path in paths), f"{name} has no HTML any more: take it from NOT_HTML"


def test_no_template_turns_the_escaping_off() -> None:
    for path in sorted(TEMPLATES.iterdir()):
        text = path.read_text(encoding="utf-8")
        assert path.name.endswith(".html.j2"), f"{path.name}: templates end in .html.j2"
        assert not re.search(r"\|\s*safe\b|autoescape", text), f"{path.name}: nothing is safe but what frame.py has made"
        if not text.startswith("{% extends") and "{% macro" not in text and path.name != "base.html.j2":
            assert '{% extends "base.html.j2" %}' in text, f"{path.name}: a document stands in the frame, base.html.j2"
