"""What leaks between apps and pages: claimed links, addresses, images, redirects, storage; and a backend that keeps the tokens."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, first
from sandbox.engine import simulation
from sandbox.engine.knowledge import Knowledge
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Sent
from sandbox.verbs.attacker import Lure, lure
from sandbox.verbs.clients import Redeem, redeem
from sandbox.verbs.reading import Read, read
from sandbox.world.network import NOWHERE
from sandbox.world.parties.browser import resolved
from sandbox.world.parties.client_hosts import PIXEL
from sandbox.world.world import World, claim
from tests.support.worlds import agree, call, failures, outcomes, sign_in, world

APP, EVIL = "https://app.connectsphere.example", "https://evil.example"
AUTHORIZE = "https://auth.connectsphere.example/authorize"


def asked(w: World, party: str) -> list[Request]:
    """The requests that reached a party."""
    return [e.request for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == party]


def lured(w: World, url: str, **query: str) -> None:
    lure(w, "mallory", Lure.model_validate({"browser": "laptop", "url": url, "change": {"query": query}}))


def steal(w: World, client: str = "app", browser: str = "laptop", **more: object) -> dict[str, object]:
    return read(w, "mallory", Read.model_validate({"storage": client, "browser": browser} | more))


def through_backend(w: World, path: str = "/api/accounts/accounts", **headers: str) -> Response:
    return w.browsers["laptop"].send(Request("GET", APP + path, tuple(headers.items()) or (("X-CSRF", "1"),)), f"{APP}/")


# ---- who gets an address


def test_the_phone_hands_claimed_links_to_the_app_that_claimed_them():
    w = world("oauth-basic")
    claim(w, "mobile")
    assert sign_in(w, "mobile", "phone").tokens == {}
    assert first(asked(w, "evil_mobile")[-1].query, "code")


def test_a_claim_holds_on_that_phone_only():
    w = world("oauth-basic")
    claim(w, "mobile")
    assert sign_in(w, "mobile", "mallory_browser").user == "mallory"


def test_without_a_claim_the_genuine_app_gets_its_links():
    w = world("oauth-basic")
    assert sign_in(w, "mobile", "phone").user == "alice"
    assert asked(w, "evil_mobile") == []


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://app.connectsphere.example.evil.example/cb", "mallory"),
        ("https://as.evil.example/", "mallory"),
        ("https://evil.example/", "mallory"),
        ("https://notevil.example/", NOWHERE),
        ("https://evil.example.connectsphere.example/", NOWHERE),
        ("https://app.connectsphere.example/cb", "app"),
    ],
)
def test_all_hosts_below_a_domain_belong_to_its_owner(url, owner):
    assert world().net.owner(url) == owner


# ---- what a browser does with addresses


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://a.test/cb/../out?u=https://b.test/../x#f/../g", "https://a.test/out?u=https://b.test/../x#f/../g"),
        ("https://a.test/cb/./x", "https://a.test/cb/x"),
        ("https://a.test/../../x", "https://a.test/x"),
        ("https://a.test/a..b/c", "https://a.test/a..b/c"),
        ("com.connectsphere.app:/cb?code=1", "com.connectsphere.app:/cb?code=1"),
    ],
)
def test_a_browser_resolves_dot_segments_of_the_path_only(typed, sent):
    assert resolved(typed) == sent


def test_an_extension_sees_an_address_before_its_page_is_loaded():
    w = world("oauth-basic")
    sign_in(w, "budget", hold="budget")
    laptop = w.browsers["laptop"]
    assert "/cb?code=" in laptop.addresses[-1]
    assert not any("/cb?code=" in url for url in laptop.history)


def test_a_new_address_gives_up_what_was_held():
    w = world("oauth-basic")
    sign_in(w, "budget", hold="budget")
    assert w.browsers["laptop"].held is not None
    w.browsers["laptop"].visit(f"{EVIL}/")
    assert w.browsers["laptop"].held is None


def test_a_page_of_hers_reports_the_fragment_of_its_address():
    w = world()
    w.browsers["laptop"].visit(f"{EVIL}/#access_token=secret-in-fragment")
    assert asked(w, "mallory")[-1].json == {"address": f"{EVIL}/#access_token=secret-in-fragment"}
    assert Knowledge().read(w.net.trace.events).knows("mallory", "secret-in-fragment")


def test_a_page_of_hers_without_a_fragment_has_nothing_to_report():
    w = world()
    w.browsers["laptop"].visit(f"{EVIL}/?a=1")
    assert [r.method for r in asked(w, "mallory")] == ["GET"]


# ---- pictures and the Referer


@pytest.mark.parametrize("client", ["app", "budget"])
def test_the_image_on_the_callback_page_learns_the_code(client):
    w = world("oauth-basic")
    sign_in(w, client, response="code")
    referer = asked(w, "mallory")[0].header("referer")
    assert "/cb?code=" in referer
    assert "&state=" in referer


@pytest.mark.parametrize("client", ["app", "budget"])
def test_with_a_referrer_policy_there_is_no_image_and_no_referer(client):
    w = world("oauth-basic", client_referrer_policy="on")
    sign_in(w, client, response="code")
    assert asked(w, "mallory") == []
    callback = w.clients[client].handle(Request("GET", f"{w.clients[client].home}/cb"))
    assert callback.header("referrer-policy") == "no-referrer"
    assert PIXEL not in callback.body


def test_error_pages_have_the_image_too():
    w = world("oauth-basic")
    w.browsers["laptop"].visit("https://budget.example/cb?code=somebody-elses-code&state=wrong")
    assert "somebody-elses-code" in asked(w, "mallory")[-1].header("referer")


def test_other_pages_have_no_image():
    w = world("oauth-basic")
    w.browsers["laptop"].visit("https://budget.example/")
    assert asked(w, "mallory") == []


# ---- redirects


def test_an_open_redirector_leads_anywhere_and_takes_the_fragment_along():
    w = world("oauth-basic")
    w.browsers["laptop"].visit(f"{APP}/out?u={EVIL}/#token")
    assert w.browsers["laptop"].url == f"{EVIL}/#token"
    assert outcomes(w, "app")["redirect_target"] == "skipped"


@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-basic"])
@pytest.mark.parametrize(
    "target", [f"{EVIL}/", "//evil.example/", "javascript:alert(1)", "https://app.connectsphere.example.evil.example/"]
)
def test_a_careful_redirector_refuses_foreign_addresses(profile, target):
    w = world(profile, client_no_open_redirect="on")
    w.browsers["laptop"].visit(f"{APP}/out?u={target}")
    assert w.browsers["laptop"].page.status == 400
    assert failures(w) == ["app.redirect_target"]


@pytest.mark.parametrize("target", ["/", f"{APP}/", ""])
def test_a_careful_redirector_leads_to_its_own_pages(target):
    w = world("oauth-basic", client_no_open_redirect="on")
    w.browsers["laptop"].visit(f"{APP}/out?u={target}")
    assert (w.browsers["laptop"].page.status, w.browsers["laptop"].url) == (200, f"{APP}/")


def test_a_registered_prefix_also_fits_a_host_that_begins_with_it():
    w = world("oauth-basic")
    sign_in(w)
    lured(w, AUTHORIZE, response_type="code", client_id="app", scope="read", redirect_uri=f"{APP}.evil.example/cb")
    assert first(asked(w, "mallory")[-1].query, "code")


def test_a_wrong_redirect_uri_is_refused_first_whatever_else_is_wrong():
    w = world("oauth-bcp")
    lured(w, AUTHORIZE, response_type="token", client_id="app", scope="read", redirect_uri=f"{EVIL}/cb")
    assert failures(w) == ["auth.redirect_uri"]
    assert (w.browsers["laptop"].page.status, w.browsers["laptop"].page.error) == (400, "invalid_request")


def test_a_client_asks_for_no_nonce_where_no_id_token_comes_back():
    w = world("oauth-basic", client_nonce="on", client_validate_id_token="on")
    assert sign_in(w).user == "alice"
    assert failures(w) == []


# ---- storage


def test_a_script_in_the_page_sends_home_what_the_app_has_stored():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    out = steal(w)
    assert out["refresh_token"] == session.refresh_token
    assert asked(w, "mallory")[-1].json["storage"]["access_token"] == session.access_token()


def test_a_script_sees_no_tokens_of_a_web_app_and_no_http_only_cookie():
    w = world("oauth-basic")
    sign_in(w, "budget")
    assert not any(steal(w, "budget").values())
    assert asked(w, "mallory")[-1].json == {"storage": {}, "cookies": ""}


def test_what_is_taken_is_gone():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    assert steal(w, take=True)["refresh_token"]
    assert (session.refresh_token, session.tokens) == ("", {})


# ---- a backend for the app


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
    cookie = w.browsers["laptop"].cookies["app.connectsphere.example"]["__Host-session"]
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


# ---- verdicts


def test_an_error_in_a_redirect_is_a_refusal():
    text = "\n".join((
        "title: T", "story: S.", "lesson: L.", "refs: [RFC 6749 §4.2.2.1]", "needs: [oauth]", "setting: {profile: oauth-basic}", "steps:",
        "  - {id: login, do: app.sign_in, with: {browser: laptop}, say: S., expect: {page: app}}",
        "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: S., expect: {status: 200}}",
    ))  # fmt: skip
    run = simulation.run(loads(text, "t.yaml"), Settings.of("oauth-basic", {"as.no_implicit": "on"}))
    assert run.verdict.word == "failed"
    assert (run.verdict.blocked_by.by, run.verdict.blocked_by.answer) == ("auth.response_type", "302 unsupported_response_type")


def test_signing_in_still_works_for_everybody():
    w = world("oauth-basic")
    for client, browser in (("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")):
        assert sign_in(w, client, browser).user == "alice"
        assert call(w, client, browser).status == 200
    agree(w, w.browsers["laptop"])
    assert failures(w) == []
