"""Every page of the app, run by Streamlit's own AppTest: what is on it, and what a click does to the run.

What happens inside the stepper, and the address, are the browser's business: tests/browser.
"""

from __future__ import annotations

import json
import re

import pytest

from sandbox.app.parts import claims, stepper, switch_panel
from sandbox.language import library
from sandbox.protocol.switches import PROFILES, SWITCHES
from tests.support.apps import AUD, choose, editor, fine, link, opened, page_text, shown, switched, typed, verdict
from tests.support.effort import some
from tests.support.hostile import BAD

pytestmark = pytest.mark.slow

CLICKED = (AUD, "no-revocation-before-exp", "stolen-token-replay")  # the claims of all files are tested without the app


# ---------------------------------------------------------------- the pages


STANDARD = re.compile(
    r'<a href="https://(?:www\.rfc-editor\.org|datatracker\.ietf\.org|openid\.net)/[^"<>]*"[^<>]*>'
)  # what our citations lead to


def test_start_says_what_this_is() -> None:
    at = opened("start")
    assert "A flight simulator for OAuth 2.0 and JWTs" in page_text(at)


@pytest.mark.parametrize("scenario", some(library.ids(), 16))
def test_every_scenario_has_a_page(scenario: str) -> None:
    at = opened("play", scenario=scenario)
    assert shown(at)["scenario"] == scenario
    assert library.get(scenario).story in page_text(at).replace("&#x27;", "'").replace("&quot;", '"')


# ---------------------------------------------------------------- one scenario


def test_a_scenario_opens_in_its_own_setting() -> None:
    at = opened("play", scenario=AUD)
    assert verdict(at) == "succeeded"
    assert link(at) == {"scenario": AUD}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_changes_the_run_at_once(profile: str) -> None:
    at = opened("play", scenario=AUD)
    at.segmented_control(key="profile").set_value(profile).run()
    assert verdict(fine(at)) == ("succeeded" if profile in ("naive-jwt", "oauth-basic") else "blocked")
    assert link(at) == {"scenario": AUD, "profile": profile}


def test_what_may_start_a_timer_is_drawn_after_all_other_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer's run brings the values of all controls; of one that the browser has not yet got anew, it would bring back the old value."""
    drawn: list[str] = []
    for part, name in ((switch_panel, "panel"), (claims, "controls"), (stepper, "show"), (switch_panel, "profile")):
        real = getattr(part, name)
        monkeypatch.setattr(part, name, lambda *a, real=real, name=name, **k: (drawn.append(name), real(*a, **k))[1])
    opened("play", scenario=AUD)
    assert drawn[-4:] == ["show", "controls", "profile", "panel"]


def test_a_defence_is_applied_and_taken_back() -> None:
    at = opened("play", scenario=AUD)
    at.pills(key="defence").set_value("d0").run()
    assert verdict(fine(at)) == "blocked"
    assert link(at) == {"scenario": AUD, "set": switched("AUD")}
    assert "<b>Name the API in the token, and check it</b> <em>blocks it.</em> The token says accounts" in page_text(at)
    at.pills(key="defence").set_value(None).run()
    assert (verdict(fine(at)), link(at)) == ("succeeded", {"scenario": AUD})


@pytest.mark.parametrize("scenario", CLICKED)
def test_every_defence_does_what_its_file_says_when_it_is_clicked(scenario: str) -> None:
    file = library.get(scenario)
    expected = {f"d{i}": "blocked" for i, _ in enumerate(file.blocked_by)} | {f"l{i}": "limited" for i, _ in enumerate(file.limited_by)}
    at = opened("play", scenario=scenario)
    for choice, word in expected.items():
        at.pills(key="defence").set_value(choice).run()
        assert f'<div class="outcome {word}">' in page_text(fine(at)), choice


@pytest.mark.parametrize("scenario", CLICKED)
def test_every_belief_is_run_and_answered(scenario: str) -> None:
    at = opened("play", scenario=scenario)
    for number, myth in enumerate(library.get(scenario).myths):
        at.selectbox(key="belief").set_value(f"m{number}").run()
        assert verdict(fine(at)) in ((myth.outcome,) if myth.outcome else ("succeeded", "limited")), myth.believed
        assert '<div class="outcome ' in page_text(at)


def test_a_link_marks_the_defence_that_it_contains() -> None:
    at = opened("play", scenario=AUD, set=switched("AUD"))
    assert at.pills(key="defence").value == "d0"


def test_a_link_opens_exactly_that_state() -> None:
    at = opened(
        "attacks",
        scenario=AUD,
        profile="oauth-bcp",
        set="client.dpop=off,as.dpop_bind=off,rs.dpop=off,transactions.check_aud=off",
        seed="3",
    )
    assert verdict(at) == "succeeded"
    assert link(at) == {
        "scenario": AUD,
        "profile": "oauth-bcp",
        "set": "as.dpop_bind=off,client.dpop=off,rs.dpop=off,transactions.check_aud=off",
        "seed": "3",
    }


def test_a_switch_is_flipped_for_a_role_or_for_one_api() -> None:
    at = choose(opened("play", scenario=AUD), "owner", "rs")
    assert link(choose(at, "switch rs.check_aud", "on"))["set"] == "rs.check_aud=on"
    choose(at, "which-rs", "accounts")
    assert link(choose(at, "switch accounts.check_aud", "off"))["set"] == "accounts.check_aud=off,rs.check_aud=on"


def test_a_changed_switch_says_what_it_was() -> None:
    at = choose(opened("play", scenario=AUD, set="rs.check_aud=on"), "owner", "rs")
    changed = [caption.value for caption in at.caption if "changed from" in caption.value]
    assert changed == [f":orange-badge[changed from off] {SWITCHES['rs.check_aud'].meaning} (RFC 9068 §4)"]


def test_switches_that_mean_nothing_in_a_design_are_said_to() -> None:
    at = choose(opened("play", scenario=AUD, profile="naive-jwt"), "owner", "client")
    assert not [s for s in at.segmented_control if s.key == "switch client.pkce"]
    assert any("Not applicable" in caption.value and "`pkce`" in caption.value for caption in at.caption)


def test_every_switch_is_in_the_panel() -> None:
    keys: set[str] = set()
    for profile in ("naive-jwt", "oauth-bcp"):
        at = opened("play", scenario=AUD, profile=profile)
        keys |= {str(s.key) for owner in ("as", "client", "rs", "gw") for s in choose(at, "owner", owner).segmented_control}
    assert {f"switch {name}" for name in SWITCHES} <= keys


@pytest.mark.parametrize(
    ("profile", "said"), [("naive-jwt", "no authorization server: `pkce`"), ("oauth-bcp", "an authorization server: `refresh_tokens`")]
)
def test_a_switch_that_a_design_cannot_have_is_said_with_the_reason(profile: str, said: str) -> None:
    at = choose(opened("play", scenario=AUD, profile=profile), "owner", "as")
    assert any(said in caption.value for caption in at.caption)


def test_reset_goes_back_to_the_profile() -> None:
    at = opened("play", scenario=AUD, profile="oauth-bcp", set="rs.check_aud=off")
    at.button(key="reset").click().run()
    assert link(fine(at)) == {"scenario": AUD, "profile": "oauth-bcp"}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"scenario": "missing-aud-reply"}, "did you mean &#x27;missing-aud-replay&#x27;?"),
        ({"scenario": AUD, "profile": "oauth"}, "There is no profile &#x27;oauth&#x27;"),
        ({"scenario": AUD, "set": "rs.check_aut=on"}, "did you mean &#x27;rs.check_aud&#x27;?"),
        ({"scenario": AUD, "seed": "<b>"}, "The seed &#x27;&lt;b&gt;&#x27; is not a number"),
    ],
)
def test_a_broken_link_is_said_and_falls_back(params: dict[str, str], said: str) -> None:
    at = opened("play", **params)
    assert said in page_text(at)
    if params["scenario"] == AUD:
        assert verdict(at) == "succeeded"


def test_the_words_about_a_broken_link_go_away_with_the_next_click() -> None:
    at = opened("play", scenario=AUD, profile="nonsense")
    assert "nonsense" in page_text(at)
    at.pills(key="defence").set_value("d0").run()
    assert "nonsense" not in page_text(at)


# ---------------------------------------------------------------- your file


def test_a_file_that_is_typed_is_run() -> None:
    at = opened("your-file")
    typed(at, library.get(AUD).source)
    assert (verdict(fine(at)), shown(at)["scenario"]) == ("succeeded", "your-file")
    at.pills(key="defence").set_value("d0").run()
    assert verdict(fine(at)) == "blocked"


def test_the_example_is_a_file_that_works() -> None:
    at = opened("your-file")
    at.button(key="example").click().run()
    assert verdict(fine(at)) == "succeeded"


def test_an_uploaded_file_is_run() -> None:
    at = opened("your-file")
    at.file_uploader(key="upload").set_value(("My file.yaml", library.get("naive-jwt").source.encode(), "application/yaml")).run()
    assert verdict(fine(at)) == "completed"


def test_errors_have_position_caret_and_cure() -> None:
    at = opened("your-file")
    broken = library.get(AUD).source.replace("difficulty:", "dificulty:").replace("budget.sign_in", "budget.sing_in")
    at.file_uploader(key="upload").set_value(("broken.yaml", broken.encode(), "application/yaml")).run()
    assert not [e for e in fine(at).get("bidi_component") if e.proto.component_name == "stepper"]
    said = [code.value for code in at.code]
    assert "broken.yaml:6:1: there is no key `dificulty` here\n  dificulty: beginner\n  ^\n  cure: did you mean `difficulty`?" in said
    assert any("sign_in" in text for text in said)
    assert [6, 1, "there is no key `dificulty` here", "did you mean `difficulty`?"] in editor(at)["problems"]


BROKEN = {
    "UTF-16 cut off": b"\xff\xfe\x00",
    "Latin-1": b"title: \xe9",
    "zeros": b"\x00" * 9,
    "deep": b"[" * 5000,
    "a cycle": b"a: &a [*a]",
    "too large": b"x" * 300_000,
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_no_upload_is_too_broken(raw: bytes) -> None:
    at = opened("your-file")
    at.file_uploader(key="upload").set_value(("x.yaml", raw, "application/yaml")).run()
    assert fine(at).code


def test_a_file_that_uses_what_was_never_learned_says_so() -> None:
    source = library.get(AUD).source.replace(
        "attacker: {is: a compromised resource server, operates: [accounts]}", "attacker: {is: nobody}"
    )
    source = source.replace(", from: accounts", "")
    at = opened("your-file")
    typed(at, source)
    assert verdict(at) == "stalled"
    assert "Mallory does not have `honest.received`, so this step is not taken." in json.dumps(shown(at))


@pytest.mark.parametrize("bad", BAD)
def test_hostile_text_reaches_the_page_as_text_only(bad: str) -> None:
    hostile = json.dumps(bad.encode("utf-8", "replace").decode()[:100] or "x")
    source = library.get(AUD).source
    for old in ("A token for accounts opens transactions", "We put an audience into the token."):
        source = source.replace(old, hostile)
    at = opened("your-file")
    typed(at, source)
    for html in at.get("html"):
        if "<style>" not in html.proto.body[:8]:
            body = STANDARD.sub("", html.proto.body)
            assert not any(tag in body for tag in ("<script", "<img", "<svg", "<style", "<link", "<a "))
