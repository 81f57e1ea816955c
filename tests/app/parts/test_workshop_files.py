"""The files of a visitor's session: what is kept of what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.app.parts import workshop_files
from sandbox.app.parts.editor import Typed
from sandbox.workshop import archive


@pytest.mark.parametrize(
    ("there", "told", "kept"),
    [
        ({"a.yaml": "old"}, Typed("a.yaml", "new", 3, 1), {"a.yaml": "new"}),
        ({"a.yaml": "old"}, Typed("b.yaml", "gone since", 2, 1), {"a.yaml": "old"}),
        ({}, Typed("b.yaml", "the session began anew", 9, 1), {"b.yaml": "the session began anew"}),
        ({}, Typed("", "no name", 3, 1), {workshop_files.NAME: "no name"}),
        ({}, Typed("x" * 999, "", 3, 1), {"x" * archive.MAX_NAME: ""}),
        ({str(n): "" for n in range(archive.MAX_FILES)}, Typed("one more", "", 9, 1), {str(n): "" for n in range(archive.MAX_FILES)}),
    ],
)
def test_what_is_kept_of_it(monkeypatch: pytest.MonkeyPatch, there: dict[str, str], told: Typed, kept: dict[str, str]) -> None:
    class State(dict[str, Any]):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    monkeypatch.setattr(workshop_files.st, "session_state", State(workshop_files=dict(there), workshop_edition=3))
    workshop_files.typed(told)
    assert (workshop_files.files(), workshop_files.edition()) == (kept, 3)
