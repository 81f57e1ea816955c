"""Fifty clients of one live world over real HTTP while its switches are flipped: each answer is right under some setting that was in
force between the arrival of the request and its answer.

What is right is what the same world answers to the same request when nobody flips anything; so each kind of request is first asked
alone under every setting, and none is of use that all settings answer alike.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
import uvicorn

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import sha256
from sandbox.serve import live as live_module
from sandbox.serve.live import Live
from sandbox.serve.worlds import Worlds
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.real import CALLBACK
from tests.support.signing_in import signed_in
from tests.support.waiting import until

CLIENTS, ROUNDS = 50, effort(40, long=1_000)
SETTINGS = (
    Settings.of("oauth-basic", {}),
    Settings.of("oauth-basic", {"as.pkce": "required"}),
    Settings.of("oauth-basic", {"as.iss_param": "on", "rs.check_aud": "on", "client.resource_param": "on"}),
    Settings.of("oauth-basic", {"as.exact_redirect": "off", "as.pkce": "required", "rs.dpop": "require"}),
    Settings.of("oauth-bcp", {"client.bff": "off"}),
    Settings.of("oauth-bcp", {"client.bff": "off", "rs.dpop": "accept-both", "as.signing": "rs256"}),
)


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


class Said(NamedTuple):
    """What of an answer a setting decides."""

    status: int
    error: str
    more: str


def kinds(live: Live, token: str) -> dict[str, Asked]:
    """Requests that change nothing, so that they can be asked any number of times."""
    at, form = urlsplit(live.base).path, (("Content-Type", "application/x-www-form-urlencoded"),)
    asked = {"client_id": "app", "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid read", "state": "x"}
    proof = {"code_challenge": sha256("v" * 43), "code_challenge_method": "S256"}
    bearer = (("Authorization", f"Bearer {token}"),)
    nothing = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": CALLBACK, "code": "x" * 40}
    return {
        "metadata": Asked("GET", f"{at}/auth/.well-known/openid-configuration"),
        "without PKCE": Asked("GET", f"{at}/auth/authorize?{urlencode(asked)}"),
        "with PKCE": Asked("GET", f"{at}/auth/authorize?{urlencode(asked | proof)}"),
        "implicit": Asked("GET", f"{at}/auth/authorize?{urlencode(asked | proof | {'response_type': 'token'})}"),
        "another address": Asked("GET", f"{at}/auth/authorize?{urlencode(asked | proof | {'redirect_uri': f'{CALLBACK}/x'})}"),
        "no such code": Asked("POST", f"{at}/auth/token", form, urlencode(nothing)),
        "password": Asked("POST", f"{at}/auth/token", form, urlencode({"grant_type": "password", "client_id": "app"})),
        "bearer token": Asked("GET", f"{at}/accounts/accounts", bearer),
        "token in the address": Asked("GET", f"{at}/accounts/accounts?access_token={token}"),
        "no token": Asked("GET", f"{at}/transactions/transactions"),
    }


def ask(connection: HTTPConnection, what: Asked) -> Said:
    """The answer, by what a setting decides."""
    connection.request(what.method, what.path, what.body or None, dict(what.headers))
    answer = connection.getresponse()
    text, target = answer.read().decode(), answer.headers["Location"] or ""
    error = re.search(r"error=([a-z_]+)", target) or re.search(r'"error": ?"([a-z_]+)"', text)
    told = sorted(
        set(re.findall(r'"(?:code_challenge_methods|authorization_response_iss|dpop_signing|grant_types|response_types)\w*": ?[^]]*', text))
    )
    scheme = (answer.headers["WWW-Authenticate"] or "").partition(" ")[0]
    return Said(answer.status, error[1] if error else "", f"{scheme}{'iss=' in target}{told}")


@pytest.fixture
def live() -> Iterator[Live]:
    """A world that is really served, with no end to its requests."""
    worlds = Worlds(WallClock(), SystemEntropy())
    with pytest.MonkeyPatch.context() as patch, socket.socket() as listening:
        patch.setattr(live_module, "MOST_REQUESTS", 10**9)
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        server = uvicorn.Server(uvicorn.Config(worlds, lifespan="off", log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        until(lambda: server.started, "the server")
        try:
            yield worlds.open(f"http://127.0.0.1:{listening.getsockname()[1]}", SETTINGS[0])
        finally:
            server.should_exit = True
            thread.join(60)


class Flipping:
    """Somebody who flips switches, each time after so many answers.  `begun` and `done` count changes; between them, both settings are right."""

    def __init__(self, live: Live) -> None:
        self.live, self.history, self.begun, self.done = live, [SETTINGS[0]], 0, 0
        self.enough, self.answers = threading.Event(), threading.Semaphore(0)

    def __call__(self) -> None:
        rng = dice(50)
        while not self.enough.is_set():
            for _ in range(rng.randint(1, 4 * CLIENTS)):
                self.answers.acquire()
            wanted = rng.choice([s for s in SETTINGS if s != self.history[-1]])
            self.history.append(wanted)
            self.begun += 1
            self.live.change(self.live.settings, wanted)
            self.done += 1


@pytest.mark.slow
def test_each_answer_is_right_under_a_setting_in_force_between_arrival_and_answer(live: Live) -> None:
    place, token = urlsplit(live.base).netloc, signed_in(live.base)
    wanted = kinds(live, token)
    alone = HTTPConnection(place, timeout=60)
    right: dict[tuple[str, Settings], Said] = {}
    for setting in SETTINGS[::-1]:  # the first one is in force at the end
        live.change(live.settings, setting)
        right |= {(name, setting): ask(alone, what) for name, what in wanted.items()}
    alone.close()
    telling = [name for name in wanted if len({right[name, s] for s in SETTINGS}) > 1]
    assert len(telling) >= 6, f"the settings answer too much alike: {right}"

    flipping, wrong, counts = Flipping(live), list[str](), [0, 0]
    lock = threading.Lock()

    def client(number: int) -> None:
        rng, connection = dice(number), HTTPConnection(place, timeout=60)
        for _ in range(ROUNDS):
            name = rng.choice(telling)
            first = flipping.done
            said = ask(connection, wanted[name])
            in_force = flipping.history[first : flipping.begun + 1]
            flipping.answers.release()
            with lock:
                counts[0] += 1
                counts[1] += len({right[name, s] for s in in_force}) == 1
                if said not in {right[name, s] for s in in_force}:
                    wrong.append(f"{name}: {said}, right were {[right[name, s] for s in in_force]}")
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    flipper = threading.Thread(target=flipping)
    for thread in (flipper, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    flipping.enough.set()
    flipping.answers.release(4 * CLIENTS)  # it need not wait any more
    flipper.join()
    print(
        f"\n{counts[0]} answers to {CLIENTS} clients, {counts[1]} of which only one could be right; {flipping.done} flips; {len(wrong)} wrong"
    )
    assert wrong == []
    assert counts[0] == CLIENTS * ROUNDS
    assert counts[1] > counts[0] // 5, "the switches are flipped too often for an answer to be wrong"
    assert flipping.done > len(SETTINGS)
