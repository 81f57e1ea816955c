"""What a file names of the world exists there, or the file is answered with the nearest that does."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.language.existing import reachable
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import addresses
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.world.world import build

AUD = library.get("missing-aud-replay").source


def refusal(old: str, new: str, text: str = AUD) -> tuple[str, str, str]:
    """The message, the cure, and the text at the place of the one problem that the file has after the change."""
    assert old in text
    with pytest.raises(ScenarioError) as caught:
        loads(text.replace(old, new), "f.yaml")
    [problem] = caught.value.problems
    return problem.message, problem.cure, problem.source_line[problem.column - 1 :]


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("alice:transction-7", "did you mean `alice:transaction-7`?"),
        ("alice:transaction-8", "did you mean `alice:transaction-7`?"),
        ("alice:email", "write one of alice:account-1"),
        ("mallory:zebra", "write one of alice:account-1"),
    ],
)
def test_data_that_nobody_holds(written: str, cure: str) -> None:
    message, found, at = refusal('read: "alice:transaction-7"', f'read: "{written}"')
    assert message == f"there is no `{written}` that `read` could be about"
    assert cure in found
    assert at.startswith(f'"{written}"')


@pytest.mark.parametrize("goal", ['credential: "alice:pasword"', 'pii: "alice:phone"', 'write: "alice:acount-1"'])
def test_goals_of_the_other_kinds(goal: str) -> None:
    assert refusal('read: "alice:transaction-7"', goal)[0].startswith("there is no `alice:")


def test_a_goal_may_be_about_what_a_step_makes() -> None:
    assert loads(AUD.replace('read: "alice:transaction-7"', 'read: "alice:notification-3"'), "f.yaml")
    assert library.get("csrf-redirect-uri").goal[1].read == "alice:statement-9"  # which a step of it uploads


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("https://acounts.connectsphere.example/accounts", "did you mean `https://accounts.connectsphere.example`?"),
        ("http://accounts.connectsphere.example/accounts", "did you mean `https://accounts.connectsphere.example`?"),
        ("https://accounts.connectsphere.example:8443/accounts", "did you mean `https://accounts.connectsphere.example`?"),
        ("http://account.internal/accounts", "did you mean `http://accounts.internal`?"),
        ("https://evil.example.com/", "did you mean `https://evil.example`?"),
        ("https://xn--q.test/", "write one of https://evil.example"),
    ],
)
def test_a_host_that_nobody_has(written: str, cure: str) -> None:
    step = f'steps:\n  - {{id: first, do: mallory.send, with: {{url: "{written}"}}, say: S}}\n'
    message, found, at = refusal("steps:\n", step)
    assert message.startswith("nobody has the address `")
    assert found.startswith(cure)
    assert at.startswith(f'"{written}"')


def test_an_address_that_an_answer_leads_to_is_looked_at_too() -> None:
    step = (
        'steps:\n  - {id: first, do: mallory.serve, with: {url: "https://evil.example/a", redirect: "https://acounts.example/"}, say: S}\n'
    )
    assert refusal("steps:\n", step)[0] == "nobody has the address `https://acounts.example`"


@pytest.mark.parametrize("profile", PROFILES)
def test_whom_the_network_reaches_has_an_address(profile: str) -> None:
    net = build(Settings.of(profile)).net
    assert set(net.hosts) <= {*addresses(), ""}
    assert all(net.owner(f"{at}/x") != "nowhere" for at in addresses() if at in net.hosts)


def test_hosts_below_her_domain_are_hers() -> None:
    assert reachable("https://app.connectsphere.example.evil.example/cb")
    assert not reachable("https://notevil.example/")


@pytest.mark.parametrize(
    "key", ["by: transactions.audiance", "by: transactions.audience, also: [{at: replay, by: accounts.audiance, answer: 401}]"]
)
def test_a_check_that_there_is_not(key: str) -> None:
    defence = f"blocked_by:\n  - {{switches: {{AUD: on}}, at: replay, {key}, answer: 401 invalid_token, because: B}}\n"
    message, cure, at = refusal("blocked_by:\n", defence)
    assert (message, cure) == ("there is no check `audiance`", "did you mean `audience`?")
    assert "audiance" in at
