"""The browser: redirects, cookies, referrers, addresses, what is held, and what a page of hers can see."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, form_request
from sandbox.engine.knowledge import Knowledge
from sandbox.protocol.trace import Sent
from sandbox.world.parties.browser import Browser, resolved, site
from sandbox.world.parties.pages import page
from tests.support.short_stories import failed, sent, told
from tests.support.worlds import agree, asked, sign_in, world

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
        set=Response(
            200, (("Set-Cookie", "lax=1"), ("Set-Cookie", "strict=2; SameSite=Strict"), ("Set-Cookie", "none=3; SameSite=None; Secure"))
        ),
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
    assert browser.jar.kept["one.test"] == {}


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


def test_agreeing_stops_at_pages_that_ask_nothing():
    w = world()
    agree(w, w.browsers["laptop"])
    assert w.net.trace.events == []


APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


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


def test_an_answer_without_content_leaves_the_page_as_it_is():
    browser, one, _ = browsing(a=page("app", "A"), b=Response(204))
    browser.visit("https://one.test/a")
    browser.link("https://one.test/b")
    assert (browser.url, browser.page.page, one.seen[-1].path) == ("https://one.test/a", "app", "/b")


# ---------------------------------------------------------------- a page of hers with a frame that nobody sees

OPEN = {"as_deny_frames": "off", "as_lax_cookies": "off"}
ASK = (
    "https://auth.connectsphere.example/authorize?response_type=code&client_id=evil_app&scope=read&redirect_uri=https://evil-app.example/cb"
)


@pytest.mark.parametrize(
    ("switches", "shown", "sent"),
    [(OPEN, "consent", True), (OPEN | {"as_lax_cookies": "on"}, "login", False), (OPEN | {"as_deny_frames": "on"}, "", True)],
)
def test_a_frame_shows_what_lets_itself_be_framed_to_whoever_the_cookies_say(switches: dict, shown: str, sent: bool):
    w = world("oauth-basic", **switches)
    sign_in(w)
    browser = w.browsers["laptop"]
    browser.visit(f"{EVIL}/")
    browser.show_in_frame(ASK)
    assert (browser.inner.page.page if browser.inner else "") == shown
    assert (asked(w, "auth")[-1].header("cookie") is not None) is sent
    assert browser.page.page is None, "the page of the whole window is still hers"


def test_a_click_sends_the_form_in_the_frame_with_its_own_origin():
    w = world("oauth-basic", **OPEN)
    sign_in(w)
    browser = w.browsers["laptop"]
    browser.visit(f"{EVIL}/")
    browser.show_in_frame(ASK)
    browser.click()
    sent = next(r for r in asked(w, "auth") if r.path == "/consent")
    assert sent.header("origin") == "https://auth.connectsphere.example"
    assert browser.inner.url.startswith("https://evil-app.example/cb?code=")
    browser.visit(f"{EVIL}/")
    assert browser.inner is None, "another page has other frames"


MESSAGE = "in app.sign_in {browser: laptop, scope: read}\nit mallory.popup {browser: laptop, url: 'https://auth.connectsphere.example/authorize', change: {query: {response_type: code, response_mode: web_message, client_id: app, redirect_uri: 'https://app.connectsphere.example/cb', scope: read, prompt: none}}}"


@pytest.mark.parametrize(("how", "gets"), [("to-anybody", True), ("to-the-client", False)])
def test_a_message_reaches_only_a_page_of_the_origin_that_it_is_for(how: str, gets: bool) -> None:
    record = told(MESSAGE, "oauth-basic", as_web_message=how, client_code_flow="on")
    collected = [r for r in sent(record, "it", "mallory") if r.path == "/collect"]
    assert [set(r.json) for r in collected] == ([{"code"}] if gets else [])
    assert failed(record, "it") == ([] if gets else ["laptop.message_origin"])


def test_a_window_that_nobody_has_opened_gives_its_message_to_nobody() -> None:
    steps = MESSAGE.replace("mallory.popup {browser: laptop, ", "laptop.visit {")
    record = told(steps, "oauth-basic", as_web_message="to-anybody", client_code_flow="on")
    assert sent(record, "it", "mallory") == []
