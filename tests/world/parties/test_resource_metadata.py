"""What an API says about itself is true (RFC 9728)."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.world.parties import resource_metadata
from tests.support.worlds import world

API = "https://accounts.connectsphere.example"


def announced(profile: str = "oauth-bcp", **switches: str):
    w = world(profile, **switches)
    w.apis["accounts"].announces = True
    return w


def told(profile: str, **switches: str):
    return announced(profile, **switches).net.deliver(Request("GET", f"{API}{resource_metadata.PATH}"), "budget").json


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        ("https://api.example", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example:8443/v1/accounts", "https://api.example:8443/.well-known/oauth-protected-resource/v1/accounts"),
        ("https://api.example/v1/", "https://api.example/.well-known/oauth-protected-resource/v1"),
    ],
)
def test_the_well_known_part_goes_between_host_and_path(resource: str, place: str) -> None:
    assert resource_metadata.address(resource) == place


@pytest.mark.parametrize(
    ("profile", "switches", "methods", "required", "certificate"),
    [
        ("oauth-bcp", {}, [], True, None),
        ("oauth-bcp", {"rs_dpop": "accept-both"}, ["header"], None, None),
        ("oauth-basic", {}, ["header", "query"], None, None),
        ("oauth-basic", {"rs_mtls": "on"}, ["header", "query"], None, True),
    ],
)
def test_it_says_how_tokens_may_come_and_what_they_are_bound_to(profile, switches, methods, required, certificate) -> None:
    found = told(profile, **switches)
    assert (found["resource"], found["authorization_servers"]) == (API, ["https://auth.connectsphere.example"])
    assert found["scopes_supported"] == ["read", "write"]
    assert found["bearer_methods_supported"] == methods
    assert found.get("dpop_bound_access_tokens_required") == required
    assert ("dpop_signing_alg_values_supported" in found) == (profile == "oauth-bcp")
    assert found.get("tls_client_certificate_bound_access_tokens") == certificate


def test_a_refusal_says_where_it_is_and_pages_may_read_it() -> None:
    w = announced()
    for headers in ((), (("Authorization", "DPoP x"),)):
        answer = w.net.deliver(Request("GET", f"{API}/accounts", headers), "budget")
        assert answer.status == 401
        assert f'resource_metadata="{resource_metadata.address(API)}"' in answer.header("www-authenticate")
    page = w.net.deliver(Request("GET", f"{API}{resource_metadata.PATH}", (("Origin", "https://app.example"),)), "laptop")
    assert (page.status, page.header("access-control-allow-origin")) == (200, "*")
    assert w.net.deliver(Request("HEAD", f"{API}{resource_metadata.PATH}"), "budget").body == ""
    assert w.net.deliver(Request("POST", f"{API}{resource_metadata.PATH}"), "budget").status == 405


def test_in_the_simulation_nobody_is_told() -> None:
    w = world()
    assert w.net.deliver(Request("GET", f"{API}{resource_metadata.PATH}"), "budget").status == 404
    assert "resource_metadata" not in w.net.deliver(Request("GET", f"{API}/accounts"), "budget").header("www-authenticate")
