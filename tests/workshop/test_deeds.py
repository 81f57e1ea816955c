"""What honest people can do at a moment of a story."""

from __future__ import annotations

from sandbox.engine.case import Case
from sandbox.engine.player import Stage
from sandbox.language.document import Step
from sandbox.protocol.settings import Settings
from sandbox.workshop import deeds
from sandbox.workshop.recording import Recording


def stage(profile: str = "oauth-bcp") -> Stage:
    return Recording(Settings.of(profile)).position.stage


def done(stage: Stage, say: str) -> Stage:
    step = next(s for s in deeds.deeds(stage) if s.say == say)
    stage.take(step.model_copy(update={"id": f"s{len(stage.record.outputs)}"}))
    return stage


def verbs(stage: Stage) -> set[str]:
    return {step.verb for step in deeds.deeds(stage)}


def test_at_first_there_is_nothing_to_renew_to_call_or_to_end() -> None:
    at_first = verbs(stage())
    assert {"sign_in", "wait", "set_user"} <= at_first
    assert not at_first & {"call_api", "refresh", "step_up", "type_code", "poll"}


def test_what_somebody_has_by_now_can_be_used() -> None:
    for profile in ("oauth-bcp", "oauth-basic", "naive-jwt"):
        now = done(stage(profile), "Alice signs in to ConnectSphere app on her laptop, to read.")
        asked = [s for s in deeds.deeds(now) if s.do == "app.call_api"]
        assert {str(getattr(s.args, "browser", "")) for s in asked} == {"laptop"}, "she has signed in at no other place"


def test_a_code_on_the_tv_is_typed_where_somebody_opened_its_page() -> None:
    settings = Settings.of("oauth-bcp", {"as.device_flow": "on"})
    now = Recording(settings).position.stage
    for say in (
        "The TV shows a code.",
        "Alice opens the address that the TV shows.",
        "Alice logs in.",
        "Alice types the code that the TV shows.",
        "Alice says yes.",
    ):
        now = done(now, say)
    now = done(now, "The TV asks whether Alice has said yes.")
    assert any(s.do == "tv.call_api" for s in deeds.deeds(now))


def test_looking_changes_nothing() -> None:
    now = done(stage(), "Alice signs in to ConnectSphere app on her laptop, to read.")
    before = len(now.record.events)
    assert [s.say for s in deeds.deeds(now)] == [s.say for s in deeds.deeds(now)]
    assert len(now.record.events) == before


def test_every_deed_has_a_heading_of_its_own() -> None:
    moves = list(deeds._every(stage()))
    assert {m.do.partition(".")[2] for m in moves} <= deeds.GROUPS.keys()
    assert all(isinstance(move.step, Step) for move in moves)
    assert isinstance(stage().case, Case)
