"""What a party reads and remembers at most."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.world.parties.limits import MAX_BODY, MAX_HEADERS, MAX_URL, forget_oldest, full, too_large


def test_forgetting_begins_with_the_oldest() -> None:
    kept = dict.fromkeys(range(125))
    forget_oldest(kept, 100)
    assert list(kept) == list(range(25, 125))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("GET", "https://a.example/" + "x" * MAX_URL), 414),
        (Request("GET", "https://a.example/", (("A", "x" * MAX_HEADERS),)), 431),
        (Request("POST", "https://a.example/", (), "x" * (MAX_BODY + 1)), 413),
    ],
    ids=["address", "headers", "body"],
)
def test_what_is_too_large_to_be_read_is_refused_by_size(request_: Request, status: int) -> None:
    refusal = too_large(request_)
    assert refusal is not None
    assert (refusal.status, refusal.error) == (status, "invalid_request")


def test_what_is_not_too_large_is_read() -> None:
    assert too_large(Request("POST", "https://a.example/", (("A", "x"),), "x" * MAX_BODY)) is None
    assert (full([1, 2], 2), full([1], 2)) == (True, False)
