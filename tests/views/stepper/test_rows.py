"""What rows of the diagram say: names, short labels, and what nobody has to read."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views.stepper import document
from sandbox.views.stepper.rows import MOST
from tests.support import sample_runs as samples


def moments(name: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = document([simulation.run(library.get(name))])["panes"][0]["moments"]
    return shown


def test_names_not_values_and_the_most_telling_first() -> None:
    token = next(m for m in moments("code-pkce") if m["title"] == "POST /token")
    assert token["names"][:2] == ["grant_type", "code"]
    assert len(token["names"]) <= MOST
    assert samples.CODE not in str([m["names"] for m in document([samples.blocked()])["panes"][0]["moments"] if "names" in m])


def test_a_row_says_a_name_once_and_names_who_is_gone_to() -> None:
    shown = moments("code-pkce")
    tokens = next(m for m in shown if m.get("label") == "200 tokens")
    assert "access_token" in tokens["names"]
    assert any(m.get("label", "").endswith(", go to Budget") for m in shown)
    data = next(m for m in shown if m["title"] == "200 owner, accounts")
    assert not {"owner", "accounts"} & set(data.get("names", []))


@pytest.mark.parametrize("name", [s.id for s in (*library.flows(), *library.attacks())])
def test_what_an_attacker_does_and_what_fails_is_never_routine(name: str) -> None:
    for m in moments(name):
        if m.get("routine"):
            assert not m.get("attack")
            assert not any(check[1] == "fail" for check in m.get("checks", []))
            assert m["kind"] in ("checks", "local") or "jwks" in m["title"] or "keys" in m["title"], m["title"]


def test_keys_own_work_and_passing_checks_are_routine_but_not_the_checks_that_a_question_is_about() -> None:
    shown = moments("missing-aud-replay")
    routine = [m for m in shown if m.get("routine")]
    assert {m["kind"] for m in routine} == {"request", "answer", "checks", "local"}
    asked = [m for m in shown if m["step"] == "replay" and m["kind"] == "checks" and not m.get("routine")]
    assert len(asked) == 1
