"""Opaque access tokens: nothing to read, so the API asks (RFC 7662)."""

from __future__ import annotations

from sandbox.engine.knowledge import opened
from tests.support.short_stories import failed, sent, status, told

IN = "login app.sign_in {browser: laptop, scope: read}\n"
USE = "use app.call_api {browser: laptop, api: accounts, path: /accounts}\n"
OPAQUE = {"as_token_format": "opaque"}


def test_an_opaque_token_says_nothing_and_works_where_the_issuer_is_asked():
    record = told(IN + USE, rs_introspect="live", **OPAQUE)
    assert opened(record.outputs["login"]["access_token"]) is None
    assert status(record, "use") == (200, None)


def test_an_api_that_does_not_ask_refuses_it():
    record = told(IN + USE, **OPAQUE)
    assert failed(record, "use") == ["accounts.format"]


def test_audience_scope_and_expiry_come_from_the_answer():
    steps = IN + "other app.call_api {browser: laptop, api: transactions, path: /transactions/7, method: DELETE}\n"
    record = told(steps, rs_introspect="live", **OPAQUE)
    assert status(record, "other") == (403, "insufficient_scope")
    late = told(IN + "wait clock.wait {seconds: 300}\n" + USE, rs_introspect="live", **OPAQUE)
    assert failed(late, "use") == ["accounts.introspection"]


def test_a_token_for_another_api_is_not_active_here():
    steps = (
        IN
        + USE
        + "replay mallory.send {like: $use.received, change: {host: transactions.connectsphere.example, path: /transactions}, from: accounts}"
    )
    record = told(steps, operates="accounts", rs_introspect="live", **OPAQUE)
    assert failed(record, "replay") == ["transactions.introspection"]


def test_a_thief_of_the_device_knows_which_key_the_token_wants():
    steps = IN + "theft mallory.read {device: laptop}\nuse mallory.call_api {api: accounts, path: /accounts, token: $theft.access_token}\n"
    assert status(told(steps, rs_introspect="live", **OPAQUE), "use") == (200, None)


def test_a_cached_answer_is_believed_for_five_minutes():
    steps = (
        IN
        + USE
        + "end laptop.disconnect {client: app}\nwait clock.wait {seconds: %d}\nagain app.call_api {browser: laptop, api: accounts, path: /accounts}\n"
    )
    long = OPAQUE | {"as_short_ttl": "off", "rs_introspect": "cached"}
    first, last = (told(steps % seconds, **long) for seconds in (299, 300))
    assert (status(first, "again")[0], status(last, "again")[0]) == (200, 401)
    assert len(sent(first, "again", "auth")) == 0
