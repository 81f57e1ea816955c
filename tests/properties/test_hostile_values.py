"""Settings, edits, pages and addresses from anywhere: taken, or refused with an error of ours that says what is wrong, and soon."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.wire import Request, Response, json_response, origin, pairs, split, with_query
from sandbox.engine.player import NotLearned
from sandbox.engine.result import Run
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.protocol.edits import BadEdit, Edit, edited_request, edited_response
from sandbox.protocol.policies import resolved
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, UnknownSetting
from sandbox.protocol.tokens import Key
from sandbox.protocol.trace import Answered, Sent, of
from sandbox.world.parties.pages import read
from tests.support.careless import PAGES
from tests.support.cost import bounded
from tests.support.dice import dice
from tests.support.fuzzing import NASTY, SEED, share

# ---------------------------------------------------------------- settings

NAMES = st.one_of(
    st.sampled_from([*SWITCHES, *BUNDLES, "transactions.check_aud", "rs.", ".x", "rs.check_aud.x", ""]),
    st.text(max_size=40),
    st.sampled_from(NASTY),
)
VALUES = st.one_of(st.sampled_from(sorted({v for s in SWITCHES.values() for v in s.values})), st.text(max_size=20), st.sampled_from(NASTY))


@pytest.mark.slow
@given(st.one_of(st.sampled_from([*PROFILES]), st.sampled_from(NASTY), st.text(max_size=30)), st.dictionaries(NAMES, VALUES, max_size=6))
@settings(max_examples=share(3))
def test_settings_are_taken_or_refused_in_words(profile, changes):
    with bounded(f"{profile!r:.80} {changes!r:.300}"):
        try:
            made = Settings.of(profile, changes)
        except UnknownSetting as error:
            assert 10 < len(str(error)) < 1200  # noqa: PT017
            return
    assert len(made.key) == 8
    assert Settings.of(made.profile, dict(made.changes)) == made
    assert resolved(made).apis["accounts"].check_aud == made.value("accounts.check_aud")
    assert resolved(made).issuer.pkce == made.value(f"{made.issuer}.pkce")


# ---------------------------------------------------------------- addresses


@pytest.mark.slow
@given(st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.text(alphabet="htps:/?#[]@%&=.ab\x00é\ud800", max_size=40)))
@settings(max_examples=share(3))
def test_any_text_may_be_an_address(text):
    with bounded(repr(text[:100])):
        split(text), origin(text), pairs(text), with_query(text, {"a": text})
        r = Request("GET", text, ((text, text), ("Cookie", text), ("Authorization", text), ("Content-Type", "application/json")), text)
        assert r.path is not None and r.query is not None and r.form is not None and r.cookies is not None  # noqa: PT018
        _ = r.json, r.credential(), r.param(text), r.origin
        answer = Response(302, (("Location", text), ("WWW-Authenticate", text), ("Content-Type", "text/html")), text)
        _ = answer.error, answer.page, answer.location, answer.json


# ---------------------------------------------------------------- pages

TAGS = (
    "<form",
    "<input",
    "<img",
    "<!--",
    "-->",
    "<![",
    "<!",
    "<?",
    "]]>",
    "</",
    ">",
    "action=",
    "name=",
    "value=",
    "src=",
    '"',
    "'",
    "http://[",
    "&#x110000;",
    "&#0;",
    "<script>",
    "<plaintext>",
    "<![CDATA[",
    "\x00",
    "é",
    "=",
    " ",
    "/",
)


@pytest.mark.slow
@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=8), st.sampled_from(NASTY)), max_size=20))
@settings(max_examples=share(3))
def test_any_text_may_be_a_page(parts):
    with bounded(repr(parts)[:300]):
        forms, images = read("https://app.connectsphere.example/x", "".join(parts))
    assert all(isinstance(f.action, str) for f in forms)
    assert all(isinstance(i, str) for i in images)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_takes_long(page):
    with bounded(page[:40]):
        read("https://app.connectsphere.example/", page)


# ---------------------------------------------------------------- edits

FIELDS = (
    "method", "host", "path", "status", "body", "query.state", "query.x", "fragment.code", "form.code", "form.grant_type", "form.redirect_uri", "headers.authorization", "headers.location",
    "headers.content-type", "headers.set-cookie", "headers.cookie", "headers.dpop", "headers.authorization.claims.aud", "headers.authorization.claims.exp", "headers.authorization.header.alg",
    "headers.authorization.header.kid", "headers.authorization.signature", "json.access_token", "json.access_token.claims.sub", "json.id_token", "json.id_token.header.alg", "json.keys", "json.keys.0",
    "json.keys.0.kid", "json.keys.0.x", "json.active", "json.token_type", "json.expires_in", "json.listed", "json.roles", "json", "", ".", "query", "headers", "x.y", "json.keys.²", "status.x", "headers.dpop.claims.iat",
    "json." + ".".join("a" * 500), "headers.dpop.header.jwk", "query.code", "query.iss", "json.refresh_token", "json.scope", "headers.www-authenticate", "json.keys.9999999999999999999999",
)  # fmt: skip
VALUE = (
    *NASTY,
    None,
    "keep",
    "strip",
    "mallory",
    "issuer",
    "200",
    "302",
    "599",
    "99",
    "²",
    "https://evil.example/cb",
    "http://[",
    "com.connectsphere.app:/cb?code=x",
    "{}",
    "[1]",
    '{"keys":[1,null,{}]}',
)


def keys_of(recorded: Run) -> Any:
    from sandbox.protocol.tokens import key_for

    def key(name: str) -> Key:
        return key_for("0", name)

    return key


@cache
def recorded(name: str, profile: str) -> Run:
    return run(library.get(name), Settings.of(profile))


def flows() -> list[str]:
    return [s.id for s in library.controls()]


def test_any_edit_of_any_message_is_made_or_refused_in_words():
    rng = dice(SEED, "edit")
    cases = [recorded(name, profile) for name in flows()[:2] for profile in ("naive-jwt", "oauth-bcp")]
    messages = [m for r in cases for m in (*of(r.events, Sent), *of(r.events, Answered))]
    for n in range(share(6)):
        event = rng.choice(messages)
        edit = Edit(event.message, rng.choice(FIELDS), rng.choice(VALUE))
        with bounded(f"seed {SEED}, input {n}: {edit!r:.300}"):
            try:
                if isinstance(event, Sent):
                    edited_request(event.request, [edit], keys_of(cases[0]))
                else:
                    edited_response(event.response, [edit], keys_of(cases[0]))
            except BadEdit as error:
                assert 5 < len(str(error)) < 2000  # noqa: PT017


@pytest.mark.slow
def test_no_edit_breaks_a_run():
    """The edited message reaches a real party: browser, client, issuer or API; whatever it then does, it does not crash."""
    rng = dice(SEED, "run")
    cases = [(name, profile) for name in flows() for profile in PROFILES]
    for n in range(share(1.2)):
        name, profile = rng.choice(cases)
        before = recorded(name, profile)
        messages = [m.message for m in (*of(before.events, Sent), *of(before.events, Answered))]
        if not messages:
            continue
        edits = tuple(Edit(rng.choice(messages), rng.choice(FIELDS), rng.choice(VALUE)) for _ in range(rng.choice((1, 1, 2))))
        where = f"seed {SEED}, input {n}: {name} in {profile} with {edits!r:.600}"
        with bounded(where):
            try:
                run(library.get(name), Settings.of(profile), edits)
            except (BadEdit, NotLearned):
                pass
            except Exception as error:
                raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error


def test_an_answer_is_sound_whatever_is_in_it():
    assert json_response(200, {"x": "\ud800"}).body
