"""The live worlds of this process, which the page Live and the server beside the app share."""

from __future__ import annotations

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.serve.worlds import Worlds

WORLDS = Worlds(WallClock(), SystemEntropy())
