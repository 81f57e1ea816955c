"""What only asks: each request that could show a goal, with what she has."""

from __future__ import annotations

from sandbox.attacker import probes
from sandbox.attacker.values import Value
from tests.support.questions import BFF_OFF, READ, TOKEN, asked, first_moment


def test_a_bound_token_is_shown_as_it_wants_as_bearer_and_in_the_address() -> None:
    question = asked("oauth-bcp", BFF_OFF, (), READ)
    node = first_moment(question)
    shown = [chain[-1] for chain in probes.probes(question, node.stage, (TOKEN,))]
    assert {m.args.get("scheme") for m in shown} == {None, "bearer"}
    assert any(m.do == "mallory.send" and "access_token" in str(m.args) for m in shown)
    assert any(m.args.get("via") == "gateway" for m in shown)


def test_what_alice_gave_to_her_client_is_used_by_her_client() -> None:
    question = asked("oauth-bcp", BFF_OFF, ("client",), READ)
    node = first_moment(question)
    given = Value("$a.access_token", "token", "t", "the access token of alice for evil_app", "alice", "evil_app")
    assert {c[-1].do for c in probes.probes(question, node.stage, (given,))} == {"evil_app.call_api"}
