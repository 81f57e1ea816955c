"""What the APIs hold: whose it is, what an operation needs, and what it does."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, json_request
from sandbox.world.parties.records import ROUTES, Records

API = "https://api.example"


def transactions() -> Records:
    return Records("transaction", {"alice:transaction-7": "alice", "mallory:transaction-8": "mallory"})


def done(records: Records, method: str, path: str, user: str = "alice", body: object = None) -> Response:
    request = Request(method, API + path) if body is None else json_request(method, API + path, body)
    route = records.route(method, path)
    assert route is not None
    return records.act(route, request, user)


def test_everybody_sees_what_is_his_own() -> None:
    assert done(transactions(), "GET", "/transactions").json == {"owner": "alice", "transactions": ["alice:transaction-7"]}
    assert done(transactions(), "GET", "/transactions", "nobody").json == {"owner": "nobody", "transactions": []}


def test_one_object_is_read_and_deleted_by_its_owner() -> None:
    held = transactions()
    assert done(held, "GET", "/transactions/7").json == {"transaction": "alice:transaction-7"}
    assert done(held, "GET", "/transactions/8").status == 404
    assert done(held, "DELETE", "/transactions/7").json == {"deleted": "alice:transaction-7"}
    assert done(held, "DELETE", "/transactions/7").status == 404
    assert held.state() == {"transactions": "mallory:transaction-8"}


def test_who_may_act_for_others_names_them_in_the_address() -> None:
    held = transactions()
    route = held.route("DELETE", "/users/mallory/transactions/8")
    assert route is not None
    assert route.role == "admin"
    assert done(held, "DELETE", "/users/mallory/transactions/8", "admin").json == {"deleted": "mallory:transaction-8"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/transactions/x"), ("PUT", "/transactions/7"), ("GET", "/"), ("GET", "/accounts")])
def test_an_address_without_an_operation_has_no_route(method: str, path: str) -> None:
    assert transactions().route(method, path) is None


def test_what_is_uploaded_belongs_to_whoever_uploads_it_and_there_is_an_end() -> None:
    held = Records("account", {})
    assert done(held, "POST", "/accounts/imports", body={"statement": "s"}).json == {"owner": "alice", "imported": "s"}
    assert done(held, "GET", "/accounts/imports").json["imports"] == ["s"]
    assert done(held, "GET", "/accounts/imports", "mallory").json["imports"] == []
    held.imports["alice"] = ["s"] * 1000
    assert done(held, "POST", "/accounts/imports", body={"statement": "s"}).status == 409


def test_a_service_tells_a_user_something() -> None:
    held = Records("notification", {})
    assert done(held, "POST", "/notifications", "transactions", {"user": "alice"}).json == {"sent": "alice:notification-1"}
    assert done(held, "GET", "/notifications").json["notifications"] == ["alice:notification-1"]


def test_every_operation_names_a_scope() -> None:
    assert all(route.scope for routes in ROUTES.values() for route in routes)
