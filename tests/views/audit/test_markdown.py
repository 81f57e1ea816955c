"""The report of an audit as Markdown."""

from __future__ import annotations

import pytest

from sandbox.views.audit import words
from sandbox.views.audit.markdown import markdown
from tests.support.studied import ANSWERS, answered

pytestmark = pytest.mark.slow


def test_markdown_has_the_checklist():
    text = markdown(answered(), ANSWERS)
    assert text.startswith(f"# {words.headline(answered())}\n")
    assert text.count("- [x] ") == sum(t.state == "done" for t in answered().monday)
    assert text.count("- [ ] ") == sum(t.state == "open" for t in answered().monday)
