"""Logins that failed: the causes of invalid_grant that can be computed."""

import pytest

from tests.support.reality import authorize, callback, ids, looked, redeem

REFUSED = {"status": 400, "answer": {"error": "invalid_grant"}}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"code_verifier": "another-verifier-of-at-least-forty-three-characters-1"}, "verifier_mismatch"),
        ({"code_verifier": ""}, "verifier_missing"),
        ({"redirect_uri": "https://app.example/other"}, "redirect_differs"),
        ({"client_id": "other"}, "client_differs"),
        ({"at": 120}, "code_late"),
    ],
)
def test_each_cause(change, wanted):
    found = ids(looked(authorize(), callback(), redeem(**(REFUSED | change))))
    assert {"token_refused", "no_token", wanted} <= found
    causes = {"verifier_mismatch", "verifier_missing", "redirect_differs", "client_differs", "code_late", "code_used_twice"}
    assert found & causes == {wanted}


def test_a_code_that_was_used_before():
    found = ids(looked(authorize(), callback(), redeem(), redeem(3, **REFUSED)))
    assert {"code_used_twice", "code_once"} <= found


def test_a_refresh_token_that_had_been_replaced():
    form = {"grant_type": "refresh_token", "code": "", "refresh_token": "old-Refresh-Token-1", "redirect_uri": "", "code_verifier": ""}
    fresh = {"access_token": "2YotnFZFEjr1zCsicMWpAA", "refresh_token": "new-Refresh-Token-2"}
    assert "refresh_replaced" in ids(looked(redeem(0, answer=fresh, **form), redeem(1, **REFUSED, **form)))


def test_a_login_that_goes_well_has_no_cause():
    assert not ids(looked(authorize(), callback(), redeem())) & {"token_refused", "verifier_mismatch", "verifier_missing", "code_late"}


def test_an_error_of_the_authorization_server():
    start = authorize()
    start["response"]["headers"] = []
    assert "login_refused" in ids(looked(start, callback(code="", error="access_denied")))
