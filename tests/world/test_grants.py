"""Passwords and clients in their own name at the token endpoint, signing in with tokens, userinfo, and a client that adapts."""

from __future__ import annotations

import base64
from itertools import product

import pytest

from sandbox.core.wire import Request, form_request, json_request
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Answered, Checked, Consented
from tests.support.worlds import call, failures, sign_in, world

AS = "https://auth.connectsphere.example"


def token(w, client, secret, **fields):
    headers = (("Authorization", "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()),) if secret else ()
    return w.net.deliver(form_request(f"{AS}/token", ({} if secret else {"client_id": client}) | fields, headers), client)


def password(w, client="budget", secret="budget-8Zq3vT1xNw6p", **fields):
    given = {"grant_type": "password", "username": "alice", "password": "wonderland", "scope": "read"} | fields
    return token(w, client, secret, **given)


def test_the_password_grant_gives_tokens_without_any_consent():
    w = world("oauth-basic")
    body = password(w).json
    assert decode(body["access_token"]).claims["sub"] == "alice"
    assert body["refresh_token"]
    assert not any(isinstance(e, Consented) for e in w.net.trace.events)


def test_the_password_grant_can_be_switched_off():
    w = world("oauth-basic", as_no_ropc="on")
    assert (password(w).status, password(w).error) == (400, "unsupported_grant_type")
    assert set(failures(w)) == {"auth.grant_type"}
    assert "password" not in w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json["grant_types_supported"]


def test_wrong_passwords_and_disabled_users_are_invalid_grants():
    w = world("oauth-basic")
    assert password(w, password="no").error == "invalid_grant"
    w.people.users["alice"].disabled = True
    assert password(w).error == "invalid_grant"
    assert failures(w) == ["auth.password", "auth.account_active"]


def test_a_service_gets_a_token_in_its_own_name():
    w = world()
    body = token(w, "transactions", "transactions-secret", grant_type="client_credentials", scope="notify").json
    claims = decode(body["access_token"]).claims
    assert (claims["sub"], claims["client_id"], claims["scope"]) == ("transactions", "transactions", "notify")
    assert "refresh_token" not in body
    assert (
        "email"
        not in decode(
            token(world("oauth-basic"), "transactions", "transactions-secret", grant_type="client_credentials", scope="notify").json[
                "access_token"
            ]
        ).claims
    )


@pytest.mark.parametrize(
    ("client", "secret", "scope", "error", "check"),
    [
        ("transactions", "transactions-secret", "read", "invalid_scope", "client_scope"),
        ("accounts", "accounts-secret", "notify", "invalid_scope", "client_scope"),
        ("transactions", "transactions-secret", "sing", "invalid_scope", "scope_offered"),
        ("transactions", "wrong", "notify", "invalid_client", "client"),
        ("app", "", "read", "invalid_client", "client"),
        ("budget", "budget-8Zq3vT1xNw6p", "read", "unauthorized_client", "grant_type"),
    ],
)
def test_who_may_not_ask_in_its_own_name(client, secret, scope, error, check):
    w = world()
    assert token(w, client, secret, grant_type="client_credentials", scope=scope).error == error
    assert failures(w) == [f"auth.{check}"]


@pytest.mark.slow
def test_the_checklist_and_authlib_never_disagree_about_passwords_and_services():
    choices = product(
        ("on", "off"), ("password", "client_credentials"), (("budget", "budget-8Zq3vT1xNw6p"), ("app", ""), ("transactions", "transactions-secret"), ("budget", "no")),
        ("alice", "nobody", None), ("wonderland", "x", None), ("read", "notify", "sing", None),
    )  # fmt: skip
    for no_ropc, kind, (client, secret), user, word, scope in choices:
        w = world("oauth-basic", as_no_ropc=no_ropc)
        fields = {"grant_type": kind, "username": user, "password": word, "scope": scope}
        answer = token(w, client, secret, **{k: v for k, v in fields.items() if v is not None})
        failed = [e.check for e in w.net.trace.events if isinstance(e, Checked) and e.outcome == "fail"]
        assert (answer.status < 400) == (not failed), (no_ropc, kind, client, user, word, scope, answer.body, failed)


# ---- a client without switches


@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp"])
def test_the_malicious_client_does_what_each_server_asks_for(profile):
    w = world(profile)
    assert sign_in(w, "evil_app", scope="read") is not None
    assert call(w, "evil_app").json["owner"] == "alice"
    assert failures(w) == []


def test_no_switch_of_honest_clients_is_one_of_the_malicious_client():
    w = world("oauth-basic", client_pkce="s256", as_pkce="optional", client_dpop="on", client_state="off")
    policy = w.clients["evil_app"].policy
    assert (policy.pkce, policy.dpop, policy.state) == ("s256", "off", "bound")


def test_signing_in_with_a_password_asks_for_it_on_the_clients_own_page():
    for client in ("app", "mobile", "budget", "evil_app"):
        w = world("oauth-basic")
        session = sign_in(w, client, how="password", scope="read write")
        assert (session.user, session.refresh_token != "", session.scope) == ("alice", True, "read write")


# ---- signing in with a token that somebody else was given


def swapped(w):
    sign_in(w, "evil_app", scope="openid profile")
    quiz = w.clients["evil_app"].session_in(w.browsers["laptop"])
    body = {"access_token": quiz.access_token(), "id_token": quiz.id_token}
    return w.browsers["mallory_browser"].send(json_request("POST", "https://budget.example/api/login", body))


def test_a_token_is_taken_for_a_person():
    w = world("oauth-basic", client_validate_id_token="off")
    assert swapped(w).json == {"user": "alice"}
    assert w.clients["budget"].session_in(w.browsers["mallory_browser"]).user == "alice"


@pytest.mark.parametrize(
    ("switches", "status", "check"),
    [({"client_code_flow": "on"}, 400, "front_channel"), ({"client_validate_id_token": "on"}, 401, "audience")],
)
def test_a_careful_client_does_not_take_it(switches, status, check):
    w = world("oauth-basic", **{"client_validate_id_token": "off"} | switches)
    assert swapped(w).status == status
    assert failures(w) == [f"budget.{check}"]
    assert w.clients["budget"].session_in(w.browsers["mallory_browser"]) is None


def test_no_id_token_no_sign_in_and_a_false_token_signs_in_nobody():
    request = json_request("POST", "https://budget.example/api/login", {"access_token": "x"})
    w = world("oauth-basic", client_validate_id_token="on")
    assert (w.net.deliver(request, "mallory_browser").status, failures(w)) == (401, ["budget.id_token"])
    w = world("oauth-basic", client_validate_id_token="off")
    assert w.net.deliver(request, "mallory_browser").error == "invalid_token"
    assert w.net.deliver(Request("POST", "https://budget.example/api/login"), "mallory_browser").status == 401


# ---- userinfo


def test_userinfo_wants_the_key_of_a_bound_token_and_the_scope_openid():
    w = world()
    session = sign_in(w, "budget", scope="openid email")
    bearer = Request("GET", f"{AS}/userinfo", (("Authorization", f"Bearer {session.access_token()}"),))
    assert w.net.deliver(bearer, "mallory").error == "invalid_token"
    client = w.clients["budget"]
    answer = client.call(session, Request("GET", f"{AS}/userinfo"), AS, lambda r: client.ask(session, r))
    assert answer.json == {"sub": "alice", "email": "alice@connectsphere.example", "email_verified": True}
    w = world("oauth-basic")
    plain = Request("GET", f"{AS}/userinfo", (("Authorization", f"Bearer {sign_in(w, 'budget').access_token()}"),))
    assert (w.net.deliver(plain, "budget").status, failures(w)) == (403, ["auth.scope"])


# ---- consent in the trace


def test_a_yes_on_the_consent_page_is_in_the_trace_and_a_no_is_not():
    w = world("oauth-basic", client_code_flow="on")
    sign_in(w, "budget", scope="read")
    assert [(e.user, e.client, e.scope) for e in w.net.trace.events if isinstance(e, Consented)] == [("alice", "budget", "read")]
    w = world("oauth-basic")
    browser = w.browsers["laptop"]
    browser.visit(w.clients["budget"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wonderland"})
    browser.submit(browser.forms()[0], {"allow": "no"})
    assert not any(isinstance(e, Consented) for e in w.net.trace.events)
    assert any(isinstance(e, Answered) and e.response.error == "access_denied" for e in w.net.trace.events)


def test_a_yes_is_recorded_when_it_is_said_and_not_when_it_is_remembered():
    w = world("oauth-basic")
    password(w, "evil_app", "quiz-4Hw9kL2cR7vd")
    sign_in(w, "evil_app", scope="read")  # the page is not shown: the server holds the password grant to be Alice's word
    assert not any(isinstance(e, Consented) for e in w.net.trace.events)
