"""What devices do, and people for them."""

from __future__ import annotations

import pytest

from sandbox.verbs.devices import Poll, ShowCode, TypeCode, poll, show_code, type_code
from sandbox.verbs.verb import Missing
from tests.support.worlds import world


def test_without_a_server_that_knows_devices_a_step_is_left_out() -> None:
    w = world()
    with pytest.raises(Missing, match="knows devices"):
        show_code(w, "tv", ShowCode())
    with pytest.raises(Missing, match="device code"):
        poll(w, "tv", Poll())


def test_a_code_is_typed_where_a_page_asks_for_it() -> None:
    with pytest.raises(Missing, match="asks for a code"):
        type_code(world(), "phone", TypeCode(code="WDJB-MJHT"))
