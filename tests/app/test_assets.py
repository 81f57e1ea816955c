"""The scripts of the front end: each stands after the helpers that all share."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from sandbox.app import assets
from sandbox.views.stepper import JS
from tests.support.paths import PACKAGE, ROOT

BUNDLE = "codemirror.js"
SCRIPTS = sorted(p for p in PACKAGE.rglob("*.js") if p.name not in ("dom.js", BUNDLE))


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


def test_the_bundle_is_made_of_what_stands_beside_its_recipe() -> None:
    """Whoever changes a version, the lock or the entry builds the bundle anew: npm ci && npm run build in .editor/."""
    made_of = b"\0".join((ROOT / ".editor" / name).read_bytes() for name in ("package.json", "package-lock.json", "entry.js", "build.mjs"))
    head = assets.text(BUNDLE).partition("*/")[0]
    assert f"inputs sha256 {hashlib.sha256(made_of).hexdigest()}" in head, "cd .editor && npm ci && npm run build"
    locked = json.loads((ROOT / ".editor" / "package-lock.json").read_bytes())["packages"]
    shipped = {name.removeprefix("node_modules/"): p["version"] for name, p in locked.items() if name and not p.get("dev")}
    named = re.findall(r"(@?[\w/-]+) (\d+\.\d+\.\d+)", head)
    assert dict(named).items() <= shipped.items()
    wanted = json.loads((ROOT / ".editor" / "package.json").read_bytes())["dependencies"]
    assert wanted.items() <= dict(named).items()
    assert head.count("Permission is hereby granted") >= 1


def test_the_editor_is_loaded_where_it_is_shown_and_is_small_enough() -> None:
    assert len(gzip.compress(assets.served("editor"))) < 200_000
    assert not any("CodeMirror" in assets.served(name).decode() for name in assets.SERVED if name != "editor")


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
