"""The Monday checklist in words: an open item says which part of it is missing."""

from __future__ import annotations

import pytest

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import monday, questions
from sandbox.studies.questions import System
from sandbox.views.audit import checklist


@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-basic", "oauth-bcp"])
def test_every_open_item_says_what_is_missing_and_no_other_does(profile: str) -> None:
    for tick in monday.monday(System(Settings.of(profile)), ()):
        said = checklist.lacks(tick)
        assert said.startswith("Missing: ") == (tick.state == "open")
        assert all(switch in said for switch, _ in tick.lacking)


def test_who_has_half_of_an_item_is_told_which_half() -> None:
    """Each item in turn with one of its switches done: the others are missing, and that one is there."""
    for item in (i for i in questions.shipped().monday if len(i.switches) > 1):
        weak = {name: SWITCHES[name].values[0] for name in item.switches}
        for name, value in item.switches.items():
            ticks = monday.monday(System(Settings.of("oauth-basic", weak | {name: value})), ())
            tick = next(t for t in ticks if t.item == item.id)
            assert (name, value) in tick.there
            assert name not in dict(tick.lacking)
            assert f"There already: {name}={value}" in checklist.lacks(tick)


def test_a_server_that_takes_passwords_is_not_said_to_be_no_server() -> None:
    tick = next(t for t in monday.monday(System(Settings.of("oauth-basic")), ()) if t.item == "server")
    assert checklist.lacks(tick).startswith("Missing: as.no_ropc=on (refuses the password grant")
    jwt = next(t for t in monday.monday(System(Settings.of("naive-jwt")), ()) if t.item == "server")
    assert checklist.lacks(jwt) == "Missing: an authorization server; this is another design."
