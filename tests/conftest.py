"""What several tests share: the app on a port of its own, and a browser that talks to nobody else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.support.serving import FLAGS, LOCAL, chromium, free_port, serving

settings.register_profile("ours", deadline=None)  # a busy machine is no failure; what must be fast measures it itself
settings.load_profile("ours")


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """Address of the app as `streamlit run app.py` serves it."""
    port = free_port()
    with serving([sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], port) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium; the tests that need it are skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api")
    program = chromium()
    if not program:
        pytest.skip("no chromium on this machine (install it, or set CHROMIUM to its path)")
    with api.sync_playwright() as p:
        launched = p.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def context(browser: Any) -> Iterator[Any]:
    """One browser profile for all tests: Streamlit's files are loaded once.  (Routing, the usual way to watch requests, would turn the cache off.)"""
    opened = browser.new_context(reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page of 1440 x 900.  The test fails if anything in it throws, or asks for an address outside this machine."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    wrong: list[str] = []
    opened.on("request", lambda request: None if request.url.startswith(LOCAL) else wrong.append(f"asked for {request.url}"))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    opened.close()
    assert wrong == []
