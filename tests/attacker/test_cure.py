"""What stops a way is found by trying, and written into its file, so that `check` has nothing to say against it."""

from __future__ import annotations

import pytest

from sandbox.attacker.cure import completed, defences
from sandbox.attacker.question import of_scenario
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.studies.claims import check
from tests.support.effort import some
from tests.support.questions import answer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 4))
def test_every_claim_of_a_written_file_is_true(id: str) -> None:
    question = of_scenario(library.get(id))
    for way in answer(question).found:
        if next(defences(way), None) is None:
            continue  # nothing stops it alone; the file says nothing then
        claims = check(loads(completed(question, way), "way.yaml"))
        assert [c.text for c in claims if not c.ok] == []
