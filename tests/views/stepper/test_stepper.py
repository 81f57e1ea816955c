"""The files of the stepper's front end, as pages and exports get them."""

from __future__ import annotations

from sandbox.views.stepper import DOM, JS, PARTS, SHEETS, script, style


def test_a_script_comes_after_the_helpers_that_it_uses() -> None:
    text = script()
    assert text.startswith("const HIDDEN = ")
    parts = (DOM, *PARTS, JS)
    assert text.endswith("\n".join(part.read_text(encoding="utf-8") for part in parts))
    assert script(DOM).count(DOM.read_text(encoding="utf-8")) == 2


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert all(sheet.read_text(encoding="utf-8") in style() for sheet in SHEETS)
    assert "@import" not in style()
    assert "url(" not in style()
