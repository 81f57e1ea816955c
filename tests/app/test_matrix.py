"""The page Matrix, run by AppTest: it fills row by row, stops, goes on, leads into the runs, and is exported."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import cache
from sandbox.app.pages import matrix
from sandbox.app.parts import looking
from sandbox.core import memo
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import adaptive, basis, searched
from sandbox.views.html import matrix_page
from tests.support.apps import fine, link, opened, page_text, switched, verdict

pytestmark = pytest.mark.slow


def table(at: AppTest) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == "verdict_table"))
    return data


def rows(at: AppTest) -> list[dict[str, Any]]:
    return [row for row in table(at)["rows"] if "head" in row]


def filled(at: AppTest) -> AppTest:
    """When all is run; AppTest has no timer."""
    for _ in (0, *library.attacks()):
        fine(at.run())
        if at.session_state["matrix-rows"] == len(library.attacks()):
            break
    return at


def test_a_row_at_a_time_and_it_can_be_stopped_and_go_on() -> None:
    memo.of(cache.row).forget()
    at = opened("matrix")
    first = fine(at.run()).session_state["matrix-rows"]
    assert 0 < first < len(library.attacks())
    assert any(c["empty"] == "not run yet" for row in rows(at) for c in row["cells"])
    at.button(key="matrix-stop").click().run()
    stopped = fine(at).session_state["matrix-rows"]
    assert fine(at.run()).session_state["matrix-rows"] == stopped
    at.button(key="matrix-stop").click().run()
    assert fine(at.run()).session_state["matrix-rows"] > stopped


def test_every_attack_has_an_outcome_in_every_design() -> None:
    memo.of(adaptive._looked).forget()  # what was searched before is shown, too
    at = filled(opened("matrix"))
    assert len(rows(at)) == len(library.attacks())
    for row in rows(at):
        assert [len(c["items"]) in (1, 2) for c in row["cells"]] == [True] * len(PROFILES)  # the script, and a way that was found
        for cell in row["cells"]:
            assert cell["items"][0]["mark"]
            assert cell["items"][0]["word"]
    assert "Every claim of the files is what is found." in page_text(at)


def test_each_cell_leads_into_its_run_with_exactly_that_setting() -> None:
    at = filled(opened("matrix", show="defences"))
    attack = library.get("missing-aud-replay")
    row = next(r for r in rows(at) if r["head"] == attack.title)
    own, blocking, believed = row["cells"]
    assert own["items"][0]["to"]["params"] == {"scenario": attack.id}
    assert blocking["items"][0]["to"]["params"] == {"scenario": attack.id, "set": switched("AUD")}
    assert believed["items"][0]["word"] == "We put an audience into the token"
    for item in blocking["items"]:
        opened_run = opened("play", **item["to"]["params"])
        assert 'class="outcome blocked"' in page_text(opened_run)


def test_a_cell_that_another_way_decided_leads_into_that_way() -> None:
    attack = library.get("no-revocation-before-exp")
    row = cache.row(attack)
    decided = next(c for c in row if c.kind == "profile" and c.way)
    item = matrix._designs(attack, row, {})[list(PROFILES).index(decided.profile)]["items"][0]
    assert item["to"]["params"] == {"scenario": decided.way, "profile": decided.profile}
    assert library.get(decided.way).title in item["title"]
    assert verdict(opened("play", **item["to"]["params"])) == decided.found


def test_the_table_is_chosen_and_kept_in_the_link() -> None:
    at = opened("matrix")
    at.segmented_control(key="matrix-show").set_value("defences").run()
    assert link(fine(at)) == {"show": "defences"}


def test_a_broken_link_is_said() -> None:
    at = opened("matrix", show="<b>")
    assert "There is no table &#x27;&lt;b&gt;&#x27;" in page_text(at)
    assert link(at) == {}


def test_the_exports_are_what_is_on_show() -> None:
    attacks = library.attacks()[:2]
    cells = [c for a in attacks for c in cache.row(a)]
    data = json.loads(matrix._json(cells, {}))
    assert len(data["cells"]) == len(cells)
    assert {c["attack"] for c in data["cells"]} == {a.id for a in attacks}


def test_what_one_visitor_stops_goes_on_for_the_others() -> None:
    memo.of(cache.row).forget()
    one, two = opened("matrix"), opened("matrix")
    one.button(key="matrix-stop").click().run()
    before = fine(one.run()).session_state["matrix-rows"] if "matrix-rows" in one.session_state else 0
    assert filled(two).session_state["matrix-rows"] == len(library.attacks())
    fine(one.run())
    assert (one.session_state["matrix-rows"] if "matrix-rows" in one.session_state else 0) == before  # noqa: SIM401  (AppTest's state has no get)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> tuple[Scenario, ...]:
    """Two attacks, around which nobody has looked before: in one of them the search finds a way around the script."""
    attacks = tuple(library.get(id) for id in ("code-replay", "token-in-url-log"))
    monkeypatch.setattr(matrix, "library", SimpleNamespace(attacks=lambda: attacks, get=library.get))
    monkeypatch.setattr(searched, "known", lambda attack, settings: None)
    monkeypatch.setattr(looking, "LENT", 1)
    memo.of(adaptive._looked).forget()
    memo.of(looking.shared).forget()
    return attacks


def with_rows(attacks: tuple[Scenario, ...]) -> AppTest:
    """The page with all rows, before the search has come far."""
    for attack in attacks:
        cache.row(attack)
    return opened("matrix")


def states() -> int:
    """How far the search is that all visitors share."""
    return max((search.states for search in memo.of(looking.shared).kept.values()), default=0)


def said(at: AppTest) -> int:
    """How many cells say what the search has come to."""
    return sum(basis.MARK in str(c) for row in rows(at) for c in row["cells"])


def test_what_was_searched_before_is_there_with_its_row(two: tuple[Scenario, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file, and without a search."""
    monkeypatch.undo()
    monkeypatch.setattr(matrix, "library", SimpleNamespace(attacks=lambda: two, get=library.get))
    known = [e for (attack, _), e in searched.shipped().items() if attack in {a.id for a in two}]
    assert said(with_rows(two)) == len(known) > 4
    assert states() == 0


def test_cells_that_the_file_does_not_know_are_searched_behind_the_table_and_are_marked(two: tuple[Scenario, ...]) -> None:
    at = with_rows(two)
    leak = next(row for row in rows(at) if row["head"] == two[1].title)
    assert leak["cells"][0]["items"][0]["more"].startswith("This script: ")
    assert leak["cells"][0]["items"][0]["note"] == ""
    for _ in range(400):
        fine(at.run())
        if said(at) >= 6:
            break
    leak = next(row for row in rows(at) if row["head"] == two[1].title)
    script, way = leak["cells"][0]["items"]
    assert (script["word"], way["word"]) == ("blocked", "Another way")
    assert way["to"]["page"] == "workshop"
    assert verdict(opened("workshop", **way["to"]["params"])) == "succeeded"
    assert leak["cells"][3]["items"][0]["note"].startswith(f"{basis.MARK} No other way within 2 changing moves: ")
    assert "blocked cells searched within 2 changing moves" in page_text(at)


def test_visitors_share_one_search_and_each_can_leave_it(two: tuple[Scenario, ...]) -> None:
    one, other = with_rows(two), with_rows(two)
    fine(one.run())
    assert len(memo.of(looking.shared).kept) == 1
    one.button(key="matrix-search-stop").click().run()
    before = states()
    assert before > 0
    fine(one.run())
    assert states() == before, "who has stopped it lends it nothing"
    fine(other.run())
    assert states() > before
    one.button(key="matrix-search-stop").click().run()
    before = states()
    fine(one.run())
    assert states() > before


def test_what_was_found_is_in_the_exports() -> None:
    attack, there = library.get("token-in-url-log"), Settings.of("naive-jwt")
    cells = cache.row(attack)
    looked = {(attack.id, "naive-jwt"): adaptive.looked_for(attack.id, adaptive.known(attack), there)}
    page = matrix_page.page(cells, [attack], looked=looked)
    assert "Another way</a>: Mallory reads the log of Accounts." in page
    assert "do: &#34;mallory.read&#34;" in page
    assert basis.SEARCHED in page
    assert basis.SEARCHED not in matrix_page.page(cells, [attack])
    data = next(c for c in json.loads(matrix._json(cells, looked))["cells"] if c.get("profile") == "naive-jwt")
    assert "Another way: Mallory reads the log of Accounts." in data["rests_on"]
    assert data["search"]["exhausted"] is True
