"""The first flow against a live world: through its door, as far as its rules let it."""

from __future__ import annotations

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve.banner import sections
from sandbox.serve.live import Live
from sandbox.serve.setup import OPEN
from sandbox.serve.worlds import Worlds
from tests.support.live_worlds import ORIGIN, ask, says


def sent(profile: str, **changes: str) -> tuple[Worlds, Live]:
    worlds = Worlds(WallClock(), SystemEntropy())
    live = worlds.open(ORIGIN, Settings.of(profile, OPEN | {k.replace("_", ".", 1): v for k, v in changes.items()}))
    worlds.send(live)
    return worlds, live


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_in_every_profile_it_ends_with_the_accounts(profile: str) -> None:
    worlds, live = sent(profile)
    assert says(live)[-1] == "Your client asks Accounts: GET /accounts, answered with 200."
    assert live.token is not None
    assert live.token.bound == (profile == "oauth-bcp")
    assert live.asked
    if live.served.world.settings.architecture == "oauth":
        assert [say.split()[1] for say in says(live)] == ["client", "browser", "browser", "browser", "client", "client"]
    lines = dict(sections(live.served, live.token))["Try it"]
    assert not any("ACCESS_TOKEN" in line for line in lines)
    status = ask(worlds, f"{live.base}/accounts/accounts", authorization=f"{live.token.kind} {live.token.value}").status
    assert status == (401 if live.token.bound else 200)
    assert any("bound to a key" in line for line in lines) == live.token.bound


def test_what_refuses_it_is_shown() -> None:
    worlds, live = sent("oauth-basic")
    live.served.world.people.users["alice"].disabled = True
    worlds.send(live)
    assert live.token is None
    assert says(live)[-1].startswith("Your browser asks Authorization server: POST /login")


def test_a_token_without_a_key_is_refused_where_one_is_wanted() -> None:
    _, live = sent("oauth-bcp", as_dpop_bind="off")
    assert live.token is not None
    assert not live.token.bound
    assert says(live)[-1].endswith("answered with 401 invalid_token.")
