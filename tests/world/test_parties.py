"""Browsers, clients, the backend, the attacker's machine and the network, each by what it does for the others."""

from __future__ import annotations

import copy

import pytest

from sandbox.core.wire import Request, Response, form_request, json_request
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Answered, Sent, SignedIn, StateChanged, TimePassed
from sandbox.world.network import NOWHERE
from sandbox.world.parties.browser import Browser, site
from sandbox.world.parties.pages import error_page, form, page, read
from tests.support.worlds import agree, call, failures, outcomes, sign_in, world

EVIL = "https://evil.example"


class Host:
    """A host with fixed answers, for browser tests."""

    def __init__(self, name: str, answers: dict[str, Response]) -> None:
        self.name, self.answers, self.seen = name, answers, []

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        return self.answers.get(request.path, Response(404))

    def state(self) -> dict[str, str]:
        return {}


def browsing(**answers: Response) -> tuple[Browser, Host, Host]:
    """A browser and two sites; `answers` are those of https://one.test by path (`a__b` is /a/b)."""
    w = world()
    one = Host("one", {"/" + k.replace("__", "/"): v for k, v in answers.items()})
    two = Host("two", {"/": page("app", "Two"), "/set": Response(200, (("Set-Cookie", "t=2; SameSite=Strict"),))})
    w.net.connect(one, "https://one.test")
    w.net.connect(two, "https://two.other")
    return w.browsers["laptop"], one, two


def to(url: str, status: int = 302) -> Response:
    return Response(status, (("Location", url),))


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_redirects_change_the_method_as_rfc_9110_says(status, method):
    browser, one, _ = browsing(a=to("/b", status), b=page("app", "B"))
    browser._go(form_request("https://one.test/a", {"secret": "1"}), "")
    assert (one.seen[-1].method, one.seen[-1].body) == (method, "secret=1" if method == "POST" else "")


def test_the_fragment_is_inherited_over_redirects_and_never_sent():
    browser, one, two = browsing(a=to("https://two.other/"), b=to("https://two.other/#own"))
    browser.visit("https://one.test/a#token")
    assert browser.url == "https://two.other/#token"
    browser.visit("https://one.test/b#token")
    assert browser.url == "https://two.other/#own"
    assert all("#" not in r.url for r in (*one.seen, *two.seen))


def test_endless_redirects_end():
    browser, one, _ = browsing(a=to("/a"))
    browser.visit("https://one.test/a")
    assert len(one.seen) == 20
    assert browser.page.status == 0


def test_lax_cookies_cross_sites_only_with_top_level_gets():
    browser, one, _ = browsing(
        set=Response(200, (("Set-Cookie", "lax=1"), ("Set-Cookie", "strict=2; SameSite=Strict"), ("Set-Cookie", "none=3; SameSite=None"))),
        a=page("app", "A"),
    )
    browser.visit("https://one.test/set")
    browser.visit("https://two.other/")
    browser.link("https://one.test/a")
    assert one.seen[-1].cookies == {"lax": "1", "none": "3"}
    browser._go(form_request("https://one.test/a", {}), "https://two.other/")
    assert one.seen[-1].cookies == {"none": "3"}
    browser.visit("https://one.test/a")
    assert set(one.seen[-1].cookies) == {"lax", "strict", "none"}


def test_a_cookie_can_be_deleted_and_stays_with_its_host():
    browser, _, two = browsing(set=Response(200, (("Set-Cookie", "a=1"),)), unset=Response(200, (("Set-Cookie", "a=; Max-Age=0"),)))
    browser.visit("https://one.test/set")
    browser.visit("https://two.other/")
    assert two.seen[-1].cookies == {}
    browser.visit("https://one.test/unset")
    assert browser.cookies["one.test"] == {}


def test_images_tell_where_they_are_shown_as_far_as_the_policy_allows():
    picture = f'<img src="{EVIL}/p.gif">'
    for policy, referer in ((None, "https://one.test/"), ("no-referrer", None), ("unsafe-url", "https://one.test/a?code=1")):
        headers = (("Referrer-Policy", policy),) if policy else ()
        browser, _, _ = browsing(a=page("app", "A", picture, *headers))
        browser.visit("https://one.test/a?code=1#f")
        image = [e for e in browser.net.trace.events if isinstance(e, Sent) and e.receiver == "mallory"][-1]
        assert image.request.header("referer") == referer


def test_history_keeps_the_whole_address():
    browser, _, _ = browsing(a=page("app", "A"))
    browser.visit("https://one.test/a?x=1#y=2")
    assert browser.history == ["https://one.test/a?x=1#y=2"]


def test_sites_are_told_apart_by_their_last_two_labels():
    assert site("https://app.connectsphere.example/") == site("https://auth.connectsphere.example/x")
    assert site("https://one.test/") != site("https://two.other/")


def test_a_hold_lets_the_first_request_go_and_stops_the_next():
    browser, one, two = browsing(a=to("https://two.other/"), b=page("app", "B"))
    browser.begin("two")
    browser.visit("https://one.test/a")
    assert (browser.held.request.url, len(one.seen), two.seen) == ("https://two.other/", 1, [])
    browser.begin()
    browser.follow(browser.held.request)
    assert browser.page.body.count("Two") == 2
    browser.begin("one")
    browser.visit("https://one.test/b")
    assert browser.held is None


def test_unknown_hosts_lead_nowhere():
    w = world()
    assert w.net.deliver(Request("GET", "https://nobody.example/"), "mallory").status == 502
    assert [e.receiver for e in w.net.trace.events if isinstance(e, Sent)] == [NOWHERE]


def test_forms_are_read_and_texts_escaped():
    shown = page("login", "<b>", form("/go?a=1&b=2", {"t": '"><script>'}, ("name", "text")))
    forms, _ = read("https://one.test/x/", shown.body)
    assert forms[0].action == "https://one.test/go?a=1&b=2"
    assert forms[0].fields == (("t", '"><script>'), ("name", ""))
    assert "<script>" not in shown.body
    assert error_page(400, 'x"y').error == "x&quot;y"


# ---- clients


@pytest.mark.parametrize(("client", "browser"), [("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")])
@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp"])
def test_every_client_signs_in_and_calls_an_api_in_every_profile(client, browser, profile):
    w = world(profile)
    session = sign_in(w, client, browser)
    assert call(w, client, browser).json["owner"] == "alice"
    assert failures(w) == []
    assert [(e.party, e.browser, e.user) for e in w.net.trace.events if isinstance(e, SignedIn)] == [(client, browser, "alice")]
    assert session.user == "alice"


def callback(w, change, client="budget"):
    """Sign in up to the callback, change the held request, let it go."""
    sign_in(w, client, hold=client)
    browser = w.browsers["laptop"]
    browser.begin()
    browser.follow(change(browser.held.request))
    return browser.page


def test_state_of_another_browser_is_refused():
    w = world()
    shown = callback(w, lambda r: Request(r.method, r.url.replace("state=", "state=x"), r.headers))
    assert (shown.status, shown.error) == (400, "mismatching_state")
    assert failures(w) == ["budget.state"]


def test_unbound_state_is_any_state_that_was_ever_sent():
    w = world("oauth-basic", client_state="unbound")
    sign_in(w, "budget", "mallory_browser", hold="auth")
    other = w.browsers["mallory_browser"].held.request
    state = dict(other.query)["state"]
    mine = callback(w, lambda r: Request(r.method, r.url.split("&state=")[0] + f"&state={state}"))
    assert mine.page == "app"
    assert outcomes(w, "budget")["state"] == "pass"


def test_an_answer_of_another_issuer_is_refused():
    w = world()
    shown = callback(w, lambda r: Request(r.method, r.url.split("&iss=")[0] + "&iss=https%3A%2F%2Fas.evil.example"))
    assert shown.error == "mismatching_issuer"
    assert failures(w) == ["budget.issuer"]


def test_an_answer_without_a_code_is_refused():
    w = world("oauth-basic")
    shown = callback(w, lambda r: Request(r.method, "https://budget.example/cb?state=" + dict(r.query)["state"]))
    assert (shown.status, shown.error) == (400, "invalid_response")


def test_a_foreign_nonce_is_refused():
    w = world()
    sign_in(w, "budget", "laptop", hold="budget", scope="openid read")
    session = w.clients["budget"].session_in(w.browsers["laptop"])
    session.nonce = "another"
    browser = w.browsers["laptop"]
    browser.begin()
    browser.follow(browser.held.request)
    assert browser.page.error == "mismatching_nonce"
    assert failures(w) == ["budget.nonce"]


def test_the_id_token_is_checked_in_order():
    w = world()
    sign_in(w, "budget", scope="openid read")
    checked = list(outcomes(w, "budget"))
    assert checked == ["response", "state", "issuer", "algorithm", "signature", "audience", "expiry", "token_hash", "nonce"]


def test_a_page_keeps_its_tokens_in_the_browser_and_a_web_app_does_not():
    w = world()
    sign_in(w, "app")
    sign_in(w, "budget")
    assert list(w.clients["app"].sessions) == ["laptop"]
    assert "laptop" not in w.clients["budget"].sessions


def test_a_client_asks_for_one_token_per_api_where_tokens_have_an_audience():
    w = world()
    session = sign_in(w, "app")
    transactions = w.apis["transactions"].url
    assert w.clients["app"].lacks_token(session, transactions)
    client, browser = w.clients["app"], w.browsers["laptop"]
    client.accept(session, client.sender(browser)(client.refresh_request(session, transactions)))
    assert decode(session.access_token(transactions)).claims["aud"] == transactions
    assert call(w, api="transactions", path="/transactions").json["transactions"] == ["alice:transaction-7"]
    assert call(w).status == 200


@pytest.mark.parametrize(("profile", "path"), [("oauth-bcp", "/revoke"), ("oauth-basic", "/logout"), ("naive-jwt", "/logout")])
@pytest.mark.parametrize(("client", "browser"), [("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")])
def test_logging_out_gives_back_what_can_be_given_back(profile, path, client, browser):
    w = world(profile)
    sign_in(w, client, browser)
    before = len(w.net.trace.events)
    w.browsers[browser].begin()
    w.browsers[browser].post(w.clients[client].logout_url)
    asked = [e.request.path for e in w.net.trace.events[before:] if isinstance(e, Sent) and e.receiver in ("auth", "backend")]
    assert asked == ([] if client == "budget" and profile != "oauth-bcp" else [path])
    assert w.clients[client].session_in(w.browsers[browser]) is None


def test_the_implicit_grant_puts_the_token_into_the_history():
    w = world("oauth-basic")
    sign_in(w, "app")
    assert "&access_token=ey" in w.browsers["laptop"].history[-1]
    assert [e.request.path for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == "auth"] == [
        "/authorize",
        "/login",
        "/consent",
    ]


# ---- backend


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


# ---- network and world


def test_parcels_arrive_at_their_own_second():
    w = world()
    w.net.later(120, Request("GET", f"{EVIL}/slow"), "auth")
    w.net.wait(60)
    assert not [e for e in w.net.trace.events if isinstance(e, Sent)]
    w.net.wait(100)
    sent = next(e for e in w.net.trace.events if isinstance(e, Sent))
    assert (sent.time - w.net.trace.events[0].time, w.net.clock.now() - sent.time) == (120, 40)
    assert len([e for e in w.net.trace.events if isinstance(e, TimePassed)]) == 2


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="backwards"):
        world().net.clock.advance(-1)


def test_state_is_recorded_as_differences():
    w = world()
    sign_in(w)
    changes = [e for e in w.net.trace.events if isinstance(e, StateChanged)]
    assert all(e.entries for e in changes)
    cookie = [v for e in changes if e.party == "laptop" for k, v in e.entries if k.startswith("cookie as_session")]
    assert len(cookie) == 1


def test_a_fork_shares_the_past_and_not_the_future():
    w = world()
    sign_in(w)
    fork = copy.deepcopy(w)
    assert call(fork).status == 200
    assert len(fork.net.trace.events) > len(w.net.trace.events)
    assert fork.apis["accounts"].net is fork.net
    assert fork.issuer.core.net is fork.net
    assert call(w).status == 200
    answers = [[e.response for e in x.net.trace.events if isinstance(e, Answered)] for x in (w, fork)]
    assert answers[0] == answers[1]


def test_the_attacker_presents_a_bound_token_with_the_best_key_she_has():
    w = world()
    session = sign_in(w)
    token, request = session.access_token(), Request("GET", w.apis["accounts"].url + "/accounts")
    assert w.net.deliver(w.attacker.present(request, token), "mallory").status == 401
    w.attacker.keep(w.clients["app"].proof_key(session))
    assert w.net.deliver(w.attacker.present(request, token), "mallory").status == 200
    assert w.attacker.present(request, "opaque").header("authorization") == "Bearer opaque"


def test_the_attackers_host_answers_with_what_she_put_there():
    w = world()
    assert w.net.deliver(Request("GET", f"{EVIL}/x"), "laptop").ok
    w.attacker.served[f"{EVIL}/x"] = Response(418)
    assert w.net.deliver(Request("GET", f"{EVIL}/x"), "laptop").status == 418


def test_agreeing_stops_at_pages_that_ask_nothing():
    w = world()
    agree(w, w.browsers["laptop"])
    assert w.net.trace.events == []
