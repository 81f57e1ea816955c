"""Messages: reading them never fails, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.wire import Request, Response, form_request, json_request, json_response, origin, own_path, with_query


def test_parts_of_a_request():
    request = form_request("https://a.example/t?x=1&x=2", {"code": "c d"}, (("Cookie", "sid=1; t=2"), ("authorization", "DPoP abc")))
    assert (request.origin, request.path, request.query, request.form) == (
        "https://a.example",
        "/t",
        (("x", "1"), ("x", "2")),
        (("code", "c d"),),
    )
    assert request.cookies == {"sid": "1", "t": "2"}
    assert request.credential() == ("dpop", "abc")
    assert (request.param("x"), request.param("code"), request.param("y")) == ("1", "c d", None)


def test_a_body_is_a_form_or_json_only_if_it_says_so():
    assert Request("POST", "https://a.example/", (), "a=1").form == ()
    assert json_request("POST", "https://a.example/", {"a": 1}).json == {"a": 1}
    assert Request("POST", "https://a.example/", (("Content-Type", "application/json"),), "{").json is None


def test_app_links_have_their_scheme_as_origin():
    assert origin("com.connectsphere.app:/cb?code=1") == "com.connectsphere.app:"


def test_headers_can_be_set_and_removed():
    request = Request("GET", "https://a.example/", (("A", "1"), ("a", "2"), ("B", "3")))
    assert request.with_header("a", "9").headers == (("B", "3"), ("a", "9"))
    assert request.with_header("A", None).headers == (("B", "3"),)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (json_response(400, {"error": "invalid_grant"}), "invalid_grant"),
        (Response(401, (("WWW-Authenticate", 'Bearer error="invalid_token", scope="x"'),)), "invalid_token"),
        (Response(302, (("Location", "https://a.example/cb?error=access_denied"),)), "access_denied"),
        (Response(302, (("Location", "https://a.example/cb#error=access_denied"),)), "access_denied"),
        (Response(400, (("Content-Type", "text/html"),), '<body data-page="error" data-error="mismatching_state">'), "mismatching_state"),
        (Response(401, (("WWW-Authenticate", "Bearer"),)), None),
        (json_response(200, ["error"]), None),
        (json_response(200, {"error": {"code": -32601, "message": "Method not found"}}), "-32601"),
        (json_response(200, {"error": {"message": "?"}}), None),
        (json_response(200, {"error": True}), None),
    ],
)
def test_the_error_is_found_where_its_protocol_puts_it(response, error):
    assert response.error == error


def test_queries_are_added_at_the_end():
    assert with_query("https://a.example/?x=1#f", {"y": "2 3"}) == "https://a.example/?x=1&y=2+3#f"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_read(url, header, body):
    request = Request("GET", url, (("Content-Type", header), ("Cookie", header), ("Authorization", header)), body)
    response = Response(200, (("Content-Type", header), ("Location", url), ("WWW-Authenticate", header)), body)
    assert isinstance(
        (request.origin, request.path, request.query, request.form, request.json, request.cookies, request.credential()), tuple
    )
    assert isinstance((response.error, response.page, response.json), tuple)


@pytest.mark.parametrize(
    ("path", "mount", "own"),
    [
        ("/auth/token", "/auth", "/token"),
        ("/auth", "/auth", ""),
        ("/authority", "/auth", None),
        ("/other/auth", "/auth", None),
        ("/world/k/auth/token", "/world/k/auth", "/token"),
        ("/.well-known/oauth-authorization-server/auth", "/auth", "/.well-known/oauth-authorization-server"),
        ("/.well-known/oauth-protected-resource/tools/mcp", "/tools", "/.well-known/oauth-protected-resource/mcp"),
        ("/.well-known/oauth-protected-resource/toolset/mcp", "/tools", None),
        ("/.well-known/oauth-protected-resource", "/tools", None),
        ("/.well-known/security.txt/tools", "/tools", None),
        ("/.well-known/openid-configuration" * 2000 + "/tools", "/tools", None),
    ],
)
def test_a_party_knows_the_part_of_a_path_that_is_its_own(path: str, mount: str, own: str | None) -> None:
    assert own_path(path, mount) == own
