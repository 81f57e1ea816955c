"""A login for the stepper."""

from dataclasses import replace

from sandbox.reality.finding import Evidence
from sandbox.reality.resemblance import beside
from sandbox.views.reality.document import document, drawn_at
from tests.support.reality import OWN, SPA, inspected, own


def test_alone_and_beside_a_lesson():
    found = own(SPA)
    alone = document(found)
    assert [p["name"] for p in alone["panes"]] == ["Yours"]
    assert alone["panes"][0]["verdict"]["sentence"] == "20 exchanges of your recording."
    shown = beside(found.recorded, found.story)
    both = document(found, shown)
    assert [p["name"] for p in both["panes"]] == ["Yours", f"Figure 2: {shown.lesson.scenario.title}"]
    assert both["timeline"][both["differs"]]["id"] in shown.at


def test_a_finding_leads_to_its_step_the_request_or_the_answer():
    step = drawn_at(own(SPA))
    moments = document(own(SPA))["panes"][0]["moments"]
    assert moments[step(Evidence("request.queryString.dr", 37)) - 1]["to"] == "metrics.tracker.example"
    asked, told = (step(Evidence(f"{side}.x", 26)) for side in ("request", "response"))
    assert (moments[asked - 1]["kind"], moments[told - 1]["kind"]) == ("request", "answer")
    assert step(Evidence("request.url", 57)) == 0  # left out of the drawing
    assert step(Evidence("request.url", 37, file="another")) == 0


def test_a_link_of_the_page_names_a_step():
    assert document(own(SPA))["anchor"] == "your-step-"


def test_nothing_to_draw():
    assert document(inspected(OWN / "key-set.json")) is None


def test_it_begins_at_the_worst_finding_and_without_one_at_the_end():
    found = own(SPA)
    alone, step = document(found), drawn_at(found)
    assert alone["timeline"][alone["begin"]]["at"] == [step(found.worst[0].evidence[0])]
    harmless = document(replace(found, findings=()))
    assert harmless["begin"] == len(harmless["timeline"]) - 1
