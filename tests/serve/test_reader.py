"""Reading the pages of our own parties: all that is on them, and nothing in silence."""

from __future__ import annotations

import pytest

from sandbox.serve.reader import Field, Form, Items, Page, Paragraph, Picture, UnknownPart, read
from sandbox.world.parties.pages import error_page, form, page, paragraph
from tests.support.hostile import BAD


def test_a_page_with_everything() -> None:
    body = paragraph("Hello") + "<ul><li>one</li><li>two</li></ul>" + '<img src="https://evil.example/p.gif" alt="">'
    body += form("/login?a=1&b=2", {"ticket": "t"}, ("username", "text"), ("password", "password"), button="Sign in", hint="al")
    assert read(page("login", "Sign in", body, error="access_denied").body) == Page(
        "login",
        "access_denied",
        "Sign in",
        (
            Paragraph("Hello"),
            Items(("one", "two")),
            Picture("https://evil.example/p.gif"),
            Form(
                "/login?a=1&b=2",
                (
                    Field("ticket", "hidden", "t"),
                    Field("username", "text", "al", "username"),
                    Field("password", "password", "", "password"),
                ),
                "Sign in",
            ),
        ),
    )


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_texts_and_values_are_read_as_they_were(bad: str) -> None:
    found = read(page("app", bad, paragraph(bad) + form(bad, {"ticket": bad}, button=bad), error=bad).body)
    assert found == Page("app", bad, bad, (Paragraph(bad), Form(bad, (Field("ticket", "hidden", bad),), bad)))


def test_an_error_page() -> None:
    assert read(error_page(400, "invalid_request").body) == Page(
        "error", "invalid_request", "That did not work", (Paragraph("invalid_request"),)
    )


@pytest.mark.parametrize("body", ["<script>1</script>", "<table></table>", "loose text", "<p>a</p>loose", "<a href=/x>y</a>"])
def test_what_is_not_known_raises(body: str) -> None:
    with pytest.raises(UnknownPart):
        read(page("app", "A", body).body)
