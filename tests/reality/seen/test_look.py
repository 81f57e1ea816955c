"""What all rules look at."""

from sandbox.reality.har import Source
from sandbox.reality.seen.look import Look, at, place_of, plain
from tests.support.reality import IMPLICIT, SPA, own


def test_each_token_is_met_once_with_all_its_places():
    look = Look(own(SPA).story, Source())
    first = look.access_tokens[0]
    assert [p.entry for p in first.places[:2]] == [26, 35]
    assert first.lasts == 300
    assert len(look.refresh_tokens) == 2
    assert len(look.id_tokens) == 1
    assert [e.entry for e in look.by_page] == [26, 54]


def test_a_token_in_a_fragment_and_at_a_tracker():
    look = Look(own(IMPLICIT).story, Source())
    assert {15, 21} <= {p.entry for p in look.access_tokens[0].places}


def test_small_helpers():
    assert plain("a%252523b") == "a#b"
    exchange = own(SPA).story.exchanges[0]
    assert at(exchange, "x").entry == exchange.entry
    assert place_of(exchange, "id_token") == "response.content.text.id_token"
