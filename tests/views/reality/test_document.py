"""A login for the stepper."""

from sandbox.reality.resemblance import beside
from sandbox.views.reality.document import document, steps
from tests.support.reality import OWN, SPA, inspected, own


def test_alone_and_beside_a_lesson():
    found = own(SPA)
    alone = document(found)
    assert [p["name"] for p in alone["panes"]] == ["Yours"]
    assert alone["panes"][0]["verdict"]["sentence"] == "20 exchanges of your recording."
    shown = beside(found.recorded, found.story)
    both = document(found, shown)
    assert [p["name"] for p in both["panes"]] == ["Yours", shown.lesson.scenario.title]
    assert both["timeline"][both["differs"]]["id"] in shown.at


def test_a_finding_leads_to_its_step():
    numbers = steps(own(SPA).recorded.run)
    moment = document(own(SPA))["panes"][0]["moments"][numbers[37] - 1]
    assert moment["to"] == "metrics.tracker.example"


def test_nothing_to_draw():
    assert document(inspected(OWN / "key-set.json")) is None
