"""The page Live by AppTest: the offer, the world and its controls, links to worlds that are gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sandbox.app import visitor
from sandbox.app.live_worlds import WORLDS
from sandbox.app.pages import live as page
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve import live as live_module
from sandbox.serve.blueprint import Unreadable
from sandbox.serve.live import Live
from sandbox.serve.opener import Opener
from sandbox.serve.worlds import Elsewhere
from tests.support.apps import choose, fine, link, opened, page_text, unpacked
from tests.support.live_pages import with_world
from tests.support.live_worlds import ask

pytestmark = pytest.mark.usefixtures("mounted")


def steppers(at: AppTest) -> list[dict[str, Any]]:
    sent = [e.proto.bytes for e in at.get("bidi_component") if e.proto.component_name == "stepper"]
    assert all(data[:1] == b"{" for data in sent), "what a live world has is not compressed: its length would tell a token"
    return [unpacked(data) for data in sent]


def test_without_a_place_for_worlds_it_says_how_to_start_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLDS, "mounted", False)
    at = opened("live")
    assert "oauth-sandbox" in at.info[0].value
    assert not at.button


@pytest.mark.slow
def test_a_world_is_opened_by_a_click_and_not_before() -> None:
    at = opened("live")
    assert not WORLDS._live
    assert link(at) == {"profile": "oauth-bcp", "set": "client.bff=off"}
    at.button(key="open").click()
    fine(at.run())
    assert set(WORLDS._live) == {link(at)["world"]}
    assert "Waiting for the first request" in page_text(at)


@pytest.mark.slow
def test_everything_to_connect_with_can_be_copied() -> None:
    at, world = with_world()
    code = "\n".join(c.value for c in at.code)
    for part in (
        f"curl {world.base}/auth/.well-known/openid-configuration",
        "alice / wonderland",
        "budget / budget-8Zq3vT1xNw6p",
        "http://127.0.0.1:9999/cb",
    ):
        assert part in code


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_a_link_says_in_which_profile(profile: str) -> None:
    at, world = with_world(profile=profile)
    assert world.settings == Settings.of(profile)
    assert link(at)["profile"] == profile


@pytest.mark.slow
def test_requests_appear_in_the_stepper() -> None:
    at, world = with_world()
    assert steppers(at) == []
    ask(WORLDS, f"{world.base}/accounts/accounts", authorization="Bearer x")
    fine(at.run())
    assert [m["title"] for m in steppers(at)[0]["panes"][0]["moments"]][-1] == "401 invalid_token"
    at.button(key="clear").click()
    fine(at.run())
    assert steppers(at) == []


@pytest.mark.slow
def test_the_page_sends_a_first_flow_and_fills_in_what_it_got() -> None:
    at, world = with_world(profile="oauth-basic")
    assert "send-again" not in {b.key for b in at.button}
    at.button(key="send").click()
    fine(at.run())
    assert [m["title"] for m in steppers(at)[0]["panes"][0]["moments"]][-1].startswith("200 ")
    assert world.token is not None
    lines = [c.value for c in at.code if c.value.startswith("curl ") and "Authorization" in c.value]
    assert len(lines) == 3
    assert all(f"Bearer {world.token.value}'" in line for line in lines)
    assert world.token.value not in json.dumps(link(at))
    before = world.settled
    at.button(key="send-again").click()
    fine(at.run())
    assert world.settled > before
    WORLDS.close(world.key)
    page._send(world.key)  # pressed while it was closed elsewhere
    assert set(WORLDS._live) == set()


@pytest.mark.slow
def test_a_profile_and_a_switch_change_the_world_at_the_same_address() -> None:
    at, world = with_world()
    at.segmented_control(key="profile").set_value("oauth-basic").run()
    assert world.settings == Settings.of("oauth-basic")
    choose(fine(at), "owner", "rs")
    choose(at, "switch rs.check_aud", "on")
    assert world.settings == Settings.of("oauth-basic", {"rs.check_aud": "on"})
    assert link(at) == {"profile": "oauth-basic", "set": "rs.check_aud=on", "world": world.key}
    at.button(key="reset").click()
    fine(at.run())
    assert world.settings == Settings.of("oauth-basic")


@pytest.mark.slow
def test_a_second_window_on_the_same_world_sees_its_setting_and_does_not_turn_it_back() -> None:
    first, world = with_world()
    second = opened("live", world=world.key, profile="naive-jwt")
    assert world.settings == Settings.of("oauth-bcp", {"client.bff": "off"})
    assert second.segmented_control(key="profile").value == "oauth-bcp"
    first.segmented_control(key="profile").set_value("oauth-basic").run()
    fine(second.run())
    assert world.settings == Settings.of("oauth-basic")
    assert second.segmented_control(key="profile").value == "oauth-basic"


@pytest.mark.slow
def test_what_two_viewers_change_at_once_is_both_changed() -> None:
    """The second one's page still shows the settings of before."""
    first, world = with_world(profile="oauth-basic")
    second = opened("live", world=world.key)
    choose(choose(first, "owner", "rs"), "switch rs.check_aud", "on")
    choose(choose(second, "owner", "rs"), "switch rs.check_typ", "on")
    both = Settings.of("oauth-basic", {"rs.check_aud": "on", "rs.check_typ": "on"})
    assert world.settings == both
    assert link(second)["set"] == "rs.check_aud=on,rs.check_typ=on"
    fine(first.run())
    assert (world.settings, link(first)["set"]) == (both, link(second)["set"])


@pytest.mark.slow
def test_a_page_that_only_looks_follows_what_another_viewer_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the diagram notices while the page is drawn; here the other one is quick."""
    at, world = with_world()
    drawn = page.document

    def changed_meanwhile(live: Live) -> Any:
        monkeypatch.setattr(page, "document", drawn)
        live.rebuild(Settings.of("oauth-basic"))
        st.rerun()

    monkeypatch.setattr(page, "document", changed_meanwhile)
    fine(at.run())
    assert at.segmented_control(key="profile").value == "oauth-basic"
    assert world.settings == Settings.of("oauth-basic")


@pytest.mark.slow
def test_a_world_that_is_used_up_says_so_and_is_started_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_REQUESTS", 1)
    at, world = with_world()
    assert "start-over" not in {b.key for b in at.button}
    assert [ask(WORLDS, f"{world.base}/auth/jwks").status for _ in range(2)] == [200, 429]
    fine(at.run())
    assert "answers no more than that" in page_text(at)
    at.button(key="start-over").click()
    fine(at.run())
    assert "Waiting for the first request" in page_text(at)
    assert ask(WORLDS, f"{world.base}/auth/jwks").status == 200


@pytest.mark.slow
def test_a_browser_comes_back_to_its_world_without_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "opener", lambda: Opener.of("mine", ""))
    _, world = with_world()
    again = opened("live")
    assert link(again)["world"] == world.key
    gone = opened("live", world="long-gone")
    assert "no longer there" in page_text(gone)
    gone.button(key="open").click()
    fine(gone.run())
    assert (set(WORLDS._live), link(gone)["world"]) == ({world.key}, world.key)
    monkeypatch.setattr(visitor, "opener", lambda: Opener.of("another", ""))
    assert opened("live").button(key="open")


@pytest.mark.slow
def test_a_client_of_ones_own_is_registered_by_a_form() -> None:
    at, _ = with_world()
    at.text_input(key="enroll-name").set_value("<b>Mine</b>")
    at.text_input(key="enroll-uri").set_value("http://127.0.0.1:7777/cb")
    submit(at)
    mine = next(json.loads(c.value) for c in at.code if c.value.startswith("{"))
    assert mine["client_name"] == "<b>Mine</b>"
    assert any(f"{mine['client_id']} / no secret, public / http://127.0.0.1:7777/cb" in c.value for c in at.code)
    at.text_input(key="enroll-uri").set_value("javascript:alert(1)")
    submit(at)
    assert "javascript: is not an address to which a browser can bring a code." in page_text(at)
    at.segmented_control(key="profile").set_value("naive-jwt").run()
    assert "enroll-name" not in {t.key for t in fine(at).text_input}


def submit(at: AppTest) -> None:
    next(b for b in at.button if b.label == "Register").click()
    fine(at.run())


@pytest.mark.slow
def test_a_world_that_is_opened_again_says_what_is_gone() -> None:
    at, world = with_world()
    assert not any("Opened again" in c.value for c in at.caption)
    WORLDS._live.clear()  # the process has ended
    fine(at.run())
    assert link(at)["world"] == world.key
    assert any("Opened again" in c.value and "tokens from before are gone" in c.value for c in at.caption)


@pytest.mark.slow
def test_a_store_that_is_away_is_said_and_the_world_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    at, world = with_world()
    WORLDS._live.clear()
    monkeypatch.setattr(WORLDS.keeper, "away", (WORLDS.clock.now() + 60, "The store at nowhere does not answer."))
    fine(at.run())
    assert "The store at nowhere does not answer." in page_text(at)
    assert {b.key for b in at.button} == {"again", "another"}
    monkeypatch.setattr(WORLDS.keeper, "away", None)
    at.button(key="again").click()
    fine(at.run())
    assert link(at)["world"] == world.key


@pytest.mark.slow
def test_a_world_goes_on_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    at, world = with_world()
    monkeypatch.setattr(WORLDS.keeper, "away", (WORLDS.clock.now() + 60, "The store at nowhere does not answer."))
    fine(at.run())
    assert page.AWAY in page_text(at)
    assert link(at)["world"] == world.key


@pytest.mark.slow
def test_a_set_up_that_cannot_be_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def altered(key: str) -> None:
        raise Unreadable("it was altered")

    monkeypatch.setattr(WORLDS.keeper, "find", altered)
    at = opened("live", world="a" * 24)
    assert "The set-up of this world cannot be read: it was altered." in page_text(at)
    at.button(key="another").click()
    fine(at.run())
    assert at.button(key="open")


@pytest.mark.slow
def test_two_sessions_have_worlds_of_their_own() -> None:
    (one, first), (two, second) = with_world(), with_world()
    assert first is not second
    ask(WORLDS, f"{first.base}/accounts/accounts")
    assert len(steppers(fine(one.run()))) == 1
    assert steppers(fine(two.run())) == []


@pytest.mark.slow
def test_a_link_to_a_forgotten_world_says_so_and_offers_another() -> None:
    at = opened("live", world="long-gone", profile="oauth-basic")
    assert "no longer there" in page_text(at)
    at.button(key="open").click()
    fine(at.run())
    assert "no longer there" not in page_text(at)
    assert next(iter(WORLDS._live.values())).settings == Settings.of("oauth-basic")


@pytest.mark.slow
def test_a_world_that_is_forgotten_while_it_is_looked_at() -> None:
    at, world = with_world()
    WORLDS.close(world.key)
    fine(at.run())
    assert "no longer there" in page_text(at)
    assert {"clear", "close", "reset"}.isdisjoint(b.key for b in at.button)
    at.button(key="open").click()
    fine(at.run())
    assert link(at)["world"] in WORLDS._live


@pytest.mark.slow
def test_closing_forgets() -> None:
    at, _ = with_world()
    at.button(key="close").click()
    fine(at.run())
    assert not WORLDS._live
    assert at.button(key="open")
    assert "no longer there" not in page_text(at)
    assert link(at) == {"profile": "oauth-bcp", "set": "client.bff=off"}


def test_a_full_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLDS, "most", 0)
    at = opened("live")
    at.button(key="open").click()
    fine(at.run())
    assert "All 0 worlds of this server are in use" in page_text(at)


@pytest.mark.slow
@pytest.mark.parametrize("given", ["rubbish", "<script>", "a" * 3000, "../../x"])
def test_a_broken_link_gets_sentences(given: str) -> None:
    at = opened("live", world=given, profile=given, set=given)
    assert "There is no profile" in page_text(at)
    assert given not in page_text(at) or given in ("rubbish", "../../x")
    assert at.button(key="open")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://localhost:8501/live", "http://localhost:8501"),
        ("https://class.example/live", "https://class.example"),
        ("http://[::1]:8501/", "http://[::1]:8501"),
        (None, "http://127.0.0.1:8501"),
        ("javascript:alert(1)", "http://127.0.0.1:8501"),
        ("http://a b/<x>", "http://127.0.0.1:8501"),
        ("http://user:pw@host/", "http://127.0.0.1:8501"),
        ("http://[", "http://127.0.0.1:8501"),
    ],
)
def test_the_origin_is_the_one_of_the_page(url: str | None, found: str) -> None:
    assert page.origin(url) == found


@pytest.mark.slow
def test_other_keys_sign_after_a_click() -> None:
    at, world = with_world()
    before = world.served.world.issuer.key.kid
    at.button(key="rotate").click()
    fine(at.run())
    assert world.served.world.issuer.key.kid != before
    assert any("POST /admin/keys" in m["title"] for m in steppers(at)[0]["panes"][0]["moments"])


@pytest.mark.slow
def test_keys_that_cannot_change_are_explained() -> None:
    at, world = with_world()
    for _ in range(12):
        WORLDS.rotate(world)
    at.button(key="rotate").click()
    assert "Wait until one of them is forgotten" in page_text(fine(at.run()) or at)


@pytest.mark.slow
def test_where_a_secret_is_shared_no_button_offers_other_keys() -> None:
    at, _ = with_world(profile="naive-jwt")
    assert "rotate" not in [b.key for b in at.button]


@pytest.mark.usefixtures("mounted")
def test_a_world_at_another_replica_is_a_link_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(_: str) -> None:
        raise Elsewhere("b" * 24)

    monkeypatch.setattr(WORLDS, "of", elsewhere)
    at = opened("live")
    assert f'Your world is at another server of this app. <a href="?world={"b" * 24}" target="_self">Go there</a>' in page_text(at)
    assert not at.button


@pytest.mark.parametrize("right", ["", "look"])
def test_the_world_of_somebody_else_in_a_room_can_be_looked_at_if_at_all(right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    live = WORLDS.open("http://localhost", Settings.of("naive-jwt"), Opener("0" * 64, "", "ABCDEFGH"))
    ask(WORLDS, f"/world/{live.key}/accounts/accounts")
    monkeypatch.setattr(page.room, "right", lambda _: right)
    before = live.settings
    at = opened("live", world=live.key, profile="oauth-bcp")
    assert [button.label for button in at.button] == []
    assert live.settings == before
    assert len(steppers(at)) == (right == "look")
    assert ("given to somebody" in page_text(at)) == (right == "")
    monkeypatch.setattr(page.room, "right", lambda _: "all")
    labels = [button.label for button in fine(at.run()).button]
    assert "Clear" in labels
    assert "Close" not in labels
