"""All live worlds together: found by their path, forgotten, bounded, and nobody can keep others out."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Checked, Sent, of
from sandbox.serve.inside import Door
from sandbox.serve.live import Live
from sandbox.serve.opener import NOBODY, Opener
from sandbox.serve.setup import CALLBACK, OPEN
from sandbox.serve.store import Away, InProcess
from sandbox.serve.worlds import Elsewhere, Full, Worlds
from sandbox.world.external import NEEDED, External, NotAnIssuer
from sandbox.world.outgoing import host_of
from tests.support.live_worlds import BCP, ORIGIN, ask, says, titles
from tests.support.real import SECRET, Person, django_issuer

JWT = Settings.of("naive-jwt")


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
    greedy = [used(worlds, Opener.of(f"browser {n}", "192.0.2.1")) for n in range(4)]
    with pytest.raises(Full):
        worlds.open(ORIGIN, JWT, Opener.of("one more", "192.0.2.1"))
    mine = [used(worlds, Opener.of(f"mine {n}", "198.51.100.7")) for n in range(2)]
    assert [worlds.find(live.key) for live in (*greedy, *mine)] == [None, None, *greedy[2:], *mine]
    with pytest.raises(Full):
        worlds.open(ORIGIN, JWT, Opener.of("third", "198.51.100.7"))


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


# ---------------------------------------------------------------- after a restart


def restarted(worlds: Worlds) -> Worlds:
    """Another process with the same store, some seconds later."""
    again = Worlds(WallClock(), SystemEntropy(), store=worlds.keeper.store)
    again.clock.advance(5)
    return again


def sign_in(worlds: Worlds, live: Live) -> dict[str, str]:
    """What the page's own flow got, with the refresh token beside it."""
    worlds.send(live)
    told = [e.response.json for e in of(live.events, Answered) if e.response.json and "access_token" in e.response.json]
    return dict(told[-1])


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["oauth-basic", "jwt-done-properly"])
def test_a_world_is_opened_again_at_its_address_and_nothing_from_before_counts(profile: str) -> None:
    worlds, alice = Worlds(WallClock(), SystemEntropy()), Opener.of("a" * 32, "192.0.2.1")
    settings = Settings.of(profile, {"as.signing": "rs256"})
    live = worlds.open(ORIGIN, settings, alice)
    issuer = live.served.world.settings.issuer
    keys, told = ask(worlds, f"{live.base}/{issuer}/jwks").json, sign_in(worlds, live)
    again = restarted(worlds)
    bearer = f"Bearer {told['access_token']}"
    answer = ask(again, f"{live.base}/accounts/accounts", authorization=bearer)
    assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    assert "this server was started anew" in answer.json["error_description"]
    for api in ("accounts", "gateway", "transactions"):
        assert ask(again, f"{live.base}/{api}/{api if api != 'gateway' else 'accounts'}", authorization=bearer).status == 401
    reopened = again.find(live.key)
    assert reopened is not None
    assert (reopened.settings, reopened.base, again.of(alice.browser)) == (settings, live.base, reopened)
    assert "This world was opened again: sign-ins and tokens from before are gone" in says(reopened)[0]
    assert next(e.check for e in of(reopened.events, Checked) if e.outcome == "fail") == "issued_since"
    assert ask(again, f"{live.base}/{issuer}/jwks").json == keys
    reopened.served.world.net.clock.advance(5)  # the parties have a clock of their own
    fresh = sign_in(again, reopened)
    assert ("issued_since", "pass") in {(e.check, e.outcome) for e in of(reopened.events, Checked)}
    assert ask(again, f"{live.base}/accounts/accounts", authorization=f"Bearer {fresh['access_token']}").status == 200


def test_what_is_looked_up_is_unknown_after_a_restart_and_the_answer_says_why() -> None:
    worlds = Worlds(WallClock(), SystemEntropy())
    live = worlds.open(ORIGIN, Settings.of("oauth-basic"))
    told = sign_in(worlds, live)
    again = restarted(worlds)
    form = {"grant_type": "authorization_code", "client_id": "app", "code": "x", "redirect_uri": CALLBACK}
    for answer in (
        ask(again, f"{live.base}/auth/token", form),
        ask(again, f"{live.base}/auth/userinfo", authorization=f"Bearer {told['access_token']}"),
    ):
        assert answer.json["error"] in ("invalid_grant", "invalid_token")
        assert "this server was started anew" in answer.json["error_description"]
    assert "error_description" not in ask(worlds, f"{live.base}/auth/userinfo", authorization="Bearer x").json


@pytest.mark.slow
def test_clients_and_switches_are_as_before_whoever_changed_them() -> None:
    worlds = Worlds(WallClock(), SystemEntropy())
    live = worlds.open(ORIGIN, BCP)
    new = {"redirect_uris": ["http://127.0.0.1:7777/cb"], "client_name": "Mine \ud800", "token_endpoint_auth_method": "none"}
    answer = ask(worlds, f"{live.base}/auth/register", method="POST", raw=json.dumps(new).encode(), content_type="application/json")
    mine = [answer.json["client_id"], live.enroll("By hand", CALLBACK, secret=True).json["client_id"]]
    live.change(BCP, JWT)
    worlds.save(live)
    for again in (restarted(worlds), restarted(worlds)):
        reopened = again.find(live.key)
        assert reopened is not None
        assert reopened.settings == JWT
        assert [c.client_id for c in reopened.blueprint().clients] == mine
        reopened.rebuild(Settings.of("oauth-basic", {"as.exact_redirect": "off"}))
        store = reopened.served.world.issuer.store  # type: ignore[union-attr]
        assert set(mine) <= set(store.clients)
        assert not store.clients[mine[0]].exact_redirect
        assert reopened.served.world.issuer.since  # type: ignore[union-attr]


def test_a_world_that_was_closed_or_made_room_is_not_opened_again() -> None:
    worlds = small(1)
    first = worlds.open(ORIGIN, JWT)
    second = worlds.open(ORIGIN, JWT)
    assert worlds.find(first.key) is None
    worlds.close(second.key)
    assert worlds.find(second.key) is restarted(worlds).find(second.key) is None


def test_a_set_up_that_cannot_be_read_is_refused_in_a_sentence(worlds: Worlds, live: Live) -> None:
    store = worlds.keeper.store
    assert isinstance(store, InProcess)
    until, text = store._kept[live.key]
    store._kept[live.key] = until, text.replace('"version":1', '"version":2')
    answer = ask(restarted(worlds), f"{live.base}/auth/jwks")
    assert answer.status == 404
    assert "cannot be read: this is not the set-up of a world as this version has it: version" in answer.json["error_description"]


class Silent(InProcess):
    """A store that can be away."""

    away = False

    def _forget(self) -> None:
        if self.away:
            raise Away("The store at nowhere does not answer: Silence.")
        super()._forget()


def test_while_the_store_is_away_nothing_wrong_is_said() -> None:
    store = Silent(WallClock())
    worlds = Worlds(WallClock(), SystemEntropy(), store=store)
    live = worlds.open(ORIGIN, BCP)
    again = restarted(worlds)
    store.away = True
    with pytest.raises(Away, match="does not answer"):
        worlds.open(ORIGIN, BCP)
    assert set(worlds._live) == {live.key}
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200, "what is here goes on"
    answer = ask(again, f"{live.base}/auth/jwks")
    assert (answer.status, answer.json["error"], answer.header("retry-after")) == (503, "temporarily_unavailable", "5")
    live.rebuild(Settings.of("oauth-basic"))
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200
    assert live.unsaved
    store.away = False
    for each in (worlds, again):
        each.clock.advance(10)
    assert ask(worlds, f"{live.base}/auth/jwks").status == 200
    assert not live.unsaved
    reopened = again.find(live.key)
    assert reopened is not None
    assert reopened.settings == Settings.of("oauth-basic")


def test_the_key_of_a_world_begins_with_the_name_of_its_replica(worlds: Worlds) -> None:
    worlds.replica = "b"
    live = worlds.open(ORIGIN, BCP)
    assert live.key.startswith("b")
    assert len(live.key) == 24
    assert ask(worlds, f"{live.base}/auth/.well-known/openid-configuration").status == 200


def test_a_browser_is_sent_to_the_replica_that_has_its_world() -> None:
    """Opened again here, it would be there twice; whoever comes by its address was sent here by a proxy."""
    store = InProcess(WallClock())
    one, other = Worlds(WallClock(), SystemEntropy(), store=store), Worlds(WallClock(), SystemEntropy(), store=store)
    one.replica, other.replica = "a", "b"
    browser = Opener.of("mine", "")
    live = one.open(ORIGIN, BCP, browser)
    for ask_for in (lambda: other.of(browser.browser), lambda: other.open(ORIGIN, BCP, browser)):
        with pytest.raises(Elsewhere) as elsewhere:
            ask_for()
        assert elsewhere.value.key == live.key
    again = other.find(live.key)
    assert again is not None
    assert other.of(browser.browser) is again


def test_a_world_below_a_path_is_found_there_and_nowhere_else(worlds: Worlds) -> None:
    worlds.below("/class")
    live = worlds.open(f"{ORIGIN}/class", BCP)
    issuer = f"{live.base}/auth"
    assert live.base == f"{ORIGIN}/class/world/{live.key}"
    assert ask(worlds, f"{issuer}/.well-known/openid-configuration").json["issuer"] == issuer
    assert ask(worlds, f"/.well-known/oauth-authorization-server/class/world/{live.key}/auth").json["issuer"] == issuer
    assert ask(worlds, f"/world/{live.key}/auth/.well-known/openid-configuration").status == 404
    assert [worlds.are_at(p) for p in ("/class/world/x", "/class/world", "/world/x", "/class/worlds", "/class/live")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert worlds.are_at("/.well-known/openid-configuration/anything")
