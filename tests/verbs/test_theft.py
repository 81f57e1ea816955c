"""What falls into the attacker's hands with a session: its tokens and the keys that they are bound to."""

from __future__ import annotations

import pytest

from tests.support.short_stories import status, told

USE = "use mallory.call_api {api: accounts, path: /accounts, token: $in.access_token}"


@pytest.mark.parametrize("switches", [{}, {"MTLS": "on"}], ids=["dpop", "mtls"])
def test_she_can_use_the_bound_token_of_a_client_on_her_own_device(switches: dict[str, str]) -> None:
    assert status(told(f"in mobile.sign_in {{browser: mallory_browser, user: mallory}}\n{USE}", **switches), "use") == (200, None)


def test_a_whole_device_has_the_key_and_a_log_has_not() -> None:
    whole = "in app.sign_in {browser: laptop}\nit mallory.read {device: laptop}\n"
    log = "in app.sign_in {browser: laptop}\nfirst app.call_api {browser: laptop, api: accounts, path: /accounts}\nit mallory.read {log: accounts}\n"
    use = "use mallory.call_api {api: accounts, path: /accounts, token: $it.access_token}"
    assert status(told(whole + use), "use") == (200, None)
    assert status(told(log + use, rs_log_redaction="off"), "use")[0] == 401
