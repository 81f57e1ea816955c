"""What a client keeps of one person, and what makes it a public one."""

from __future__ import annotations

from sandbox.protocol.tokens import key_for
from sandbox.world.parties.client_session import Registration, Session


def test_the_token_for_an_api_or_the_latest_one() -> None:
    session = Session("s")
    assert session.access_token() == ""
    session.tokens |= {"https://a": "first", "https://b": "second"}
    assert session.access_token("https://a") == "first"
    assert session.access_token("https://c") == session.access_token() == "second"


def test_a_client_with_neither_a_secret_nor_a_key_is_a_public_one() -> None:
    def public(**more: object) -> bool:
        return Registration(**{"client_id": "c", "secret": None, "redirect_uri": "https://c", "resource": "https://a"} | more).public  # type: ignore[arg-type]

    assert public()
    assert not public(secret="s")
    assert not public(key=key_for("0", "c"))
