"""The four designs of a chain of calls: every word and number in the table is what the runs give, and a broken table says where."""

from __future__ import annotations

import pytest

from sandbox.engine import judge, simulation
from sandbox.language.source import ScenarioError
from sandbox.studies import call_chain
from sandbox.studies.call_chain import Design

CHAIN = call_chain.shipped()
TEXT = call_chain.FILE.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("design", CHAIN.designs, ids=lambda d: d.name)
def test_words_and_numbers_are_what_the_runs_give(design: Design) -> None:
    assert call_chain.measure(CHAIN, design) == design.measured, f"write into call_chain.yaml what was measured for {design.name}"
    for story, word in ((CHAIN.flow, design.finds.flow), (CHAIN.opens, design.finds.opens), (CHAIN.ends, design.finds.ends)):
        case = CHAIN.case(story, design)
        assert judge.timed(simulation.run_case(case).verdict, case).word == word


def test_the_designs_differ_in_how_services_call_and_in_nothing_else() -> None:
    """So that no design wins by what stands beside it."""
    changed = [{name for name, _ in CHAIN.settings(d).changes} for d in CHAIN.designs]
    assert all(names <= {"rs.calls", "as.token_exchange"} for names in changed)
    assert len({CHAIN.settings(d) for d in CHAIN.designs}) == 4


@pytest.mark.slow
def test_the_chain_completes_where_a_service_can_get_no_more_than_it_was_asked_for() -> None:
    """In the other designs the last step, which goes beyond reading, is done: nothing there knows what a call may do."""
    words = [simulation.run_case(CHAIN.case(CHAIN.flow, d)).verdict.word for d in CHAIN.designs]
    assert words == ["failed", "failed", "completed", "completed"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("flow: service-to-service", "flow: service-to-servant", "there is no scenario `service-to-servant`"),
        ("profile: oauth-bcp", "profile: oauth-bpc", "there is no profile"),
        ("{rs.calls: own-jwt}", "{rs.calls: own-jwd}", "no value"),
        ("vouched: true", "vouched: perhaps", "vouched"),
    ],
)
def test_a_broken_table_says_where(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ScenarioError) as caught:
        call_chain.loads(TEXT.replace(old, new, 1))
    assert said in str(caught.value)
