"""How an answer reaches the client; that each mode is honoured over HTTP is in tests/serve/test_metadata.py."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Response
from sandbox.world.parties.authorization_server.response_modes import in_mode, offered
from sandbox.world.parties.pages import read

CB = "https://client.example/cb"


def sent(location: str, **more: str) -> Response:
    return in_mode(Response(302, (("Location", location),)), more.get("uri", CB), more.get("kind", "code"), more.get("mode", ""))


@pytest.mark.parametrize(
    ("kind", "mode", "before", "after"),
    [
        ("code", "", f"{CB}?code=1", f"{CB}?code=1"),
        ("code", "query", f"{CB}?code=1", f"{CB}?code=1"),
        ("code", "fragment", f"{CB}?code=1&state=a+b", f"{CB}#code=1&state=a+b"),
        ("code", "unknown", f"{CB}?error=x", f"{CB}?error=x"),
        ("token", "", f"{CB}?error=x", f"{CB}#error=x"),
        ("token", "query", f"{CB}#access_token=1", f"{CB}#access_token=1"),
    ],
)
def test_the_answer_stands_where_the_client_wants_it(kind: str, mode: str, before: str, after: str) -> None:
    assert sent(before, kind=kind, mode=mode).location == after


def test_a_form_is_posted_with_everything_and_nothing_in_the_address() -> None:
    answer = sent(f"{CB}?t=1&code=c&state=%22%3E", uri=f"{CB}?t=1", mode="form_post")
    assert (answer.status, answer.page, answer.location) == (200, "post", None)
    assert f'action="{CB}?t=1"' in answer.body
    assert 'name="code" value="c"' in answer.body
    assert 'value="&quot;&gt;"' in answer.body


def test_what_is_no_redirect_stays_as_it_is() -> None:
    page = Response(400, (), "no")
    assert in_mode(page, CB, "code", "fragment") is page
    assert "query" not in offered("token")


@pytest.mark.parametrize(("messages", "target"), [("to-anybody", "*"), ("to-the-client", "https://client.example")])
def test_a_message_names_the_page_that_it_is_for(messages: str, target: str) -> None:
    found = in_mode(Response(302, (("Location", f"{CB}?code=1&state=s"),)), CB, "code", "web_message", messages)
    assert (found.status, found.page, found.location) == (200, "message", None)
    (form,) = read("https://as.example/authorize", found.body)[0]
    assert (form.fields, form.action.endswith(target)) == ((("code", "1"), ("state", "s")), True)


def test_messages_are_sent_only_where_that_is_on() -> None:
    assert [offered("code"), offered("token", "to-anybody")] == [
        ("query", "fragment", "form_post"),
        ("fragment", "form_post", "web_message"),
    ]
    assert sent(f"{CB}?code=1", mode="web_message").location == f"{CB}?code=1"
