"""The stepper: one JSON document (view.py) and the front end that shows it (stepper.js, stepper.css), in the app and in exports.

No build step, no framework, no streamlit.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.views.stepper.view import document

__all__ = ["CSS", "JS", "document"]

JS = Path(__file__).with_name("stepper.js")
CSS = Path(__file__).with_name("stepper.css")
