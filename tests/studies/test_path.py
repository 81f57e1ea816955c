"""The way through: every stop exists, comes after what it needs, and is short; the exam is a system in which something succeeds."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sandbox.language import library, table
from sandbox.language.source import ScenarioError
from sandbox.studies import findings, path, questions
from sandbox.workshop.program import opened


def test_stops_are_numbered_and_stand_in_stages() -> None:
    stops = path.stops()
    assert [stop.number for stop in stops] == list(range(1, len(stops) + 1))
    assert list(path.stages()) == [
        "The problem",
        "The code flow",
        "Tokens",
        "Living with tokens",
        "Hardening",
        "Machines and agents",
        "Exam",
    ]
    assert [stop for group in path.stages().values() for stop in group] == list(stops)
    assert len({stop.id for stop in stops}) == len(stops)


@pytest.mark.parametrize("stop", path.stops(), ids=lambda stop: stop.id)
def test_a_stop_is_short_and_comes_after_all_that_it_needs(stop: path.Stop) -> None:
    assert 5 <= stop.minutes <= 10, f"{stop.id}: a stop takes 5 to 10 minutes"
    assert all(number < stop.number for number in stop.needs)
    needed = path.exam().after if stop.id == path.exam().id else library.get(stop.id).after
    assert len(stop.needs) == len(needed), f"{stop.id}: what must be known before it is no earlier stop of path.yaml"
    assert stop.questions or stop.id == path.exam().id


def test_the_next_stop() -> None:
    ids = [stop.id for stop in path.stops()]
    for here, following in pairwise(ids):
        found = path.next_after(here)
        assert found is not None
        assert found.id == following
    assert path.next_after(ids[-1]) is None
    assert path.next_after("control-web") is None
    assert path.stop("control-web") is None


def test_lists_begin_with_the_path_and_go_on_with_what_is_easy() -> None:
    everything = path.ordered([*library.attacks(), *library.flows()])
    on_the_path = [stop.id for stop in path.stops()[:-1]]
    assert [scenario.id for scenario in everything[: len(on_the_path)]] == on_the_path
    ranks = [("beginner", "intermediate", "advanced").index(s.difficulty or "") for s in everything[len(on_the_path) :]]
    assert ranks == sorted(ranks)


def test_the_first_lesson_has_nine_sentences_and_few_names() -> None:
    lesson = library.get("code-flow")
    assert len(lesson.steps) == 9
    assert sum(step.predict is not None for step in lesson.steps) == 1


def test_the_path_is_a_playlist_that_a_workshop_can_load() -> None:
    shown = opened({path.FILE.name: path.FILE.read_bytes()})
    assert shown.broken == ()
    assert [entry.scenario.id for entry in shown.entries] == [stop.id for stop in path.stops()[:-1]]
    assert [entry.stage for entry in shown.entries if entry.stage] == list(path.stages())[:-1]
    assert shown.minutes == sum(stop.minutes for stop in path.stops()[:-1])


@pytest.mark.slow
def test_in_the_exam_some_attacks_succeed_and_some_do_not() -> None:
    found = findings.findings(questions.system(questions.parse(path.exam().answers)[0]))
    words = {finding.attack: finding.word for finding in found}
    assert words["missing-aud-replay"] == words["no-revocation-before-exp"] == "succeeded"
    assert words["csrf-redirect-uri"] == words["alg-none"] == "blocked"
    (found_otherwise,) = [f for f in found if f.word == "succeeded" and f.way]
    assert found_otherwise.attack == "code-interception", "PKCE stops the script, and not every way"


@pytest.mark.parametrize("answers", ["design-oauth.nothing-at-all", "clients-spa.design-oauth", "x" * 5000])
def test_an_exam_whose_answers_mean_nothing_is_refused(answers: str) -> None:
    text = path.EXAM.read_text(encoding="utf-8")
    with pytest.raises(ScenarioError, match="not all of it is an answer"):
        table.loads(path.Exam, text[: text.index("answers:")] + f"answers: {answers}\n", "exam.yaml")
