"""Short words for messages: titles, the most telling parameters, durations."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Checked
from sandbox.views.labels import answer_detail, answer_title, checks_title, clip, duration, joined, listed, own_setting, request_detail
from tests.support import sample_runs as samples


@pytest.mark.parametrize(
    ("response", "title"),
    [
        (Response(204), "204"),
        (Response(303, (("Location", "com.connectsphere.app:/cb?code=x"),)), "303 to com.connectsphere.app:/cb"),
        (Response(302, (("Location", "https://budget.example/cb?error=access_denied"),)), "302 to budget.example/cb"),
        (json_response(200, {"active": False}), "200 inactive"),
        (json_response(200, [1, 2, 3]), "200 3 items"),
        (json_response(400, {"error": "invalid_grant"}), "400 invalid_grant"),
        (samples.page("consent"), "200 consent page"),
    ],
)
def test_titles_of_answers(response: Response, title: str) -> None:
    assert answer_title(response) == title


def test_details_are_the_telling_parameters() -> None:
    request = Request("GET", f"{samples.AUTH}/authorize?client_id=budget&state=abc&response_type=code&code_challenge={samples.CHALLENGE}")
    assert request_detail(request) == "response_type=code  code_challenge=E9Melhoa…  state=abc  client_id=budget"


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (60, "1 minute"), (90, "90 seconds"), (600, "10 minutes"), (7200, "2 hours"), (86400, "1 day")]
)
def test_durations(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_long_random_values_are_cut_short() -> None:
    assert clip("authorization_code") == "authorization_code"
    assert clip(samples.VERIFIER) == "dBjftJeZ…"


def checked(*outcomes: tuple[str, str]) -> list[Checked]:
    return [Checked(0, 0, "", "auth", check, outcome, "", "") for check, outcome in outcomes]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "ignored", "title"),
    [
        ([("key", "pass")], False, "1 check passes"),
        ([("key", "pass"), ("code_challenge", "skipped")], False, "1 check passes, code challenge not performed"),
        ([("a", "skipped"), ("b", "skipped"), ("c", "skipped")], False, "3 not performed"),
        ([("key", "pass"), ("key_binding", "fail")], False, "Checks: key binding fails"),
        ([("a", "fail"), ("b", "fail")], True, "Checks: a, b fail, and is ignored"),
        ([], False, ""),
    ],
)
def test_checks_are_told_by_what_failed_or_by_how_many_passed(outcomes: list[tuple[str, str]], ignored: bool, title: str) -> None:
    assert checks_title(checked(*outcomes), ignored) == title


def test_a_second_line_has_whole_parts_only() -> None:
    assert joined(["a=1", "b=2"]) == "a=1  b=2"
    assert joined(["x" * 149, "b=2", "c=3"]) == "x" * 149 + " …"


def test_the_most_telling_names_come_first_and_four_are_enough() -> None:
    assert listed(["zip", "state", "code", "x", "y", "z"]) == "code, state, zip, x and 2 more"


def test_credentials_and_what_an_image_tells_are_parts_of_a_request() -> None:
    request = Request(
        "GET", "https://a.example/p", (("Authorization", "Bearer short"), ("Cookie", "sid=1"), ("X-User-Id", "alice")), certificate="c"
    )
    assert request_detail(request) == "X-User-Id: alice  Authorization: Bearer short  TLS certificate: c  Cookie: sid=1"
    image = Request("GET", "https://a.example/p.gif", (("Sec-Fetch-Dest", "image"), ("Referer", "https://b.example/cb?code=1")))
    assert request_detail(image) == "Referer: b.example/cb  code=1"


def test_an_answer_tells_objects_and_cookies() -> None:
    answer = json_response(200, {"accounts": ["alice:account-1"]}, ("Set-Cookie", "sid=1; HttpOnly"))
    assert answer_detail(answer) == "alice:account-1  Set-Cookie: sid=1"


def test_the_lessons_own_setting_names_its_design() -> None:
    assert own_setting(Settings.of("oauth-bcp")) == "This lesson's setting (= OAuth 2.0, best practice)"
    assert own_setting(Settings.of("oauth-basic", {"rs.check_aud": "on"})) == "This lesson's setting (OAuth 2.0, basic, changed)"
