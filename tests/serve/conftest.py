"""Live worlds, as several tests of this folder use them."""

from __future__ import annotations

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.serve.live import Live
from sandbox.serve.worlds import Worlds
from tests.support.live_worlds import BCP, ORIGIN


@pytest.fixture
def worlds() -> Worlds:
    return Worlds(WallClock(), SystemEntropy())


@pytest.fixture
def live(worlds: Worlds) -> Live:
    return worlds.open(ORIGIN, BCP)
