"""What leaves."""

from urllib.parse import quote

from sandbox.reality.har import Source
from sandbox.reality.seen.look import Look
from sandbox.reality.seen.traces import leaked
from tests.support.reality import SPA, authorize, call, callback, entry, ids, looked, of, own, redeem

OPAQUE = "2YotnFZFEjr1zCsicMWpAA"
CB = "https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=a-State-of-19-Chars1"


def stray(value, at=4, **headers):
    return entry("GET", f"https://tracker.test/c?dl={quote(value, safe='')}", at=at, headers=headers)


def test_a_code_at_a_third_party_however_it_is_written():
    assert of(own(SPA), "code_to_third_party").evidence[0].entry == 37
    assert "code_to_third_party" in ids(looked(authorize(), callback(), redeem(), stray(CB)))
    assert "code_to_third_party" in ids(looked(authorize(), callback(), redeem(), stray("https://x.test/?r=" + quote(CB, safe=""))))
    assert "code_to_third_party" in ids(looked(authorize(), callback(), redeem(), stray("x", referer=CB)))
    assert "code_to_third_party" not in ids(looked(authorize(), callback(), redeem(), stray("https://app.example/")))
    assert [e.entry for e, _ in leaked(Look(own(SPA).story, Source()), ("code",))] == [37, 49]


def test_a_token_at_a_third_party():
    assert "token_to_third_party" in ids(looked(authorize(), callback(), redeem(), stray(f"https://app.example/#access_token={OPAQUE}")))


def test_what_the_callback_page_loads():
    foreign = entry("GET", "https://cdn.test/a.css", at=2, headers={"referer": "https://app.example/"}, mime="text/css")
    assert "callback_loads_foreign" in ids(looked(authorize(), callback(), foreign, redeem(3)))
    strict = callback()
    strict["response"]["headers"] = [{"name": "Referrer-Policy", "value": "no-referrer"}]
    assert "callback_loads_foreign" not in ids(looked(authorize(), strict, foreign, redeem(3)))


def test_how_a_token_travels():
    assert "tokens_in_header" in ids(looked(authorize(), callback(), redeem(), call(OPAQUE)))
    bad = entry("GET", f"https://api.example/x?access_token={OPAQUE}", at=4)
    found = ids(looked(authorize(), callback(), redeem(), call(OPAQUE), bad))
    assert "token_in_address" in found
    assert "tokens_in_header" not in found


def test_a_websocket_without_anything():
    bare = entry("GET", "wss://api.example/live", 101, at=5)
    assert "websocket_unauthenticated" in ids(looked(authorize(), callback(), redeem(), call(OPAQUE), bare))
    shown = entry("GET", f"wss://api.example/live?ticket={OPAQUE}", 101, at=5)
    assert "websocket_unauthenticated" not in ids(looked(authorize(), callback(), redeem(), call(OPAQUE), shown))


def test_where_a_page_keeps_tokens():
    script = entry("GET", "https://app.example/app.js", at=1, mime="application/javascript", body="localStorage.setItem('token', t)")
    assert "token_in_page_storage" in ids(looked(authorize(), script, callback(2), redeem(3)))
    assert "token_in_page_storage" not in ids(looked(script, entry("GET", "https://app.example/", mime="text/html", body="<p>")))
    page = entry(
        "GET", "https://app.example/x", at=2, mime="text/html", body="<script>new M({store:sessionStorage})</script>", kind="document"
    )
    assert "page_storage" in ids(looked(authorize(), callback(), redeem(), page))


def test_what_a_page_has():
    answer = {"access_token": OPAQUE, "refresh_token": "old-Refresh-Token-1"}
    renewed = redeem(
        5, answer=answer, grant_type="refresh_token", code="", refresh_token="old-Refresh-Token-1", code_verifier="", redirect_uri=""
    )
    found = ids(looked(authorize(), callback(), redeem(answer=answer), renewed))
    assert {"page_client", "public_client", "refresh_token_in_browser", "refresh_same"} <= found
    rotated = redeem(
        5,
        answer=answer | {"refresh_token": "new-Refresh-Token-2"},
        grant_type="refresh_token",
        code="",
        refresh_token="old-Refresh-Token-1",
        code_verifier="",
        redirect_uri="",
    )
    assert "refresh_rotated" in ids(looked(authorize(), callback(), redeem(answer=answer), rotated))
    assert "client_secret_in_browser" in ids(looked(authorize(), callback(), redeem(client_secret="abc-DEF-123")))
    assert "no_refresh" in ids(
        looked(entry("POST", "https://app.example/login", sent={"email": "a@b.example", "password": "abc-DEF-1"}, body={"token": OPAQUE}))
    )
