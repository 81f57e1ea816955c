"""What "blocked" rests on, in one wording for all who print it."""

from __future__ import annotations

from sandbox.engine.result import NOT_DENIED, Stop
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import adaptive, basis
from sandbox.studies.adaptive import NOWHERE, Looked

REFUSED = Stop("replay", "transactions", "token_type", 401, "invalid_token")
LEAK = library.get("token-in-url-log")


def test_what_is_blocked_rests_on_this_script_and_on_who_refused() -> None:
    assert basis.said("blocked", "Budget refused.") == "This script: Budget refused."
    assert basis.said("blocked", "Budget refused.", 3) == "3 scripts: Budget refused."
    assert basis.brief("blocked", REFUSED) == "This script: Transactions, token type"
    assert basis.brief("blocked", Stop("leak", missing="token")) == "This script: nothing learned at “leak”"
    assert basis.brief("blocked", Stop("ask", missing=NOT_DENIED)) == "This script: honest request answered at “ask”"


def test_what_is_not_blocked_is_said_as_it_is() -> None:
    assert basis.said("succeeded", "It reached her.", 2, Looked(3)) == "It reached her."
    assert basis.brief("succeeded", REFUSED) == "Transactions, token type"
    assert basis.brief("succeeded", None) == ""


def test_after_a_search_it_says_how_far_she_looked() -> None:
    assert basis.around(None) == basis.around(NOWHERE) == ""
    assert basis.around(Looked(1561, 9, True)) == "No other way within 2 changing moves: 1,561 states, exhausted."
    assert basis.around(Looked(1, 9, False, changes=1)) == "No other way within 1 changing move: 1 state, not exhausted."
    assert basis.said("blocked", "Budget refused.", 1, Looked(2)).startswith("This script: Budget refused. No other way within")


def test_a_script_that_stalled_no_longer_says_that_nothing_else_was_tried() -> None:
    sentence = "This way is closed here (it gives nothing); another was not tried."
    assert basis.said("stalled", sentence) == sentence
    assert basis.said("stalled", sentence, 1, Looked(2)).startswith("This way is closed here (it gives nothing). No other way within")


def test_a_way_that_was_found_is_told_in_her_own_steps() -> None:
    looked = adaptive.looked_for(LEAK.id, adaptive.known(LEAK), Settings.of("naive-jwt"))
    assert basis.around(looked).startswith("Another way: Mallory reads the log of Accounts.")
    assert "Alice signs in" not in basis.around(looked)
    assert basis.counted([looked, Looked(4)]) == (
        f"{basis.MARK} 2 blocked cells searched within 2 changing moves, {looked.states + 4} states:"
        " another way in 1; no other way in 1, exhausted in 1."
    )
