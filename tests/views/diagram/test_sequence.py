"""The diagram: everything is there, nothing moves, and no label can break it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.text import clean
from sandbox.views.diagram.render import render
from sandbox.views.diagram.sequence import draw
from sandbox.views.diagram.slim import ELEMENTS, slim
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples
from tests.support.effort import effort
from tests.support.hostile import BAD


def groups(svg: str, first: str) -> set[str]:
    return {c for g in ElementTree.fromstring(svg).iter() if (c := g.get("class", "")).startswith(first)}


def text_of(svg: str) -> str:
    return " ".join("".join(t.itertext()) for t in ElementTree.fromstring(svg).iter() if t.tag.endswith("text"))


@pytest.mark.slow
@pytest.mark.parametrize("make", [samples.blocked, samples.succeeded, samples.completed, samples.crowded])
def test_each_moment_is_drawn(make: object) -> None:
    run = make()  # type: ignore[operator]
    assert {f"step s{m.n}" for m in moments(run)} == groups(slim(render(draw(run))), "step")


def test_the_words_of_the_run_are_in_the_picture() -> None:
    words = text_of(slim(render(draw(samples.blocked()))))
    for text in (
        "Alice's browser",
        "Mallory",
        "Checks: audience fails",
        "401 invalid_token",
        "takes access_token",
        "1 minute passes",
        "The compromised accounts service",
        "front channel",
    ):
        assert text in words


def test_the_same_run_gives_the_same_dot() -> None:
    assert draw(samples.blocked()).source == draw(samples.blocked()).source


@pytest.mark.slow
def test_two_hundred_moments_are_drawn() -> None:
    run = samples.crowded(65)
    assert len(moments(run)) >= 200
    assert b"<svg" in render(draw(run))


def test_a_run_without_events_is_drawn() -> None:
    svg = slim(render(draw(samples.nothing())))
    assert svg.startswith("<svg ")
    assert not text_of(svg)


# ---------------------------------------------------------------- hostile


@pytest.mark.parametrize("text", BAD)
def test_hostile_labels_are_text(text: str) -> None:
    svg = slim(render(draw(samples.noted(text))))
    assert {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(svg).iter()} <= ELEMENTS
    start = clean(text)[:6].strip()
    assert start in text_of(svg) or not start


@pytest.mark.slow
@settings(max_examples=effort(25, long=500))
@given(st.text(min_size=1, max_size=60))
def test_no_label_breaks_the_drawing(text: str) -> None:
    assert groups(slim(render(draw(samples.noted(text)))), "step")
