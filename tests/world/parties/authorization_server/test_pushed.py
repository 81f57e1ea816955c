"""What is kept of a pushed request."""

from __future__ import annotations

from sandbox.world.parties.authorization_server.pushed import Pushed, reference


def test_a_reference_is_the_part_behind_the_prefix() -> None:
    assert reference("urn:ietf:params:oauth:request_uri:abc") == "abc"
    assert reference("https://client.example/request.jwt") == reference("") == ""


def test_it_is_used_once() -> None:
    kept = Pushed("budget", (), 60)
    assert [kept.use(), kept.use(), kept.answered] == [True, False, True]
