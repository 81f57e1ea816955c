"""What has to be said of a recording itself."""

import io

from sandbox.reality.inspection import inspect
from tests.support.reality import authorize, callback, entry, har, ids, looked, redeem


def test_a_token_answer_without_its_body():
    empty = redeem()
    empty["response"]["content"] = {"size": -1, "mimeType": "application/json"}
    assert "missing_token_body" in ids(looked(authorize(), callback(), empty))


def test_an_export_without_cookies_is_no_evidence_about_cookies():
    typed = entry("POST", "https://login.example/in", 303, at=1, form={"username": "a", "password": "abc-DEF-1"})
    found = ids(looked(authorize(), typed, callback(2), redeem(3)))
    assert {"cookies_absent", "sanitized_but_secret"} <= found
    assert not found & {"session_cookie_weak", "as_cookies", "no_token_in_browser"}


def test_a_recording_that_breaks_off():
    raw = har(authorize(), callback(), redeem(), *[entry("GET", "https://a.example/")] * 20)
    assert "truncated" in ids(inspect([("x.har", io.BytesIO(raw[:-900]))]))


def test_nothing_of_a_login():
    assert "no_login" in ids(looked(entry("GET", "https://a.example/")))
