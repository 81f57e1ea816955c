"""Playing a scenario: its steps in order, what is left out, and what the attacker may use."""

from __future__ import annotations

import pytest

from sandbox.engine import player, simulation
from sandbox.engine.case import Case
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Sent, StepSkipped, StepStarted, TimePassed, of
from sandbox.studies.claims import check
from tests.support.files import LOGIN, SIMPLE, flow

ATTACK = SIMPLE + "difficulty: beginner\nattacker: {is: a test}\n"


def test_each_step_is_announced_and_stamped():
    run = simulation.run(flow(LOGIN + "  - {id: later, do: clock.wait, with: {seconds: 90}, say: Time passes.}\n"))
    assert [(e.step, e.do) for e in of(run.events, StepStarted)] == [("login", "app.sign_in"), ("later", "clock.wait")]
    assert next(of(run.events, TimePassed)).seconds == 90
    assert [e.index for e in run.events] == list(range(len(run.events)))


def test_a_value_that_nobody_has_is_a_step_that_is_not_taken():
    steps = LOGIN + "  - {id: renew, do: app.refresh, with: {browser: laptop}, say: Refresh.}\n"
    run = simulation.run(flow(steps, "{profile: naive-jwt}"))
    skipped = next(of(run.events, StepSkipped))
    assert (skipped.step, skipped.missing) == ("renew", "a refresh token")
    assert run.verdict.word == "failed"


def test_an_optional_step_may_be_left_out():
    steps = LOGIN + "  - {id: renew, do: app.refresh, with: {browser: laptop}, say: Refresh., optional: true}\n"
    assert simulation.run(flow(steps, "{profile: naive-jwt}")).verdict.word == "completed"


THEFT = """
  - {id: login, do: budget.sign_in, with: {browser: laptop, scope: read}, say: Alice connects.}
  - {id: swap, do: mallory_browser.send, with: {method: GET, url: "https://accounts.connectsphere.example/accounts", headers: {Authorization: $login.access_token}}, say: Mallory uses it.}
goal: [{read: "alice:account-1", at: swap}]
"""


def test_the_attacker_cannot_use_what_she_has_not_learned():
    source = f"{ATTACK}setting: {{profile: oauth-basic}}\nsteps:{THEFT}"
    with pytest.raises(ScenarioError, match=r"\$login.access_token"):
        loads(source, "test.yaml")


HONEST_HANDS = """
  - {id: start, do: budget.sign_in, with: {browser: mallory_browser, user: mallory, scope: read}, say: Mallory connects.}
  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $start.access_token}, say: She has never seen this token.}
goal: [{read: "mallory:account-2", at: use}]
"""


def test_what_stays_on_an_honest_server_is_not_hers_even_if_it_is_about_her():
    attack = loads(f"{ATTACK}setting: {{profile: oauth-basic}}\nsteps:{HONEST_HANDS}", "test.yaml")
    with pytest.raises(player.NotLearned, match=r"\$start.access_token"):
        simulation.run(attack)
    assert [c.found for c in check(attack) if not c.ok][-1] == "test: the attacker has not learned `$start.access_token`"
    elsewhere = simulation.run
    with pytest.raises(player.NotLearned):
        elsewhere(attack, attack.settings)


def test_a_literal_dollar():
    steps = '  - {id: look, do: laptop.send, with: {url: "https://evil.example/", method: POST, json: {price: $$5}}, say: Look.}\n'
    run = simulation.run(flow(steps))
    assert next(of(run.events, Sent)).request.json == {"price": "$5"}


def test_a_second_stage_is_another_world_with_the_same_past():
    steps = LOGIN + "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: It asks.}\n"
    stage = player.Stage.opened(Case.of(flow(steps))).go_on("use")
    assert stage.next == 1
    late, same = stage.after(3600).go_on(), stage.after(0).go_on()
    assert [r.outputs["use"]["status"] for r in (late.record, same.record)] == [401, 200]
    assert stage.record.outputs.keys() == {"login"}


def test_what_a_story_gives_the_attacker_is_there_from_the_start():
    claimed = loads(
        f"{ATTACK[:-1].replace('is: a test', 'is: a test, claims: [mobile], reaches: [internal]')}\nsetting: {{profile: oauth-basic}}\nsteps:{HONEST_HANDS}",
        "test.yaml",
    )
    world = player.Stage.opened(Case.of(claimed)).world
    assert world.net.owner("com.connectsphere.app:/cb?code=1", "phone") == "evil_mobile"
    assert world.net.admits("internal", "mallory")


def test_facts_are_of_the_kind_that_the_verifiers_expect():
    steps = "  - {id: forge, do: mallory.forge, with: {claims: {sub: alice}, key: $mine}, say: She forges.}\n"
    for signing, alg in (("es256", "ES256"), ("rs256", "RS256"), ("eddsa", "EdDSA")):
        head = SIMPLE + "attacker: {is: she, knows: {mine: mallory.key}}\n"
        record = player.play(Case.of(flow(steps, f"{{profile: oauth-bcp, switches: {{as.signing: {signing}}}}}", head)))
        assert decode(record.outputs["forge"]["token"]).header["alg"] == alg
