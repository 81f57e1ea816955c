"""The shipped scenarios: all load, the gallery fills itself, and each file keeps what the format promises."""

from __future__ import annotations

import re

import pytest

from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.engine.record import last_exchange
from sandbox.language import library, shipped
from sandbox.language.document import DIFFICULTIES

IDS = library.ids()


def test_there_are_flows_attacks_and_controls():
    assert {s.kind for s in library.flows()} == {"flow"}
    assert {s.kind for s in library.attacks()} == {"attack"}
    assert {s.kind for s in library.controls()} == {"control"}
    ways = [way for attack in library.attacks() for way in library.ways(attack.id)]
    assert {way.kind for way in ways} == {"way"}
    assert len(library.flows()) + len(library.attacks()) + len(library.controls()) + len(ways) == len(IDS)


@pytest.mark.parametrize("way", [w for a in library.attacks() for w in library.ways(a.id)], ids=lambda way: way.id)
def test_a_way_leads_to_a_goal_of_its_attack(way):
    goals = {(goal.predicate, goal.what) for goal in library.get(way.way_of).goal}
    assert goals & {(goal.predicate, goal.what) for goal in way.goal}, f"{way.id}.yaml reaches nothing that {way.way_of} is after"


def test_every_file_in_the_folder_is_found_once():
    names = [path.stem for path in shipped.folder().rglob("*.yaml")]
    assert sorted(names) == sorted(IDS)


@pytest.mark.parametrize("ident", IDS)
def test_a_scenario_is_in_the_folder_of_its_kind(ident):
    folder = {"attack": "attacks", "way": "ways"}.get(library.get(ident).kind, "flows")
    assert library.files()[ident].parent.name == folder, f"move {ident}.yaml to scenarios/{folder}/: an attack is what has a goal"


@pytest.mark.parametrize("ident", IDS)
def test_texts_are_sentences(ident):
    scenario = library.get(ident)
    for text in (scenario.story, scenario.lesson, *(s.say for s in scenario.steps), *(d.because for d in scenario.blocked_by)):
        assert text[-1] in ".?!", f"{ident}.yaml: end “{text}” with a full stop"
        assert text[0].isupper(), f"{ident}.yaml: begin “{text}” with a capital letter"
        assert "`" not in text, f"{ident}.yaml: “{text}” is shown as it stands, with its marks"


@pytest.mark.parametrize("flow", [*library.flows(), *library.controls()], ids=lambda flow: flow.id)
def test_a_flow_expects_something_of_every_step_that_is_answered(flow):
    record = player.play(Case.of(flow))
    silent = [s.id for s in flow.steps if s.do != "clock.wait" and s.expect is None and last_exchange(record, s.id) is not None]
    assert silent == [], f"{flow.id}.yaml: add `expect` to {', '.join(silent)}: a flow fails where something else happens"


def test_an_unknown_id_suggests_the_nearest():
    with pytest.raises(library.UnknownScenario, match="did you mean 'code-pkce'"):
        library.get("code-pkc")


def test_get_is_cached():
    assert library.get(IDS[0]) is library.get(IDS[0])


TOLD = re.compile(
    r"\b(is refused|refuses|is let in|gets? (its )?tokens|trades|used up|no longer|is dead|ends the|nothing ties|takes the request)\b"
)


def test_a_sentence_at_a_question_does_not_answer_it():
    """The question is asked before the outcome is shown, and the sentence of its step is read with it."""
    asked = [(s.id, step) for s in map(library.get, IDS) for step in s.steps if step.predict]
    assert len(asked) > 60
    told = [f"{id}, {step.id}: {step.say}" for id, step in asked if TOLD.search(step.say or "")]
    assert told == [], "say what is done, not what comes of it"


def test_a_sentence_calls_the_authorization_server_by_its_name():
    """ConnectSphere is the company; what signs people in and hands out tokens has one name."""
    other = re.compile(r"front desk|\b(to|at|asks|from) ConnectSphere\b")
    company = ("connect-your-bank", "share-your-password")  # there it is a client of the bank
    connects = "starts to connect Budget to ConnectSphere"
    said = [(s.id, step.id, step.say or "") for s in map(library.get, IDS) if s.id not in company for step in s.steps]
    assert [found for found in said if other.search(found[2].replace(connects, ""))] == []


@pytest.mark.parametrize("lesson", [*library.flows(), *library.attacks()], ids=lambda lesson: lesson.id)
def test_a_lesson_says_how_hard_it_is_how_long_it_takes_and_what_comes_first(lesson):
    assert lesson.difficulty, f"{lesson.id}.yaml: add `difficulty:`"
    assert lesson.minutes is not None, f"{lesson.id}.yaml: add `minutes:`"
    assert 4 <= lesson.minutes <= 12, f"{lesson.id}.yaml: a lesson takes 5 to 10 minutes; split it, or put it together with another one"
    assert lesson.after or lesson.id == "share-your-password", f"{lesson.id}.yaml: add `after:`, what a learner should know first"
    assert (lesson.target is not None) == (lesson.kind == "attack"), f"{lesson.id}.yaml: add `target:`, what the attack aims at"


@pytest.mark.parametrize("lesson", [*library.flows(), *library.attacks()], ids=lambda lesson: lesson.id)
def test_what_comes_first_is_no_circle_and_no_harder(lesson):
    ranks = tuple(DIFFICULTIES)
    before = [library.get(id) for id in library.before(lesson.id)]
    assert lesson not in before, f"{lesson.id}.yaml: `after` leads back to it"
    harder = [s.id for s in before if ranks.index(s.difficulty) > ranks.index(lesson.difficulty)]
    assert not harder, f"{lesson.id}.yaml is easier than {', '.join(harder)}, which it comes after: say so in `difficulty`"
    assert {s.kind for s in before} <= {"flow", "attack"}


def test_all_that_comes_before_is_in_order():
    chain = library.before("token-exchange")
    assert chain[0] == "share-your-password"
    assert chain.index("code-flow") < chain.index("missing-aud-replay")
    assert library.before("share-your-password") == ()
