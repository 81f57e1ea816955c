"""The parties over real HTTP: addresses, cookies, pages, CORS, limits, and hostile requests.  Mostly at the ASGI interface."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
import requests
from hypothesis import HealthCheck, given, settings, strategies

from sandbox.core.wire import Response, split
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve import Edge
from sandbox.serve import served as put_together
from sandbox.serve.asgi import PAGES
from sandbox.serve.banner import CHALLENGE, VERIFIER, introduction
from sandbox.serve.pages import POLICY
from sandbox.serve.setup import OPEN, offers
from sandbox.world.members import BUDGET_SECRET, LAG
from sandbox.world.parties import cors
from sandbox.world.parties.authorization_server.minting import Wanted
from sandbox.world.world import build
from tests.support.asgi import Answer, ask
from tests.support.cost import bounded
from tests.support.fuzzing import share
from tests.support.real import CALLBACK, SECRET, Person, node_issuer, parameters, served
from tests.support.visiting import Visitor

BASE = "http://127.0.0.1:9000"
ASKED = urlencode(
    {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": "openid read",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
)


def edge_of(profile: str = "oauth-bcp", **changes: str) -> Edge:
    world = put_together(Settings.of(profile, OPEN | {k.replace("_", ".", 1): v for k, v in changes.items()}), BASE)
    return Edge(world, {"127.0.0.1:9000", "localhost:9000"})


@pytest.fixture(scope="module")
def edge() -> Edge:
    return edge_of()


# ---------------------------------------------------------------- addresses


def test_metadata_name_real_addresses_in_both_places(edge: Edge) -> None:
    """OIDC Discovery §4 puts the well-known part behind the issuer's path, RFC 8414 §3.1 in front of it."""
    found = ask(edge, "GET", "/auth/.well-known/openid-configuration").json
    assert found == ask(edge, "GET", "/.well-known/oauth-authorization-server/auth").json
    assert found["issuer"] == f"{BASE}/auth"
    assert all(v.startswith(BASE) for k, v in found.items() if k.endswith(("_endpoint", "_uri")))


def test_keys_of_both_usual_algorithms_are_published_and_not_the_teaching_key(edge: Edge) -> None:
    keys = ask(edge, "GET", "/auth/jwks").json["keys"]
    assert [k["alg"] for k in keys] == ["ES256", "RS256"] * 2, "and those of the next turn"
    assert (
        edge_of("naive-jwt", as_signing="rs256").world.issuer.key.kid
        != build(Settings.of("naive-jwt", {"as.signing": "rs256"})).issuer.key.kid
    )  # type: ignore[union-attr]
    basic = edge_of("oauth-basic")
    assert basic.world.issuer.core.key.kid != build(Settings.of("oauth-basic")).issuer.core.key.kid  # type: ignore[union-attr]


def test_a_world_below_a_path() -> None:
    """As a private world of one learner would be."""
    world = put_together(Settings.of("oauth-bcp"), f"{BASE}/live/x7")
    edge = Edge(world)
    assert ask(edge, "GET", "/live/x7/auth/.well-known/openid-configuration").json["issuer"] == f"{BASE}/live/x7/auth"
    assert b'action="/live/x7/auth/login"' in ask(edge, "GET", f"/live/x7/auth/authorize?{ASKED}").body
    assert ask(edge, "GET", "/live/x7/").status == 200
    assert ask(edge, "GET", "/auth/jwks").status == 404


# ---------------------------------------------------------------- pages


def test_pages_have_style_a_policy_and_paths_that_lead_back(edge: Edge) -> None:
    answer = ask(edge, "GET", f"/auth/authorize?{ASKED}", b"", ("Accept", "text/html"))
    assert answer.header("content-security-policy") == POLICY
    assert "form-action" not in POLICY  # it would stop the redirect to the client
    assert b'<form method="post" action="/auth/login">' in answer.body
    assert b'name="username" autocomplete="username"' in answer.body
    assert answer.body.count(b"<style>") == 1


FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")


def logged_in(edge: Edge, password: str, *headers: tuple[str, str]) -> Answer:
    """What the login form is answered with, sent with these headers beside the cookie of the browser that fetched it."""
    page = ask(edge, "GET", f"/auth/authorize?{ASKED}")
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.body.decode())
    assert ticket
    body = urlencode({"ticket": ticket[1], "username": "alice", "password": password}).encode()
    cookie = ("Cookie", (page.header("set-cookie") or "").partition(";")[0])
    return ask(edge, "POST", "/auth/login", body, FORM_TYPE, *(headers or (cookie,)))


def test_the_session_cookie_fits_plain_http_below_a_path(edge: Edge) -> None:
    answer = logged_in(edge, "wonderland")
    assert answer.status == 200
    cookie = answer.header("set-cookie") or ""
    assert cookie.startswith("as_session=")
    assert cookie.endswith("; Path=/auth; HttpOnly; SameSite=Lax")
    assert b">Allow</button>" in answer.body
    assert b">Deny</button>" in answer.body


def test_a_login_form_from_another_browser_is_refused(edge: Edge) -> None:
    assert logged_in(edge, "wonderland", ("Accept", "text/html")).status == 403
    assert logged_in(edge, "wonderland", ("Cookie", "as_browser=somebody-else")).status == 403


def test_a_wrong_password_is_told_to_the_person(edge: Edge) -> None:
    answer = logged_in(edge, "<b>")
    assert answer.status == 401
    assert b'role="alert"' in answer.body


# ---------------------------------------------------------------- browsers from other origins


SENT = "authorization,content-type,dpop,x-requested-with,cache-control,pragma,traceparent,tracestate,baggage,if-none-match,x-request-id"


def endpoints() -> list[str]:
    """Whatever is for programs, of every party, and addresses that do not exist."""
    there = put_together(Settings.of("oauth-bcp"), BASE)
    paths = [f"{there.paths[name]}{path}" for name in there.paths for path in offers(there.world, name)]
    return [p for p in dict.fromkeys(paths) if not p.endswith(tuple(PAGES)) or p == "/bank/login"] + [
        "/auth",
        "/auth/nothing",
        "/accounts/nothing",
    ]


@pytest.mark.parametrize("path", endpoints())
def test_scripts_of_any_origin_may_call_what_is_for_programs(edge: Edge, path: str) -> None:
    """A browser's own rules decide (Fetch §4.8), for each method and whatever libraries add to a request."""
    page, names = "http://localhost:5173", tuple(SENT.split(","))
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        asked = (("Origin", page), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", SENT))
        answer = ask(edge, "OPTIONS", path, b"", *asked)
        permission = Response(answer.status, tuple(answer.headers))
        assert cors.permits(permission, page, method, names), (method, answer.headers)
        assert not cors.permits(permission, page, method, ("x-user-id",)), "what names a caller to a service is not for pages"
        sent = ask(edge, method, path, b"{}", ("Origin", page), ("Content-Type", "application/json"))
        assert sent.header("access-control-allow-origin") == "*", (method, sent.status)
        assert sent.header("access-control-allow-credentials") is None


@pytest.mark.parametrize(
    ("method", "target", "size", "status"),
    [
        ("GET", "/auth/jwks?" + "x" * 9000, 0, 414),
        ("POST", "/auth/token", 70_000, 413),
        ("BREW", "/auth/token", 0, 405),
        ("GET", "/nothing", 0, 404),
    ],
)
def test_scripts_can_read_why_they_are_refused(edge: Edge, method: str, target: str, size: int, status: int) -> None:
    answer = ask(edge, method, target, b"x" * size, ("Origin", "http://localhost:5173"))
    assert (answer.status, answer.header("access-control-allow-origin")) == (status, "*")


@pytest.mark.parametrize("path", ["/auth/authorize", "/auth/login", "/auth/consent"])
def test_scripts_may_not_call_what_is_for_people(edge: Edge, path: str) -> None:
    """RFC 9700 §2.6."""
    assert ask(edge, "OPTIONS", path).header("access-control-allow-origin") is None
    assert ask(edge, "GET", path).header("access-control-allow-origin") is None


def test_the_login_of_the_jwt_design_is_an_api() -> None:
    edge = edge_of("naive-jwt")
    answer = ask(edge, "POST", "/backend/login", b'{"username": "alice", "password": "wonderland"}', ("Content-Type", "application/json"))
    assert answer.header("access-control-allow-origin") == "*"
    token = answer.json["access_token"]
    assert ask(edge, "GET", "/accounts/accounts", b"", ("Authorization", f"Bearer {token}")).json["owner"] == "alice"


# ---------------------------------------------------------------- registration (RFC 7591)


def register(edge: Edge, wanted: Any) -> Answer:
    return ask(edge, "POST", "/auth/register", json.dumps(wanted).encode(), ("Content-Type", "application/json"))


def test_a_client_registers_itself(edge: Edge) -> None:
    answer = register(edge, {"redirect_uris": [CALLBACK], "client_name": "My app", "token_endpoint_auth_method": "none"})
    assert (answer.status, answer.header("cache-control")) == (201, "no-store")
    assert answer.json["redirect_uris"] == [CALLBACK]
    assert "client_secret" not in answer.json
    again = register(edge, {"redirect_uris": [CALLBACK]}).json
    assert len(again["client_secret"]) == 32
    assert (again["grant_types"], again["token_endpoint_auth_method"]) == (["authorization_code"], "client_secret_basic")  # RFC 7591 §2


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ([], "invalid_client_metadata"),
        ({}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": "x"}, "invalid_client_metadata"),
        ({"redirect_uris": [7]}, "invalid_client_metadata"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["data:text/html,x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"{CALLBACK}#part"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://a\r\nb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK] * 11}, "invalid_client_metadata"),
        ({"redirect_uris": [CALLBACK], "grant_types": ["password"]}, "invalid_client_metadata"),
        ({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({"redirect_uris": [CALLBACK], "id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"redirect_uris": [CALLBACK], "client_name": "x" * 3000}, "invalid_client_metadata"),
    ],
)  # fmt: skip
def test_metadata_that_do_not_fit_are_refused(edge: Edge, wanted: Any, error: str) -> None:
    """RFC 7591 §3.2.2."""
    answer = register(edge, wanted)
    assert (answer.status, answer.json["error"]) == (400, error)


def test_registration_can_be_switched_off() -> None:
    edge = Edge(put_together(Settings.of("oauth-bcp"), BASE, registration=False))
    assert "registration_endpoint" not in ask(edge, "GET", "/auth/.well-known/openid-configuration").json
    assert register(edge, {"redirect_uris": [CALLBACK]}).status == 404


# ---------------------------------------------------------------- hostile requests


def test_another_host_header_is_refused(edge: Edge) -> None:
    """A name that somebody rebinds to this machine (DNS rebinding)."""
    assert ask(edge, "GET", "/auth/jwks", host="evil.example").status == 421
    assert ask(edge, "GET", "/auth/jwks", host="LOCALHOST:9000").status == 200


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        pytest.param("GET", "/auth/jwks?" + "x" * 9000, b"", 414, id="a long query"),
        pytest.param("POST", "/auth/token", b"x" * 70_000, 413, id="a large body"),
        pytest.param("POST", "/auth/token", b"\xff\xfe", 400, id="a body that is no UTF-8"),
        pytest.param("GET", "/auth/jwks?x=\xff", b"", 400, id="a query that is no ASCII"),
        pytest.param("GET", "/auth/\xfc", b"", 400, id="a path that is no ASCII"),
        pytest.param("BREW", "/auth/token", b"", 405, id="an unknown method"),
        pytest.param("PUT", "/auth/token", b"", 405, id="a method that is not there"),
        pytest.param("HEAD", "/auth/jwks", b"", 200, id="HEAD"),
        pytest.param("GET", "/auth/../accounts", b"", 404, id="up and down"),
        pytest.param("GET", "/authx/token", b"", 404, id="a longer name"),
        pytest.param("GET", "//auth/jwks", b"", 404, id="two slashes"),
        pytest.param("GET", "/accounts/transactions/" + "9" * 5000, b"", 404, id="a long path"),
        pytest.param("POST", "/auth/token", b"&".join(b"a=1" for _ in range(1500)), 400, id="many fields"),
        pytest.param("GET", "/auth/authorize?" + "&".join("a=1" for _ in range(1500)), b"", 400, id="many parameters"),
    ],
)
def test_requests_beyond_the_limits_are_refused_cleanly(edge: Edge, method: str, target: str, body: bytes, status: int) -> None:
    answer = ask(edge, method, target, body, ("Content-Type", "application/x-www-form-urlencoded"))
    assert answer.status == status
    if status >= 400 and method != "HEAD":
        assert isinstance(answer.json["error"], str)


def test_large_headers_are_refused(edge: Edge) -> None:
    assert ask(edge, "GET", "/auth/jwks", b"", ("X-Large", "x" * 40_000)).status == 431


def test_head_has_the_headers_of_get_and_no_body(edge: Edge) -> None:
    head, get = ask(edge, "HEAD", "/auth/jwks"), ask(edge, "GET", "/auth/jwks")
    assert (head.body, head.headers) == (b"", get.headers)


def test_no_parameter_can_break_a_header(edge: Edge) -> None:
    evil = quote("a\r\nSet-Cookie: x=1\r\n\r\n<script>ü")
    answer = ask(edge, "GET", f"/auth/authorize?{ASKED.replace('state=s', f'state={evil}')}&prompt=none")
    assert answer.status == 302
    assert all(c.isprintable() and c.isascii() for c in answer.header("location") or "\n")
    assert answer.header("set-cookie") is None


def test_an_operator_is_nobody_from_outside(edge: Edge) -> None:
    """What the simulation allows its own people by who they are, no header gives to others."""
    answer = ask(edge, "PATCH", "/auth/admin/users/alice", b'{"roles": ["admin"]}', ("Content-Type", "application/json"), ("Peer", "admin"))
    assert answer.status == 403
    assert edge.world.people.users["alice"].roles == ["user"]


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "party"), [("oauth-bcp", "auth"), ("naive-jwt", "backend")])
@pytest.mark.parametrize("path", ["/roles?user=admin", "/denylist?jti=x"])
def test_what_is_for_the_services_behind_a_server_is_not_for_strangers(profile: str, party: str, path: str) -> None:
    """In the simulation nobody but a machine of the zone asks for these; over HTTP nobody is one."""
    answer = ask(edge_of(profile), "GET", f"/{party}{path}", b"", ("Peer", "accounts"), ("X-Forwarded-For", "accounts"))
    assert (answer.status, answer.json["error"]) == (403, "access_denied")
    assert "services behind this server" in answer.json["error_description"]


def test_introspection_is_for_apis_and_for_a_clients_own_tokens(edge: Edge) -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    assert ask(edge, "POST", "/auth/introspect", b"token=x", form).json["error"] == "invalid_client"
    assert ask(edge, "POST", "/auth/introspect", b"token=x&client_id=app", form).json["error"] == "invalid_client"
    core, stranger = edge.world.issuer.core, register(edge, {"redirect_uris": [CALLBACK]}).json  # type: ignore[union-attr]
    grant = core.new_grant(edge.world.people.users["alice"], core.store.clients["budget"], "read", None)
    token = core.minter.mint(grant, Wanted(scope="read"))["access_token"]

    def heard(client_id: str, secret: str) -> Any:
        body = urlencode({"token": token, "client_id": client_id, "client_secret": secret}).encode()
        return ask(edge, "POST", "/auth/introspect", body, form).json["active"]

    assert heard("accounts", "accounts-secret") is True
    assert heard("transactions", "transactions-secret") is False
    assert heard("budget", BUDGET_SECRET) is True
    assert heard(stranger["client_id"], stranger["client_secret"]) is False


def test_services_still_ask_each_other(edge: Edge) -> None:
    """The same addresses, asked by an API inside: live roles and a strict denylist work over HTTP, too."""
    jwt = edge_of("naive-jwt", as_revocation="on", rs_denylist="strict", rs_live_roles="on")
    json_type = ("Content-Type", "application/json")

    def bearer(name: str, password: str) -> tuple[str, str]:
        body = json.dumps({"username": name, "password": password}).encode()
        return ("Authorization", "Bearer " + ask(jwt, "POST", "/backend/login", body, json_type).json["access_token"])

    admin, alice = bearer("admin", "root-of-all"), bearer("alice", "wonderland")
    assert ask(jwt, "GET", "/accounts/admin/export", b"", admin).status == 200
    assert ask(jwt, "GET", "/accounts/admin/export", b"", alice).status == 403
    assert ask(jwt, "POST", "/backend/logout", b"", admin).status == 204
    assert ask(jwt, "GET", "/accounts/admin/export", b"", admin).json["error"] == "invalid_token"


def test_a_denylist_entry_that_travels_slowly_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """The replica hears of a revocation two minutes later, in real time as in the simulation's."""
    edge = edge_of("jwt-done-properly", as_revocation="on", rs_denylist="eventual")
    body = b'{"username": "alice", "password": "wonderland"}'
    token = ask(edge, "POST", "/backend/login", body, ("Content-Type", "application/json")).json["access_token"]
    ask(edge, "POST", "/backend/logout", b"", ("Authorization", f"Bearer {token}"))
    replica = edge.world.apis["accounts_2"]
    assert (len(edge.net.parcels), len(replica.denied.ids)) == (1, 0)
    edge.net.clock.advance(LAG)
    ask(edge, "GET", "/backend/jwks")
    assert (len(edge.net.parcels), len(replica.denied.ids)) == (0, 1)


def test_the_page_of_an_app_that_needs_a_script_is_not_served() -> None:
    """Its backend is part of the simulation: a `__Host-` cookie and a page at a host of its own cannot live below a path."""
    edge = edge_of(app_bff="on")
    assert ask(edge, "GET", "/app/login").status == 404
    assert "app / app-4mKw9rLeT2xQ /" in "\n".join(introduction(edge.served))


PATHS = ("/", "/auth", *(f"/auth/{p}" for p in ("authorize", "token", "login", "consent", "revoke", "introspect", "userinfo", "register", "jwks", "logout", "account/sessions", "roles", "denylist", "admin/users/alice")),
         "/accounts/accounts", "/accounts/accounts/imports", "/accounts/denylist", "/transactions/transactions/7", "/budget/login", "/budget/cb", "/budget/me", "/budget/connect", "/budget/logout",
         "/gateway/accounts", "/gateway/transactions/7", "/gateway/notifications", "/gateway/admin/export", "/notifications/notifications", "/backend/login", "/backend/logout", "/backend/jwks",
         "/bank/authorize", "/bank/token", "/bank/login", "/bank/statements", "/importer/login", "/importer/share", "/importer/connect", "/importer/cb", "/accounts_2/accounts")  # fmt: skip
NAMES = ("client_id", "client_secret", "redirect_uri", "scope", "state", "code", "code_verifier", "code_challenge", "code_challenge_method", "grant_type", "refresh_token", "token",
         "token_type_hint", "username", "password", "ticket", "allow", "prompt", "resource", "response_type", "access_token", "jti", "user", "client", "device", "iss", "at", "api")  # fmt: skip
USUAL = strategies.sampled_from(
    [
        "app",
        "budget",
        "code",
        "token",
        "openid",
        CALLBACK,
        "S256",
        "plain",
        "authorization_code",
        "refresh_token",
        CHALLENGE,
        VERIFIER,
        "alice",
        "none",
        "e30.e30.",
        "",
        "\x00",
        "ü\u202e",
        '"\\',
    ]
)
VALUES = USUAL | strategies.text(max_size=40)
FIELDS = strategies.lists(strategies.tuples(strategies.sampled_from(NAMES), VALUES), max_size=8)
HEADERS = strategies.lists(
    strategies.tuples(strategies.sampled_from([b"authorization", b"dpop", b"cookie", b"content-type", b"origin", b"accept", b"x-forwarded-for"]),
                      strategies.sampled_from([b"Bearer x", b"DPoP e30.e30.AA", b"Basic \xff", b"Basic Og==", b"as_session=x; =; ;", b"application/json", b"text/html"]) | strategies.binary(max_size=30)), max_size=4)  # fmt: skip
BODIES = FIELDS.map(lambda f: (urlencode(f).encode(), b"application/x-www-form-urlencoded")) | strategies.binary(max_size=60).map(lambda b: (b, b"application/json")) | strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=8), lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.sampled_from([*NAMES, "redirect_uris", "client_name", "grant_types", "statement", "exp"]), inner, max_size=5), max_leaves=8
).map(lambda v: (json.dumps(v).encode(), b"application/json"))  # fmt: skip


@pytest.mark.slow
@settings(max_examples=share(12), suppress_health_check=list(HealthCheck))
@given(
    profile=strategies.sampled_from(list(PROFILES)),
    method=strategies.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    path=strategies.sampled_from(PATHS),
    query=FIELDS,
    body=BODIES,
    headers=HEADERS,
)
def test_nothing_that_is_sent_makes_a_party_fail(
    profile: str, method: str, path: str, query: Any, body: tuple[bytes, bytes], headers: Any
) -> None:
    edge = EDGES.setdefault(profile, edge_of(profile)) if profile not in EDGES else EDGES[profile]
    with bounded(f"{method} {path} {query!r:.300} {body[0]!r:.300}"):
        answer = ask(edge, method, f"{path}?{urlencode(query)}" if query else path, body[0], (b"content-type", body[1]), *headers)
    assert answer.status < 500 or (answer.status == 502 and path.startswith(("/budget", "/importer"))), answer.body


EDGES: dict[str, Edge] = {}


# ---------------------------------------------------------------- memory


@pytest.mark.slow
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.world.parties.limits.forget_oldest.__defaults__", (20,))
    monkeypatch.setattr("sandbox.world.parties.authorization_server.registration.KEPT", 20)
    monkeypatch.setattr("sandbox.world.parties.resource_server.KEPT", 20)
    monkeypatch.setattr("sandbox.serve.asgi.SWEEP", 10)
    edge = edge_of()
    for i in range(300):
        ask(edge, "GET", f"/auth/authorize?{ASKED}&x{i}=1")
        register(edge, {"redirect_uris": [CALLBACK]})
        ask(edge, "GET", f"/accounts/{i}")
    auth: Any = edge.world.issuer
    assert len(auth.sign_in.pending) < 40
    assert len(auth.store.clients) < 50
    assert len(edge.world.apis["accounts"].log) < 40
    assert len(edge.net.counted) < 100
    assert len(edge.served.trace.recent) <= 5000
    assert edge.net.trace.events == []


# ---------------------------------------------------------------- Budget as a web app for a real person


@pytest.mark.slow
def test_a_person_signs_in_to_budget_and_sees_her_accounts() -> None:
    with served() as base, requests.Session() as browser:
        person = Person(end="nowhere")
        person.browser = browser
        with pytest.raises(AssertionError, match="Connected"):  # the last page has no form
            person.visit(f"{base}/budget/login?scope=openid%20read")
        assert "alice:account-1" in browser.get(f"{base}/budget/me", timeout=60).text


@pytest.mark.slow
def test_a_person_connects_her_bank_and_her_password_stays_there() -> None:
    """Two companies, each with its own sign-in, both in the set that is served because they are in the cast."""
    with served() as base, requests.Session() as browser:
        person = Person(end="nowhere")
        person.browser, person.password = browser, "penny-lane-64"
        with pytest.raises(AssertionError, match="Connected"):
            person.visit(f"{base}/importer/login?scope=statements")


@pytest.mark.slow
def test_budget_at_a_real_authorization_server() -> None:
    """`serve --issuer`: a real browser, Budget and the APIs here, and the authorization server of somebody else."""
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with node_issuer("ES256", f"http://127.0.0.1:{port}/budget/cb") as issuer, requests.Session() as browser:
        options = ("--port", str(port), "--issuer", issuer, "--client-id", "web", "--client-secret", SECRET)
        with served(*options) as base:
            person = Person(end="nowhere")
            person.browser = browser
            with pytest.raises(AssertionError, match="Connected"):
                person.visit(f"{base}/budget/login?scope=openid%20read")
            assert "alice:account-1" in browser.get(f"{base}/budget/me", timeout=60).text


@pytest.mark.slow
def test_people_who_come_at_once_get_their_own_answers() -> None:

    with served() as base:
        at = requests.get(f"{base}/auth/.well-known/openid-configuration", timeout=60).json()

        def whose(name: str) -> tuple[str, str]:
            code = parameters(Person(name).visit(f"{at['authorization_endpoint']}?{ASKED}"))["code"]
            fields = {
                "grant_type": "authorization_code",
                "client_id": "app",
                "redirect_uri": CALLBACK,
                "code": code,
                "code_verifier": VERIFIER,
            }
            token = requests.post(at["token_endpoint"], fields, timeout=60).json()["access_token"]
            found = requests.get(at["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"}, timeout=60).json()
            return name, found["sub"]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(whose, ["alice", "mallory"] * 30))
    assert all(asked == answered for asked, answered in answers)


# ---------------------------------------------------------------- an app on the learner's own machine


def code_at(edge: Edge, redirect_uri: str) -> str:
    """Where Alice ends who signs in to the app that waits there."""
    alice = Visitor(edge, BASE)
    return alice.visit(f"{BASE}/auth/authorize?{urlencode(dict(parse_qsl(ASKED)) | {'redirect_uri': redirect_uri})}")


def redeemed(edge: Edge, code: str, **fields: str) -> Answer:
    form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": CALLBACK, "code_verifier": VERIFIER, "code": code}
    return ask(edge, "POST", "/auth/token", urlencode(form | fields).encode(), FORM_TYPE)


def test_an_app_gets_its_code_at_the_port_that_it_took(edge: Edge) -> None:
    """Registered is port 9999 (RFC 8252 §7.3); the token request names the one that was taken (RFC 6749 §4.1.3)."""
    mine = CALLBACK.replace("9999", "51004")
    end = code_at(edge, mine)
    assert end.startswith(f"{mine}?code=")
    assert redeemed(edge, parameters(end)["code"]).json["error"] == "invalid_grant"
    assert redeemed(edge, parameters(code_at(edge, mine))["code"], redirect_uri=mine).status == 200
    assert code_at(edge, "http://localhost:51004/cb").startswith(BASE), "another name is not the loopback interface"


@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
def test_from_a_refusal_to_the_token_endpoint(profile: str) -> None:
    """A client that knows nothing but the API's address finds its way by RFC 9728 and RFC 8414."""
    edge = edge_of(profile)
    refused = ask(edge, "GET", "/accounts/accounts")
    (place,) = re.findall(r'resource_metadata="([^"]+)"', refused.header("www-authenticate"))
    told = ask(edge, "GET", place.removeprefix(BASE)).json
    assert told["resource"] == f"{BASE}/accounts"  # RFC 9728 §3.3: the address that was asked
    (issuer,) = told["authorization_servers"]
    there = split(issuer).path
    assert ask(edge, "GET", f"/.well-known/oauth-authorization-server{there}").json["token_endpoint"] == f"{issuer}/token"


@pytest.mark.parametrize(
    ("body", "origin", "answer"),
    [
        ("{", None, (400, -32700)),
        ('{"a": 1, "a": 2}', None, (400, -32700)),
        ("{", "http://evil.example:9000", (403, -32600)),
        ("{}", "http://127.0.0.1:9000.evil.example", (403, -32600)),
        ("{}", BASE, (400, -32600)),
    ],
)
def test_the_tool_server_refuses_in_the_words_of_its_protocol(body: str, origin: str | None, answer: tuple[int, int]) -> None:
    edge = edge_of("oauth-basic")
    url, now = f"{BASE}/tool_server/mcp", edge.net.clock.now()
    claims = {"iss": f"{BASE}/auth", "sub": "alice", "aud": url, "scope": "read", "iat": now, "exp": now + 60, "jti": "1"}
    held = edge.world.issuer.core.signing.current.sign(claims, "at+jwt")
    page = (("Origin", origin),) if origin else ()
    found = ask(
        edge, "POST", "/tool_server/mcp", body.encode(), ("Content-Type", "application/json"), ("Authorization", f"Bearer {held}"), *page
    )
    assert (found.status, found.json["error"]["code"]) == answer


@pytest.mark.parametrize(
    ("origin", "may"), [("http://localhost:6274", True), (BASE, True), ("https://evil.example", False), ("null", False)]
)
def test_a_browser_asks_for_permission_before_a_page_may_use_tools(origin: str, may: bool) -> None:
    wants = ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "mcp-protocol-version")
    answer = ask(edge_of("oauth-bcp"), "OPTIONS", "/tool_server/mcp", b"", ("Origin", origin), *wants)
    assert answer.status == 204
    assert (answer.header("access-control-allow-origin") is not None) == may
    assert ("mcp-protocol-version" in (answer.header("access-control-allow-headers") or "").lower()) == may


def test_a_design_without_authorization_server_names_none() -> None:
    edge = edge_of("naive-jwt")
    assert "resource_metadata" not in (ask(edge, "GET", "/accounts/accounts").header("www-authenticate") or "")
    assert ask(edge, "GET", "/.well-known/oauth-protected-resource/accounts").status == 404
