"""The stepper: one JSON document (view.py) and the front end that shows it (stepper.js, stepper.css), in the app and in exports.

No build step, no framework, no streamlit.  dom.js is for every script of ours; `script` puts it before one, together with
the tables of ours that the script reads.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.core.text import hidden_in_javascript
from sandbox.core.wire import compact
from sandbox.views.diagram.slim import ALLOWED
from sandbox.views.stepper.view import document

__all__ = ["CSS", "JS", "document", "script"]

JS = Path(__file__).with_name("stepper.js")
CSS = Path(__file__).with_name("stepper.css")
DOM = Path(__file__).with_name("dom.js")


def script(file: Path = JS) -> str:
    """The text of one of our scripts, the stepper's or another, after the tables and the helpers in dom.js that it uses."""
    tables = f"const HIDDEN = /{hidden_in_javascript()}/gu;\n"
    if file == JS:
        tables += f"const SVG_ALLOWED = {compact(ALLOWED)};\n"
    return f"{tables}{DOM.read_text(encoding='utf-8')}\n{file.read_text(encoding='utf-8')}"
