"""Runs as one page of HTML that needs no network: the stepper for an e-mail, a static site, a USB stick."""

from __future__ import annotations

import base64
import hashlib
import html as markup
from collections.abc import Sequence
from typing import Any

from sandbox.core.text import clean
from sandbox.core.wire import compact
from sandbox.engine.result import Run
from sandbox.views.stepper import CSS, document, script

START = "\nmount(document.getElementById('stepper'), JSON.parse(document.getElementById('run').textContent));\n"
PAGE_CSS = """:root{color-scheme:light dark}
body{margin:0;padding:12px 20px;background:light-dark(#ffffff,#0e1117);color:light-dark(#1f2937,#e6e9ef)}
body>h1{font:650 19px/1.3 system-ui,sans-serif;margin:0 0 10px}
body>footer{font:12px/1.5 system-ui,sans-serif;margin:10px 0 0;color:light-dark(#4b5563,#9ca3af)}
"""


def html(runs: Sequence[Run], title: str, against: Run | None = None) -> str:
    """The whole stepper as one file.  Raises NoRenderer.

    `against` is the first run without its edits.
    """
    return page(document(runs, against=against), title)


def page(doc: dict[str, Any], title: str) -> str:
    """The offline page around a document of the stepper.  Its policy allows our script and our style, and nothing else."""
    code = script() + START
    style = PAGE_CSS + CSS.read_text(encoding="utf-8")
    allowed = f"script-src {_digest(code)}; style-src {_digest(style)}; style-src-attr 'none'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    heading = markup.escape(clean(title))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>{heading}</title>'
        f'<style>{style}</style></head>\n<body><h1>{heading}</h1><div id="stepper"></div>\n'
        f"<footer>{'<br>'.join(markup.escape(clean(stamp)) for stamp in doc['stamps'])}</footer>\n"
        f'<script type="application/json" id="run">{_in_script(doc)}</script>\n<script type="module">{code}</script></body></html>\n'
    )


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _in_script(doc: dict[str, Any]) -> str:
    """JSON that cannot end or reopen the script element: `<`, `>` and `&` never appear, and neither does anything but ASCII."""
    return compact(doc).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
