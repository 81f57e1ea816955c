"""What a person sees: pages drawn from their texts, addresses in which the protocol is lit, and nothing that could be markup."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Request, Response
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views.stepper import document, screen
from sandbox.world.parties.pages import error_page, form, page, paragraph
from tests.support.cost import bounded

HTML = ("Content-Type", "text/html")
AT = Request("GET", "https://auth.example/authorize?state=s&scope=read&code_challenge=c")


def screens(name: str) -> list[dict[str, Any]]:
    doc = document([simulation.run(library.get(name))])
    return [m | {"screen": m["screen"]} for m in doc["panes"][0]["moments"] if "screen" in m]


def test_the_code_flow_shows_login_consent_and_app_page() -> None:
    shown = [m["screen"]["items"] for m in screens("code-pkce") if "items" in m["screen"]]
    assert [items[0][1] for items in shown] == ["Sign in to ConnectSphere", "Allow Budget?", "Connected", "Signed out"]
    assert [i for i in shown[0] if i[0] in ("field", "button")] == [
        ["field", "username", "", "text"],
        ["field", "password", "", "password"],
        ["button", "Sign in"],
    ]
    assert [text for kind, text in shown[1] if kind == "li"] == ["know who you are", "see your name", "read your accounts and transactions"]


def test_the_address_bar_lights_what_the_protocol_sends_through_it() -> None:
    callback = next(m["screen"] for m in screens("code-pkce") if m["title"].startswith("GET /cb"))
    lit = [text.partition("=")[0] for text, is_lit in callback["address"] if is_lit]
    assert lit == ["code", "state", "iss"]
    assert callback["address"][0] == ["budget.example/cb", False]
    assert "items" not in callback, "of what will come nothing is shown"


def test_a_redirect_shows_nothing_and_says_where_it_leads() -> None:
    leading = next(m["screen"] for m in screens("code-pkce") if "goes" in m["screen"])
    assert leading["goes"] == "https://auth.connectsphere.example"


def test_what_is_not_for_people_has_no_screen() -> None:
    shown = {(m["from"], m["to"]) for m in screens("code-pkce")}
    assert all("laptop" in pair for pair in shown)
    assert screen.after("x", AT, Response(200, (("Content-Type", "application/json"),), "{}")) is None
    assert screen.after("x", AT, Response(204)) is None


def test_an_app_of_a_device_has_no_address_bar() -> None:
    assert screen.after("Alice's phone", Request("GET", "com.connectsphere.app:/cb?code=x"), page("app", "Signed in"))["address"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        (error_page(400, "x", "<b>&amp;</b>"), [["h1", "That did not work"], ["p", "<b>&amp;</b>"]]),
        (
            page("a", "T", form("/", {"ticket": "secret"}, ("code", "text"), hint="a@b")),
            [["h1", "T"], ["field", "code", "a@b", "text"], ["button", "OK"]],
        ),
        (page("a", "T", paragraph("x" * 999)), [["h1", "T"], ["p", "x" * 239 + "…"]]),
        (Response(200, (HTML,), "<h1>a<img src=x onerror=alert(1)>b<script>c</script></h1>"), [["h1", "a b c"]]),
        (Response(200, (HTML,), '<input value="v" name="n"><input type="hidden" name="h" value="x">'), [["field", "n", "v", "text"]]),
    ],
)
def test_a_page_becomes_texts(answer: Response, items: list[list[str]]) -> None:
    found = screen.after("x", AT, answer)
    assert found is not None
    assert found["items"] == items


@pytest.mark.parametrize("body", ["<h1", "<" * 60_000, "<p>" * 20_000, "<p " * 20_000, "<li>a" * 20_000, "<input" + " value=" * 9_000])
def test_hostile_pages_cost_little(body: str) -> None:
    with bounded(body[:40]):
        found = screen.after("x", AT, Response(200, (HTML,), body))
    assert found is None or len(found["items"]) <= screen.MOST


def test_a_long_address_is_cut() -> None:
    shown = screen.address("https://a.example/" + "p" * 999 + "?" + "&".join(f"n{i}=v" for i in range(99)))
    assert len(shown) <= screen.MOST
    assert len(shown[0][0]) == screen.LONGEST
