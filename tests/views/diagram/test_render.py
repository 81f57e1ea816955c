"""Graphviz is found, draws what it is given, and its absence has a cure."""

from __future__ import annotations

import pytest

from sandbox.views.diagram import render as renderers
from sandbox.views.diagram.canvas import Canvas
from sandbox.views.diagram.label import Label
from sandbox.views.diagram.render import NoRenderer, render, render_all


def graph(text: str) -> Canvas:
    canvas = Canvas("#111111")
    canvas.text(0, 0, Label([text]), "#111111")
    return canvas


def test_png() -> None:
    assert render(graph("x").graph, "png").startswith(b"\x89PNG")


def test_several_drawings_come_back_one_by_one() -> None:
    texts = ["one", "<?xml two", "three"]
    together = render_all(graph(text).graph for text in texts)
    assert together == [render(graph(text).graph) for text in texts]


def test_without_a_renderer_the_error_names_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(renderers.sys, "executable", str(tmp_path) + "/python")  # type: ignore[attr-defined]
    monkeypatch.setattr(renderers.shutil, "which", lambda name: None)  # type: ignore[attr-defined]
    with pytest.raises(NoRenderer, match="pip install graphviz-pure"):
        renderers.renderer()
