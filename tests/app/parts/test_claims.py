"""What a file says about its attack, to be tried on the run at hand."""

from __future__ import annotations

import pytest

from sandbox.app.parts.claims import beliefs, chosen, defences, measured, outcome
from sandbox.app.state import View
from sandbox.engine import simulation
from sandbox.language import library

AUD = library.get("missing-aud-replay")
LATE = library.get("no-revocation-before-exp")


def test_every_claim_of_a_file_can_be_tried() -> None:
    assert [claim.switches for claim in defences(AUD)] == [tuple(d.switches.items()) for d in AUD.blocked_by]
    assert [claim.label for claim in beliefs(AUD)] == [m.believed for m in AUD.myths]
    assert len(defences(LATE)) == len(LATE.blocked_by) + len(LATE.limited_by)
    assert [claim.label.endswith(" (limits)") for claim in defences(LATE)] == [False] * len(LATE.blocked_by) + [True] * len(LATE.limited_by)


def test_a_defence_is_something_to_do() -> None:
    assert defences(AUD)[0].label == "Name the API in the token, and check it"


def test_the_claim_is_the_one_that_was_clicked_or_whose_settings_these_are() -> None:
    first = defences(AUD)[0]
    own = View(AUD.id)
    assert chosen(AUD, own) is None
    there = own.with_settings(AUD, first.applied(AUD.settings), "")
    assert chosen(AUD, there) == first
    second = defences(AUD)[1]
    assert chosen(AUD, own.with_settings(AUD, second.applied(AUD.settings), second.id)) == second


@pytest.mark.slow
@pytest.mark.parametrize("claim", [*defences(AUD), *(b for b in beliefs(AUD) if b.switches)], ids=lambda c: c.id)
def test_what_a_claim_comes_to_is_what_the_run_says(claim: object) -> None:
    run = simulation.run(AUD, claim.applied(AUD.settings))  # type: ignore[attr-defined]
    said = outcome(claim, run)  # type: ignore[arg-type]
    assert f'class="outcome {run.verdict.word}"' in said
    assert run.verdict.word in claim.outcomes  # type: ignore[attr-defined]


def test_a_limit_is_told_with_its_seconds() -> None:
    limit = next(claim for claim in defences(LATE) if claim.outcomes == ("limited",))
    word, seconds = measured(limit, simulation.run(LATE, limit.applied(LATE.settings)))
    assert (word, seconds) == ("limited", 299)


def test_without_a_claim_there_is_something_to_try() -> None:
    assert outcome(None, simulation.run(AUD)).startswith('<div class="outcome hint">')
