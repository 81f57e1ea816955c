"""The typed policies say what the table of switches says, and what the settings say."""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest

from sandbox.protocol.cast import CAST, ROLES, instances
from sandbox.protocol.policies import ClientPolicy, GatewayPolicy, IssuerPolicy, Policy, ResourcePolicy, resolved
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES

CLASSES = (IssuerPolicy, ClientPolicy, ResourcePolicy, GatewayPolicy)


def test_each_role_has_one_class():
    assert [c.ROLE for c in CLASSES] == list(ROLES)


@pytest.mark.parametrize("policy", CLASSES)
def test_the_fields_of_a_class_are_the_switches_of_its_role_with_their_values_in_order(policy: Any):
    hints = get_type_hints(policy)
    written = {f.name: get_args(hints[f.name]) for f in fields(policy)}
    table = {s.key: s.values for s in SWITCHES.values() if s.owner == policy.ROLE}
    assert written == table, f"write in {policy.__name__} what the rows of SWITCHES say"
    assert list(written) == list(table)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("policy", CLASSES)
def test_a_policy_has_the_values_of_the_settings(profile: str, policy: type[Policy]):
    changes = {
        name: v for s in SWITCHES.values() for name, v in ((s.name, s.values[-1]), (f"{instances(s.owner)[-1]}.{s.key}", s.values[0]))
    }
    for settings in (Settings.of(profile), Settings.of(profile, changes)):
        for party in (policy.ROLE, *instances(policy.ROLE)):
            made = policy.of(settings, party)
            assert {f.name: getattr(made, f.name) for f in fields(made)} == {  # type: ignore[arg-type]
                s.key: settings.value(f"{party}.{s.key}") for s in SWITCHES.values() if s.owner == policy.ROLE
            }


def test_settings_are_resolved_for_every_party_that_has_switches():
    for profile in PROFILES:
        settings = Settings.of(profile)
        policies = resolved(settings)
        assert policies.issuer == IssuerPolicy.of(settings, settings.issuer)
        assert CAST[settings.issuer].kind == "server"
        assert policies.api == ResourcePolicy.of(settings, "rs")
        assert policies.gateway == GatewayPolicy.of(settings, "gateway")
        assert dict(policies.apis) == {n: ResourcePolicy.of(settings, n) for n in instances("rs")}
        assert dict(policies.clients) == {n: ClientPolicy.of(settings, n) for n in instances("client")}


@pytest.mark.parametrize("policy", CLASSES)
def test_the_weakest_policy_has_the_first_value_of_every_switch(policy: type[Policy]):
    weakest = policy.weakest()
    assert all(getattr(weakest, s.key) == s.values[0] for s in SWITCHES.values() if s.owner == policy.ROLE)


def test_copies_share_a_policy():
    policy = resolved(Settings.of("oauth-bcp")).issuer
    assert copy.deepcopy([policy])[0] is policy
