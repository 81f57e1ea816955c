"""A room in browsers: the desk of the instructor, and a learner who joins."""

from __future__ import annotations

import re
from typing import Any

from sandbox.workshop import archive
from tests.support.browsing import IDLE, READY
from tests.support.rooms import PLAYLIST

FILES = archive.pack({"list.yaml": PLAYLIST})


def desk_of(page: Any, app: str) -> str:
    """Open a room; its code."""
    page.goto(f"{app}/workshop?files={FILES}")
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Open a room").click()
    page.wait_for_selector(f".room[data-role=desk] {READY}")
    found = re.search(r"Room (\w{4}-\w{4})", page.locator(".roombar").inner_text())
    assert found
    return found[1]


def join(page: Any, app: str, code: str, name: str) -> None:
    page.goto(f"{app}/attacks?room={code}")
    page.get_by_label("Your name in this room").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_selector(f".room[data-role=learner] {READY}")
