"""The table of checks, and the list that a party writes down as it performs them."""

from __future__ import annotations

import re

import pytest

from sandbox.protocol.checks import CHECKS, Check, Checklist, fits
from sandbox.protocol.trace import Checked, Trace

REF = re.compile(r"(RFC \d+|OIDC [A-Za-z]+(?:[- ][A-Za-z]+)*) §[\w.]+(; [^;]+)?")


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda c: c.name)
def test_every_row_is_complete(check: Check) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", check.name), "scenario files write the name in `by:`"
    assert check.sentence.endswith("."), "the verdict prints the sentence"
    assert re.search(r"\b(must|may|can)\b", check.sentence), "the sentence says what must be so"
    assert REF.fullmatch(check.ref), "the section that says it, such as RFC 9068 §4"
    assert check.outcomes in (("pass", "fail"), ("pass",), ("fail",))


def test_outcomes_are_recorded_in_the_order_in_which_they_are_found() -> None:
    trace = Trace(5)
    checks = Checklist(trace, "accounts")
    assert checks.test("audience", True, "me", "me")
    assert not checks.test("expiry", False, "later than 5", 3)
    checks.skip("scope", "any token may do anything")
    assert [(e.party, e.check, e.outcome, e.expected, e.found) for e in trace.events if isinstance(e, Checked)] == [
        ("accounts", "audience", "pass", "me", "me"),
        ("accounts", "expiry", "fail", "later than 5", "3"),
        ("accounts", "scope", "skipped", "any token may do anything", ""),
    ]


@pytest.mark.parametrize(("ok", "found"), [(True, "it fits"), (False, "it does not fit")])
def test_a_signature_has_no_values_worth_showing(ok: bool, found: str) -> None:
    trace = Trace()
    assert fits(Checklist(trace, "accounts"), ok) is ok
    [event] = trace.events
    assert isinstance(event, Checked)
    assert (event.check, event.found) == ("signature", found)
