"""The document that the stepper shows; its front end is tested in tests/browser/test_stepper.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.trace import Sent, of
from sandbox.views.stepper import document
from sandbox.views.stepper.message import text
from tests.support import sample_runs as samples


def moment(doc: dict[str, Any], title: str, pane: int = 0) -> dict[str, Any]:
    return next(m for m in doc["panes"][pane]["moments"] if m["title"] == title)


@pytest.mark.slow
def test_the_document_is_plain_and_small() -> None:
    doc = document([samples.blocked()], ack=7)
    assert json.loads(json.dumps(doc)) == doc
    assert doc["ack"] == 7
    for pane in document([samples.crowded(12)])["panes"]:
        assert len(json.dumps(pane)) < 64_000, "60 moments and 9 parties"


def test_a_message_is_shown_as_http_would_write_it() -> None:
    doc = document([samples.blocked()])
    assert text(moment(doc, "POST /token")["message"]) == (
        "POST /token HTTP/1.1\nHost: auth.connectsphere.example\nAuthorization: Basic YnVkZ2V0OnMzY3JldC1idWRnZXQ=\nContent-Type: application/x-www-form-urlencoded\n\n"
        f"grant_type=authorization_code\n&code={samples.CODE}\n&redirect_uri=https%3A%2F%2Fbudget.example%2Fcb\n&code_verifier={samples.VERIFIER}"
    )
    answer = text(moment(doc, "401 invalid_token")["message"])
    assert answer.startswith("HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n")
    assert '\n\n{\n  "error": "invalid_token",' in answer


def test_tokens_are_decoded_once_with_dates() -> None:
    doc = document([samples.blocked()])
    tokens = doc["panes"][0]["tokens"]
    assert len(tokens) == 1
    assert tokens[0]["payload"]["aud"] == samples.ACCOUNTS
    assert tokens[0]["times"]["exp"] == [samples.START + 300, "2027-01-15 08:05:00"]
    assert moment(doc, "GET /transactions")["tokens"] == [["access_token", 0, "headers.authorization"]]


def test_a_date_beyond_the_calendar_is_left_alone() -> None:
    story = samples.Story()
    story.step("s", "budget.call_api", "x")
    token = samples.jwt({"alg": "none"}, {"exp": 10**30, "iat": "soon", "nbf": True})
    story.ask("budget", "accounts", samples.bearer("https://accounts.connectsphere.example/", token), samples.Response(204))
    doc = document([samples.made(story, samples.completed().verdict)])
    assert set(doc["panes"][0]["tokens"][0]["times"]) <= {"nbf"}


def test_checks_carry_their_sentence_and_lead_to_their_answer() -> None:
    doc = document([samples.blocked()])
    checks = moment(doc, "Checks: audience fails")
    assert ["audience", "fail", samples.TRANSACTIONS, samples.ACCOUNTS] in checks["checks"]
    assert doc["panes"][0]["checks"]["audience"]["ref"].startswith("RFC ")
    assert checks["about"] == moment(doc, "GET /transactions")["n"]
    assert moment(doc, "401 invalid_token")["led"] == [checks["n"]]


def test_what_is_learned_and_changed_comes_as_deltas() -> None:
    doc = document([samples.blocked()])
    learned = [(party, name) for m in doc["panes"][0]["moments"] for party, name, _ in m.get("learns", [])]
    assert learned.count(("mallory", "access_token")) == 1
    assert ["auth", "codes", "SplxlOBe for budget"] in moment(doc, "302 to budget.example/cb")["state"]
    assert ["auth", "codes", None] in moment(doc, "200 access_token, refresh_token")["state"]


@pytest.mark.parametrize(("run", "right"), [(samples.blocked(), "refused"), (samples.succeeded(), "accepted")])
def test_the_question_is_answered_by_the_run(run: Run, right: str) -> None:
    step = document([run])["panes"][0]["steps"]["replay"]
    assert [question["right"] for question in step["questions"]] == [right]
    assert step["say"].startswith("The compromised accounts service")


def test_the_verdict_says_who_and_where() -> None:
    verdict = document([samples.blocked()])["panes"][0]["verdict"]
    assert verdict == {
        "word": "Attack blocked",
        "tone": "good",
        "sentence": "This script: Transactions refused the token: it names accounts as its audience.",
        "detail": "Transactions, audience, at step 23: 401 invalid_token",
        "at": 23,
        "by": "audience",
    }
    assert document([samples.nothing()])["panes"][0]["verdict"]["at"] is None


@pytest.mark.slow
def test_two_runs_are_aligned_by_id() -> None:
    doc = document([samples.blocked(), samples.succeeded(), samples.nothing()])
    assert doc["timeline"][0] == {"id": "login/laptop>budget:GET /login#1", "at": [1, 1, None]}
    assert len(doc["timeline"]) == 26
    two = document([samples.blocked(), samples.succeeded()])
    assert two["timeline"][two["differs"]]["at"] == [22, 22], "the request is refused in one and not in the other"
    assert document([samples.blocked(), samples.blocked()])["differs"] is None


def test_fields_are_named_as_edits_name_them() -> None:
    doc = document([samples.blocked()])
    fields = {part[0]: part[3] for part in moment(doc, "POST /token")["message"] if isinstance(part, list)}
    assert fields["form.code"] == samples.CODE
    assert fields["method"] == "POST"
    assert fields["headers.authorization"].startswith("Basic ")


def test_what_is_known_of_a_field_is_sent_once() -> None:
    fields = document([samples.blocked()])["fields"]
    assert fields["code_verifier"] == [
        "The secret behind the challenge: whoever shows it is the client that asked.",
        "RFC 7636 §4.5",
        ["code_verifier"],
    ]
    assert fields["aud"][2] == ["audience"], "claims, too"
    assert "nonce" not in fields, "only what occurs"
    assert fields["*"][0].endswith(".")


@pytest.mark.slow
def test_edits_are_listed_with_their_place_or_their_problem() -> None:
    flow = library.get("naive-jwt")
    plain = simulation.run(flow)
    message = next(e.message for e in of(plain.events, Sent) if e.request.credential())
    edits = (Edit(message, "headers.authorization.claims.aud", "x"), Edit(message, "json.x", "1"), Edit("no/such:message", "method", "PUT"))
    doc = document([simulation.run(flow, None, edits)], against=plain)
    assert [(bool(e["at"]), e["problem"]) for e in doc["edits"]] == [
        (True, ""),
        (True, "there is no JSON in this message"),
        (False, "this message is not sent in this run"),
    ]
    assert "signature fails" in doc["panes"][0]["moments"][doc["edited"]["at"] - 1]["title"]
    assert document([plain], against=plain)["edited"] is None
