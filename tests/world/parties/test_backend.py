"""The backend of the JWT designs: a login that hands out tokens."""

from __future__ import annotations

from sandbox.core.wire import Request, json_request
from sandbox.protocol.tokens import decode
from tests.support.worlds import call, failures, sign_in, world


def test_the_backend_hands_out_a_plausible_jwt():
    w = world("naive-jwt")
    claims = decode(sign_in(w).access_token()).claims
    assert claims["sub"] == "alice"
    assert claims["role"] == "user"
    assert claims["permissions"]
    assert claims["exp"] - claims["iat"] == 86400


def test_jwt_done_properly_has_key_audience_type_and_a_list():
    w = world("jwt-done-properly")
    token = decode(sign_in(w).access_token())
    assert (token.header["alg"], token.header["typ"], token.claims["aud"]) == ("ES256", "at+jwt", w.apis["accounts"].url)
    assert token.claims["exp"] - token.claims["iat"] == 900
    session = w.clients["app"].session_in(w.browsers["laptop"])
    stolen = Request("GET", w.apis["accounts"].url + "/accounts", (("Authorization", f"Bearer {session.access_token()}"),))
    assert w.net.deliver(stolen, "mallory").status == 200
    w.browsers["laptop"].begin()
    w.browsers["laptop"].post(w.clients["app"].logout_url)
    assert w.net.deliver(stolen, "mallory").status == 401
    assert failures(w) == ["accounts.denylist"]


def test_the_backend_refuses_wrong_passwords_and_odd_requests():
    w = world("jwt-done-properly")
    url = "https://connectsphere.example"
    assert w.net.deliver(json_request("POST", f"{url}/login", {"username": "alice", "password": "x"}), "mallory").status == 401
    assert w.net.deliver(json_request("POST", f"{url}/login", []), "mallory").status == 401
    assert (
        w.net.deliver(
            json_request("POST", f"{url}/login", {"username": "alice", "password": "wonderland", "audience": "x"}), "mallory"
        ).error
        == "invalid_target"
    )
    assert w.net.deliver(Request("POST", f"{url}/logout", (("Authorization", "Bearer x"),)), "mallory").status == 400
    assert w.net.deliver(Request("GET", f"{url}/nothing"), "mallory").status == 404


def test_an_app_that_wants_a_second_audience_must_ask_for_the_password_again():
    w = world("jwt-done-properly")
    session = sign_in(w, "app")
    assert w.clients["app"].lacks_token(session, w.apis["transactions"].url)
    sign_in(w, "app", api=w.apis["transactions"].url)
    assert call(w, api="transactions", path="/transactions").status == 200
