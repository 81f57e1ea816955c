"""Before and after a change."""

from sandbox.reality.differing import differences
from tests.support.reality import authorize, callback, looked, redeem


def test_a_protection_that_was_turned_on():
    before = looked(authorize(code_challenge="", code_challenge_method=""), callback(), redeem(code_verifier=""))
    after = looked(authorize(), callback(), redeem())
    found = {d.id: d for d in differences(before.findings, after.findings)}
    assert (found["pkce_s256"].sign, found["pkce_s256"].better) == ("+", True)
    assert (found["no_pkce"].sign, found["no_pkce"].better) == ("-", True)
    assert found["no_pkce"].says.startswith("no longer seen")


def test_what_became_worse_comes_first_and_the_same_is_no_difference():
    good, bad = looked(authorize(), callback(), redeem()), looked(authorize(state=""), callback(state=""), redeem())
    assert differences(good.findings, bad.findings)[0].better is False
    assert differences(good.findings, good.findings) == []


def test_other_words():
    one = looked(authorize(), callback(), redeem(answer={"access_token": "2YotnFZFEjr1zCsicMWpAA", "expires_in": 300}))
    other = looked(authorize(), callback(), redeem(answer={"access_token": "2YotnFZFEjr1zCsicMWpAA", "expires_in": 60}))
    assert [(d.sign, d.id) for d in differences(one.findings, other.findings)] == [("~", "lifetime_short"), ("~", "opaque_access_token")]
