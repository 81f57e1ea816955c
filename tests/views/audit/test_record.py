"""The audit as data: one form for the command, the page and CI."""

from __future__ import annotations

import json

import pytest

from sandbox.studies import answers, questions, upholding
from sandbox.views.audit import record
from tests.support.studied import ANSWERS, answered, naive

pytestmark = pytest.mark.slow


def test_the_text_is_the_data() -> None:
    data = json.loads(record.text(answered(), ANSWERS))
    assert data == json.loads(json.dumps(record.as_json(answered(), ANSWERS)))
    assert data["upheld"] == json.loads(json.dumps(upholding.as_json(answered())))
    assert record.text(answered()).endswith("}\n")


def test_its_answers_are_read_again() -> None:
    assert answers.loads(record.text(answered(), ANSWERS), "your-system.json") == questions.sensible(ANSWERS)
    assert "answers" not in record.as_json(naive())


def test_a_measured_exposure_names_its_credential() -> None:
    found = record.as_json(answered())["attacks"]
    assert {f["exposure_credential"] for f in found if f["exposure_seconds"]} <= {"access token", "refresh token"}
    assert [f for f in found if f["exposure_seconds"]]
