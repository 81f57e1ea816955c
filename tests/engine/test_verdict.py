"""What the trace shows: goals, refusals and where they come from."""

from __future__ import annotations

from sandbox.engine import simulation
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings


def test_an_error_in_a_redirect_is_a_refusal():
    text = "\n".join((
        "title: T", "story: S.", "lesson: L.", "refs: [RFC 6749 §4.2.2.1]", "needs: [oauth]", "setting: {profile: oauth-basic}", "steps:",
        "  - {id: login, do: app.sign_in, with: {browser: laptop}, say: S., expect: {page: app}}",
        "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: S., expect: {status: 200}}",
    ))  # fmt: skip
    run = simulation.run(loads(text, "t.yaml"), Settings.of("oauth-basic", {"as.no_implicit": "on"}))
    assert run.verdict.word == "failed"
    assert (run.verdict.blocked_by.by, run.verdict.blocked_by.answer) == ("auth.response_type", "302 unsupported_response_type")
