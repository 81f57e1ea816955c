"""Texts that want to be more than text, for the tests of everything that shows text."""

from __future__ import annotations

from typing import Any

BAD = (
    "</script><script>window.pwned=1</script><!--<script>",
    '"><img src=//evil.example/a onerror=window.pwned=2>',
    "![x](https://evil.example/b.png)",
    "<svg onload=window.pwned=3><a href=javascript:window.pwned=4>x</a>",
    "\u202eabc\u2066def\u200f",
    "\x00\x07\x1b[31m\x7f",
    "{{constructor.constructor('window.pwned=5')()}}",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/c>",
    "\ud800 lone",
    "&lt;b&gt; \\N \\G \\ %s ${1} `x`",
    "]]>",
    "\u2028\u2029",
    "a" * 3000,
)
SVG = """<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "EXPANDED">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 800 80" onload="window.pwned=10"><script>window.pwned=11</script><style>@import url(//evil.example/d);*{fill:red}</style>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="//evil.example/e" onerror="window.pwned=12"/><iframe src="javascript:window.pwned=13"/></body></foreignObject>
<image href="https://evil.example/f.png" width="9" height="9"/><use href="https://evil.example/g.svg#a"/><a xlink:href="javascript:window.pwned=14"><text x="1" y="20">link</text></a>
<g class="step s1" onclick="window.pwned=15" style="background:url(//evil.example/h)" fill="url(https://evil.example/i)" filter="url(//evil.example/j)"><text x="9" y="40" fill="url(//evil.example/k#x)">&x; step <tspan onmouseover="window.pwned=16">one</tspan></text></g>
<animate attributeName="href" values="javascript:window.pwned=17"/><set attributeName="onmouseover" to="window.pwned=18"/><h:script xmlns:h="http://www.w3.org/1999/xhtml">window.pwned=19</h:script></svg>"""

STRUCTURE = frozenset({"id", "n", "about", "led", "tokens", "time", "at", "right", "from", "to", "step", "kind", "tone", "differs", "ack"})


def poisoned(value: Any, key: str = "", count: list[int] | None = None) -> Any:
    """The same document with hostile texts everywhere but in its skeleton, and hostile keys where keys are free."""
    count = [0] if count is None else count
    if isinstance(value, dict):
        free = {BAD[0]: BAD[1], "__proto__": {"polluted": "yes"}} if key in ("header", "payload") else {}
        return {k: v if k in STRUCTURE and not isinstance(v, dict | list) else poisoned(v, k, count) for k, v in value.items()} | free
    if isinstance(value, list):
        if key in ("learns", "state", "checks") and value and isinstance(value[0], list):
            return [[row[0], *(poisoned(cell, "", count) for cell in row[1:])] for row in value]
        return value if key in STRUCTURE - {"tokens"} else [poisoned(v, key, count) for v in value]
    if isinstance(value, str):
        count[0] += 1
        return BAD[count[0] % len(BAD)]
    return value
