"""What is fetched for an authorization server: bounded, drawn, and never from where nothing may leave."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from sandbox.core.clock import Clock
from sandbox.protocol.trace import Answered, Sent
from sandbox.serve.fetching import Fetching, Got
from sandbox.world.outgoing import Allowance, Outgoing, Policy
from tests.support.publisher import Publisher
from tests.support.worlds import world


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher("/what")
    found.body = "x" * 100
    yield found
    found.close()


def fetching(most: int = 5, **policy: bool) -> Fetching:
    w = world()
    outgoing = Outgoing(Policy(**{"own_machine": True} | policy), allowance=Allowance(Clock(), most))
    return Fetching(net=w.net, party=w.issuer.name, outgoing=outgoing)


def get(place: Fetching, url: str, largest: int = 1000) -> Got:
    return asyncio.run(place.get(url, "text/plain", "Something is fetched", largest))


def test_an_answer_is_drawn_between_the_server_and_the_world_outside(publisher: Publisher) -> None:
    place, said = fetching(), list[str]()
    place.announce = said.append
    got = get(place, publisher.uri)
    assert (got.response.status, got.response.body, got.asked, said) == (200, "x" * 100, True, ["Something is fetched"])
    drawn = [(type(e), e.sender, e.receiver) for e in place.net.trace.events if isinstance(e, Sent | Answered)]
    assert drawn == [(Sent, "auth", "external"), (Answered, "external", "auth")]
    assert not [host for host in place.net.hosts if host in publisher.uri], "nothing stays connected"


@pytest.mark.parametrize(("largest", "status"), [(100, 200), (99, 502)])
def test_no_more_is_read_than_was_wanted(publisher: Publisher, largest: int, status: int) -> None:
    got = get(fetching(), publisher.uri, largest)
    assert (got.response.status, got.asked) == (status, True)


def test_what_may_not_leave_now_was_not_asked_for(publisher: Publisher) -> None:
    place = fetching(most=1)
    assert [(got.response.status, got.asked) for got in (get(place, publisher.uri), get(place, publisher.uri))] == [
        (200, True),
        (502, False),
    ]
    assert publisher.asked == 1


def test_what_may_not_leave_at_all_is_refused_with_the_reason(publisher: Publisher) -> None:
    place = fetching(own_machine=False)
    assert place.refuses("https://client.example/") is None
    assert "is not an https address" in str(place.refuses(publisher.uri))
    assert get(place, publisher.uri).response.status == 502
    assert publisher.asked == 0


def test_a_party_of_the_same_world_answers_itself() -> None:
    place = fetching()
    at = next(at for at, name in place.net.hosts.items() if name == place.party)
    assert get(place, f"{at}/jwks").response.json["keys"]
