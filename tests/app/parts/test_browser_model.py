"""What is said of the simulated browser is so, and is said below the diagram of each run in which one takes part."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.app.parts import browser_model
from sandbox.core.wire import Request, Response
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.world.parties.browser import site
from sandbox.world.parties.cookies import Jar
from tests.support.apps import AUD, opened, page_text
from tests.support.worlds import world

HOME = "https://one.test/"


def kept(text: str, at: str = HOME) -> dict[str, Any]:
    """The cookies of a jar that was given this one."""
    jar = Jar()
    jar.keep(at, Response(200, (("Set-Cookie", text),)))
    return jar.of(at)


def test_a_site_is_two_labels_and_no_scheme() -> None:
    assert site("https://shop.co.uk") == site("https://bank.co.uk") == "co.uk"
    assert site("http://one.test") == site("https://one.test")


def test_cookies_do_not_expire_but_for_max_age_0() -> None:
    assert kept("a=1; Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT") != {}
    assert kept("a=1; Max-Age=0") == {}
    assert kept("a=1")["a"].same_site == "Lax"
    assert list(Jar({"one.test": kept("a=1")}).travelling(HOME, same_site=False, top_level_get=False)) == []


def test_a_script_s_request_follows_no_redirect() -> None:
    class Elsewhere:
        name, seen = "elsewhere", 0

        def handle(self, request: Request) -> Response:
            self.seen += 1
            return Response(302, (("Location", "/again"),))

        def state(self) -> dict[str, str]:
            return {}

    w, host = world(), Elsewhere()
    w.net.connect(host, "https://one.test")
    assert (w.browsers["laptop"].send(Request("GET", HOME), HOME).status, host.seen) == (302, 1)


@pytest.mark.slow
def test_it_is_said_once_and_where_a_browser_takes_part() -> None:
    at = opened("play", scenario=AUD)
    assert [e.label for e in at.expander] == [browser_model.TITLE]
    assert browser_model.LEAVES_OUT[0] in page_text(at) or any(browser_model.LEAVES_OUT[0] in m.value for m in at.markdown)


def test_nothing_is_said_where_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_model.st, "expander", lambda *_, **__: pytest.fail("no browser takes part in this run"))
    browser_model.note(simulation.run(library.get("jwk-header-injection")))
