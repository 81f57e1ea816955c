"""The page Matrix, run by AppTest: it fills row by row, stops, goes on, leads into the runs, and is exported."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import cache
from sandbox.app.pages import matrix
from sandbox.core import memo
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import adaptive, basis
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
        assert [len(c["items"]) for c in row["cells"]] == [1] * len(PROFILES)
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


def looked_for(at: AppTest, cells: int = 6) -> AppTest:
    """The search as the visitor begins it, until so many cells are done; AppTest has no timer."""
    at.button(key="matrix-search-begin").click()
    for _ in range(400):
        fine(at.run())
        if sum("another way" in str(c).lower() for row in rows(at) for c in row["cells"]) >= cells:
            break
    return at


def test_blocked_cells_are_searched_when_it_is_wished_and_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two attacks: in one of them the search finds a way around the script."""
    two = tuple(library.get(id) for id in ("code-replay", "token-in-url-log"))
    monkeypatch.setattr(matrix, "library", SimpleNamespace(attacks=lambda: two, get=library.get))
    memo.of(adaptive._looked).forget()
    at = opened("matrix")
    for _ in range(4):
        fine(at.run())
    leak = next(row for row in rows(at) if row["head"] == two[1].title)
    assert leak["cells"][0]["items"][0]["more"].startswith("This script: ")
    assert leak["cells"][0]["items"][0]["note"] == ""
    looked_for(at)
    leak = next(row for row in rows(at) if row["head"] == two[1].title)
    script, way = leak["cells"][0]["items"]
    assert (script["word"], way["word"]) == ("blocked", "Another way")
    assert way["to"]["page"] == "workshop"
    assert verdict(opened("workshop", **way["to"]["params"])) == "succeeded"
    assert leak["cells"][3]["items"][0]["note"].startswith(f"{basis.MARK} No other way within 2 changing moves: ")
    assert "blocked cells searched within 2 changing moves" in page_text(at)


def test_the_search_stops_and_goes_on() -> None:
    memo.of(adaptive._looked).forget()
    at = filled(opened("matrix"))
    at.button(key="matrix-search-begin").click().run()
    fine(at.run())
    at.button(key="matrix-search-stop").click().run()
    states = fine(at).session_state["matrix-search"].states
    assert fine(at.run()).session_state["matrix-search"].states == states > 0
    at.button(key="matrix-search-stop").click().run()
    assert fine(at.run()).session_state["matrix-search"].states > states


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
