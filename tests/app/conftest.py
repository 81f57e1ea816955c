"""What several tests of pages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.app.live_worlds import WORLDS


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live worlds can be reached, and none is left afterwards."""
    monkeypatch.setattr(WORLDS, "mounted", True)
    yield
    for key in list(WORLDS._live):
        WORLDS.close(key)
