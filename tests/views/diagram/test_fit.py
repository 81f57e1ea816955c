"""No text of any shipped diagram leaves its box or meets a symbol, in fonts that are wide, narrow and in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import graphviz
import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.views.diagram.render import render_all
from sandbox.views.diagram.sequence import draw, sheets
from sandbox.views.diagram.slim import slim
from tests.support import sample_runs as samples
from tests.support.effort import some
from tests.support.hostile import BAD
from tests.support.needs import need
from tests.support.pictures import FACES, Picture, misfits, picture

pytestmark = pytest.mark.slow


def pictures(graphs: Iterable[graphviz.Digraph]) -> list[Picture]:
    """What is drawn, each drawing once."""
    once = {graph.source: graph for graph in graphs}
    return [picture(slim(svg)) for svg in render_all(once.values())]


def faults(drawn: Picture, family: str) -> Iterator[str]:
    """Each text that is not where it belongs if it is drawn in this font."""
    return misfits(drawn, [text.box(family) for text in drawn.texts])


@pytest.mark.parametrize("scenario", some(library.ids(), 20))
def test_every_text_of_a_shipped_diagram_keeps_to_its_box(scenario: str) -> None:
    need("fonts")
    story = library.get(scenario)
    settings = dict.fromkeys([story.settings, *(Settings.of(profile) for profile in PROFILES)])
    runs = [simulation.run(story, setting) for setting in settings]
    drawn = pictures(draw(run) for run in runs)
    found = [f"{family}: {fault}" for family in FACES for one in drawn for fault in faults(one, family)]
    assert not found, "give each label a box that is as wide as metrics.measure says:\n" + "\n".join(found)


@pytest.mark.parametrize("make", [samples.blocked, samples.completed, samples.crowded, samples.nothing])
def test_every_text_of_a_crowded_diagram_keeps_to_its_box(make: object) -> None:
    need("fonts")
    run = make()  # type: ignore[operator]
    drawn = pictures((draw(run), *sheets(run)))
    assert [f"{family}: {fault}" for family in FACES for one in drawn for fault in faults(one, family)] == []


STRANGE = {
    "a ligature as wide as a sentence": "\ufdfd" * 30, "ideographs": "漢字" * 30, "emoji": "🔒" * 30, "wide letters": "W" * 300,
    "narrow letters": "i" * 300, "three letters in one": "ﬃ" * 50,
}  # fmt: skip


@pytest.mark.parametrize("text", [*BAD, *STRANGE.values()], ids=[*map(str, range(len(BAD))), *STRANGE])
def test_strange_text_keeps_to_its_box(text: str) -> None:
    need("fonts")
    drawn = pictures([draw(samples.noted(text))])
    assert [f"{family}: {fault}" for family in FACES for one in drawn for fault in faults(one, family)] == []


@pytest.mark.parametrize(
    ("what", "replaced"),
    [
        ("leaves its box", ('x="50" y="20">short', 'x="50" y="20">a text that is far too long')),
        ("is anchored at", ('x="50" y="20">short', 'x="45" y="20">short')),
        ("covers Box", ('cx="130"', 'cx="70"')),
        ("covers 'short'", ('x="50" y="60">other', 'x="50" y="21">other')),
        ("has no box", ("10,50 90,50 90,70 10,70", "10,50 20,50 20,70 10,70")),
        ("leaves the picture", ('viewBox="0 0 200 80"', 'viewBox="60 0 200 80"')),
    ],
)
def test_a_fault_is_found(what: str, replaced: tuple[str, str]) -> None:
    need("fonts")
    sound = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80" text-anchor="middle" font-size="11"><g class="step s1">'
        '<ellipse cx="130" cy="20" rx="8" ry="8" fill="#111111"/><polygon fill="#ffffff" points="10,10 90,10 90,30 10,30"/>'
        '<text x="50" y="20">short</text><polygon fill="#ffffff" points="10,50 90,50 90,70 10,70"/><text x="50" y="60">other</text></g></svg>'
    )
    assert list(faults(picture(sound), "DejaVu Sans")) == []
    assert what in "\n".join(faults(picture(sound.replace(*replaced)), "DejaVu Sans"))
