"""A recording as the engine's record."""

from sandbox.protocol.trace import Answered, Checked, Sent, StepStarted, of
from sandbox.reality.record import MOST
from sandbox.views.timeline import moments
from tests.support.reality import FAILED, NAIVE, SPA, authorize, call, callback, looked, own, redeem


def test_the_record_is_one_that_every_view_reads():
    run = own(SPA).recorded.run
    assert [e.index for e in run.events] == list(range(len(run.events)))
    assert run.parties[:4] == ("Browser", "Page", "App", "Authorization server")
    assert dict(run.places)["Authorization server"] == "login.acme.example"
    assert len(moments(run)) == sum(isinstance(e, Sent | Answered | Checked) for e in run.events)


def test_the_exchanges_keep_the_numbers_of_their_entries():
    assert {e.exchange for e in of(own(SPA).recorded.run.events, Sent)} >= {11, 15, 21, 26, 35, 37, 54}


def test_a_third_party_that_got_the_code_is_drawn_and_noise_is_not():
    run = own(SPA).recorded.run
    assert "metrics.tracker.example" in run.parties
    assert "static.cdn.example" not in run.parties


def test_a_cause_that_was_computed_is_a_check_that_failed():
    (check,) = of(own(FAILED).recorded.run.events, Checked)
    assert (check.check, check.outcome, check.party) == ("code_verifier", "fail", "Authorization server")


def test_a_page_that_polls_is_drawn_a_few_times():
    found = looked(authorize(), callback(), redeem(), *[call("2YotnFZFEjr1zCsicMWpAA", at=3 + n) for n in range(200)])
    assert found.recorded.drawn == 5 <= MOST
    assert found.recorded.left_out == 198


def test_each_part_of_the_login_is_a_step():
    says = [e.say for e in of(own(NAIVE).recorded.run.events, StepStarted)]
    assert says == ["The person logs in at the application.", "The token is used."]
