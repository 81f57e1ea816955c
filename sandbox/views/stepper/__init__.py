"""The stepper: one JSON document (view.py) and the front end that shows it (stepper.js and its parts), in the app and in exports.

No build step, no framework, no streamlit.  dom.js is for every script of ours; `script` puts it before one, together with
the table of ours that the scripts read.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.core.text import hidden_in_javascript
from sandbox.views.stepper.closed import closed
from sandbox.views.stepper.view import document

__all__ = ["JS", "closed", "document", "script", "style"]

HERE = Path(__file__).parent
JS, DOM = HERE / "stepper.js", HERE / "dom.js"
PARTS = tuple(HERE / f"{name}.js" for name in ("words", "board", "panels", "questions", "room", "film", "keys", "link"))  # before it
SHEETS = (HERE / "stepper.css", HERE / "board.css", HERE / "panels.css")


def script(file: Path = JS) -> str:
    """The text of one of our scripts, the stepper's or another, after the table and the helpers in dom.js that it uses."""
    before = (DOM, *PARTS) if file == JS else (DOM,)
    return f"const HIDDEN = /{hidden_in_javascript()}/gu;\n" + "\n".join(part.read_text(encoding="utf-8") for part in (*before, file))


def style() -> str:
    """The stepper's sheet: layout, diagram, and what one moment shows."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
