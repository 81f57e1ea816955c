"""Characters that nobody sees, and those that hide others: spelled out wherever a stranger's text is shown.

Control characters, bidirectional overrides, zero-width marks, halves of surrogate pairs.  Scenario files may not have them at all:
see `marked.py`.  The stepper does the same in `stepper.js`.
"""

from __future__ import annotations

import re

HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)


def spelled(text: object) -> str:
    """The text with each of them as ⟦U+202E⟧; tabs and line feeds stay."""
    return HIDDEN.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", str(text))
