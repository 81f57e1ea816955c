"""All live worlds together: found by their path, forgotten, bounded, and nobody can keep others out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Sent, of
from sandbox.serve.inside import Door
from sandbox.serve.live import Live
from sandbox.serve.setup import OPEN
from sandbox.serve.worlds import NOBODY, Full, Opener, Worlds
from sandbox.world.external import NEEDED, External, NotAnIssuer
from sandbox.world.outgoing import host_of
from tests.support.live_worlds import ORIGIN, ask, says, titles
from tests.support.real import SECRET, Person, django_issuer

BCP, JWT = Settings.of("oauth-bcp", OPEN), Settings.of("naive-jwt")


@pytest.fixture
def worlds() -> Worlds:
    return Worlds(WallClock(), SystemEntropy())


@pytest.fixture
def live(worlds: Worlds) -> Live:
    return worlds.open(ORIGIN, BCP)


def test_a_world_is_forgotten_after_its_last_use(worlds: Worlds, live: Live) -> None:
    worlds.clock.advance(worlds.idle - 10)
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200
    worlds.clock.advance(worlds.idle - 10)
    assert worlds.find(live.key) is live
    worlds.clock.advance(20)
    assert worlds.find(live.key) is None
    assert ask(worlds, f"{live.base}/auth/jwks").status == 404


def test_a_look_is_a_use(worlds: Worlds, live: Live) -> None:
    worlds.clock.advance(worlds.idle)
    live.seen()
    worlds.clock.advance(worlds.idle)
    assert worlds.find(live.key) is live


def test_a_closed_world_is_gone_at_once(worlds: Worlds, live: Live) -> None:
    worlds.close(live.key)
    worlds.close(live.key)
    assert worlds.find(live.key) is None


def small(most: int = 2) -> Worlds:
    return Worlds(WallClock(), SystemEntropy(), most=most)


def used(worlds: Worlds, opener: Opener = NOBODY) -> Live:
    """A world that a client has asked, some seconds after the one before."""
    worlds.clock.advance(5)
    live = worlds.open(ORIGIN, JWT, opener)
    assert ask(worlds, f"{live.base}/accounts/accounts").status == 401
    return live


def test_there_are_only_so_many_worlds_and_nobody_who_uses_one_is_put_out() -> None:
    worlds = small()
    first, _ = used(worlds), used(worlds)
    with pytest.raises(Full, match="All 2 worlds"):
        worlds.open(ORIGIN, JWT)
    assert worlds.find(first.key) is first
    worlds.clock.advance(worlds.idle + 1)
    assert worlds.open(ORIGIN, JWT)


def test_a_world_that_nobody_has_used_makes_room() -> None:
    """The one that was not looked at for the longest time, and none that a client has asked."""
    worlds = small(3)
    asked = used(worlds)
    looked_at, left = worlds.open(ORIGIN, JWT), worlds.open(ORIGIN, JWT)
    worlds.clock.advance(5)
    looked_at.seen()
    new = used(worlds)
    assert [worlds.find(live.key) for live in (asked, looked_at, left, new)] == [asked, looked_at, None, new]
    assert ask(worlds, f"{left.base}/accounts/accounts").status == 404


def test_a_browser_has_one_world() -> None:
    worlds, alice = small(), Opener.of("a" * 32, "192.0.2.1")
    mine = worlds.open(ORIGIN, JWT, alice)
    assert worlds.open(ORIGIN, BCP, alice) is mine
    assert worlds.of(alice.browser) is mine
    assert worlds.of(Opener.of("b" * 32, "192.0.2.1").browser) is worlds.of("") is None
    worlds.close(mine.key)
    assert worlds.open(ORIGIN, JWT, alice) is not mine


def test_no_network_keeps_all_others_out() -> None:
    """Even with a new browser for each world, and a client that asks each of them."""
    worlds = small(4)
    greedy = [used(worlds, Opener(f"browser {n}", "192.0.2.1")) for n in range(4)]
    with pytest.raises(Full):
        worlds.open(ORIGIN, JWT, Opener("one more", "192.0.2.1"))
    mine = [used(worlds, Opener(f"mine {n}", "198.51.100.7")) for n in range(2)]
    assert [worlds.find(live.key) for live in (*greedy, *mine)] == [None, None, *greedy[2:], *mine]
    with pytest.raises(Full):
        worlds.open(ORIGIN, JWT, Opener("third", "198.51.100.7"))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("rubbish", ""),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    assert Opener.of("", address) == Opener("", network)


def test_of_a_cookie_only_a_hash_is_kept() -> None:
    assert "secret" not in Opener.of("secret", "").browser


@pytest.mark.slow
def test_every_world_serves_every_learner_in_turn(worlds: Worlds) -> None:
    """Sixty open worlds: each is asked, and each shows its own request and nothing else."""
    several = [worlds.open(ORIGIN, Settings.of("naive-jwt")) for _ in range(60)]
    for number, live in enumerate(several):
        ask(worlds, f"{live.base}/accounts/accounts?n={number}")
    for number, live in enumerate(several):
        message = document_text(live)
        assert f"n={number}" in message
        assert f"n={number + 1}" not in message


def document_text(live: Live) -> str:
    return " ".join(e.request.url for e in of(live.events, Sent))


# ---------------------------------------------------------------- an authorization server elsewhere


@pytest.mark.slow
def test_a_world_uses_a_server_elsewhere_and_all_that_leaves_is_drawn() -> None:
    """Django's toolkit, with a person who signs in there; then the world's own server again."""
    worlds = small()
    live = worlds.open(ORIGIN, BCP)
    budget, door = f"{live.base}/budget", Door(worlds, None)
    redirect = live.served.world.clients["budget"].registration.redirect_uri
    with django_issuer(redirect) as url:
        worlds.outgoing = (host_of(urlsplit(url).netloc),)
        worlds.point(live, External(url, "web", SECRET))
        assert titles(live)[0] == "GET /o/.well-known/openid-configuration"
        assert says(live) == [f"This world asks {url} about itself."]
        begun = door.handle(Request("GET", f"{budget}/login?scope=openid%20read", (("Accept", "text/html"),)))
        cookie = (begun.header("set-cookie") or "").partition(";")[0]
        end = Person(end=redirect).visit(begun.location or "")
        connected = door.handle(Request("GET", end, (("Accept", "text/html"), ("Cookie", cookie))))
        assert "Connected" in connected.body
        assert [e.request.path for e in of(live.events, Sent) if e.receiver == "external"][2:] == ["/o/token/", "/o/.well-known/jwks.json"]
        assert says(live)[1].startswith(f"From here on: sign-ins at {url}. Your browser asks Budget")
        live.rebuild(Settings.of("oauth-bcp", OPEN | {"rs.check_aud": "off"}))  # which asks for nothing again
        while len(live.allowance.times) < 5:
            live.allowance.take()
        with pytest.raises(NotAnIssuer, match="cannot be reached: Spent: 5 requests have left within a minute"):
            worlds.point(live, External(url, "web", SECRET))
    assert live.external is not None
    live.use(None)
    assert "auth" in live.served.paths
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200


@pytest.mark.parametrize(
    ("issuer", "complaint"),
    [
        ("https://other.example", "other.example:443 is not among the hosts"),
        ("http://sso.example", "is not an https address"),
        ("http://127.0.0.1:1", "is not an https address"),
        ("https://sso.example@127.0.0.1", "has a user name in it"),
        ("", "is not an https address"),
    ],
)
def test_a_world_asks_nobody_who_was_not_named(worlds: Worlds, live: Live, issuer: str, complaint: str) -> None:
    worlds.outgoing = (("sso.example", None),)
    with pytest.raises(NotAnIssuer, match=complaint):
        worlds.point(live, External(issuer))
    assert (live.external, titles(live), len(live.allowance.times)) == (None, [], 0)


def test_an_issuer_that_does_not_answer_is_drawn_and_changes_nothing(worlds: Worlds, live: Live) -> None:
    worlds.outgoing = (("127.0.0.1", 1),)
    with pytest.raises(NotAnIssuer, match="cannot be reached: ConnectionRefusedError"):
        worlds.point(live, External("http://127.0.0.1:1"))
    assert live.external is None
    assert titles(live)[-1] == "502"
    ask(worlds, f"{live.base}/auth/jwks")
    assert says(live)[1] == "Your client asks Authorization server: GET /jwks, answered with 200."


def test_a_design_without_a_server_uses_none_elsewhere(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, JWT)
    url = "https://sso.example"
    metadata = {"issuer": url} | {name: f"{url}/{name}" for name in NEEDED}
    live.use(External(url, alg="RS256", metadata=metadata))
    assert "backend" in live.served.paths
    live.rebuild(BCP)
    assert next(iter(live.served.paths)) == "budget"
    assert "backend" not in live.served.paths
