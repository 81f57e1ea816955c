"""A client_id that is an address: which addresses can be one, what their document must say, and that the simulation has none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.core.wire import Response
from sandbox.world.parties.authorization_server import client_documents
from sandbox.world.parties.authorization_server.client_documents import fault, introduced, is_address, take, unknown
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.store import Client
from tests.support.worlds import failures, world

AT = "https://client.example/c"
ABOUT: dict[str, Any] = {"client_id": AT, "client_name": "A tool", "redirect_uris": ["https://client.example/cb"]}


def reading() -> Core:
    core: Core = world().issuer.core
    core.reads_documents, core.unfetchable = True, lambda uri: None
    return core


def answer(found: object, status: int = 200, kind: str = "application/json") -> Response:
    return Response(status, (("Content-Type", kind),), json.dumps(found))


def test_in_the_simulation_it_is_off() -> None:
    w = world()
    assert not w.issuer.core.reads_documents
    assert fault(w.issuer.core, AT) == "Nothing is fetched here."
    assert unknown(w.issuer.core, AT) == client_documents.UNKNOWN
    assert "client_id_metadata_document_supported" not in w.issuer.describe()


def test_only_an_id_that_claims_to_be_an_address_is_looked_at() -> None:
    assert [is_address(text) for text in (AT, "http://127.0.0.1/c", "budget", "ftp://c.example/c", "HTTPS://c.example/c")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address", [AT, "https://client.example/", "https://client.example:8443/a.b/..c?v=1", "https://xn--80ak6aa92e.com/c"]
)
def test_an_address_with_one_reading_can_be_a_clients(address: str) -> None:
    assert fault(reading(), address) is None


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/cimd+json"])
def test_a_document_makes_a_public_client(kind: str) -> None:
    core = reading()
    assert take(core, AT, answer(ABOUT, kind=kind))
    client = core.query_client(AT)
    assert client is not None
    assert (client.by_document, client.confidential, client.title) == (True, False, "A tool")


@pytest.mark.parametrize(
    "found",
    [answer(ABOUT, 404), answer(ABOUT, kind="text/plain"), answer(ABOUT | {"client_id": f"{AT}/"}), answer(ABOUT | {"client_secret": ""})],
)
def test_one_that_describes_it_no_more_ends_it(found: Response) -> None:
    core = reading()
    assert take(core, AT, answer(ABOUT))
    assert not take(core, AT, found)
    assert core.query_client(AT) is None
    assert unknown(core, AT).startswith(f"{client_documents.UNKNOWN} Its document")
    assert take(core, AT, answer(ABOUT))
    assert AT not in core.document_faults


def test_the_default_port_makes_another_client() -> None:
    core = reading()
    assert not take(core, "https://client.example:443/c", answer(ABOUT))


def test_what_is_said_of_a_fault_can_be_an_error_description() -> None:
    core = reading()
    client_documents.note_fault(core, AT, 'a "quoted" \\ \u0435 thing\n' + "x" * 1000)
    said = unknown(core, AT)
    assert len(said) <= 300
    assert not set(said) & set('"\\\n\u0435')


def test_faults_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_documents, "MOST", 3)
    core = reading()
    for n in range(5):
        take(core, f"{AT}{n}", answer({}))
    assert list(core.document_faults) == [f"{AT}{n}" for n in (2, 3, 4)]


def test_a_check_says_what_became_of_it() -> None:
    w = world()
    w.issuer.core.reads_documents, w.issuer.core.unfetchable = True, lambda uri: None
    take(w.issuer.core, AT, answer(ABOUT))
    assert failures(w) == []
    take(w.issuer.core, AT, answer([]))
    assert failures(w) == ["auth.client_document"]


def client(*uris: str, by_document: bool = True) -> Client:
    return Client(client_id="https://client.example:8443/c", title="A <tool>", redirect_uris=uris, scope="", by_document=by_document)


@pytest.mark.parametrize(
    ("uri", "there", "warned"),
    [
        ("https://client.example/cb", "You will be sent to client.example.", False),
        ("http://127.0.0.1:7777/cb", "You will be sent to 127.0.0.1:7777.", True),
        ("http://localhost/cb", "You will be sent to localhost.", True),
        ("https://bank.example@evil.example:x/cb", "You will be sent to evil.example.", False),
        ("com.example.app:/cb", "The app for com.example.app: will be opened.", False),
    ],
)
def test_people_are_told_what_is_true_of_it(uri: str, there: str, warned: bool) -> None:
    told = introduced(client(uri), uri)
    assert "That is the name it gives itself. It is described at client.example:8443." in told
    assert there in told
    assert (client_documents.ON_THIS_DEVICE in told) is warned


def test_where_nobody_is_sent_anywhere_only_it_is_introduced() -> None:
    assert "sent" not in introduced(client("https://client.example/cb"))


def test_nothing_is_said_of_a_client_that_is_registered() -> None:
    assert introduced(client("https://client.example/cb", by_document=False), "https://client.example/cb") == ""
