"""What the browser is told so that it can keep what a learner has done: never anything about the learner."""

from __future__ import annotations

from sandbox.app import assets
from sandbox.app.parts import progress
from sandbox.language import library
from sandbox.studies import path


def test_the_document_has_every_stop_with_the_place_that_plays_it() -> None:
    document = progress.document("path")
    stops = [stop for stage in document["stages"] for stop in stage["stops"]]
    assert [stop["number"] for stop in stops] == [stop.number for stop in path.stops()]
    assert {stop["to"]["page"] for stop in stops[:-1]} == {"play"}
    assert stops[-1]["to"] == {"page": "system", "params": {"answers": path.exam().answers}}
    assert document == progress.document("next") | {"kind": "path"}


def test_every_shipped_scenario_and_the_exam_can_be_done() -> None:
    assert set(progress.known()) == {*library.ids(), path.exam().id}
    assert len(progress.known()) == len(set(progress.known()))


def test_the_next_stop_is_that_of_the_path() -> None:
    following = progress.next_after(path.stops()[0].id)
    assert following == path.stops()[1]


def test_the_key_of_the_browser_is_the_one_that_is_told() -> None:
    assert f"KEY = '{progress.KEY}'" in assets.text("progress.js")
