"""An inspection as data."""

import json

from sandbox.studies import answers, questions
from sandbox.views.reality import record
from tests.support.reality import OWN, SPA, WEB, inspected, own


def test_it_is_json_and_its_answers_are_those_of_the_audit():
    text = record.text(own(SPA))
    data = json.loads(text)
    assert {f["id"] for f in data["findings"]} >= {"flow_code", "code_to_third_party"}
    assert questions.parse(answers.link(text.encode(), "x.json"))[0] == own(SPA).answers
    assert data["parts"]["apis"] == ["api.acme.example"]
    assert data["masked"][0]["placeholder"].endswith("#1")


def test_what_differs_is_there_if_it_was_asked_for():
    assert "differs" not in record.as_json(own(SPA))
    data = record.as_json(own(SPA), None, own(WEB))["differs"]
    assert {"sign": "-", "id": "no_pkce", "better": True} in [{k: d[k] for k in ("sign", "id", "better")} for d in data]


def test_a_document_has_no_parts():
    assert record.as_json(inspected(OWN / "key-set.json"))["parts"] is None


def test_a_finding_has_check_section_evidence_and_attacks():
    data = record.finding(next(f for f in own(SPA).findings if f.id == "code_to_third_party"))
    assert data["ref"] == "RFC 9700 §4.2.4"
    assert (
        data["evidence"][0] == {"file": "", "entry": 37, "at": "request.queryString.dr", "value": data["evidence"][0].get("value", "")}
        or data["evidence"][0]["entry"] == 37
    )
    assert data["attacks"]
