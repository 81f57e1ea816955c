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


REMOVED = """in budget.sign_in {browser: laptop, scope: read, api: accounts}
too app.sign_in {browser: phone, scope: read}
it admin.remove_client {client: budget}
old budget.call_api {browser: laptop, api: accounts, path: /accounts}
new budget.refresh {browser: laptop}
other app.call_api {browser: phone, api: accounts, path: /accounts}"""


def test_a_client_that_is_removed_ends_with_all_that_it_was_granted() -> None:
    record = told(REMOVED, as_revocation="on", rs_introspect="live")
    assert [(r.method, r.path) for r in sent(record, "it", "auth")] == [("DELETE", "/admin/clients/budget")]
    assert [status(record, step)[0] for step in ("it", "old", "new", "other")] == [204, 401, 401, 200]


def test_without_revocation_only_the_client_goes_and_its_tokens_live_on() -> None:
    record = told(REMOVED, as_revocation="off")
    assert [status(record, step)[0] for step in ("it", "old", "new")] == [204, 200, 401]


def test_what_is_no_client_cannot_be_removed() -> None:
    record = told(
        "it admin.remove_client {client: importer}\ntoo admin.remove_client {client: budget}\nit2 admin.remove_client {client: budget}"
    )
    assert [status(record, step)[0] for step in ("it", "too", "it2")] == [404, 204, 404]
    assert status(told("it admin.remove_client {client: budget}", "naive-jwt"), "it")[0] == 404


def test_nobody_else_removes_clients() -> None:
    record = told("it mallory.send {method: DELETE, url: 'https://auth.connectsphere.example/admin/clients/budget'}")
    assert status(record, "it")[0] == 403
