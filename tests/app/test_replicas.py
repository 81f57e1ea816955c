"""Two replicas behind the recipes of `.deploy/`, with a store: forty learners and their forty clients, and one replica that is killed.

What is lost is what the README says: the sign-ins and tokens of the worlds of the one that died, and nothing of the others.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from sandbox.core.clock import WallClock
from tests.app.test_place import RUN
from tests.support.browsing import IDLE, READY, new_context
from tests.support.learner import Learner
from tests.support.needs import chromium, need
from tests.support.paths import ROOT
from tests.support.proxies import haproxy, nginx, recipe
from tests.support.redis_server import redis_server
from tests.support.serving import FLAGS, answers, free_port
from tests.support.signing_in import calls, described, signed_in
from tests.support.waiting import until

LEARNERS, AT_ONCE = 40, 8
LETTERS = "ab"
LETTER = re.compile(r"replica=(\w)")

T = TypeVar("T")
U = TypeVar("U")


class Site(NamedTuple):
    """Where learners go, and the processes behind, by their letters."""

    app: str
    replicas: dict[str, subprocess.Popen[bytes]]


def each(work: Callable[[U], T], things: list[U]) -> list[T]:
    """What comes of all of them, several at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, things))


@contextmanager
def site(name: str) -> Iterator[Site]:
    """Two replicas with one store behind this recipe, which is as it stands but for its ports."""
    need(name.partition(".")[0].partition("-")[0])
    front, ports = free_port(), [free_port() for _ in LETTERS]
    listens = "bind :80" if name == "haproxy.cfg" else "listen 80;"
    text = recipe(
        name, (listens, listens.replace(":80", f"127.0.0.1:{front}").replace(" 80", f" 127.0.0.1:{front}")),
        *[(f"127.0.0.1:{old}", f"127.0.0.1:{new}") for old, new in zip((8501, 8502), ports, strict=True)],
    )  # fmt: skip
    replicas = dict[str, subprocess.Popen[bytes]]()
    with redis_server() as store:
        try:
            for letter, port in zip(LETTERS, ports, strict=True):
                command = [*RUN, "--port", str(port), "--replica", letter, "--store", store.url, "--trusted-proxy", "127.0.0.1"]
                replicas[letter] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for port in ports:
                until(lambda port=port: answers(f"http://127.0.0.1:{port}"), f"the replica at {port}")  # type: ignore[misc]
            with (haproxy if name == "haproxy.cfg" else nginx)(text, front):
                app = f"http://127.0.0.1:{front}"
                until(lambda: answers(app), "the proxy")
                yield Site(app, replicas)
        finally:
            for process in replicas.values():
                process.kill()
                process.wait(60)


class Pair:
    """A learner's page and a client of the world that was opened there."""

    def __init__(self, app: str) -> None:
        self.app, self.browser = app, requests.Session()
        for path in ("/", "/_stcore/health"):  # what a browser fetches before it connects
            assert self.browser.get(f"{app}{path}", timeout=60).ok
        self.replica = self.browser.cookies["replica"]
        self.page = self.connected(profile="oauth-basic").press("Open my world")
        self.key = self.page.world
        self.world = f"{app}/world/{self.key}"
        self.token = ""

    def connected(self, **query: str) -> Learner:
        sent = "; ".join(f"{c.name}={c.value}" for c in self.browser.cookies)
        return Learner(self.app, cookies=sent).visit(**query)

    def use(self) -> None:
        """The client signs in and asks an API; the page shows it."""
        self.token = signed_in(self.world)
        assert self.works()
        assert any("accounts" in title for title in self.page.look().until("stepper").titles())

    def works(self) -> bool:
        """Whether the client's token is good; a refusal is one of a token, and no other failure."""
        answer = calls(self.world, self.token)
        assert answer.status_code in (200, 401), (answer.status_code, answer.text)
        assert answer.ok or answer.json()["error"] == "invalid_token"
        return answer.ok

    def alive(self) -> bool:
        """Whether the page's connection is still there."""
        with suppress(ConnectionClosed):
            self.page.look()
            return True
        return False


@contextmanager
def pairs(app: str, number: int) -> Iterator[list[Pair]]:
    found = each(lambda _: Pair(app), list(range(number)))
    try:
        yield found
    finally:
        for pair in found:
            pair.page.close()


def kill(where: Site, letter: str) -> None:
    """End this replica at once, in another second than that of the latest token: a second is all that a token knows."""
    now = WallClock().now()
    until(lambda: WallClock().now() > now, "the next second")
    where.replicas[letter].kill()
    where.replicas[letter].wait(60)


def as_the_readme_says(there: list[Pair], dead: str) -> None:
    """After the death of a replica: counts of what is lost, and of what is not."""
    hit = [pair for pair in there if pair.key.startswith(dead)]
    spared = [pair for pair in there if not pair.key.startswith(dead)]
    assert hit
    assert spared
    assert each(lambda pair: described(f"{pair.world}/auth")["issuer"], there) == [f"{pair.world}/auth" for pair in there]
    assert [sum(each(Pair.works, some)) for some in (hit, spared)] == [0, len(spared)]
    assert [sum(each(Pair.alive, some)) for some in (hit, spared)] == [0, len(spared)]

    def comes_back(pair: Pair) -> bool:
        pair.page.close()
        pair.page = pair.connected(world=pair.key)
        return any("Opened again at" in text for text in pair.page.texts)

    assert each(comes_back, hit) == [True] * len(hit)
    each(Pair.use, hit)
    assert sum(each(Pair.works, there)) == len(there)


@pytest.mark.slow
@pytest.mark.browser
def test_what_is_lost_with_a_replica_is_what_the_readme_says() -> None:
    with site("haproxy.cfg") as where, pairs(where.app, LEARNERS) as there, browsers(where.app) as pages:
        assert [pair.key[0] for pair in there] == [pair.replica for pair in there]
        each(Pair.use, there)
        for page in pages:
            in_a_browser(page, where.app)
        dead = there[0].replica
        kill(where, dead)
        as_the_readme_says(there, dead)
        for page in pages:
            key = world_of(page)
            if key.startswith(dead):
                page.get_by_text("Opened again at").wait_for()
            in_a_browser(page, where.app)


@pytest.mark.slow
def test_the_recipe_for_nginx_does_the_same() -> None:
    with site("nginx-replicas.conf") as where, pairs(where.app, 8) as there:
        assert [pair.key[0] for pair in there] == [pair.replica for pair in there]
        each(Pair.use, there)
        kill(where, "a")
        as_the_readme_says(there, "a")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["haproxy.cfg", "nginx-replicas.conf"])
def test_a_link_to_a_world_leads_to_its_replica_wherever_the_browser_was_before(name: str) -> None:
    with site(name) as where:
        for letter in (*LETTERS, *reversed(LETTERS)):
            for before in LETTERS:
                query = {"world": letter * 24}
                answer = requests.get(f"{where.app}/live", query, cookies={"replica": before}, timeout=60)
                set_now = LETTER.search(answer.headers.get("Set-Cookie", ""))
                assert (set_now[1] if set_now else before) == letter


@contextmanager
def browsers(app: str) -> Iterator[list[Any]]:
    """A world in each of two browsers, each of them at another replica."""
    need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        launched = p.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        pages = []
        for letter in LETTERS:
            context = new_context(launched)
            context.add_cookies([{"name": "replica", "value": letter, "url": app}])
            page = context.new_page()
            page.goto(f"{app}/live?profile=oauth-basic")
            page.wait_for_selector(IDLE)
            page.get_by_role("button", name="Open my world").click()
            page.get_by_text("Waiting for the first request").wait_for()
            page.wait_for_url(lambda url: "world=" in url)
            assert world_of(page).startswith(letter)
            pages.append(page)
        yield pages
        launched.close()


def world_of(page: Any) -> str:
    found = re.search(r"world=([\w-]{24})", page.url)
    assert found
    return found[1]


def in_a_browser(page: Any, app: str) -> None:
    """A client of the world of this page, and the page that shows it."""
    world = f"{app}/world/{world_of(page)}"
    assert calls(world, signed_in(world)).ok
    page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    page.locator(".stepper .story p", has_text="GET /accounts, answered with 200.").first.wait_for()
