"""Many runs, many tokens: the same trace each time, the same cost in a large world, and nothing left behind.

A dozen seeds in `make test`, a thousand in `make long`.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from sandbox import __version__
from sandbox.cli.main import main
from sandbox.core.wire import Request, form_request
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import as_json
from sandbox.views.record import trace_json
from sandbox.world.parties import limits
from sandbox.world.parties.authorization_server.minting import Wanted
from sandbox.world.parties.authorization_server.store import RefreshToken
from sandbox.world.parties.client_session import Session
from sandbox.world.world import World
from tests.support.cost import calls
from tests.support.effort import effort
from tests.support.relying_party import AS, RelyingParty, certified
from tests.support.worlds import world

SEEDS = effort(12, long=1_000)


def digest(name: str, profile: str, seed: int) -> str:
    made = run(library.get(name), Settings.of(profile), seed=seed)
    return hashlib.sha256(json.dumps([as_json(e) for e in made.events]).encode()).hexdigest()


@pytest.mark.slow
def test_each_seed_gives_the_same_trace_twice_and_another_than_its_neighbour():
    cases = [(control.id, profile) for control in library.controls() for profile in PROFILES]
    first = {seed: digest(*cases[seed % len(cases)], seed) for seed in range(SEEDS)}
    again = {seed: digest(*cases[seed % len(cases)], seed) for seed in reversed(range(SEEDS))}
    assert first == again
    assert digest(cases[0][0], "oauth-bcp", 1) != digest(cases[0][0], "oauth-bcp", 2)


@pytest.mark.slow
def test_a_run_says_all_that_is_needed_to_run_it_again():
    attack = library.attacks()[0]
    before = run(attack, seed=7)
    said = json.loads(json.dumps(trace_json(before)))
    assert (said["version"], said["seed"], said["settings"]) == (__version__, 7, before.settings.key)
    settings = Settings.of(said["profile"], said["changes"])
    assert settings.key == said["settings"]
    again = run(library.get(said["scenario"]), settings, seed=said["seed"])
    assert json.loads(json.dumps(trace_json(again))) == said


def test_what_is_printed_at_a_terminal_is_enough_to_run_it_again():
    first = CliRunner().invoke(main, ["run", "missing-aud-replay", "--profile", "oauth-basic", "--set", "AUD=on", "--seed", "7"])
    line = first.output.splitlines()[-1]
    said = re.fullmatch(r"OAuth Sandbox (\S+): (\S+) ([0-9a-f]{8}), settings ([0-9a-f]{8}), seed (\d+)", line)
    assert said, line
    again = run(library.get(said[2]), settings_said(first.output), seed=int(said[5]))
    assert again.stamp == line
    assert again.stamp == run(library.get("missing-aud-replay"), Settings.of("oauth-basic", {"AUD": "on"}), seed=7).stamp


def settings_said(output: str) -> Settings:
    """The settings as the second line says them: `oauth-basic, rs.check_aud=on, seed 7`."""
    profile, *rest = output.splitlines()[1].split(", ")
    return Settings.of(profile, dict(part.split("=") for part in rest if "=" in part))


# ---------------------------------------------------------------- a world with 10 000 tokens


def filled(tokens: int) -> World:
    """A world in which one user's grants have yielded so many tokens: half of them access tokens, half refresh tokens."""
    w = certified(as_signing="es256")
    core, user = w.issuer.core, w.people.users["alice"]
    for _ in range(tokens // 4):
        grant = core.new_grant(user, core.store.clients["budget"], "openid read", None)
        core.minter.mint(grant, Wanted(scope="openid read", refresh=True))
        core.minter.mint(grant, Wanted(scope="openid read", refresh=True))
    return w


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    return filled(40), filled(10_000)


def refresh_token(w: World) -> str:
    """One that is still good, of a family that is."""
    return next(v for v, t in w.issuer.store.tokens.items() if isinstance(t, RefreshToken) and not t.is_revoked())


def ratio(worlds: tuple[World, World], act: Callable[[World], Callable[[], Any]]) -> float:
    small, large = (calls(act(w)) for w in worlds)
    return large / small


@pytest.mark.slow
def test_revoking_one_family_costs_the_same_among_ten_thousand(worlds):
    def revoke(w: World) -> Callable[[], Any]:
        request = form_request(f"{AS}/revoke", {"client_id": "budget", "client_secret": "budget-8Zq3vT1xNw6p", "token": refresh_token(w)})
        return lambda: w.issuer.handle(request)

    dead = sum(not g.alive for g in worlds[1].issuer.store.grants.values())
    assert ratio(worlds, revoke) < 1.5
    assert sum(not g.alive for g in worlds[1].issuer.store.grants.values()) == dead + 1


@pytest.mark.slow
def test_redeeming_refreshing_and_introspecting_cost_the_same_among_ten_thousand(worlds):
    def introspect(w: World) -> Callable[[], Any]:
        request = form_request(f"{AS}/introspect", {"client_id": "accounts", "client_secret": "accounts-secret", "token": refresh_token(w)})
        return lambda: w.issuer.handle(request)

    def refresh(w: World) -> Callable[[], Any]:
        fields = {
            "client_id": "budget",
            "client_secret": "budget-8Zq3vT1xNw6p",
            "grant_type": "refresh_token",
            "refresh_token": refresh_token(w),
        }
        return lambda: w.issuer.handle(form_request(f"{AS}/token", fields))

    assert ratio(worlds, introspect) < 1.5
    assert ratio(worlds, refresh) < 1.5


def test_asking_whether_somebody_has_said_yes_costs_the_same_among_ten_thousand(worlds):
    def allowed(w: World) -> Callable[[], Any]:
        user = w.people.users["alice"]
        return lambda: w.issuer.store.allowed(user, "budget", "read")

    assert ratio(worlds, allowed) < 1.5


# ---------------------------------------------------------------- nothing left behind


def test_an_issuer_forgets_what_is_oldest(monkeypatch):
    from sandbox.world.parties.authorization_server import store

    monkeypatch.setattr(store, "ISSUED", 50)
    w = certified()
    core, user = w.issuer.core, w.people.users["alice"]
    for _ in range(200):
        core.minter.mint(core.new_grant(user, core.store.clients["budget"], "read", None), Wanted(scope="read", refresh=True))
    assert (len(core.store.tokens), len(core.store.grants), len(core.store.grants_of["alice"])) == (50, 50, 50)


def test_a_grant_forgets_what_has_expired():
    w = certified()
    core = w.issuer.core
    grant = core.new_grant(w.people.users["alice"], core.store.clients["budget"], "read", None)
    for _ in range(50):
        core.minter.mint(grant, Wanted(scope="read"))
        w.net.wait(60)
    assert len(grant.access_tokens) <= 6


@pytest.mark.slow
def test_sign_ins_that_nobody_finishes_are_forgotten():
    rp = RelyingParty(certified())
    request = Request("GET", f"{AS}/authorize?response_type=code&client_id=budget&scope=read")
    for _ in range(limits.KEPT + 50):
        rp.w.issuer.handle(request)
    assert len(rp.w.issuer.sign_in.pending) == limits.KEPT


def test_a_log_keeps_the_latest_lines():
    api = world().apis["accounts"]
    for n in range(limits.KEPT + 50):
        api.handle(Request("GET", f"{api.url}/accounts?{n}"))
    assert len(api.log) == limits.KEPT
    assert api.log[-1].url.endswith(f"?{limits.KEPT + 49}")


@pytest.mark.slow
def test_a_client_forgets_visitors_who_never_came_back():
    client = world().clients["budget"]
    for _ in range(limits.KEPT + 50):
        client.handle(Request("GET", "https://budget.example/login"))
    assert len(client.sessions) == len(client.states) == limits.KEPT


def test_answers_of_introspection_are_not_kept_for_ever():
    api = world("oauth-basic", as_revocation="on", rs_introspect="cached").apis["accounts"]
    for n in range(limits.KEPT + 50):
        api.introspected[str(n)] = (0, {})
        limits.forget_oldest(api.introspected)
    assert len(api.introspected) == limits.KEPT


@pytest.mark.slow
def test_runs_leave_nothing_behind():
    """The same runs again and again: the number of objects does not grow."""
    control = library.controls()[0]

    def some(seeds: range) -> int:
        for seed in seeds:
            run(control, Settings.of("oauth-bcp"), seed=seed % 3)
        gc.collect()
        return sum(type(o) in (World, Session) for o in gc.get_objects())

    some(range(6))
    before = some(range(6))
    assert some(range(18)) <= before
