"""Settings: a profile with changes, as one value; and what a setting has or lacks."""

from __future__ import annotations

import re

import pytest

from sandbox.protocol.policies import resolved
from sandbox.protocol.settings import MECHANISMS, Settings
from sandbox.protocol.switches import UnknownSetting


def test_changes_that_change_nothing_are_dropped():
    assert Settings.of("oauth-bcp", {"rs.check_aud": "on", "transactions.check_aud": "on"}) == Settings.of("oauth-bcp")
    assert Settings.of("oauth-bcp", {"rs.check_aud": "off", "accounts.check_aud": "off"}).changes == (("rs.check_aud", "off"),)


def test_an_instance_can_differ_from_its_role():
    settings = Settings.of("oauth-bcp", {"rs.check_aud": "off", "accounts.check_aud": "on"})
    assert (settings.value("accounts.check_aud"), settings.value("transactions.check_aud")) == ("on", "off")
    assert (resolved(settings).apis["accounts"].check_aud, resolved(settings).apis["transactions"].check_aud) == ("on", "off")


def test_at_least_raises_and_never_lowers():
    weak = Settings.of("oauth-basic", {"transactions.check_aud": "off"})
    strong = Settings.of("oauth-bcp")
    assert strong.at_least({"PKCE": "on"}) == strong
    assert weak.at_least({"PKCE": "on"}).value("as.pkce") == "required"
    assert Settings.of("oauth-bcp", {"transactions.check_aud": "off"}).at_least({"AUD": "on"}) == strong


@pytest.mark.parametrize(
    ("profile", "changes", "message"),
    [
        ("oauth-bpc", {}, "did you mean 'oauth-bcp'"),
        ("oauth-bcp", {"rs.check_audience": "on"}, "did you mean 'rs.check_aud'"),
        ("oauth-bcp", {"transaction.check_aud": "on"}, "did you mean 'transactions.check_aud'"),
        ("oauth-bcp", {"rs.check_aud": "onn"}, "it is one of off, on; did you mean 'on'"),
        ("oauth-bcp", {"AUD": "off"}, "can only be switched on"),
        ("oauth-bcp", {"alice.check_aud": "on"}, "there is no switch"),
        ("oauth-bcp", {"": "on"}, "there is no switch"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest_one(profile, changes, message):
    with pytest.raises(UnknownSetting, match=re.escape(message)):
        Settings.of(profile, changes)


@pytest.mark.parametrize(("profile", "missing"), [("naive-jwt", "oauth"), ("oauth-basic", "pkce"), ("oauth-bcp", "devices")])
def test_mechanisms_that_are_absent_say_why(profile, missing):
    lacking = Settings.of(profile).lacks(MECHANISMS)
    assert (lacking and lacking.name) == missing
    assert lacking is None or lacking.without.endswith(".")


def test_settings_have_a_short_key():
    assert re.fullmatch(r"[0-9a-f]{8}", Settings.of("oauth-bcp").key)
    assert Settings.of("oauth-bcp").key != Settings.of("oauth-bcp", {"rs.dpop": "off"}).key


def test_what_makes_one_setting_of_another() -> None:
    own = Settings.of("oauth-basic", {"client.code_flow": "on", "as.pkce": "optional"})
    other = Settings.of("oauth-basic", {"client.code_flow": "on", "rs.check_aud": "on"})
    assert other.beyond(own) == (("as.pkce", "ignore"), ("rs.check_aud", "on"))
    assert own.beyond(own) == ()


def test_an_app_with_a_backend_is_told_as_a_confidential_client():
    assert "public" in Settings.of("oauth-basic").about("app")
    assert "confidential" in Settings.of("oauth-basic", {"client.bff": "on"}).about("app")
    assert Settings.of("oauth-bcp").about("mobile") == "client on the phone (public, native app)"


@pytest.mark.parametrize(
    ("now", "shown", "wanted", "then"),
    [
        ({"rs.dpop": "off"}, {}, {"rs.check_aud": "off"}, {"rs.dpop": "off", "rs.check_aud": "off"}),
        ({}, {"rs.dpop": "off"}, {"rs.dpop": "off", "rs.check_aud": "off"}, {"rs.check_aud": "off"}),
        ({"rs.dpop": "off", "rs.check_aud": "off"}, {"rs.dpop": "off"}, {}, {"rs.check_aud": "off"}),
        ({"rs.check_aud": "off"}, {"accounts.check_aud": "off"}, {}, {"rs.check_aud": "off", "accounts.check_aud": "on"}),
        ({"rs.dpop": "off"}, {"rs.dpop": "accept-both"}, {"rs.dpop": "accept-both"}, {"rs.dpop": "off"}),
    ],
)
def test_what_two_people_change_is_both_changed(now, shown, wanted, then):
    of = [Settings.of("oauth-bcp", changes) for changes in (now, shown, wanted, then)]
    assert of[0].moved(of[1], of[2]) == of[3]


def test_another_profile_comes_whole_and_what_is_usual_depends_on_it():
    basic, bcp = Settings.of("oauth-basic", {"rs.check_aud": "on"}), Settings.of("oauth-bcp", {"rs.check_aud": "off"})
    assert Settings.of("naive-jwt", {"rs.check_aud": "on"}).moved(bcp, basic) == basic
    assert basic.moved(bcp, Settings.of("oauth-bcp")) == Settings.of("oauth-basic")
