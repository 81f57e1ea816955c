"""Live worlds at the ASGI interface: private, drawn as requests arrive, changed while a client runs, forgotten, bounded."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import Checked, Sent, of
from sandbox.serve import carry_over
from sandbox.serve import live as module
from sandbox.serve.asgi import OUTSIDE
from sandbox.serve.banner import CHALLENGE, VERIFIER, sections
from sandbox.serve.live import Live
from sandbox.serve.live_document import document
from sandbox.serve.setup import CALLBACK, OPEN
from sandbox.serve.worlds import Worlds
from tests.support.asgi import Answer, finish
from tests.support.live_worlds import BCP, ORIGIN, ask, titles

pytestmark = pytest.mark.slow

ASKED = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid profile read", "state": "xyz"}
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def code(worlds: Worlds, live: Live, **changes: str) -> str:
    """Alice signs in and allows; the code that her browser is sent away with."""
    auth = f"{live.base}/auth"
    page, cookies = ask(worlds, f"{auth}/authorize?{urlencode(ASKED | PKCE | changes)}", accept="text/html"), dict[str, str]()
    for form in ({"username": "alice", "password": "wonderland"}, {"allow": "yes"}):
        if page.status != 200:
            break
        fields = dict(
            part.split('" value="') for part in [p.partition('">')[0] for p in page.body.decode().split('type="hidden" name="')[1:]]
        )
        action = page.body.decode().partition('action="')[2].partition('"')[0]
        page = ask(worlds, action, fields | form, accept="text/html", cookie=kept(cookies, page))
        while page.status in (302, 303) and not page.header("location").startswith(CALLBACK):
            page = ask(worlds, page.header("location") or "", accept="text/html", cookie=kept(cookies, page))
    location = page.header("location") or ""
    assert location.startswith(CALLBACK), (page.status, page.body[-300:])
    return parse_qs(urlsplit(location).query)["code"][0]


def kept(cookies: dict[str, str], page: Answer) -> str:
    """The Cookie header of a browser that adds the cookies of this answer to those that it has."""
    for name, value in page.headers:
        if name == "set-cookie":
            cookies.update([value.partition(";")[0].split("=", 1)])
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def redeem(worlds: Worlds, live: Live, value: str, **form: str) -> Answer:
    return ask(
        worlds,
        f"{live.base}/auth/token",
        {"client_id": "app", "grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": value} | form,
    )


# ---------------------------------------------------------------- addresses


def test_everything_that_is_printed_is_below_the_path_of_the_world(worlds: Worlds, live: Live) -> None:
    text = dict(sections(live.served))
    assert all(f"{live.base}/" in line for line in text["Who is where"])
    assert any(line.startswith(f"curl {live.base}/auth/token ") for line in text["Try it"])
    assert {"People (name / password)", "Clients (id / secret / redirect URIs)"} <= set(text)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_says_what_it_serves(worlds: Worlds, profile: str) -> None:
    live = worlds.open(ORIGIN, Settings.of(profile))
    assert all(lines for _, lines in sections(live.served))


@pytest.mark.parametrize(
    "form",
    [
        "{base}/auth/.well-known/openid-configuration",
        "{origin}/.well-known/oauth-authorization-server/world/{key}/auth",
        "{origin}/.well-known/openid-configuration/world/{key}/auth",
    ],
)
def test_the_metadata_are_found_in_both_ways(worlds: Worlds, live: Live, form: str) -> None:
    answer = ask(worlds, form.format(base=live.base, origin=ORIGIN, key=live.key))
    assert answer.json["issuer"] == f"{live.base}/auth"


def test_every_request_of_an_ai_tool_is_drawn(worlds: Worlds, live: Live) -> None:
    """From the refusal to the registration; tests/conformance/test_interop_mcp.py has the whole way with a real client."""
    tools = f"{live.base}/tool_server/mcp"
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}).encode()
    refused = ask(worlds, tools, method="POST", raw=message, content_type="application/json")
    place = (refused.header("www-authenticate") or "").partition('resource_metadata="')[2].partition('"')[0]
    about = ask(worlds, place).json
    assert (refused.status, about["resource"]) == (401, tools)
    server = ask(worlds, f"{ORIGIN}/.well-known/oauth-authorization-server{urlsplit(about['authorization_servers'][0]).path}").json
    wanted = json.dumps({"redirect_uris": [CALLBACK], "client_name": "An AI tool"}).encode()
    assert ask(worlds, server["registration_endpoint"], method="POST", raw=wanted, content_type="application/json").status == 201
    drawn = "\n".join(titles(live))
    for path in (
        "POST /mcp",
        "GET /.well-known/oauth-protected-resource/mcp",
        "GET /.well-known/oauth-authorization-server",
        "POST /register",
    ):
        assert path in drawn


@pytest.mark.parametrize(
    "path",
    [
        "/world",
        "/world/",
        "/world/none",
        "/world/none/auth/token",
        "/world/%2e%2e/auth",
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/world/none/auth",
    ],
)
def test_an_unknown_path_is_a_clear_404(worlds: Worlds, live: Live, path: str) -> None:
    answer = ask(worlds, path)
    assert answer.status == 404
    assert answer.json["error"] == "not_found"
    assert "no live world" in answer.json["error_description"]
    assert titles(live) == []


def test_the_path_cannot_be_guessed(worlds: Worlds) -> None:
    keys = {worlds.open(ORIGIN, BCP).key for _ in range(5)}
    assert len(keys) == 5
    assert all(len(key) == 24 for key in keys)  # 18 random bytes


def test_a_websocket_is_turned_away(worlds: Worlds) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    finish(worlds({"type": "websocket", "path": "/world/x"}, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1003}]


# ---------------------------------------------------------------- two learners


def test_two_learners_never_see_each_other(worlds: Worlds, live: Live) -> None:
    other = worlds.open(ORIGIN, BCP)
    value = code(worlds, live)
    assert titles(other) == []
    assert redeem(worlds, other, value, code_verifier=VERIFIER).json["error"] == "invalid_grant"
    assert redeem(worlds, live, value, code_verifier=VERIFIER).status == 200
    keys = [ask(worlds, f"{w.base}/auth/jwks").json["keys"] for w in (live, other)]
    assert not {k["kid"] for k in keys[0]} & {k["kid"] for k in keys[1]}
    assert live.key not in json.dumps(document(other))


def test_cookies_stay_below_the_path(worlds: Worlds, live: Live) -> None:
    page = ask(worlds, f"{live.base}/budget/login", accept="text/html")
    cookies = [v for k, v in page.headers if k == "set-cookie"]
    assert cookies
    assert all(f"Path=/world/{live.key}/budget" in cookie for cookie in cookies)


# ---------------------------------------------------------------- flipping switches


def test_a_switch_is_flipped_while_a_client_runs(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, Settings.of("oauth-bcp", OPEN | {"as.pkce": "optional"}))
    assert redeem(worlds, live, code(worlds, live, code_challenge="", code_challenge_method="")).status == 200
    live.rebuild(BCP)
    refused = ask(worlds, f"{live.base}/auth/authorize?{urlencode(ASKED)}", accept="text/html")
    assert "error=invalid_request" in (refused.header("location") or "")
    steps = document(live)["panes"][0]["steps"].values()  # type: ignore[index]
    assert any(s["say"].startswith("From here on: OAuth 2.0, best practice") for s in steps)


def test_a_rebuilt_world_keeps_keys_registered_clients_and_codes(worlds: Worlds, live: Live) -> None:
    new = json.dumps({"redirect_uris": ["http://127.0.0.1:7777/cb"], "client_name": "Mine", "token_endpoint_auth_method": "none"})
    meta = ask(worlds, f"{live.base}/auth/.well-known/openid-configuration").json
    mine = ask(worlds, meta["registration_endpoint"], method="POST", raw=new.encode(), content_type="application/json").json["client_id"]
    keys = ask(worlds, meta["jwks_uri"]).json
    value = code(worlds, live)
    for profile in ("naive-jwt", "oauth-basic", "oauth-bcp"):
        live.rebuild(Settings.of(profile, OPEN))
    assert ask(worlds, meta["jwks_uri"]).json == keys
    server = live.served.world.issuer
    assert mine in server.store.clients  # type: ignore[union-attr]
    assert redeem(worlds, live, value, code_verifier="w" * 43).json["error"] == "invalid_grant"
    assert redeem(worlds, live, value, code_verifier=VERIFIER).status == 200


def test_a_client_can_be_registered_by_hand(worlds: Worlds, live: Live) -> None:
    public = live.enroll("Mine", f"{CALLBACK}/mine {CALLBACK}/other", secret=False)
    assert (public.status, "client_secret" in public.json) == (201, False)
    asked = ASKED | {"client_id": public.json["client_id"], "redirect_uri": f"{CALLBACK}/other"}
    assert ask(worlds, f"{live.base}/auth/authorize?{urlencode(asked | PKCE)}", accept="text/html").status == 200
    refused = ask(worlds, f"{live.base}/auth/authorize?{urlencode(asked | PKCE | {'redirect_uri': CALLBACK})}", accept="text/html")
    assert refused.status == 400
    confidential = live.enroll("Mine", CALLBACK, secret=True).json
    assert ("client_secret" in confidential, "client_credentials" in confidential["grant_types"]) == (True, True)


@pytest.mark.parametrize("uri", ["", "javascript:alert(1)", "/cb", "http://x/#f", "http://x/\u202e", *["http://x/" + "a" * 2048]])
def test_by_hand_the_same_redirect_uris_are_refused_as_at_the_endpoint(live: Live, uri: str) -> None:
    answer = live.enroll("Mine", uri, secret=False)
    assert (answer.status, answer.json["error"]) == (400, "invalid_redirect_uri")


def test_without_an_authorization_server_nobody_registers(live: Live) -> None:
    live.rebuild(Settings.of("naive-jwt"))
    assert live.enroll("Mine", CALLBACK, secret=False).status == 404


def test_the_diagram_says_where_the_parties_really_are(worlds: Worlds, live: Live) -> None:
    ask(worlds, f"{live.base}/auth/jwks")
    heads = [p["about"] for p in document(live)["panes"][0]["parties"]]  # type: ignore[index]
    assert any("127.0.0.1:8501/…/auth" in head for head in heads)
    assert not any("connectsphere.example" in head for head in heads)


# ---------------------------------------------------------------- what was issued before meets the new rules

BEARER = {"client.dpop": "off", "as.dpop_bind": "off", "rs.dpop": "off"}


def bearer(**changes: str) -> Settings:
    return Settings.of("oauth-bcp", OPEN | BEARER | {k.replace("_", ".", 1): v for k, v in changes.items()})


def tokens(worlds: Worlds, live: Live) -> dict[str, Any]:
    out: dict[str, Any] = redeem(worlds, live, code(worlds, live), code_verifier=VERIFIER).json
    return out


def use(worlds: Worlds, live: Live, token: str, api: str = "accounts") -> tuple[int, str | None]:
    answer = ask(worlds, f"{live.base}/{api}/{api}", authorization=f"Bearer {token}")
    return answer.status, answer.json.get("error")


def failed(live: Live) -> list[str]:
    """The checks that the latest request has failed."""
    start = max(i for i, e in enumerate(live.events) if isinstance(e, Sent) and e.sender == OUTSIDE)
    return [f"{e.party}.{e.check}" for e in of(live.events[start:], Checked) if e.outcome == "fail"]


def test_a_token_from_before_a_change_is_still_good_where_the_new_rules_allow_it(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, bearer())
    issued = tokens(worlds, live)
    for settings in (
        bearer(rs_introspect="live"),
        bearer(rs_denylist="strict", as_revocation="on"),
        bearer(as_token_format="opaque", rs_introspect="live"),
    ):
        live.rebuild(settings)
        assert use(worlds, live, issued["access_token"]) == (200, None), settings
    assert ask(worlds, f"{live.base}/auth/userinfo", authorization=f"Bearer {issued['access_token']}").json["sub"] == "alice"
    refresh = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": issued["refresh_token"]}
    assert ask(worlds, f"{live.base}/auth/token", refresh).status == 200
    assert ask(worlds, f"{live.base}/auth/token", refresh).json["error"] == "invalid_grant"  # rotated, and it knows


@pytest.mark.parametrize(
    ("before", "after", "api", "check"),
    [
        (bearer(rs_check_aud="off"), bearer(), "transactions", "audience"),
        (bearer(as_stamp_aud="off", rs_check_aud="off"), bearer(), "accounts", "audience"),
        (bearer(as_stamp_typ="off", rs_check_typ="off"), bearer(), "accounts", "type"),
        (bearer(), BCP, "accounts", "key_binding"),
        (bearer(), bearer(as_signing="rs256"), "accounts", "algorithm"),
    ],
)
def test_a_token_from_before_a_change_meets_the_check_that_was_switched_on(
    worlds: Worlds, before: Settings, after: Settings, api: str, check: str
) -> None:
    live = worlds.open(ORIGIN, before)
    token = tokens(worlds, live)["access_token"]
    assert use(worlds, live, token, api) == (200, None)
    live.rebuild(after)
    assert use(worlds, live, token, api) == (401, "invalid_token")
    assert failed(live) == [f"{api}.{check}"]
    live.rebuild(before)
    assert use(worlds, live, token, api) == (200, None)


@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly"])
def test_a_token_of_the_server_means_nothing_in_another_design_and_something_afterwards(worlds: Worlds, profile: str) -> None:
    live = worlds.open(ORIGIN, bearer())
    token = tokens(worlds, live)["access_token"]
    live.rebuild(Settings.of(profile))
    assert use(worlds, live, token) == (401, "invalid_token")
    live.rebuild(bearer())
    assert use(worlds, live, token) == (200, None)


def test_a_jwt_of_the_backend_outlives_a_change(worlds: Worlds) -> None:
    settings = Settings.of("jwt-done-properly", {"as.signing": "rs256"})
    live = worlds.open(ORIGIN, settings)
    answer = ask(
        worlds,
        f"{live.base}/backend/login",
        method="POST",
        raw=b'{"username": "alice", "password": "wonderland"}',
        content_type="application/json",
    )
    live.rebuild(Settings.of("jwt-done-properly", {"as.signing": "rs256", "rs.denylist": "eventual"}))
    assert use(worlds, live, answer.json["access_token"]) == (200, None)


@pytest.mark.parametrize("denylist", ["strict", "eventual"])
def test_what_was_revoked_stays_revoked(worlds: Worlds, denylist: str) -> None:
    live = worlds.open(ORIGIN, bearer(rs_denylist="strict"))
    issued = tokens(worlds, live)
    assert ask(worlds, f"{live.base}/auth/revoke", {"client_id": "app", "token": issued["access_token"]}).status == 200
    assert use(worlds, live, issued["access_token"]) == (401, "invalid_token")
    live.rebuild(bearer(rs_denylist=denylist, as_pkce="optional"))
    assert use(worlds, live, issued["access_token"]) == (401, "invalid_token")
    assert failed(live) == ["accounts.denylist"]


def test_a_person_stays_signed_in_to_a_web_app_while_switches_are_flipped(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, BCP)
    cookie: dict[str, str] = {}
    page = ask(worlds, f"{live.base}/budget/login?scope=openid%20read", accept="text/html")
    for _ in range(12):
        for name, value in page.headers:
            if name == "set-cookie":
                name, _, held = value.partition(";")[0].partition("=")
                cookie[name] = held
        sent = {"accept": "text/html", "cookie": "; ".join(f"{k}={v}" for k, v in cookie.items())}
        if page.status in (302, 303):
            page = ask(worlds, page.header("location") or "", **sent)
        elif b"<form" in page.body:
            text = page.body.decode()
            hidden = dict(part.partition('">')[0].split('" value="') for part in text.split('type="hidden" name="')[1:])
            page = ask(
                worlds,
                text.partition('action="')[2].partition('"')[0],
                hidden | {"username": "alice", "password": "wonderland", "allow": "yes"},
                **sent,
            )
    assert b"Connected" in page.body
    live.rebuild(Settings.of("oauth-bcp", OPEN | {"as.iss_param": "off"}))
    assert b"alice:account-1" in ask(worlds, f"{live.base}/budget/me", **sent).body


def test_what_is_remembered_over_many_changes_is_bounded(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry_over, "KEPT", 5)
    live = worlds.open(ORIGIN, bearer())
    for number in range(12):
        issued = tokens(worlds, live)
        live.rebuild(bearer(as_pkce="optional") if number % 2 else bearer())
    store = live.served.world.issuer.store  # type: ignore[union-attr]
    assert max(len(store.tokens), len(store.grants), len(store.grants_of["alice"]), len(store.codes), len(store.sessions)) == 5
    assert use(worlds, live, issued["access_token"]) == (200, None)


def test_a_change_is_announced_even_if_something_slow_arrives_first(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, bearer(rs_denylist="eventual"))
    issued = tokens(worlds, live)
    ask(worlds, f"{live.base}/auth/revoke", {"client_id": "app", "token": issued["access_token"]})
    assert use(worlds, live, issued["access_token"], "accounts_2")[0] == 404  # a path of its own
    live.headings[:] = ["From here on: something else"]
    live.served.world.net.clock.advance(200)
    ask(worlds, f"{live.base}/auth/jwks")
    assert [e.receiver for e in of(live.events, Sent) if e.sender == "auth"][-1] == "accounts_2"
    assert "From here on: something else" in list(document(live)["panes"][0]["steps"].values())[-1]["say"]  # type: ignore[index]


def test_a_world_that_was_changed_before_its_first_request_has_nothing_to_show(live: Live) -> None:
    live.rebuild(Settings.of("naive-jwt"))
    assert document(live) is None


def test_a_world_answers_only_so_many_requests(worlds: Worlds, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 2)
    used = live.used
    worlds.clock.advance(5)
    answers = [ask(worlds, f"{live.base}/auth/jwks") for _ in range(2)]
    worlds.clock.advance(5)
    answers.append(ask(worlds, f"{live.base}/auth/jwks"))
    assert [a.status for a in answers] == [200, 200, 429]
    assert answers[-1].header("retry-after") == str(module.PATIENCE)
    assert "has answered 2 requests" in answers[-1].json["error_description"]
    assert live.used - used < 10, "a client that asks for ever does not keep a world that answers nobody"
    live.rebuild(Settings.of("oauth-basic"))
    assert ask(worlds, f"{live.base}/auth/jwks").status == 429, "another switch makes it no younger"
    live.start_over()
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200


@pytest.mark.parametrize("detour", ["", "jwt-done-properly"])
def test_a_world_that_is_started_over_keeps_keys_and_clients_and_forgets_the_rest(worlds: Worlds, detour: str) -> None:
    live = worlds.open(ORIGIN, bearer())
    mine = live.enroll("Mine", CALLBACK, secret=False).json["client_id"]
    issued, keys = tokens(worlds, live), ask(worlds, f"{live.base}/auth/jwks").json
    if detour:
        live.rebuild(Settings.of(detour))
    live.start_over()
    assert titles(live) == []
    live.rebuild(bearer())
    assert ask(worlds, f"{live.base}/auth/jwks").json == keys
    asked = ASKED | PKCE | {"client_id": mine}
    assert ask(worlds, f"{live.base}/auth/authorize?{urlencode(asked)}", accept="text/html").status == 200
    refresh = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": issued["refresh_token"]}
    assert ask(worlds, f"{live.base}/auth/token", refresh).json["error"] == "invalid_grant"


def test_a_backend_that_is_started_over_signs_with_the_same_key(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, Settings.of("jwt-done-properly", {"as.signing": "rs256"}))
    before = live.served.world.issuer.signing.current
    live.start_over()
    assert live.served.world.issuer.signing.current == before


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("origin", ["http://192.168.1.5:8501", "https://class.example"])
def test_a_world_works_in_a_class_room_and_behind_a_proxy(worlds: Worlds, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "")  # put back afterwards
    live = worlds.open(origin, BCP)
    answer = ask(worlds, f"/world/{live.key}/auth/token", {"grant_type": "authorization_code", "client_id": "app", "code": "x"})
    assert answer.json["error"] == "invalid_grant"
    cookie = ask(worlds, f"/world/{live.key}/budget/login", accept="text/html").header("set-cookie") or ""
    assert ("Secure" in cookie) == origin.startswith("https:")
