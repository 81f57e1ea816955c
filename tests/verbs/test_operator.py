"""What the operator says is what the server is asked to change; what is not said stays."""

from __future__ import annotations

from sandbox.protocol.tokens import decode
from tests.support.short_stories import sent, status, told


def test_only_what_is_said_is_changed() -> None:
    record = told("it admin.set_user {user: alice, roles: [], disabled: false}")
    (request,) = sent(record, "it", "auth")
    assert (request.method, request.path) == ("PATCH", "/admin/users/alice")
    assert request.json == {"roles": [], "disabled": False}


def test_time_passes() -> None:
    record = told("it clock.wait {seconds: 90}\nlook laptop.visit {url: 'https://evil.example/'}")
    assert record.events[-1].time - record.events[0].time == 90


def test_another_key_signs_from_now_on() -> None:
    steps = "in app.sign_in {browser: laptop}\nit admin.rotate_key\nnew app.refresh {browser: laptop}\n"
    steps += "use app.call_api {browser: laptop, api: accounts, path: /accounts}"
    record = told(steps)
    assert [(r.method, r.path) for r in sent(record, "it", "auth")] == [("POST", "/admin/keys")]
    assert [status(record, step)[0] for step in ("it", "new", "use")] == [204, 200, 200]
    kids = {decode(record.outputs[step]["access_token"]).header["kid"] for step in ("in", "new")}
    assert len(kids) == 2
    assert [r.path for r in sent(record, "use", "auth")] == ["/jwks"], "accounts has not seen this key id before"
