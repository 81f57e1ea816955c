"""Virtual time, and real time where parties are served."""

from __future__ import annotations

import pytest

from tests.support.worlds import world


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="backwards"):
        world().net.clock.advance(-1)
