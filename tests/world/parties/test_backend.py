"""The backend of the JWT designs: a login that hands out tokens, and what careful teams add to it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Request, Response, form_request, json_request
from sandbox.protocol.cast import BACKEND
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Issued, of
from sandbox.world.parties.issuer import REFRESH_LIFE
from sandbox.world.world import World
from tests.support.short_stories import answered, failed, sent, status, told
from tests.support.worlds import asked, call, failures, sign_in, world

PROPER = "jwt-done-properly"
ALICE = {"username": "alice", "password": "wonderland"}


def post(w: World, path: str, body: Any = None, token: str = "") -> Response:
    request = Request("POST", BACKEND + path) if body is None else json_request("POST", BACKEND + path, body)
    return w.net.deliver(request.with_header("Authorization", f"Bearer {token}") if token else request, "mallory")


def logged_in(w: World, **more: str) -> dict[str, Any]:
    return post(w, "/login", ALICE | more).json


def renewed(w: World, token: str, **more: str) -> Response:
    return post(w, "/refresh", {"refresh_token": token} | more)


def reads(w: World, token: str, api: str = "accounts") -> int:
    request = Request("GET", f"{w.apis[api].url}/{api}", (("Authorization", f"Bearer {token}"),))
    return w.net.deliver(request, "mallory").status


# ---- tokens


def test_the_backend_hands_out_a_plausible_jwt():
    w = world("naive-jwt")
    claims = decode(sign_in(w).access_token()).claims
    assert claims["sub"] == "alice"
    assert claims["role"] == "user"
    assert claims["permissions"]
    assert claims["exp"] - claims["iat"] == 86400


def test_the_plain_one_remembers_nothing():
    w = world("naive-jwt")
    sign_in(w)
    assert w.issuer.state() == {}
    assert [e.kind for e in of(w.net.trace.events, Issued)] == ["access_token"]
    assert renewed(w, "any").status == 404


def test_jwt_done_properly_has_key_audience_type_and_a_list():
    w = world(PROPER)
    token = decode(sign_in(w).access_token())
    assert (token.header["alg"], token.header["typ"], token.claims["aud"]) == ("ES256", "at+jwt", w.apis["accounts"].url)
    assert token.claims["exp"] - token.claims["iat"] == 900
    assert sorted(token.claims) == ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]


def test_the_backend_refuses_wrong_passwords_and_odd_requests():
    w = world(PROPER)
    assert post(w, "/login", {"username": "alice", "password": "x"}).status == 401
    assert post(w, "/login", []).status == 401
    assert post(w, "/login", ALICE | {"audience": "x"}).error == "invalid_target"
    assert w.net.deliver(Request("GET", f"{BACKEND}/nothing"), "mallory").status == 404
    answer = w.net.deliver(Request("GET", f"{BACKEND}/login"), "mallory")
    assert (answer.status, answer.header("allow")) == (405, "POST")


def test_a_team_with_a_random_secret_signs_with_it_and_publishes_nothing():
    w = world("naive-jwt")
    token = decode(sign_in(w).access_token())
    assert token.header["alg"] == "HS256"
    assert len(w.issuer.key.secret) == 32
    assert w.issuer.key.secret != world("oauth-basic", as_signing="strong-secret").issuer.core.key.secret
    assert w.net.deliver(Request("GET", f"{BACKEND}/jwks"), "mallory").json == {"keys": []}
    assert call(w).status == 200


# ---- refresh tokens


def test_an_app_without_refresh_tokens_asks_for_the_password_again():
    w = world(PROPER, as_refresh_tokens="off")
    session = sign_in(w, "app")
    assert w.clients["app"].lacks_token(session, w.apis["transactions"].url)
    sign_in(w, "app", api=w.apis["transactions"].url)
    assert call(w, api="transactions", path="/transactions").status == 200


def test_a_refresh_token_gets_a_token_for_another_service():
    steps = "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: transactions, path: /transactions}\n"
    record = told(steps, PROPER)
    assert status(record, "use") == (200, None)
    assert [r.path for r in sent(record, "use", "backend") if r.method == "POST"] == ["/refresh"]
    assert "password" not in str(sent(record, "use", "backend"))


@pytest.mark.parametrize(("rotation", "statuses"), [("off", [200, 200]), ("rotate", [401, 200]), ("reuse-detect", [401, 401])])
def test_what_becomes_of_an_old_refresh_token_and_of_its_family(rotation, statuses):
    w = world(PROPER, as_rt_rotation=rotation)
    first = logged_in(w)["refresh_token"]
    newest = renewed(w, first).json.get("refresh_token", first)
    assert [renewed(w, first).status, renewed(w, newest).status] == statuses


def test_reuse_ends_the_access_tokens_that_are_out():
    w = world(PROPER)
    tokens = logged_in(w)
    assert reads(w, tokens["access_token"]) == 200
    renewed(w, tokens["refresh_token"])
    renewed(w, tokens["refresh_token"])
    assert reads(w, tokens["access_token"]) == 401
    assert failures(w) == ["backend.refresh_unused", "accounts.denylist"]


def test_rotation_does_not_move_the_end_of_a_login():
    w = world(PROPER, as_rt_rotation="rotate")
    token = logged_in(w)["refresh_token"]
    w.net.wait(REFRESH_LIFE - 1)
    token = renewed(w, token).json["refresh_token"]
    w.net.wait(1)
    assert (renewed(w, token).error, failures(w)) == ("invalid_grant", ["backend.refresh_fresh"])


def test_a_refresh_looks_at_the_user_again():
    w = world(PROPER, as_session_index="off", as_min_claims="off")
    token = logged_in(w)["refresh_token"]
    w.people.users["alice"].roles = ["admin", "user"]
    answer = renewed(w, token).json
    assert decode(answer["access_token"]).claims["role"] == "admin"
    w.people.users["alice"].disabled = True
    assert (renewed(w, answer["refresh_token"]).status, failures(w)) == (401, ["backend.account_active"])


def test_what_is_refused_costs_no_refresh_token():
    w = world(PROPER)
    token = logged_in(w)["refresh_token"]
    assert renewed(w, token, audience="x").error == "invalid_target"
    assert renewed(w, token).status == 200
    assert (renewed(w, "unknown").status, failures(w)[-1]) == (401, "backend.refresh_token")


def test_who_was_given_a_refresh_token_is_on_record():
    w = world(PROPER)
    session = sign_in(w)
    found = [(e.kind, e.value, e.user, e.client) for e in of(w.net.trace.events, Issued)]
    assert ("refresh_token", session.refresh_token, "alice", "app") in found


# ---- ending them


def test_a_log_out_ends_the_login_and_all_its_tokens():
    w = world(PROPER)
    session = sign_in(w)
    stolen = session.access_token()
    assert reads(w, stolen) == 200
    w.browsers["laptop"].begin()
    w.browsers["laptop"].post(w.clients["app"].logout_url)
    assert (reads(w, stolen), failures(w)) == (401, ["accounts.denylist"])
    assert renewed(w, session.refresh_token).status == 401


@pytest.mark.parametrize("index", ["off", "per-user", "per-device"])
def test_a_refresh_token_is_enough_to_log_out(index):
    """The access token may have expired by then; both that are out die with the login."""
    w = world(PROPER, as_session_index=index)
    first = logged_in(w)
    second = renewed(w, first["refresh_token"], audience=w.apis["transactions"].url).json
    assert post(w, "/logout", {"refresh_token": second["refresh_token"]}).status == 204
    assert [reads(w, first["access_token"]), reads(w, second["access_token"], "transactions")] == [401, 401]


def test_a_log_out_without_a_list_ends_nothing():
    w = world("naive-jwt")
    token = logged_in(w)["access_token"]
    assert (post(w, "/logout", token=token).status, reads(w, token)) == (204, 200)


def test_only_a_genuine_token_logs_anybody_out():
    w = world(PROPER, as_session_index="off")
    header, claims, _ = logged_in(w)["access_token"].split(".")
    for token, check in (("x", "format"), (f"{header}.{claims}.AAAA", "signature")):
        assert post(w, "/logout", token=token).status == 401
        assert failures(w)[-1] == f"backend.{check}"
    assert w.issuer.denylist.revoked.ids == {}
    assert post(w, "/logout").status == 204


TWO = "laptop_in app.sign_in {browser: laptop}\nphone_in mobile.sign_in {browser: phone}\n"
END = "end laptop.disconnect {client: mobile, device: phone}\n"
AFTER = "phone mobile.call_api {browser: phone, api: accounts, path: /accounts}\nlaptop app.call_api {browser: laptop, api: accounts, path: /accounts}\n"
RENEW = "renew mobile.refresh {browser: phone}\n"


@pytest.mark.parametrize(
    ("index", "denylist", "found"),
    [
        ("per-device", "strict", [204, 401, 200, 401]),
        ("per-device", "eventual", [204, 401, 200, 401]),
        ("per-device", "off", [204, 200, 200, 401]),
        ("per-user", "strict", [204, 401, 401, 401]),
        ("off", "strict", [204, 200, 200, 200]),
    ],
)
@pytest.mark.parametrize("bff", ["off", "on"])
def test_the_account_page_ends_what_the_backend_can_tell_apart(index, denylist, found, bff):
    record = told(TWO + END + AFTER + RENEW, PROPER, as_session_index=index, rs_denylist=denylist, client_bff=bff)
    assert [status(record, s)[0] for s in ("end", "phone", "laptop", "renew")] == found


def test_what_a_user_is_issued_after_the_end_is_good():
    record = told(
        TWO + END + "wait clock.wait {seconds: 1}\nin app.sign_in {browser: laptop}\n" + AFTER, PROPER, as_session_index="per-user"
    )
    assert [status(record, s)[0] for s in ("phone", "laptop")] == [401, 200]


def test_the_account_page_is_for_those_who_are_logged_in():
    w = world(PROPER)
    token = logged_in(w, app="app", device="laptop")["access_token"]
    ending = form_request(f"{BACKEND}/account/sessions", {"client": "app"})
    assert w.net.deliver(ending, "mallory").error == "login_required"
    w.net.wait(900)
    assert w.net.deliver(ending.with_header("Authorization", f"Bearer {token}"), "mallory").status == 401
    assert failures(w) == ["backend.token_present", "backend.expiry"]
    assert w.net.deliver(Request("POST", f"{BACKEND}/account/sessions"), "mallory").status == 401
    assert world("naive-jwt").net.deliver(ending, "mallory").status == 404


@pytest.mark.parametrize(("index", "found"), [("off", 200), ("per-user", 401), ("per-device", 401)])
def test_a_disabled_users_tokens_end_where_they_can_be_found(index, found):
    w = world(PROPER, as_session_index=index)
    token = logged_in(w)["access_token"]
    w.net.deliver(json_request("PATCH", f"{BACKEND}/admin/users/alice", {"disabled": True}), "admin", "internal")
    assert reads(w, token) == found


def test_an_app_says_who_it_is_only_where_that_is_asked():
    for profile, named in ((PROPER, {"app": "app", "device": "laptop"}), ("naive-jwt", {})):
        w = world(profile)
        sign_in(w)
        login = next(r for r in asked(w, "backend") if r.path == "/login" and r.method == "POST")
        assert {k: v for k, v in login.json.items() if k in ("app", "device")} == named


def test_what_an_app_says_of_itself_is_bounded_and_shown():
    w = world(PROPER)
    logged_in(w, app="x" * 1000, device="laptop")
    (said,) = [v for k, v in w.issuer.state().items() if k.startswith("login ")]
    assert said == f"alice in {'x' * 80} on laptop"


# ---- keys


ROTATE = "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: accounts, path: /accounts}\nturn admin.rotate_key\n"
ON = "old app.call_api {browser: laptop, api: accounts, path: /accounts}\nnew app.refresh {browser: laptop}\nwith_new app.call_api {browser: laptop, api: accounts, path: /accounts}\n"


@pytest.mark.parametrize("signing", ["es256", "eddsa", "rs256"])
def test_services_know_the_next_key_before_it_is_used(signing):
    record = told(ROTATE + ON, PROPER, as_signing=signing)
    assert [status(record, s)[0] for s in ("turn", "old", "new", "with_new")] == [204, 200, 200, 200]
    kids = [decode(record.outputs[s]["access_token"]).header["kid"] for s in ("in", "new")]
    assert len(set(kids)) == 2
    (keys,) = (a.json["keys"] for a in answered(record, "use", "backend") if "keys" in a.json)
    assert [k["kid"] for k in keys] == kids
    assert not [r for r in sent(record, "with_new", "backend") if r.path == "/jwks"]


def test_a_service_that_has_not_seen_the_new_key_asks_again():
    w = world(PROPER)
    sign_in(w)
    for _ in range(2):  # both keys were announced in the key set that accounts has read
        w.net.deliver(Request("POST", f"{BACKEND}/admin/keys"), "admin", "internal")
        assert reads(w, logged_in(w)["access_token"]) == 200
    w.net.deliver(Request("POST", f"{BACKEND}/admin/keys"), "admin", "internal")
    before = len(asked(w, "backend"))
    assert reads(w, logged_in(w)["access_token"]) == 200
    assert [r.path for r in asked(w, "backend")[before:]] == ["/login", "/jwks", "/denylist"]


def test_an_old_key_leaves_the_set_with_the_last_of_its_tokens():
    w = world(PROPER)
    token = logged_in(w)["access_token"]
    w.net.deliver(Request("POST", f"{BACKEND}/admin/keys"), "admin", "internal")

    def published() -> list[str]:
        return [k["kid"] for k in w.net.deliver(Request("GET", f"{BACKEND}/jwks"), "mallory").json["keys"]]

    old = decode(token).header["kid"]
    w.net.wait(899)
    assert old in published()
    assert reads(w, token) == 200
    w.net.wait(1)
    assert old not in published()
    assert len(published()) == 2


def test_a_shared_secret_is_not_rotated_and_nobody_else_rotates_anything():
    assert status(told("turn admin.rotate_key", "naive-jwt"), "turn") == (404, "not_found")
    w = world(PROPER)
    key = w.issuer.key
    assert post(w, "/admin/keys").status == 403
    assert w.issuer.key is key


def test_what_a_page_asks_for_goes_by_its_backend():
    """The account page of an app with a backend is the app's own; the browser never sees the token."""
    record = told(TWO + END, PROPER, client_bff="on")
    (request,) = sent(record, "end", "app")
    assert (request.path, request.header("authorization")) == ("/api/backend/account/sessions", None)
    assert failed(record, "end") == []
