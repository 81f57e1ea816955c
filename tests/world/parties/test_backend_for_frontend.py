"""A backend for the browser app: it keeps the tokens, and the browser holds a cookie."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, first
from sandbox.engine.knowledge import Knowledge
from sandbox.verbs.redeeming import Redeem, redeem
from sandbox.world.world import World
from tests.support.worlds import asked, failures, sign_in, steal, world

APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


def through_backend(w: World, path: str = "/api/accounts/accounts", **headers: str) -> Response:
    return w.browsers["laptop"].send(Request("GET", APP + path, tuple(headers.items()) or (("X-CSRF", "1"),)), f"{APP}/")


@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp"])
def test_with_a_backend_no_token_ever_reaches_the_browser(profile):
    w = world(profile, client_bff="on")
    session = sign_in(w)
    client, laptop = w.clients["app"], w.browsers["laptop"]
    answer = client.fetch(laptop, session, Request("GET", "https://accounts.connectsphere.example/accounts"), client.registration.resource)
    assert (answer.status, answer.json["accounts"]) == (200, ["alice:account-1"])
    assert not any(steal(w).values())
    known = Knowledge().read(w.net.trace.events)
    assert not known.knows("laptop", session.access_token())
    assert not session.refresh_token or not known.knows("laptop", session.refresh_token)


def test_the_cookie_of_the_backend_is_for_it_alone():
    w = world("oauth-basic", client_bff="on")
    sign_in(w)
    cookie = w.browsers["laptop"].jar.of("https://app.connectsphere.example/")["__Host-session"]
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")


def test_the_api_is_told_nothing_of_the_cookie():
    w = world("oauth-basic", client_bff="on")
    sign_in(w)
    assert through_backend(w).ok
    names = {name for name, _ in asked(w, "accounts")[-1].headers}
    assert not names & {"Cookie", "X-CSRF", "Origin", "Referer", "User-Agent"}


@pytest.mark.parametrize(
    ("path", "headers", "status", "check"),
    [
        ("/api/accounts/accounts", {"Accept": "text/html"}, 403, "own_page"),
        ("/api/evil.example/accounts", {}, 404, "proxy_target"),
        ("/api/auth/userinfo", {}, 404, "proxy_target"),
    ],
)
def test_the_backend_passes_on_only_what_its_own_page_asks_of_its_own_apis(path, headers, status, check):
    w = world("oauth-basic", client_bff="on")
    sign_in(w)
    assert through_backend(w, path, **headers).status == status
    assert failures(w) == [f"app.{check}"]


def test_the_backend_asks_for_a_session():
    w = world("oauth-basic", client_bff="on")
    assert through_backend(w).status == 401
    assert failures(w) == ["app.session_cookie"]


def test_the_backend_gets_a_token_for_another_api_by_itself():
    w = world("oauth-bcp", client_bff="on")
    sign_in(w)
    assert through_backend(w, "/api/transactions/transactions").json["transactions"] == ["alice:transaction-7"]
    assert failures(w) == []


def test_an_app_with_a_backend_has_a_secret_at_the_server():
    w = world("oauth-basic", client_bff="on")
    sign_in(w, hold="app")
    code = first(Request("GET", w.browsers["laptop"].held.request.url).query, "code")
    out = redeem(w, "mallory", Redeem.model_validate({"client": "app", "code": code}))
    assert out["access_token"] is None
    assert failures(w) == ["auth.client"]


@pytest.mark.parametrize(("profile", "path"), [("oauth-bcp", "/revoke"), ("jwt-done-properly", "/logout")])
def test_logging_out_of_an_app_with_a_backend_gives_the_token_back(profile, path):
    w = world(profile, client_bff="on")
    sign_in(w)
    w.browsers["laptop"].post(w.clients["app"].logout_url)
    assert asked(w, w.issuer.name)[-1].path == path
    assert w.clients["app"].sessions == {}


def test_the_backend_gets_a_token_for_the_api_behind_the_gateway():
    w = world("oauth-bcp", client_bff="on")
    sign_in(w)
    assert through_backend(w, "/api/gateway/transactions").json["transactions"] == ["alice:transaction-7"]
    assert through_backend(w, "/api/accounts_2/accounts").json["accounts"] == ["alice:account-1"]
    assert failures(w) == []
