"""The scripts of the front end: each stands after the helpers that all share."""

from __future__ import annotations

import re

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from sandbox.app import assets
from sandbox.views.stepper import JS
from tests.support.paths import PACKAGE

SCRIPTS = sorted(p for p in PACKAGE.rglob("*.js") if p.name != "dom.js")


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda p: p.name)
def test_helpers_are_written_once(file):
    """A second `h` or `visible` would be a syntax error in a module, and a second idea of how text is made safe."""
    named = re.findall(r"^(?:export )?function (\w+)|^const (\w+)", assets.script(file), re.M)
    names = [a or b for a, b in named]
    assert len(names) == len(set(names)), "declared twice: use what dom.js has, or name it otherwise"
    assert "innerHTML" not in assets.text(file), "texts are data: build elements with h() of dom.js"


def test_a_script_is_found_by_its_name_or_its_path():
    assert assets.script("editor.js").endswith(assets.text("editor.js"))
    assert assets.script(JS).endswith(assets.text(JS))


@pytest.fixture
def front() -> TestClient:
    return TestClient(assets.Front(PlainTextResponse("the app"), "/sandbox"))


def test_the_stepper_has_an_address_of_its_own_and_is_kept(front: TestClient) -> None:
    answer = front.get(f"/sandbox/{assets.file('stepper')}")
    assert (answer.status_code, answer.content) == (200, assets.served("stepper"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == assets.FOREVER


def test_a_page_of_another_version_gets_todays_and_keeps_it_not(front: TestClient) -> None:
    answer = front.get(f"/sandbox/{assets.PLACE}/stepper.0123456789ab.js")
    assert (answer.content, answer.headers["Cache-Control"]) == (assets.served("stepper"), "no-cache")


def test_nothing_else_is_there(front: TestClient) -> None:
    assert front.get(f"/sandbox/{assets.PLACE}/../../etc/passwd").text == "the app", "an address is made plain before it is sent"
    assert front.get(f"/sandbox/{assets.PLACE}/%2e%2e%2fassets.py").status_code == 404
    assert front.get(f"/sandbox/{assets.PLACE}/other.js").status_code == 404
    assert front.post(f"/sandbox/{assets.file('stepper')}").status_code == 405
    assert front.get("/play").text == "the app"


def test_what_is_sent_with_each_document_is_the_loader_only() -> None:
    for name in assets.SERVED:
        assert len(assets.loading(name)) < 1500 < len(assets.served(name))
        assert assets.file(name) in assets.loading(name)
