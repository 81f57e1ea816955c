"""An authorization server elsewhere for a live world: offered where a host was named, and refused in a sentence."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.live_worlds import WORLDS
from sandbox.app.parts.live_elsewhere import NEEDS_OAUTH, OFF, written
from sandbox.core.text import md
from sandbox.world.external import NEEDED, External
from tests.support.apps import fine, page_text
from tests.support.live_pages import with_world

ISSUER = "https://sso.example"
KNOWN = External(ISSUER, alg="RS256", metadata={"issuer": ISSUER} | {name: f"{ISSUER}/{name}" for name in NEEDED})


pytestmark = pytest.mark.usefixtures("mounted")


def captions(at: AppTest) -> list[str]:
    return [c.value for c in at.caption]


@pytest.mark.slow
def test_without_a_host_it_says_that_nothing_leaves() -> None:
    at, _ = with_world()
    assert OFF in captions(at)
    assert "elsewhere-issuer" not in {t.key for t in at.text_input}


@pytest.mark.slow
def test_in_a_design_without_a_server_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLDS, "outgoing", (("sso.example", None),))
    at, _ = with_world(profile="naive-jwt")
    assert NEEDS_OAUTH in captions(at)


@pytest.mark.slow
def test_an_issuer_that_is_none_is_said_and_its_secret_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLDS, "outgoing", (("127.0.0.1", 1),))
    at, world = with_world()
    assert any(md("127.0.0.1:1") in c for c in captions(at))
    at.text_input(key="elsewhere-issuer").set_value("http://127.0.0.1:1")
    at.text_input(key="elsewhere-secret").set_value("a secret")
    next(b for b in at.button if b.label == "Use it").click()
    fine(at.run())
    assert "http://127.0.0.1:1 cannot be reached: ConnectionRefusedError" in page_text(at)
    assert at.text_input(key="elsewhere-secret").value == ""
    assert world.external is None


@pytest.mark.slow
def test_a_world_elsewhere_has_no_controls_of_our_server_and_a_way_back() -> None:
    at, world = with_world()
    world.use(KNOWN)
    fine(at.run())
    assert {"send", "send-again"}.isdisjoint(b.key for b in at.button)
    assert "enroll-name" not in {t.key for t in at.text_input}
    assert any(f"{world.base}/budget/login" in c.value for c in at.code)
    at.button(key="elsewhere-back").click()
    fine(at.run())
    assert world.external is None
    assert at.button(key="send")


@pytest.mark.parametrize(
    ("host", "text"), [(("sso.example", None), "sso.example"), (("127.0.0.1", 9000), "127.0.0.1:9000"), (("::1", 9000), "[::1]:9000")]
)
def test_a_host_is_written_as_it_was_named(host: tuple[str, int | None], text: str) -> None:
    assert written(host) == text
