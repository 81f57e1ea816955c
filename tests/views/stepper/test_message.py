"""Messages in parts: together they are the message, and each path is one that an edit understands."""

from __future__ import annotations

import json

import pytest

from sandbox.core.wire import Request, Response, json_response
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.edits import Edit, edited_request, edited_response
from sandbox.protocol.tokens import key_for
from sandbox.protocol.trace import Answered, Sent
from sandbox.views.stepper.message import Part, holder, parts, text

KEY = key_for("0", "auth")
TOKEN = KEY.sign({"sub": "alice"})


def fields(message: list[Part]) -> dict[str, str]:
    return {part[0]: part[3] for part in message if not isinstance(part, str)}


def test_json_is_indented_as_json_does() -> None:
    body = {"a": 1, "b": {"c": ["x", {"d": None}], "e": []}, "f.g": "dots", "ü": "漢", "h": {}}
    shown = parts(json_response(200, body))
    assert text(shown).partition("\n\n")[2] == json.dumps(body, indent=2, ensure_ascii=False)
    assert fields(shown) | {} == fields(shown)
    assert {"json.a", "json.b", "json.b.c", "json.b.c.0", "json.b.c.1.d", "json.b.e", "json.ü", "json.h"} <= set(fields(shown))
    assert not any("f.g" in path for path in fields(shown)), "a name with a dot cannot be written as a path"


def test_the_parameters_of_a_redirect_are_fields() -> None:
    shown = parts(Response(302, (("Location", "https://a.example/cb?code=1&state=a+b#token=t"), ("Set-Cookie", "a=b"))))
    assert fields(shown) == {
        "status": "302",
        "headers.location": "https://a.example/cb",
        "query.code": "1",
        "query.state": "a+b",
        "fragment.token": "t",
        "headers.set-cookie": "a=b",
    }
    assert "Location: https://a.example/cb?code=1&state=a+b#token=t\n" in text(shown)


@pytest.mark.parametrize(
    "url", ["com.example.app:/cb?code=1", "https://a.example", "nonsense", "https://[bad", "https://a.example/?&&=x&y#"]
)
def test_any_address_is_shown(url: str) -> None:
    assert text(parts(Request("GET", url))).startswith("GET ")


def test_the_holder_of_a_token_is_found() -> None:
    shown = parts(Request("GET", "https://a.example/", (("Authorization", f"Bearer {TOKEN}"),)))
    assert holder(shown, TOKEN) == "headers.authorization"
    assert holder(parts(json_response(200, {"t": {"access_token": TOKEN}})), TOKEN) == "json.t.access_token"
    assert holder(parts(Response(200, (), f"<p>{TOKEN}</p>")), TOKEN) == ""


@pytest.mark.parametrize("scenario", ["code-pkce", "naive-jwt"])
def test_every_field_of_a_run_can_be_edited(scenario: str) -> None:
    for event in simulation.run(library.get(scenario)).events:
        if isinstance(event, Sent):
            for path in fields(parts(event.request)):
                edited_request(event.request, [Edit(event.message, path, "PUT")], lambda _: KEY)
        elif isinstance(event, Answered):
            for path in fields(parts(event.response)):
                edited_response(event.response, [Edit(event.message, path, "200")], lambda _: KEY)
