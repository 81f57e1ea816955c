"""What the attacker sends and serves is what is written, and nothing else."""

from __future__ import annotations

from tests.support.short_stories import answer, sent, told

LOOK = "look mallory_browser.visit {url: 'https://evil.example/x'}"


def test_a_copy_travels_with_what_is_changed() -> None:
    steps = """
        in app.sign_in {browser: mallory_browser, user: mallory}
        use mallory.call_api {api: accounts, path: /accounts, token: $in.access_token}
        copy mallory.send {like: $use.request, change: {path: /accounts/2, headers: {DPoP: null}}, token: $in.access_token}
    """
    record = told(steps)
    (first,), (second,) = sent(record, "use", "accounts"), sent(record, "copy", "accounts")
    assert (second.path, second.header("dpop")) == ("/accounts/2", None)
    assert first.header("dpop") is not None
    assert second.header("authorization") == f"Bearer {record.outputs['in']['access_token']}"


def test_a_message_has_the_headers_that_are_written() -> None:
    record = told("it mallory.send {url: 'https://evil.example/', headers: {Content-Type: text/x, Cookie: a=b}, form: {c: d}}")
    (request,) = sent(record, "it", "mallory")
    assert request.headers == (("Content-Type", "text/x"), ("Cookie", "a=b"))


def test_a_status_that_is_written_is_answered() -> None:
    assert (
        answer(
            told(f"put mallory.serve {{url: 'https://evil.example/x', redirect: 'https://evil.example/y', status: 200}}\n{LOOK}"), "look"
        ).status
        == 200
    )
    moved = told(f"put mallory.serve {{url: 'https://evil.example/x', redirect: 'https://evil.example/y'}}\n{LOOK}")
    assert [r.path for r in sent(moved, "look", "mallory")] == ["/x", "/y"]
