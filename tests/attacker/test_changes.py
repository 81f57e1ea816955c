"""What changes somebody's state: only what her design and her powers have room for."""

from __future__ import annotations

from sandbox.attacker import changes
from sandbox.attacker.taking import Taker
from sandbox.core.fork import fork
from tests.support.questions import LEAKS, READ, SESSION, asked, first_moment


def test_in_a_design_without_authorization_server_nobody_is_lured_to_one() -> None:
    question = asked("naive-jwt", {}, LEAKS, READ)
    node = first_moment(question)
    assert not [m for m in changes.changes(question, node.stage, node.known, frozenset()) if m.group == "lure"]


def test_she_goes_on_where_her_own_browser_stands() -> None:
    question = asked("oauth-basic", {"client.pkce": "s256", "as.pkce": "optional"}, ("account",), SESSION)
    node = first_moment(question)
    stage, taker = fork(node.stage), Taker()
    begin = next(
        m for m in changes.changes(question, stage, node.known, frozenset()) if m.do == "budget.sign_in" and m.args["hold"] == "auth"
    )
    taker.take(stage, taker.step(begin))
    told = [m.say for m in changes.changes(question, stage, node.known, frozenset({"budget"}))]
    assert "Mallory goes on without the challenge." in told
