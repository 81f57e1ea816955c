"""A pytest plugin that puts the clock a year ahead, and more with each reading: `-p tests.tools.shifted_clock`, for the test of collection."""

from __future__ import annotations

import itertools
import time

AHEAD, STEP = 365 * 86_400, 3  # seconds; a zip tells times apart by two

_read, _local, _count = time.time, time.localtime, itertools.count(1)

time.time = lambda: _read() + AHEAD + STEP * next(_count)
time.localtime = lambda seconds=None: _local(time.time() if seconds is None else seconds)  # type: ignore[misc, assignment]
