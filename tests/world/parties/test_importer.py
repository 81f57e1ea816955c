"""The importer: with the bank's permission it holds a token, with a password it is Alice."""

from __future__ import annotations

from sandbox.core.wire import Request, json_request
from sandbox.world.parties.importer import Importer
from sandbox.world.world import World
from tests.support.worlds import agree, asked, world

BANK, IMPORTER = "https://bank.example", "https://import.connectsphere.example"


def importer(w: World) -> Importer:
    found = w.clients["importer"]
    assert isinstance(found, Importer)
    return found


def shared(w: World, password: str = "penny-lane-64") -> Importer:
    """Alice types her bank password into the importer's own page."""
    laptop = w.browsers["laptop"]
    laptop.visit(f"{IMPORTER}/share")
    laptop.submit(laptop.forms()[0], {"username": "alice", "bank_password": password})
    return importer(w)


def statements(w: World) -> tuple[int, object]:
    client, laptop = importer(w), w.browsers["laptop"]
    session = client.session_in(laptop)
    assert session is not None
    answer = client.call(session, Request("GET", f"{BANK}/statements"), BANK, client.sender(laptop))
    return answer.status, answer.json


def test_a_password_that_was_shared_is_kept_and_used_again_and_again() -> None:
    w = world()
    assert list(shared(w).kept.values()) == [("alice", "penny-lane-64")]
    assert "penny-lane-64" in importer(w).state().values()
    assert statements(w) == (200, {"owner": "alice", "statements": ["alice:statement-1"]})
    assert [r.path for r in asked(w, "bank")] == ["/login", "/login", "/statements"]


def test_a_password_that_no_longer_fits_ends_it() -> None:
    w = world()
    shared(w)
    w.bank.people.users["alice"].password = "changed"
    assert statements(w) == (401, {"error": "access_denied"})


def test_a_permission_needs_no_password_of_the_bank_here() -> None:
    w = world()
    laptop = w.browsers["laptop"]
    laptop.visit(f"{IMPORTER}/login")
    while laptop.page and laptop.page.page in ("login", "consent"):
        laptop.submit(laptop.forms()[0], {"username": "alice", "password": "penny-lane-64"})
    assert importer(w).kept == {}
    assert statements(w)[0] == 200
    assert not any("penny-lane-64" in r.body for r in asked(w, "importer"))


def test_the_page_that_asks_for_the_password_is_the_importers_own() -> None:
    w = world()
    w.browsers["laptop"].visit(f"{IMPORTER}/share")
    page = w.browsers["laptop"].page
    assert page is not None
    assert (page.page, "bank_password" in page.body) == ("login", True)
    assert asked(w, "bank") == []
    agree(w, w.browsers["phone"])  # nobody else was asked
    assert w.net.deliver(json_request("POST", f"{BANK}/login", {"username": "alice", "password": "x"}), "importer").status == 401
