"""The page Live with a world of its own."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from sandbox.app.live_worlds import WORLDS
from sandbox.serve.live import Live
from tests.support.apps import fine, link, opened


def with_world(**params: str) -> tuple[AppTest, Live]:
    """The page, once its world was opened, and that world."""
    at = opened("live", **params)
    at.button(key="open").click()
    fine(at.run())
    world = WORLDS.find(link(at)["world"])
    assert world is not None
    return at, world
