"""The tokens of a recording."""

from tests.support.reality import authorize, call, callback, entry, ids, jwt, looked, of, redeem

GOOD = {"iss": "https://login.example", "aud": "https://api.example", "sub": "x", "client_id": "a", "scope": "read", "iat": 0, "exp": 300}
BAD = {"sub": "x", "iat": 0, "exp": 300}


def login(claims, *more, **header):
    token = jwt(claims, **header)
    return looked(authorize(), callback(), redeem(answer={"access_token": token}), *[x(token) for x in more])


def test_what_an_api_accepts_it_cannot_have_checked():
    found = ids(login(BAD, call))
    assert {"accepted_without_iss", "accepted_without_aud", "accepted_without_typ", "accepted_without_scope"} <= found
    assert not ids(login(GOOD, call, typ="at+jwt")) & {
        "accepted_without_iss",
        "accepted_without_aud",
        "accepted_without_typ",
        "accepted_without_scope",
    }
    assert "accepted_without_aud" not in ids(login(BAD, lambda t: call(t, status=401)))


def test_one_token_at_several_hosts():
    other = lambda t: call(t, 4, "https://reports.example/x")  # noqa: E731
    found = login(GOOD, call, other)
    assert {"same_token_two_hosts", "several_apis"} <= ids(found)
    info = lambda t: entry("GET", "https://login.example/userinfo", at=4, headers={"authorization": f"Bearer {t}"}, body={})  # noqa: E731
    assert "token_sent_to_app_backend" in ids(login(GOOD, call, info))


def test_an_id_token_at_an_api():
    identity = jwt({"iss": "i", "aud": "app", "nonce": "n", "iat": 0, "exp": 60, "sub": "x"})
    found = looked(authorize(), callback(), redeem(answer={"access_token": "2YotnFZFEjr1zCsicMWpAA", "id_token": identity}), call(identity))
    assert "id_token_at_api" not in ids(found) or of(found, "id_token_at_api")
    assert "id_token_at_api" in ids(looked(authorize(), callback(), call(identity)))


def test_a_nonce_of_another_login():
    identity = jwt({"iss": "i", "aud": "app", "nonce": "Another-Nonce-0f-20-Chars"})
    assert "nonce_differs" in ids(
        looked(authorize(), callback(), redeem(answer={"id_token": identity, "access_token": "2YotnFZFEjr1zCsicMWpAA"}))
    )


def test_a_client_that_redeems_out_of_sight():
    cookie = entry("GET", "https://app.example/", at=5, back={"set-cookie": "sid=abcDEF123; HttpOnly"})
    assert "no_token_in_browser" in ids(looked(authorize(), callback(), cookie))
    assert "no_token_in_browser" not in ids(looked(authorize(), callback(), redeem()))
