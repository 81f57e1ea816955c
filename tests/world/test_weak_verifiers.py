"""The verifiers that are broken on purpose: each mistake is open where a switch asks for it, and nowhere else."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.engine.references import part_of
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.views.timeline import refused_in
from tests.support.short_stories import failed, status, told

USE = "use mallory.call_api {api: accounts, path: /accounts, token: $forge.token}\n"
NONE = "login app.sign_in {{browser: mallory_browser, user: mallory}}\nforge mallory.forge {{from: $login.access_token, header: {{alg: {}}}, claims: {{sub: alice}}, key: none}}\n"
PUBLIC = "keys mallory.send {url: 'https://auth.connectsphere.example/jwks'}\nforge mallory.forge {header: {alg: HS256}, claims: {sub: alice}, key: $keys.response.json.keys.0}\n"
BROUGHT = "forge mallory.forge {header: {jwk: $mine.jwk}, claims: {sub: alice}, key: $mine}\n"


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE"])
def test_every_spelling_of_none_passes_where_the_token_chooses(spelling):
    assert status(told(NONE.format(spelling) + USE, "oauth-basic", rs_alg_policy="trust-header"), "use")[0] == 200


@pytest.mark.parametrize(("spelling", "code"), [("none", 401), ("nOnE", 200)])
def test_a_blocklist_knows_one_spelling(spelling, code):
    assert status(told(NONE.format(spelling) + USE, "oauth-basic", rs_alg_policy="blocklist"), "use")[0] == code


@pytest.mark.parametrize("steps", [NONE.format("none"), PUBLIC, BROUGHT])
@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
def test_the_profiles_refuse_all_of_them(steps, profile):
    assert status(told(steps + USE, profile), "use") == (401, "invalid_token")


@pytest.mark.parametrize("signing", ["rs256", "eddsa", "es256"])
def test_a_public_key_is_a_password_where_the_token_chooses(signing):
    assert status(told(PUBLIC + USE, "oauth-basic", rs_alg_policy="trust-header", as_signing=signing), "use")[0] == 200


@pytest.mark.parametrize("signing", ["rs256", "eddsa", "es256"])
@pytest.mark.parametrize("policy", ["trust-header", "blocklist", "allowlist"])
def test_a_key_in_the_header_is_trusted_where_the_switch_is_off(signing, policy):
    record = told(BROUGHT + USE, "oauth-basic", rs_trusted_keys_only="off", rs_alg_policy=policy, as_signing=signing)
    assert status(record, "use")[0] == 200
    record = told(BROUGHT + USE, "oauth-basic", rs_alg_policy=policy, as_signing=signing)
    assert failed(record, "use") == ["accounts.signature"]


def test_her_key_is_never_the_issuers():
    record = told(BROUGHT + "keys mallory.send {url: 'https://auth.connectsphere.example/jwks'}", "oauth-basic")
    mine = part_of(record.outputs["forge"]["token"], "header")["jwk"]
    assert mine["n"] != record.outputs["keys"]["response"].json["keys"][0]["n"]


@pytest.mark.parametrize("steps", [NONE.format("none"), PUBLIC, BROUGHT])
def test_the_issuer_knows_that_it_never_issued_them(steps):
    record = told(steps + USE, "oauth-basic", rs_introspect="live", rs_alg_policy="trust-header", rs_trusted_keys_only="off")
    assert failed(record, "use") == ["accounts.introspection"]


def test_a_word_is_guessed_and_a_key_is_not():
    steps = "login app.sign_in {browser: mallory_browser, user: mallory}\nforge mallory.forge {from: $login.access_token, claims: {sub: alice}, key: guessed}\n"
    assert status(told(steps + USE, "naive-jwt", as_signing="shared-word"), "use")[0] == 200
    for signing in ("strong-secret", "es256"):
        record = told(steps + USE, "naive-jwt", as_signing=signing)
        assert record.outputs["forge"]["token"] is None
        assert record.skipped("use")


@pytest.mark.parametrize(("signing", "right"), [("shared-word", "accepted"), ("strong-secret", "refused"), ("es256", "refused")])
def test_a_question_about_a_guess_that_fails_is_answered_with_no(signing, right):
    run = simulation.run(library.get("weak-hmac-secret"), Settings.of("naive-jwt", {"as.signing": signing}))
    assert refused_in(run, "guess") == (right == "refused")
