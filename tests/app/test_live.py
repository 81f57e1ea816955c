"""The page Live by AppTest: the offer, the world and its controls, links to worlds that are gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.live_worlds import WORLDS
from sandbox.app.pages import live as page
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve.live import Live
from tests.support.apps import choose, fine, link, opened, page_text
from tests.support.live_worlds import ask


@pytest.fixture(autouse=True)
def mounted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(WORLDS, "mounted", True)
    yield
    WORLDS._live.clear()


def with_world(**params: str) -> tuple[AppTest, Live]:
    at = opened("live", **params)
    at.button(key="open").click()
    fine(at.run())
    world = WORLDS.find(link(at)["world"])
    assert world is not None
    return at, world


def steppers(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(e.proto.json) for e in at.get("bidi_component") if e.proto.component_name == "stepper"]


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
        "budget / budget-8Zq3vT1x",
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
def test_two_sessions_have_worlds_of_their_own() -> None:
    (one, first), (two, second) = with_world(), with_world()
    assert first is not second
    ask(WORLDS, f"{first.base}/accounts/accounts")
    assert len(steppers(fine(one.run()))) == 1
    assert steppers(fine(two.run())) == []


@pytest.mark.slow
def test_a_link_to_a_forgotten_world_says_so_and_offers_another() -> None:
    at = opened("live", world="long-gone", profile="oauth-basic")
    assert "has been forgotten" in page_text(at)
    at.button(key="open").click()
    fine(at.run())
    assert "has been forgotten" not in page_text(at)
    assert next(iter(WORLDS._live.values())).settings == Settings.of("oauth-basic")


@pytest.mark.slow
def test_a_world_that_is_forgotten_while_it_is_looked_at() -> None:
    at, world = with_world()
    WORLDS.close(world.key)
    fine(at.run())
    assert at.button(key="open")


@pytest.mark.slow
def test_closing_forgets() -> None:
    at, _ = with_world()
    at.button(key="close").click()
    fine(at.run())
    assert not WORLDS._live
    assert at.button(key="open")
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
