"""The table of switches: its rows, profiles and bundles."""

from __future__ import annotations

import re

import pytest

from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, switch_of


@pytest.mark.parametrize("switch", SWITCHES.values(), ids=lambda s: s.name)
def test_every_row_is_complete(switch):
    assert switch.owner in {"as", "client", "rs", "gw"}
    assert len(switch.values) >= 2
    assert len(switch.profiles) == len(PROFILES)
    assert set(switch.profiles) <= set(switch.values)
    assert switch.meaning.endswith(".")
    assert re.fullmatch(r"(RFC \d+|OIDC [A-Za-z -]+|draft-[a-z0-9-]+) §[\w.]+", switch.ref)
    assert instances(switch.owner)


def test_the_profiles_become_stronger():
    for switch in SWITCHES.values():
        if switch.applies == ("oauth",):
            assert switch.values.index(switch.default("oauth-bcp")) >= switch.values.index(switch.default("oauth-basic")), switch.name
        assert switch.values.index(switch.default("jwt-done-properly")) >= switch.values.index(switch.default("naive-jwt")), switch.name


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_is_a_set_of_values_that_exist(bundle):
    settings = Settings.of("naive-jwt", {bundle: "on"})
    assert all(settings.value(name) == value for name, value in BUNDLES[bundle].items())


def test_every_switched_member_of_the_cast_has_a_known_role():
    assert {m.role for m in CAST.values() if m.role} <= {s.owner for s in SWITCHES.values()}
    assert switch_of("backend.short_ttl") is SWITCHES["as.short_ttl"]
