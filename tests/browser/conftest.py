"""A browser that talks to nobody outside this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.browsing import PATIENCE, new_context
from tests.support.needs import chromium, need
from tests.support.serving import FLAGS, LOCAL


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The machine's chromium."""
    need("chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as p:
        launched = p.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def context(browser: Any) -> Iterator[Any]:
    """One browser profile for all tests: Streamlit's files are loaded once.  (Routing, the usual way to watch requests, would turn the cache off.)"""
    opened = new_context(browser, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page of 1440 x 900.  The test fails if anything in it throws, or asks for an address outside this machine."""
    yield from _watched(context)


@pytest.fixture
def fresh_page(browser: Any) -> Iterator[Any]:
    """The same in a browser profile of its own, which remembers nothing."""
    context = new_context(browser, reduced_motion="reduce")
    try:
        yield from _watched(context)
    finally:
        context.close()


def _watched(context: Any) -> Iterator[Any]:
    opened = context.new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    wrong: list[str] = []
    opened.on("request", lambda request: None if request.url.startswith(LOCAL) else wrong.append(f"asked for {request.url}"))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    opened.close()
    assert wrong == []


@pytest.fixture
def fresh(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages in browsers of their own, or beside another page; fails where a script does."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def new(beside: Any = None, width: int = 1440, height: int = 900) -> Any:
        if beside is None:
            contexts.append(new_context(browser, reduced_motion="reduce"))
        page = (beside.context if beside else contexts[-1]).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield new
    for context in contexts:
        context.close()
    assert wrong == []
