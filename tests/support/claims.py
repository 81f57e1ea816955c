"""The claims of scenarios, for tests of what prints them."""

from __future__ import annotations

import pytest

from sandbox.language.document import Scenario
from sandbox.studies import claims


def checked_for_real(monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """Only of these scenarios the claims are checked; that all of all files are true is shown once, by tests/engine/test_run.py."""
    real = claims.check

    def check(scenario: Scenario) -> list[claims.Claim]:
        return real(scenario) if scenario.id in ids else []

    monkeypatch.setattr(claims, "check", check)
