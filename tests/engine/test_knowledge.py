"""The ledger: what is in a message, and who has seen it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.wire import Request, Response, form_request, json_request, json_response
from sandbox.engine.knowledge import Fact, Knowledge, facts, opened, tokens, worth_showing
from tests.support import sample_runs as samples


def test_a_request_is_opened_down_to_its_last_value() -> None:
    request = form_request(
        f"{samples.AUTH}/token?resource=x1234",
        {"grant_type": "authorization_code", "code": samples.CODE},
        (
            ("Authorization", "Basic YnVkZ2V0OnMzY3JldC1idWRnZXQ="),
            ("Cookie", "sid=b-7f3a91; theme=dark"),
            ("X-Request-Id", "r-42"),
            ("Referer", "https://evil.example/?leak=me"),
        ),
    )
    have = dict(facts(request))
    assert have == {
        "resource": "x1234", "client_id": "budget", "client_secret": "s3cret-budget", "sid": "b-7f3a91", "theme": "dark", "x-request-id": "r-42",
        "referer": "https://evil.example/?leak=me", "leak": "me", "grant_type": "authorization_code", "code": samples.CODE,
    }  # fmt: skip


def test_an_answer_gives_tokens_claims_cookies_and_address_parts() -> None:
    answer = json_response(
        200,
        {"access_token": samples.TOKEN, "deep": [{"id": "alice:account-1"}]},
        ("Set-Cookie", "sid=abc123; HttpOnly"),
        ("Location", "https://budget.example/cb#access_token=frag1234"),
    )
    have = facts(answer)
    for pair in (
        ("access_token", samples.TOKEN),
        ("access_token.sub", "alice"),
        ("deep.id", "alice:account-1"),
        ("sid", "abc123"),
        ("access_token", "frag1234"),
    ):
        assert pair in have


def test_tokens_inside_tokens_and_objects_inside_text_are_found() -> None:
    outer = samples.jwt({"alg": "none"}, {"inner": samples.TOKEN, "note": "see alice:email and mallory:key"})
    have = facts(json_request("POST", "https://auth.connectsphere.example/x", {"assertion": outer}))
    assert ("assertion.inner.sub", "alice") in have
    assert ("assertion.object", "alice:email") in have
    assert ("assertion.object", "mallory:key") in have


def test_pages_give_their_hidden_fields_links_and_objects() -> None:
    page = samples.page(
        "app",
        f'<input type="hidden" name="csrf" value="t&amp;1234"><a href="/out?u=https://x.example/%3Fcode%3Dabcd">x</a> alice:account-1 <script>{samples.TOKEN}</script>',
    )
    have = facts(page)
    for pair in (("csrf", "t&1234"), ("object", "alice:account-1"), ("token", samples.TOKEN), ("code", "abcd")):
        assert pair in have


def test_the_jwts_of_a_message_have_names() -> None:
    request = samples.bearer("https://accounts.connectsphere.example/accounts").with_header(
        "DPoP", samples.jwt({"typ": "dpop+jwt"}, {"htm": "GET"})
    )
    assert [name for name, _ in tokens(request)] == ["access_token", "dpop_proof"]


def test_both_ends_know_and_nobody_else() -> None:
    knowledge = Knowledge().read(samples.blocked().events)
    assert knowledge.knows("budget", samples.VERIFIER), "made by itself"
    assert knowledge.knows("auth", samples.VERIFIER), "received"
    assert not knowledge.knows("laptop", samples.VERIFIER)
    assert not knowledge.knows("mallory", samples.REFRESH)
    assert not knowledge.knows("nobody", samples.CODE)


def test_what_was_taken_is_known_with_its_source() -> None:
    knowledge = Knowledge().read(samples.blocked().events)
    fact = next(f for f in knowledge.of("mallory") if f.name == "access_token")
    assert (fact.value, fact.source) == (samples.TOKEN, "the log of accounts")
    assert knowledge.knows("mallory", "alice"), "a token that she holds is a token that she has read"


def test_reading_in_parts_is_reading_at_once() -> None:
    events = samples.blocked().events
    parts, whole = Knowledge(), Knowledge().read(events)
    for end in (3, 3, 10, 2, len(events)):
        parts.read(events, end)
    for party in samples.blocked().parties:
        assert parts.of(party) == whole.of(party)
    assert whole.since("mallory", whole.of("mallory")[0].at) == whole.of("mallory")


def test_cards_show_what_is_worth_a_line() -> None:
    def shown(name: str, value: str) -> bool:
        return worth_showing(Fact(name, value, 0, ""))

    assert shown("code", samples.CODE)
    assert shown("access_token.sub", "alice")
    assert shown("access_token.anything", "alice:email"), "an object of a person always counts"
    assert not shown("access_token.iss", samples.AUTH)
    assert not shown("response_type", "code")
    assert not shown("x", "abc"), "shorter than a secret can be"


def test_texts_that_look_like_tokens_are_not_opened() -> None:
    assert opened("a.b.c") is None
    assert opened("eyJ.eyJ.") is None
    assert opened(samples.TOKEN + ".x") is None
    token = opened(samples.jwt({"alg": "none"}, {"sub": "x"}))
    assert token is not None
    assert token.claims == {"sub": "x"}


@given(st.text(), st.text(), st.sampled_from(["application/json", "text/html", "application/x-www-form-urlencoded", ""]))
def test_no_text_breaks_the_reading(url: str, body: str, kind: str) -> None:
    headers = (
        ("Content-Type", kind),
        ("Location", url),
        ("Set-Cookie", body),
        ("Authorization", f"Basic {body}"),
        ("Cookie", body),
        ("DPoP", url),
    )
    for message in (Request("POST", url, headers, body), Response(200, headers, body)):
        assert all(isinstance(name, str) and value for name, value in facts(message))


def test_deep_json_is_read_to_a_limit() -> None:
    body = "[" * 5000 + '"x"' + "]" * 5000
    assert facts(Response(200, (("Content-Type", "application/json"),), body)) == ()
    assert facts(json_response(200, {"a": {"b": ["value"]}})) == (("a.b", "value"),)
