"""Which cookies a browser keeps, and which travel."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Response
from sandbox.world.parties.cookies import Jar


def jar(url: str, *cookies: str) -> Jar:
    kept = Jar()
    kept.keep(url, Response(200, tuple(("Set-Cookie", text) for text in cookies)))
    return kept


@pytest.mark.parametrize(
    ("url", "there"),
    [("https://app.test/a", True), ("https://app.test/a/b", True), ("https://app.test/ab", False), ("https://app.test/", False)],
)
def test_a_cookie_belongs_to_its_path_and_what_is_below(url: str, there: bool) -> None:
    assert ("x" in jar("https://app.test/", "x=1; Path=/a").of(url)) is there


def test_without_a_path_a_cookie_belongs_to_the_folder_that_set_it() -> None:
    kept = jar("https://app.test/a/login", "x=1")
    assert "x" in kept.of("https://app.test/a/other")
    assert "x" not in kept.of("https://app.test/b")


@pytest.mark.parametrize(
    ("domain", "other", "there"),
    [
        ("app.test", "https://a.app.test/", True),
        ("", "https://a.app.test/", False),
        ("test", "https://app.test/", False),
        ("b.test", "https://b.test/", False),
    ],
)
def test_a_cookie_is_for_one_host_unless_it_names_a_domain_of_its_own(domain: str, other: str, there: bool) -> None:
    kept = jar("https://app.test/", f"x=1; Path=/{'; Domain=' + domain if domain else ''}")
    assert ("x" in kept.of(other)) is there


def test_a_secure_cookie_stays_with_https() -> None:
    assert "x" not in jar("https://app.test/", "x=1; Path=/; Secure").of("http://app.test/")
    assert jar("http://app.test/", "x=1; Path=/; Secure").of("https://app.test/") == {}


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("__Host-x=1; Path=/; Secure", True),
        ("__Host-x=1; Path=/", False),
        ("__Host-x=1; Path=/a; Secure", False),
        ("__Host-x=1; Path=/; Secure; Domain=app.test", False),
        ("__Secure-x=1; Path=/", False),
        ("__HOST-x=1; Path=/", False),
        ("__secure-x=1; Path=/", False),
        ("x=1; Path=/; SameSite=None", False),
        ("x=1; Path=/; SameSite=none", False),
    ],
)
def test_a_prefix_and_a_site_promise_what_the_browser_demands(cookie: str, kept: bool) -> None:
    assert bool(jar("https://app.test/", cookie).of("https://app.test/")) is kept


def test_across_sites_only_lax_cookies_travel_and_only_with_the_whole_window() -> None:
    kept = jar(
        "https://app.test/", "lax=1; Path=/; SameSite=odd", "strict=1; Path=/; SameSite=strict", "none=1; Path=/; SameSite=NONE; Secure"
    )
    url = "https://app.test/"
    assert {n for n, _ in kept.travelling(url, same_site=True, top_level_get=False)} == {"lax", "strict", "none"}
    assert {n for n, _ in kept.travelling(url, same_site=False, top_level_get=True)} == {"lax", "none"}
    assert {n for n, _ in kept.travelling(url, same_site=False, top_level_get=False)} == {"none"}


def test_a_cookie_is_deleted_under_the_rules_under_which_it_is_set() -> None:
    kept = jar("https://app.test/", "__Host-x=1; Path=/; Secure")
    kept.keep("https://app.test/", Response(200, (("Set-Cookie", "__Host-x=; Path=/; Max-Age=0"),)))
    assert "__Host-x" in kept.of("https://app.test/")
    kept.keep("https://app.test/", Response(200, (("Set-Cookie", "__Host-x=; Path=/; Secure; Max-Age=0"),)))
    assert "__Host-x" not in kept.of("https://app.test/")
