"""The directory of users: who may log in, and what the operator can change."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, json_request
from sandbox.world.parties.people import people

ALICE = "https://auth.connectsphere.example/admin/users/alice"


def asked(wanted: object, peer: str = "admin", method: str = "PATCH", url: str = ALICE) -> Request:
    sent = json_request(method, url, wanted)
    return Request(sent.method, sent.url, sent.headers, sent.body, peer)


@pytest.mark.parametrize(
    ("name", "password", "who"), [("alice", "wonderland", "alice"), ("alice", "", None), ("", "", None), (None, None, None)]
)
def test_name_and_password_must_fit(name: str | None, password: str | None, who: str | None) -> None:
    user = people().login(name, password)
    assert (user and user.name) == who


def test_the_operator_changes_roles_rights_and_disables() -> None:
    directory = people()
    wanted = {"roles": ["admin"], "groups": 2, "permissions": 1, "disabled": True}
    user, answer = directory.change(asked(wanted))
    assert (answer.status, user) == (204, directory.users["alice"])
    assert user is not None
    assert (user.roles, user.groups, user.permissions, user.disabled) == (
        ["admin"],
        ["group-000", "group-001"],
        ["permission-000.use"],
        True,
    )


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (asked({}, peer="mallory"), 403),
        (asked({}, method="POST"), 403),
        (asked({}, url=f"{ALICE}x"), 404),
        (asked([]), 404),
        (asked({"roles": "admin"}), 400),
        (asked({"disabled": "yes"}), 400),
        (asked({"groups": 1001}), 400),
        (asked({"permissions": True}), 400),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(request_: Request, status: int) -> None:
    directory = people()
    user, answer = directory.change(request_)
    assert (user, answer.status) == (None, status)
    assert directory == people()


def test_a_token_tells_about_a_person_only_what_the_scope_names() -> None:
    alice = people().users["alice"]
    assert set(alice.claims()) == {"profile", "email", "address", "phone"}
    assert (alice.value("email"), alice.value("name"), alice.value("shoes")) == ("alice@connectsphere.example", "Alice Adler", None)
