"""The network: who gets a message, when it arrives, and what the trace says of it."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, first
from sandbox.protocol.edits import read_one, with_edit
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Sent, StateChanged, TimePassed, of
from sandbox.world.network import NOWHERE
from sandbox.world.world import build, claim
from tests.support.worlds import asked, failures, sign_in, world

EVIL = "https://evil.example"


def test_unknown_hosts_lead_nowhere():
    w = world()
    assert w.net.deliver(Request("GET", "https://nobody.example/"), "mallory").status == 502
    assert [e.receiver for e in w.net.trace.events if isinstance(e, Sent)] == [NOWHERE]


def test_parcels_arrive_at_their_own_second():
    w = world()
    w.net.later(120, Request("GET", f"{EVIL}/slow"), "auth")
    w.net.wait(60)
    assert not [e for e in w.net.trace.events if isinstance(e, Sent)]
    w.net.wait(100)
    sent = next(e for e in w.net.trace.events if isinstance(e, Sent))
    assert (sent.time - w.net.trace.events[0].time, w.net.clock.now() - sent.time) == (120, 40)
    assert len([e for e in w.net.trace.events if isinstance(e, TimePassed)]) == 2


def test_state_is_recorded_as_differences():
    w = world()
    sign_in(w)
    changes = [e for e in w.net.trace.events if isinstance(e, StateChanged)]
    assert all(e.entries for e in changes)
    cookie = [v for e in changes if e.party == "laptop" for k, v in e.entries if k.startswith("cookie __Host-as_session")]
    assert len(cookie) == 1


def test_the_phone_hands_claimed_links_to_the_app_that_claimed_them():
    w = world("oauth-basic")
    claim(w, "mobile")
    assert sign_in(w, "mobile", "phone").tokens == {}
    assert first(asked(w, "evil_mobile")[-1].query, "code")


def test_a_claim_holds_on_that_phone_only():
    w = world("oauth-basic")
    claim(w, "mobile")
    assert sign_in(w, "mobile", "mallory_browser").user == "mallory"


def test_without_a_claim_the_genuine_app_gets_its_links():
    w = world("oauth-basic")
    assert sign_in(w, "mobile", "phone").user == "alice"
    assert asked(w, "evil_mobile") == []


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://app.connectsphere.example.evil.example/cb", "mallory"),
        ("https://shop.evil.example/", "mallory"),
        ("https://as.evil.example/", "evil_as"),
        ("https://evil.example/", "mallory"),
        ("https://notevil.example/", NOWHERE),
        ("https://evil.example.connectsphere.example/", NOWHERE),
        ("https://app.connectsphere.example/cb", "app"),
    ],
)
def test_all_hosts_below_a_domain_belong_to_its_owner(url, owner):
    assert world().net.owner(url) == owner


def test_a_message_is_written_down_when_it_leaves_and_when_it_is_answered():
    w = world()
    w.net.trace.step = "look"
    w.net.deliver(Request("GET", f"{EVIL}/a"), "laptop", "front")
    w.net.deliver(Request("GET", f"{EVIL}/a"), "laptop", "front")
    sent, answered = (list(of(w.net.trace.events, kind)) for kind in (Sent, Answered))
    assert [(e.exchange, e.message, e.channel, e.request.peer) for e in sent] == [
        (0, "look/laptop>mallory:GET /a#1", "front", "laptop"),
        (1, "look/laptop>mallory:GET /a#2", "front", "laptop"),
    ]
    assert [(e.exchange, e.message, e.sender, e.receiver) for e in answered] == [
        (0, "look/mallory>laptop:answer GET /a#1", "mallory", "laptop"),
        (1, "look/mallory>laptop:answer GET /a#2", "mallory", "laptop"),
    ]


def test_a_zone_lets_in_who_belongs_to_it():
    w = world()
    inside = Request("GET", "http://accounts.internal/accounts")
    assert w.net.deliver(inside, "mallory").status == 502
    assert failures(w) == ["accounts.zone"]
    w.net.admit("internal", "mallory")
    assert w.net.deliver(inside, "mallory").status == 401


def test_a_message_is_changed_on_its_way_and_an_edit_that_does_not_fit_is_noted():
    edits = with_edit((), read_one("/laptop>mallory:GET /a#1~headers.x~new"))
    edits = with_edit(edits, read_one("/laptop>mallory:GET /a#1~json.x~new"))
    w = build(Settings.of("oauth-bcp"), edits=edits)
    w.net.deliver(Request("GET", f"{EVIL}/a", (("X", "old"),)), "laptop")
    [sent] = of(w.net.trace.events, Sent)
    assert (sent.request.header("x"), sent.edited) == ("new", True)
    assert [(edit.field, problem) for edit, problem in w.net.unfit] == [("json.x", "there is no JSON in this message")]
