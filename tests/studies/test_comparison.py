"""The comparison table: every claim in it is what the engine finds, and a broken table says where it is broken."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import CAST
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import comparison

TABLE = comparison.shipped()
TEXT = comparison.FILE.read_text()


def test_there_are_seven_rows_and_two_pictures():
    assert len(TABLE.rows) == 7
    assert len({row.aspect for row in TABLE.rows}) == 7
    assert TABLE.pictures.jwt.name != TABLE.pictures.oauth.name


@pytest.mark.slow
@pytest.mark.parametrize("proof", TABLE.proofs, ids=lambda p: f"{p.story.id}-{p.profile}-{p.finds}")
def test_a_claim_is_what_the_engine_finds(proof):
    assert simulation.run(proof.story, proof.settings).verdict.word == proof.finds


def test_every_row_has_a_cell_for_every_design_in_nothing_but_that_design():
    """No design wins by a configuration that its column does not have: a switch that a cell adds is written in it."""
    for row in TABLE.rows:
        assert [p.profile for p in row.proofs] == list(PROFILES)
    assert all(p.settings == Settings.of(p.profile).at_least(p.cell.run.switches) for p in TABLE.proofs)


def test_texts_are_sentences_without_jargon_of_ours():
    texts = [TABLE.about, TABLE.pictures.jwt.text, TABLE.pictures.oauth.text]
    for text in [*texts, *(proof.cell.says for proof in TABLE.proofs)]:
        assert text[0].isupper()
        assert text.endswith(".")
        assert not set(text.split()) & {*PROFILES, *library.ids(), *(name for name in CAST if "_" in name)}


def test_the_table_is_no_scenario():
    assert comparison.FILE.stem not in library.ids()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      naive-jwt:", "      naive-jwd:", "there is no profile"),
        ("scenario: naive-jwt", "scenario: naive-jwd", "there is no scenario `naive-jwd`"),
        ("naive-jwt, finds", "naive-jwt, switches: {INTRA: on}, finds", "there is no switch"),
        ("finds: succeeded", "finds: wins", "`finds` cannot be `wins`"),
        ("aspect: What it is", "aspekt: What it is", "did you mean `aspect`?"),
        ("refs: [RFC 7519 §1,", "refs: [somewhere,", "does not name a section"),
        ("title: OAuth or JWT?", "title: OAuth or JWT?\ntitle: again", "written twice"),
    ],
)
def test_a_broken_table_says_where(old, new, said):
    assert old in TEXT
    changed = TEXT.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        comparison.loads(changed)
    text = str(caught.value)
    assert said in text
    line = changed[: changed.index(new)].count("\n") + new.count("\n") + 1
    assert any(abs(p.line - line) <= 1 for p in caught.value.problems)


def test_a_false_claim_does_not_pass():
    row = next(r for r in TABLE.rows if {p.finds for p in r.proofs} == {"blocked", "succeeded"})
    won, stopped = (next(p for p in row.proofs if p.finds == word) for word in ("succeeded", "blocked"))
    assert simulation.run(won.story, won.settings).verdict.word != stopped.finds
