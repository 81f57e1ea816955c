"""The diagram: everything is there, nothing moves, and no label can break it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.text import clean
from sandbox.engine.result import Run
from sandbox.protocol.trace import Noted
from sandbox.views.diagram import render as renderers
from sandbox.views.diagram.canvas import clipped, escaped, measure, wrapped
from sandbox.views.diagram.render import NoRenderer
from sandbox.views.diagram.sequence import NARROW, PALETTE, WIDE, Plan, draw, drawings, render, slim
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples
from tests.support.effort import effort
from tests.support.hostile import BAD, SVG


def groups(svg: str, first: str) -> set[str]:
    return {c for g in ElementTree.fromstring(svg).iter() if (c := g.get("class", "")).startswith(first)}


def text_of(svg: str) -> str:
    return " ".join("".join(t.itertext()) for t in ElementTree.fromstring(svg).iter() if t.tag.endswith("text"))


@pytest.mark.parametrize("make", [samples.blocked, samples.succeeded, samples.completed, samples.crowded])
def test_each_moment_is_drawn_in_both_widths(make: object) -> None:
    run = make()  # type: ignore[operator]
    wide, narrow = drawings(run)
    assert wide["width"] > narrow["width"]  # type: ignore[operator]
    for drawing in (wide, narrow):
        body = str(drawing["body"])
        assert {f"step s{m.n}" for m in moments(run)} == groups(body, "step")
        assert {f"band s{m.n}" for m in moments(run)} == groups(body, "band")


def test_the_words_of_the_run_are_in_the_picture() -> None:
    words = text_of(slim(render(draw(samples.blocked()))))
    for text in (
        "Alice's laptop",
        "Mallory",
        "Checks: audience fails",
        "401 invalid_token",
        "takes access_token",
        "1 minute passes",
        "The compromised accounts service",
        "front channel",
    ):
        assert text in words


def test_nine_lifelines_stay_readable_at_1024() -> None:
    plan = Plan.of(samples.crowded(), NARROW)
    assert len(plan.parties) == 9
    assert plan.width * 0.8 < 640, "the diagram's column is about 640 pixels wide there, and 0.8 of 11 px is the smallest text"


def test_both_halves_have_the_same_width() -> None:
    for drawing in drawings(samples.blocked()):
        head, body = (ElementTree.fromstring(str(drawing[part])).get("viewBox", "").split()[2] for part in ("head", "body"))
        assert abs(float(head) - float(body)) < 1.5


def test_the_same_run_gives_the_same_dot() -> None:
    assert draw(samples.blocked()).source == draw(samples.blocked()).source


def test_two_hundred_moments_are_drawn() -> None:
    run = samples.crowded(65)
    assert len(moments(run)) >= 200
    assert b"<svg" in render(draw(run))


def test_a_run_without_events_is_drawn() -> None:
    assert [set(d) for d in drawings(samples.nothing())] == [{"width", "head", "body"}] * 2


def test_a_party_that_the_run_did_not_announce_gets_a_lifeline() -> None:
    run = replace(samples.blocked(), parties=("laptop",))
    assert set(Plan.of(run, WIDE).parties) == {"laptop", "budget", "auth", "accounts", "transactions", "mallory"}


def test_png() -> None:
    assert render(draw(samples.nothing()), "png").startswith(b"\x89PNG")


# ---------------------------------------------------------------- text


def test_invisible_characters_are_spelled_out_before_measuring() -> None:
    assert clean("a\u202eb\x00c\nd\ud800") == "a⟦U+202E⟧b⟦U+0000⟧c d⟦U+D800⟧"
    assert len(clean("\u202e" * 1000, 50)) == 50


def test_lines_break_at_blanks_and_slashes_and_only_then_inside() -> None:
    assert wrapped("302 to auth.example/authorize", 90, 3) == ["302 to", "auth.example", "/authorize"]
    assert wrapped("200 access_token, refresh_token", 110, 2) == ["200 access_token,", "refresh_token"]
    assert all(measure(line) <= 50 for line in wrapped("x" * 200, 50, 9))


@given(st.text(max_size=300), st.floats(20, 300), st.integers(1, 4))
def test_wrapped_text_fits(text: str, width: float, lines: int) -> None:
    out = wrapped(text, width, lines)
    assert 1 <= len(out) <= lines
    assert all(measure(line) <= width or len(line) <= 2 for line in out)


@given(st.text(max_size=100), st.floats(15, 200))
def test_clipped_text_fits(text: str, width: float) -> None:
    assert measure(clipped(text, width)) <= width or clipped(text, width) == "…"


def test_backslashes_are_doubled_and_markup_escaped() -> None:
    assert escaped(r'<b>\N & "x"') == r"&lt;b&gt;\\N &amp; &quot;x&quot;"


# ---------------------------------------------------------------- hostile


def noted(text: str) -> Run:
    story = samples.Story()
    story.step("s", "mallory.send", text)
    story.trace.add(Noted, "mallory", text)
    story.ask(
        "laptop",
        "budget",
        samples.Request("GET", "https://budget.example/" + text),
        samples.redirect("https://budget.example/" + text),
        "front",
    )
    return samples.made(story, samples.blocked().verdict)


@pytest.mark.parametrize("text", BAD)
def test_hostile_labels_are_text(text: str) -> None:
    svg = slim(render(draw(noted(text))))
    assert {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(svg).iter()} <= {
        "svg",
        "g",
        "path",
        "polygon",
        "polyline",
        "ellipse",
        "text",
    }
    start = clean(text)[:6].strip()
    assert start in text_of(svg) or not start


@settings(max_examples=effort(25, long=500))
@given(st.text(min_size=1, max_size=60))
def test_no_label_breaks_the_drawing(text: str) -> None:
    assert groups(slim(render(draw(noted(text), WIDE, "body"))), "step")


def test_a_backslash_sequence_is_shown_as_it_is() -> None:
    words = text_of(slim(render(draw(noted(r"\N\G\E\L end")))))
    assert r"\N\G\E\L end" in words


def test_slim_keeps_allowed_elements_only() -> None:
    out = slim(SVG.encode())
    for word in ("script", "onload", "onclick", "href", "style", "url(", "foreignObject", "animate", "DOCTYPE"):
        assert word not in out


def test_slim_turns_our_colours_into_variables() -> None:
    body = str(drawings(samples.blocked())[0]["body"])
    assert 'stroke="var(--sd-front)"' in body
    assert not any(colour in body for colour in PALETTE.values())


def test_the_style_sheet_knows_every_colour() -> None:
    from sandbox.views.stepper import CSS

    sheet = CSS.read_text()
    assert [name for name in PALETTE if f"--sd-{name}:" not in sheet] == []
    assert len(set(PALETTE.values())) == len(PALETTE), "each colour is one variable"


# ---------------------------------------------------------------- renderers


def test_without_a_renderer_the_error_names_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(renderers.sys, "executable", str(tmp_path) + "/python")  # type: ignore[attr-defined]
    monkeypatch.setattr(renderers.shutil, "which", lambda name: None)  # type: ignore[attr-defined]
    with pytest.raises(NoRenderer, match="pip install graphviz-pure"):
        renderers.renderer()
