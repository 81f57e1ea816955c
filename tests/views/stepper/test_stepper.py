"""The files of the stepper's front end, as pages and exports get them."""

from __future__ import annotations

from sandbox.views.stepper import CSS, DOM, JS, script


def test_a_script_comes_after_the_helpers_that_it_uses() -> None:
    text = script()
    assert text.startswith("const HIDDEN = ")
    assert text.endswith(f"{DOM.read_text(encoding='utf-8')}\n{JS.read_text(encoding='utf-8')}")
    assert script(DOM).count(DOM.read_text(encoding="utf-8")) == 2


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "@import" not in CSS.read_text(encoding="utf-8")
    assert "url(" not in CSS.read_text(encoding="utf-8")
