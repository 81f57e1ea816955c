"""The token is found in whatever is pasted, what was left out is said, and no text takes long."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.protocol.settings import Settings
from sandbox.studies.token_lab.finding import MAX, BadInput, found_in
from tests.support.effort import effort
from tests.support.token_lab import loaded

TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."
OTHER = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ."
OPAQUE = "2YotnFZFEjr1zCsicMWpAA"
CURL = f"""curl 'https://api.example/accounts' \\
  -H 'Accept: application/json' \\
  -H 'Authorization: Bearer {TOKEN}' \\
  --compressed"""
LOG = f'2027-01-15T08:00:00Z INFO accounts GET /accounts 401 user=alice token "{TOKEN}" rejected'


@pytest.mark.parametrize(
    ("pasted", "where"),
    [
        (f"https://app.example/cb#access_token={TOKEN}&token_type=Bearer", "access_token in the fragment"),
        (f"https://app.example/cb?x=1#id_token={TOKEN}", "id_token in the fragment"),
        (f"https://api.example/accounts?access_token={TOKEN}", "access_token in the query"),
        (f"https://auth.example/end?id_token_hint={TOKEN.replace('.', '%2E')}&state=1", "id_token_hint in the query"),
        (f"grant_type=x&assertion={TOKEN}", "assertion in the form"),
        (f"see https://api.example/a?access_token={TOKEN} for more", "access_token in the query"),
        (json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300}), "access_token of the JSON"),
        (json.dumps({"id_token": TOKEN}), "id_token of the JSON"),
        (json.dumps({"data": [{"tokens": {"access_token": TOKEN}}]}, indent=2), "access_token of the JSON"),
        (f'HTTP/1.1 200 OK\n\n{{"access_token":"{TOKEN}","token_type":"Bearer"}}', "access_token of the JSON"),
        (CURL, "the Authorization header"),
        (f"curl --oauth2-bearer {TOKEN} https://api.example", "--oauth2-bearer"),
        (f"GET /accounts HTTP/1.1\nHost: api.example\nAuthorization: Bearer {TOKEN}\nAccept: */*", "the Authorization header"),
        (f"requests.get(url, headers={{'Authorization': 'Bearer {TOKEN}'}})", "the Authorization header"),
        (f"Cookie: theme=dark; session={TOKEN}; other=1", "the cookie session"),
        (f"Set-Cookie: __Host-jwt={TOKEN}; Path=/; Secure; HttpOnly", "the cookie __Host-jwt"),
        (f"DPoP: {TOKEN}\nHost: api.example", "the DPoP header"),
        (LOG, "the text"),
        (f"The header was: Bearer {TOKEN}, and nothing else.", "the text after “Bearer”"),
    ],
)
def test_a_token_is_found_where_it_was_pasted_from(pasted: str, where: str) -> None:
    found = found_in(pasted)
    assert found.token == TOKEN
    assert f"Taken from {where}." in found.taken
    assert any("left out" in said for said in found.taken)


def test_what_was_left_out_is_counted() -> None:
    assert found_in(CURL).taken[-1] == f"{len(CURL) - len(TOKEN)} characters of the curl command around it were left out."


@pytest.mark.parametrize("around", ['"{}"', "'{}'", "`{}`", "“{}”", "\ufeff{}", "{}\u200b", '"{}",', "<{}>", '  "{}" \n', "«{}»"])
def test_what_stands_around_a_token_is_taken_off(around: str) -> None:
    assert found_in(around.format(TOKEN)).token == TOKEN


def test_a_token_whose_lines_were_broken_is_put_together() -> None:
    token, *_ = loaded(Settings.of("oauth-basic"))
    found = found_in(f"Authorization: Bearer {token[:40]}\n  {token[40:]}\n")
    assert found.token == token
    assert found.taken == ("“Authorization” was taken off.", "“Bearer” was taken off.", "Line breaks and blanks were taken out.")


def test_a_token_without_anything_around_it_has_no_notes() -> None:
    assert found_in(TOKEN).taken == ()


def test_the_other_tokens_of_a_text_are_offered() -> None:
    found = found_in(json.dumps({"access_token": TOKEN, "id_token": OTHER}))
    assert (found.token, found.others) == (TOKEN, (("id_token of the JSON", OTHER),))
    found = found_in(f"Authorization: DPoP {TOKEN}\nDPoP: {OTHER}")
    assert (found.token, found.others) == (TOKEN, (("the DPoP header", OTHER),))


def test_the_same_token_twice_is_one() -> None:
    assert found_in(f"Authorization: Bearer {TOKEN}\nX-Copy: {TOKEN}").others == ()


@pytest.mark.parametrize("pasted", [f"Authorization: Bearer {OPAQUE}", json.dumps({"access_token": OPAQUE, "token_type": "Bearer"})])
def test_a_token_that_says_nothing_is_found_too(pasted: str) -> None:
    assert found_in(pasted).token == OPAQUE


@pytest.mark.parametrize("pasted", ["Bearer authentication is required here!", "request=GET, then some!", "{not json", "a b, c"])
def test_a_word_is_no_token(pasted: str) -> None:
    assert not any("Taken from" in said for said in found_in(pasted).taken)


@pytest.mark.parametrize("data", [{"sub": "alice", "aud": "x.y.z"}, {"kty": "EC", "token": TOKEN}, {"payload": "a", "token": TOKEN}])
def test_json_that_is_something_itself_is_left_as_it_is(data: dict[str, str]) -> None:
    assert found_in(json.dumps(data)).token == json.dumps(data)


def test_a_text_that_is_too_long_is_refused_and_says_so() -> None:
    with pytest.raises(BadInput, match="longer than 16,384 characters"):
        found_in("a" * (MAX + 1))


WORDS = [
    "eyJ",
    "eyJ.",
    ".",
    "..",
    "a",
    "=",
    " ",
    "\n",
    "%",
    "cookie: ",
    "authorization: bearer ",
    "bearer ",
    "token=",
    '{"token":"',
    "~",
    "#?&",
]


@pytest.mark.slow
@settings(max_examples=effort(60, long=600))
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.integers(1, MAX))
def test_no_text_takes_long(words: list[str], times: int) -> None:
    """By the deadline of the test: a pattern that tries again and again would need minutes for one of these."""
    text = ("".join(words) * times)[:MAX]
    assert len(found_in(text).token) <= MAX
