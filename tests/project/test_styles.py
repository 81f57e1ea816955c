"""What our style sheets may not say, because a browser would drop it without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.paths import PACKAGE

SHEETS = sorted(PACKAGE.rglob("*.css"))
SHORT = re.compile(r"text-decoration:\s*([^;}]+)")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_line_below_text_is_written_in_longhand(sheet: Path) -> None:
    short = [value.strip() for value in SHORT.findall(sheet.read_text(encoding="utf-8"))]
    wrong = [value for value in short if len(value.split()) > 1]
    assert not wrong, (
        f"{sheet.name} says text-decoration: {wrong[0]}. WebKit drops the short form when it names more than the line, and what can be"
        " clicked or is wrong is no longer marked: write text-decoration-line, -style and -color"
    )
