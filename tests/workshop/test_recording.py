"""A story that is recorded: its moves, the author's words, and the file that becomes of it."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.protocol.settings import Settings
from sandbox.studies.claims import check
from sandbox.workshop.recording import FULL, Asked, Recording, Told, drawn, opened
from tests.support.dice import dice
from tests.support.effort import effort

pytestmark = pytest.mark.slow

BASIC = Settings.of("oauth-basic", {"client.code_flow": "on"})
STOLEN = (
    "Alice signs in to ConnectSphere app on her laptop, to read.",
    "ConnectSphere app reads /accounts at Accounts on her laptop.",
    "Mallory reads the log of Accounts.",
    "Mallory asks for GET /accounts at Accounts with the access token",
)


def recorded(*says: str, settings: Settings = BASIC, powers: tuple[str, ...] = ("log.accounts",)) -> Recording:
    story = Recording(settings, powers)
    for say in says:
        which = next(name for name, (choice, _) in story.moves().items() if choice.say.startswith(say))
        assert story.take(which)
    return story


def test_an_attack_becomes_a_file_that_check_accepts_with_what_blocks_it() -> None:
    story = recorded(*STOLEN)
    target = next(t for t in story.goals() if t.predicate == "read")
    text = story.as_scenario(Told("Cash", "A token leaks.", "Bind it."), [target])
    *_, last = story.blockers(text)
    assert last.tried == last.total
    names = [dict(found["switches"]) for found in last.found]
    assert {"DPOP": "on"} in names
    assert {"rs.log_redaction": "on"} in names
    told = story.as_scenario(Told("Cash", "A token leaks.", "Bind it."), [target], last.found)
    claims = check(opened(told))
    assert [c.text for c in claims if not c.ok] == []
    assert any("DPOP" in c.text for c in claims)
    assert simulation.run(opened(told)).verdict.word == "succeeded"


def test_a_flow_says_what_was_answered_and_has_no_attacker() -> None:
    text = recorded(*STOLEN[:2]).as_scenario(Told())
    scenario = opened(text)
    assert (scenario.kind, scenario.attacker) == ("flow", None)
    assert scenario.step("app_call_api").expect is not None
    assert [c.found for c in check(scenario) if not c.ok] == []


def test_sentences_questions_and_the_second_of_a_kind_are_in_the_file() -> None:
    story = recorded(*STOLEN[:2], STOLEN[1], "A minute passes.")
    assert [s.id for s in story.position.steps] == ["app_sign_in", "app_call_api", "app_call_api_2", "clock_wait"]
    story.say("app_sign_in", " Alice comes.  ")
    story.question("app_call_api", Asked("Will it?", "Yes: “so”", "No"))
    scenario = opened(story.as_scenario(Told("A: b", 'He said "no"', "#1")))
    assert (scenario.title, scenario.story, scenario.lesson) == ("A: b", 'He said "no"', "#1")
    assert scenario.step("app_sign_in").say == "Alice comes."
    asked = scenario.step("app_call_api").predict
    assert asked is not None
    assert asked.accepted == "Yes: “so”"


def test_what_is_taken_back_is_gone_with_its_words() -> None:
    story = recorded(*STOLEN)
    kept = list(story.moves())
    story.say(story.position.steps[-1].id, "She reads.")
    assert story.goals()
    assert story.undo()
    assert not story.says
    assert all(t.predicate != "read" for t in story.goals())
    assert story.go([next(n for n, (c, _) in story.moves().items() if c.say.startswith(STOLEN[3]))]) == 1
    assert list(story.moves()) == kept
    while story.undo():
        pass
    assert (story.names, story.position.steps) == ((), ())


def test_other_honest_steps_after_taking_back_are_those_of_the_story() -> None:
    story = recorded(STOLEN[0], "Alice logs out of ConnectSphere app on her laptop.")
    assert any(t.predicate == "late" for t in story.game.question.targets)
    story.undo()
    story.take(next(n for n, (c, _) in story.moves().items() if c.say == STOLEN[1]))
    assert [s.id for s in story.game.question.schedule] == ["app_sign_in", "app_call_api"]
    assert not any(t.predicate == "late" for t in story.game.question.targets)


def test_in_another_setting_the_moves_go_as_far_as_they_are_possible() -> None:
    story, other = recorded(*STOLEN), Recording(Settings.of("oauth-bcp"), ("log.accounts",))
    assert other.go(story.names) == 3, "the log has no token there"
    assert other.go(["nothing"]) == 0


def test_the_same_moves_give_the_same_file() -> None:
    assert recorded(*STOLEN).as_scenario(Told()) == recorded(*STOLEN).as_scenario(Told())


def test_whatever_is_done_becomes_a_file_that_holds() -> None:
    """Also where somebody is refused, or cannot do after all what was tried."""
    roll = dice("recorded stories")
    for profile in ("naive-jwt", "oauth-basic", "oauth-bcp"):
        for _ in range(effort(2, 60)):
            story = Recording(Settings.of(profile), ("rides.app", "account", "storage.app"))
            for _ in range(5):
                assert story.take(roll.choice(list(story.moves())))
            claims = check(opened(story.as_scenario(Told())))
            assert [(story.said, c.text, c.found) for c in claims if not c.ok] == []


def test_nothing_and_what_was_not_reached_are_no_story() -> None:
    with pytest.raises(ValueError, match="nothing was done"):
        Recording(BASIC).as_scenario(Told())
    target = next(iter(recorded(*STOLEN).goals()))
    with pytest.raises(ValueError, match="not reached"):
        recorded(STOLEN[0]).as_scenario(Told(), [target])


def test_the_document_offers_every_move_once() -> None:
    story = recorded(*STOLEN)
    doc = drawn(story)
    offered = [choice[0] for group in doc["turn"]["groups"] for line in group["lines"] for choice in line["choices"]]
    assert sorted(offered) == sorted(story.moves())
    assert doc["turn"]["goals"]
    assert doc["turn"]["side"] == "record"


def test_a_story_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.workshop.recording.MOST", 2)
    story = recorded("A minute passes.", "An hour passes.")
    assert not story.moves()
    assert drawn(story)["turn"]["full"] == FULL
