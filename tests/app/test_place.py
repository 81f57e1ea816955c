"""Below a path and behind a real nginx, with the recipe of `.deploy/`: the page, its worlds, and what is believed of whom."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
import streamlit as st

from sandbox.app import place
from sandbox.app.visitor import COOKIE
from tests.support.apps import opened
from tests.support.learner import Learner
from tests.support.paths import ROOT
from tests.support.proxies import certificate, nginx, recipe
from tests.support.serving import free_port, serving
from tests.support.signing_in import calls, described, signed_in

RUN = [sys.executable, "-c", "from sandbox.cli.main import main; main()"]


class Front(NamedTuple):
    """Where the app is found, and which certificate to believe."""

    app: str
    behind: str
    trust: str | bool


@contextmanager
def behind_nginx(folder: Path, taken_off: bool, tls: bool, *options: str) -> Iterator[Front]:
    """The app behind the recipe as it stands, but for its ports and, if it is to take the path off, its slash."""
    front, port = free_port(), free_port()
    cert, key = certificate(folder)
    text = recipe(
        "nginx.conf",
        (
            "listen 80;",
            f"listen 127.0.0.1:{front} ssl; ssl_certificate {cert}; ssl_certificate_key {key};" if tls else f"listen 127.0.0.1:{front};",
        ),
        ("127.0.0.1:8501", f"127.0.0.1:{port}"),
        *([(f"127.0.0.1:{port};              #", f"127.0.0.1:{port}/; #")] if taken_off else []),
    )
    command = [*RUN, "--port", str(port), "--base-path", "/sandbox", *options]
    with serving(command, port) as behind, nginx(text, front):
        yield Front(f"http{'s' * tls}://127.0.0.1:{front}/sandbox", behind, str(cert) if tls else True)


def a_world(front: Front, **query: str) -> str:
    """The address of a world that somebody opens on the page; its page shows what happens there."""
    trust = ssl.create_default_context(cafile=str(front.trust)) if isinstance(front.trust, str) else None
    learner = Learner(front.app, trust=trust).visit(profile="oauth-basic", **query)
    learner.press("Open my world")
    world = f"{front.app}/world/{learner.world}"
    answer = calls(world, signed_in(world, front.trust), front.trust)
    assert (answer.status_code, answer.json()["owner"]) == (200, "alice")
    assert any("accounts" in title for title in learner.look().until("stepper").titles())
    learner.close()
    return world


@pytest.mark.slow
@pytest.mark.parametrize("taken_off", [False, True], ids=["the path stays", "the path is taken off"])
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_the_app_and_its_worlds_are_complete_behind_nginx(tmp_path: Path, taken_off: bool, tls: bool) -> None:
    with behind_nginx(tmp_path, taken_off, tls, "--trusted-proxy", "127.0.0.1") as front:
        world = a_world(front)
        about = described(f"{world}/auth", front.trust)
        assert all(value.startswith(f"{world}/") for name, value in about.items() if name.endswith(("_endpoint", "_uri")))
        page = requests.get(f"{world}/", timeout=60, verify=front.trust)
        assert page.headers["Content-Type"].startswith("text/html")
        assert "Content-Encoding" not in page.headers
        cookies = requests.get(f"{front.app}/_stcore/health", timeout=60, verify=front.trust).headers["Set-Cookie"]
        ours = cookies[cookies.index(f"{COOKIE}=") :]
        assert "Path=/sandbox/_stcore;" in ours
        assert ("Secure" in ours) == tls
        assert requests.get(f"{front.behind}/_stcore/health", timeout=60).ok  # a container's own question, without the path


@pytest.mark.slow
def test_what_a_stranger_says_in_a_header_is_not_believed(tmp_path: Path) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.example", "Forwarded": "proto=https"}
    with behind_nginx(tmp_path, False, False) as front:
        assert "Secure" not in requests.get(f"{front.app}/_stcore/health", headers=said, timeout=60).headers["Set-Cookie"]
        assert "Secure" not in requests.get(f"{front.behind}/_stcore/health", headers=said, timeout=60).headers["Set-Cookie"]
        answer = requests.get(f"{front.behind}/sandbox", headers=said, timeout=60, allow_redirects=False)
        assert answer.headers["Location"] == f"{front.behind}/sandbox/"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["world", "/static", "/live/x", "a b", "/../x"])
def test_streamlit_run_refuses_a_path_with_one_sentence(text: str) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port()), "--server.baseUrlPath", text]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith(f"{place.SETTING}: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("first", ["world", "_stcore", "static", "media", "live", "play", "workshop"])
def test_no_path_begins_like_an_address_of_the_app(first: str) -> None:
    with pytest.raises(ValueError, match="begins like an address of the app itself"):
        place.checked(f"/{first}/x")
    assert place.checked(f"/x/{first}") == f"/x/{first}"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (None, ""),
        ("http://127.0.0.1:8501/live", ""),
        ("https://class.example/sandbox/live", "/sandbox"),
        ("https://class.example/a/b/live/", "/a/b"),
        ("https://class.example/<script>/live", ""),
        ("https://class.example/other", ""),
    ],
)
def test_a_page_that_was_found_elsewhere_knows_it(url: str | None, found: str) -> None:
    assert place.elsewhere(url, "live") == found


@pytest.mark.usefixtures("mounted")
def test_the_page_says_what_to_do_where_the_app_does_not_know_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "url", "https://class.example/sandbox/live")
    at = opened("live")
    assert [info.value for info in at.info] == [
        "A proxy has this app below `/sandbox`, and the app does not know it: start it with `--base-path /sandbox`."
    ]
    assert not at.button
