"""Moving a world to real addresses."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from sandbox.protocol.cast import CAST
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve import served as put_together
from sandbox.serve.relocate import Mover, moved
from sandbox.serve.setup import SERVED
from sandbox.world.world import build

BASE = "http://127.0.0.1:9000"


@pytest.mark.parametrize("profile", PROFILES)
def test_no_party_that_is_served_keeps_an_address_of_the_simulation(profile: str) -> None:
    served = put_together(Settings.of(profile), BASE)
    for name, path in served.paths.items():
        assert served.world.net.hosts[f"http://127.0.0.1:9000{path}"] == name
    assert {n for n, m in CAST.items() if m.kind in SERVED and not m.hers and n in served.world.net.parties} <= set(served.paths)

    texts: set[str] = set()
    reader = Mover({})
    reader.text = lambda text: texts.add(text) or text  # type: ignore[method-assign, func-returns-value]
    reader.visit(served.world)
    old = tuple(f"{CAST[name].host}{end}" for name in served.paths for end in ("/", "?"))
    assert not [t for t in texts if f"{t}/".startswith(old)]
    assert f"{BASE}/accounts" in texts


def test_moving_a_world_leaves_the_original_where_it_was() -> None:
    world = build(Settings.of("oauth-bcp"))
    there = moved(world, {"https://auth.connectsphere.example": f"{BASE}/auth"})
    assert there.issuer.issuer == f"{BASE}/auth"
    assert world.issuer.issuer == "https://auth.connectsphere.example"
    assert there.net.mounts == {f"{BASE}/auth": "/auth"}


class Pair(NamedTuple):
    left: str
    right: str


def test_every_kind_of_plain_data_is_walked() -> None:
    mover = Mover({"https://a.example": "http://127.0.0.1/a"})
    held = {
        "https://a.example": ["https://a.example/x", ("https://a.example?y", 1)],
        "set": {"https://a.example"},
        "pair": Pair("https://a.example", "b"),
    }
    assert mover.visit(held) is held
    assert held == {
        "http://127.0.0.1/a": ["http://127.0.0.1/a/x", ("http://127.0.0.1/a?y", 1)],
        "set": {"http://127.0.0.1/a"},
        "pair": Pair("http://127.0.0.1/a", "b"),
    }
    assert isinstance(held["pair"], Pair)


@pytest.mark.parametrize("text", ["https://a.example.evil.example/", "see https://a.example", "https://a.examples", ""])
def test_a_text_that_only_begins_like_an_address_stays(text: str) -> None:
    assert Mover({"https://a.example": "http://127.0.0.1/a"}).text(text) == text


def test_a_thing_that_is_held_twice_is_moved_once() -> None:
    shared = ["https://a.example"]
    held = [shared, shared]
    Mover({"https://a.example": "https://a.example/a"}).visit(held)
    assert held[0] is held[1]
    assert shared == ["https://a.example/a"]
