"""The handout: a workshop on one page."""

from __future__ import annotations

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views.pictures import sheets
from sandbox.workshop.handout import handout
from sandbox.workshop.program import opened

AUD = library.get("missing-aud-replay").source


def test_the_handout_has_stories_diagrams_questions_and_the_answers_at_the_end() -> None:
    shown = opened({"a.yaml": AUD})
    played = [(e, simulation.run(e.scenario)) for e in shown.entries]
    text = handout(shown, played, {(1, "replay"): "refused"})
    pieces = text.count('<img src="data:image/svg+xml;base64,')
    assert pieces == len(sheets(played[0][1])) > 1
    assert f"part 1 of {pieces}, with" in text
    assert "Will transactions accept a token" in text
    assert '<li class="mine">No: something ties it' in text
    assert "What the runs say" in text
    assert "What the runs say" not in handout(shown, played, key=False)
