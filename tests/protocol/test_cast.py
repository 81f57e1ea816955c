"""The cast: names, addresses and roles that fit together."""

from __future__ import annotations

from sandbox.core.wire import origin
from sandbox.protocol.cast import CAST, MARKER, ROLES, instances, internal, resource, title
from sandbox.protocol.switches import SWITCHES


def test_names_are_keys_and_addresses_belong_to_one_member() -> None:
    assert all(name == member.name for name, member in CAST.items())
    hosts = [member.host for member in CAST.values() if member.host]
    assert len(hosts) == len(set(hosts))
    assert all(origin(host) == host for host in hosts), "a host is an origin, without a path"


def test_a_role_has_a_title_and_switches() -> None:
    roles = {member.role for member in CAST.values() if member.role}
    assert roles == set(ROLES) == {switch.owner for switch in SWITCHES.values()}
    assert instances("rs") == ("accounts", "accounts_2", "transactions", "notifications", "tool_server")


def test_a_browser_has_an_owner_among_the_people() -> None:
    browsers = [member for member in CAST.values() if member.kind == "browser"]
    assert {CAST[browser.owner].kind for browser in browsers} == {"person", "attacker"}
    assert all(browser.hers == (browser.owner == "mallory") for browser in browsers)


def test_a_replica_has_an_address_of_its_own_and_the_name_of_its_original_in_tokens() -> None:
    assert CAST["accounts_2"].host != CAST["accounts"].host
    assert resource("accounts_2") == resource("accounts") == CAST["accounts"].host
    assert internal("accounts_2") == "http://accounts_2.internal"


def test_a_stranger_is_called_by_the_name_that_there_is() -> None:
    assert (title("auth"), title("issuer.example")) == ("Authorization server", "issuer.example")


def test_a_marker_names_whose_data_it_is() -> None:
    found = MARKER.findall('{"a": "alice:account-1", "b": ["mallory:account-2"], "c": "bob:account-3", "d": "https://alice:1@x"}')
    assert found == ["alice:account-1", "mallory:account-2", "alice:1"]
