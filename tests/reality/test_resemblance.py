"""The lesson that a login resembles most."""

import pytest

from sandbox.protocol.trace import Sent, of
from sandbox.reality.resemblance import beside, shipped
from tests.support.reality import IMPLICIT, NAIVE, SPA, WEB, authorize, callback, entry, looked, own, redeem


@pytest.mark.parametrize(
    ("name", "lesson", "figure", "difference"),
    [
        (SPA, "code-pkce", "Figure 2", "no nonce here"),
        (NAIVE, "naive-jwt", "Figure 1", "no difference in what is compared"),
        (IMPLICIT, "implicit-grant", "", "nonce here, and none in the lesson"),
        (WEB, "connect-your-bank", "Figure 2", "no code_challenge here"),
    ],
)
def test_a_login_beside_its_lesson(name, lesson, figure, difference):
    found = own(name)
    shown = beside(found.recorded, found.story)
    assert (shown.lesson.scenario.id, shown.difference) == (lesson, difference)
    assert (shown.figure.name if shown.figure else "") == figure
    assert shipped().least <= shown.measure <= 1


def test_what_is_alike_has_the_same_name_in_both():
    found = own(SPA)
    shown = beside(found.recorded, found.story)
    mine, theirs = ({e.message for e in of(run.events, Sent)} for run in (shown.yours, shown.lesson))
    assert len(mine & theirs) >= 4
    assert set(shown.at) <= mine | theirs


def test_the_same_login_is_nearer_than_a_worse_one():
    measure = lambda *e: beside(looked(*e).recorded, looked(*e).story).measure  # noqa: E731
    assert measure(authorize(), callback(), redeem()) > measure(
        authorize(code_challenge="", nonce="", state=""), callback(state=""), redeem()
    )


def test_the_figures_are_told_by_lessons_that_are_compared():
    assert {id for f in shipped().figures for id in f.lessons} <= set(shipped().lessons)


def test_none_is_an_answer():
    found = looked(
        entry(
            "POST",
            "https://login.example/token",
            form={"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": "abcDEF123456"},
        )
    )
    assert beside(found.recorded, found.story) is None
