"""Which exchange is what, and who plays which part."""

from sandbox.reality.recognition import issued, same_place, site, story, tokens_in
from tests.reality.test_exchanges import read
from tests.support.reality import IMPLICIT, NAIVE, SPA, authorize, call, callback, entry, own, redeem

OPAQUE = "2YotnFZFEjr1zCsicMWpAA"


def kinds(*entries):
    found = read(*entries)
    told = story(found, None)
    return [told.kind(e) for e in found]


def test_a_login_and_its_parts():
    told = story(
        read(authorize(), callback(), redeem(), call(OPAQUE), entry("GET", "https://cdn.other.test/x.css", at=4, mime="text/css")), None
    )
    assert [told.kind(e) for e in told.exchanges] == ["authorize", "callback", "token", "api", "noise"]
    assert (told.parts.issuers, told.parts.clients, told.parts.apis, told.parts.others) == (
        ["login.example"],
        ["app.example"],
        ["api.example"],
        ["cdn.other.test"],
    )
    assert told.oauth


def test_what_belongs_to_a_login_besides():
    form = {"token": OPAQUE}
    assert kinds(
        authorize(),
        entry("GET", "https://login.example/.well-known/openid-configuration", at=1, body={"issuer": "https://login.example"}),
        entry("GET", "https://login.example/jwks", at=2, body={"keys": []}),
        entry("POST", "https://login.example/introspect", at=3, form=form),
        entry("POST", "https://login.example/revoke", at=4, form=form),
        entry("GET", "https://login.example/logout", at=5),
        entry("POST", "https://login.example/sign-in", 303, at=6, form={"login": "alice", "password": "abc-DEF-1"}),
        entry("POST", "https://login.example/token", at=7, form={"grant_type": "refresh_token", "refresh_token": "abcDEF123456"}),
        entry("POST", "https://login.example/token", at=8, form={"grant_type": "password", "username": "a", "password": "b"}),
        entry(
            "POST",
            "https://login.example/par",
            at=9,
            form={"response_type": "code", "client_id": "app", "scope": "openid"},
            body={"request_uri": "urn:x"},
        ),
        entry("OPTIONS", "https://api.example/v1", at=10),
        entry("GET", "wss://api.example/live", 101, at=11),
        entry("GET", "https://login.example/userinfo", at=12, headers={"authorization": f"Bearer {OPAQUE}"}),
    ) == [
        "authorize",
        "metadata",
        "keys",
        "introspect",
        "revoke",
        "log_out",
        "sign_in",
        "refresh",
        "password_grant",
        "push",
        "preflight",
        "websocket",
        "userinfo",
    ]


def test_a_login_of_ones_own_is_one_only_if_it_brings_a_token():
    sent = {"email": "a@b.example", "password": "abc-DEF-1"}
    assert kinds(entry("POST", "https://a.example/login", sent=sent, body={"data": {"token": "abcDEF123456789012345"}})) == ["own_login"]
    assert kinds(entry("POST", "https://a.example/login", sent=sent, body={"ok": True})) == ["sign_in"]


def test_a_tracker_with_the_code_in_its_address_is_no_callback():
    stray = entry("GET", "https://tracker.test/c?code=SplxlOBeZQQYbYS6WxSbIA&state=a-State-of-19-Chars1", at=3)
    assert kinds(authorize(), callback(), redeem(), stray)[3] == "noise"


def test_a_call_whose_header_was_left_out_is_known_by_its_preflight():
    asks = entry("OPTIONS", "https://api.example/v1", at=3, headers={"access-control-request-headers": "authorization"})
    bare = entry("GET", "https://api.example/v1", at=4, kind="fetch")
    assert kinds(authorize(), callback(), redeem(), asks, bare)[4] == "api"


def test_small_helpers():
    assert site("a.b.example:8443") == "b.example"
    assert tokens_in("access_token=a&state=b") == {"access_token": "a"}
    assert same_place("https://A.example/cb?x=1", "https://a.example/cb")
    assert not same_place("https://a.example/cb2", "https://a.example/cb")
    assert issued(read(redeem())[0]) == {"access_token": "access_token#1"}


def test_real_recordings():
    assert own(SPA).story.parts.others == ["static.cdn.example", "metrics.tracker.example", "fonts.googleapis.com"]
    assert own(NAIVE).story.parts.apis == ["crm.globex.example", "reports.globex.example"]
    assert own(IMPLICIT).story.parts.clients == ["legacy.acme.example"]
