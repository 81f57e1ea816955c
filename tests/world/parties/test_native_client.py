"""An app on a device: its own links, and a session for each device."""

from __future__ import annotations

from sandbox.core.wire import Request
from tests.support.worlds import asked, call, sign_in, world

HOME = "com.connectsphere.app:"


def test_a_device_keeps_its_session_and_another_has_none() -> None:
    w = world()
    session = sign_in(w, "mobile", "phone")
    client = w.clients["mobile"]
    assert client.session_in(w.browsers["phone"]) is session
    assert client.session_in(w.browsers["laptop"]) is None
    assert call(w, "mobile", "phone").status == 200


def test_a_link_without_a_code_and_one_that_the_app_does_not_have() -> None:
    client = world().clients["mobile"]
    assert client.handle(Request("GET", f"{HOME}/cb", peer="phone")).status == 400
    assert client.handle(Request("GET", f"{HOME}/nothing", peer="phone")).status == 404


def test_signing_out_gives_the_refresh_token_back_and_forgets_the_device() -> None:
    w = world()
    sign_in(w, "mobile", "phone")
    w.browsers["phone"].begin()
    w.browsers["phone"].post(w.clients["mobile"].logout_url)
    assert asked(w, "auth")[-1].path == "/revoke"
    assert w.clients["mobile"].sessions == {}
