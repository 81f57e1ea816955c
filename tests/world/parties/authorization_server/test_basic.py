"""Reading HTTP Basic: as RFC 6749 §2.3.1 has it, and as clients do that do not encode."""

from __future__ import annotations

import base64

import pytest

from sandbox.world.parties.authorization_server.basic import credentials
from sandbox.world.parties.authorization_server.store import Client

KNOWN = {"a b": Client(client_id="a b", title="", redirect_uris=(), scope="", secret="x+y%2F z")}


def read(text: str) -> tuple[str | None, str | None]:
    return credentials("Basic " + base64.b64encode(text.encode()).decode(), KNOWN.get)


@pytest.mark.parametrize("sent", ["a+b:x%2By%252F+z", "a%20b:x%2By%252F%20z", "a b:x+y%2F z"])
def test_each_way_of_writing_it_is_understood(sent: str) -> None:
    assert read(sent) == ("a b", "x+y%2F z")


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic", "Basic !!!", "Basic eA==", "Basic /w=="])
def test_what_is_no_basic_names_nobody(header: str) -> None:
    assert credentials(header, KNOWN.get) == (None, None)


def test_a_wrong_secret_is_read_as_the_rfc_reads_it() -> None:
    assert read("a+b:x+y") == ("a b", "x y")
