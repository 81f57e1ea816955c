"""What the operator says is what the server is asked to change; what is not said stays."""

from __future__ import annotations

from tests.support.short_stories import sent, told


def test_only_what_is_said_is_changed() -> None:
    record = told("it admin.set_user {user: alice, roles: [], disabled: false}")
    (request,) = sent(record, "it", "auth")
    assert (request.method, request.path) == ("PATCH", "/admin/users/alice")
    assert request.json == {"roles": [], "disabled": False}


def test_time_passes() -> None:
    record = told("it clock.wait {seconds: 90}\nlook laptop.visit {url: 'https://evil.example/'}")
    assert record.events[-1].time - record.events[0].time == 90
