"""Messages as files write them: what is written travels, and a body says its own type."""

from __future__ import annotations

import pytest

from sandbox.core.wire import FORM, JSON, Request
from sandbox.verbs.messages import AddressChange, Change, built, changed, changed_address

URL = "https://a.example/x?b=c#d=e"
LIST = Request("POST", URL, (("Content-Type", JSON),), "[1]")


def test_a_request_is_built_from_its_parts() -> None:
    assert built(None, URL) == Request("GET", URL)
    assert built("PUT", URL, {"X-A": "b"}, {"c": 1}) == Request("PUT", URL, (("X-A", "b"), ("Content-Type", JSON)), '{"c":1}')
    assert built(None, URL, None, None, {"c": "ä"}) == Request("POST", URL, (("Content-Type", FORM),), "c=%C3%A4")


def test_a_content_type_that_is_written_stays_the_only_one() -> None:
    assert built(None, URL, {"content-type": "text/plain"}, {"c": 1}).headers == (("content-type", "text/plain"),)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"host": "z.example"}, "https://z.example/x?b=c#d=e"),
        ({"path": "/y"}, "https://a.example/y?b=c#d=e"),
        ({"query": {"b": None, "n": 1}}, "https://a.example/x?n=1#d=e"),
        ({"fragment": {"d": "f"}}, "https://a.example/x?b=c#d=f"),
    ],
)
def test_an_address_is_changed(change: dict[str, object], expected: str) -> None:
    assert changed_address(URL, AddressChange.model_validate(change)) == expected


def test_an_address_that_cannot_be_parsed_can_be_changed() -> None:
    assert changed_address("https://[a", AddressChange(path="/y")) == "/y"


@pytest.mark.parametrize(
    ("request_", "change", "media", "body"),
    [
        (Request("GET", URL), {"form": {"a": "b"}}, FORM, "a=b"),
        (Request("GET", URL), {"json": {"a": 1}}, JSON, '{"a":1}'),
        (Request("POST", URL, (("Content-Type", FORM),), "a=b&c=d"), {"form": {"a": "z", "c": None}}, FORM, "a=z"),
        (Request("POST", URL, (("Content-Type", FORM),), "a=b"), {"json": {"c": 1}}, JSON, '{"c":1}'),
        (LIST, {"json": {"c": 1}}, JSON, '{"c":1}'),
        (LIST, {"json": {"c": 1}, "headers": {"content-type": "text/plain"}}, "text/plain", '{"c":1}'),
    ],
)
def test_a_changed_body_says_its_type(request_: Request, change: dict[str, object], media: str, body: str) -> None:
    found = changed(request_, Change.model_validate(change))
    assert (found.headers, found.body) == ((("content-type" if media == "text/plain" else "Content-Type", media),), body)


def test_null_removes_a_header() -> None:
    assert changed(LIST, Change.model_validate({"headers": {"CONTENT-TYPE": None}})).headers == ()
