"""The rooms of this process, which the pages and the door beside the app share."""

from __future__ import annotations

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.room.rooms import Rooms

ROOMS = Rooms(WallClock(), SystemEntropy())
