"""Texts that a careless parser takes long to read: repetitions, depths and lengths, for tests that count and benchmarks that time."""

from __future__ import annotations

from sandbox.language.source import MAX_BYTES

FILES = {
    "10 MB": "a: " + "x" * 10_000_000,
    "deep list": "[" * 100_000,
    "deep map": "{a: " * 60_000,
    "deep block": "- " * 100_000,
    "deep keys": "? " * 100_000,
    "many values": "a: [" + "1," * 100_000 + "1]",
    "many keys": "".join(f"k{i}: 1\n" for i in range(20_000)),
    "long tag": "!" * (MAX_BYTES - 1),
    "long word": "a" * (MAX_BYTES - 1),
    "long alias": "*" + "a" * (MAX_BYTES - 2),
    "the same key again and again": "a:\n" * 60_000,
    "the same quoted key again": '"a": 1\n' * 30_000,
    "long escaped tag": "!" + "%41" * 80_000,
    "flow words": "[" + "a," * 80_000,
    "block text": "a: |\n" + "  x\n" * 60_000,
    "comments": "#\n" * 120_000,
    "bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "cycle": "a: &a [*a]\n",
    "long number": "a: " + "9" * 100_000,
    "many escapes": '"' + "\\n" * 130_000 + '"',
    "surrogate": '"\\ud800"',
    "no such character": '"\\U00110000"',
    "lone surrogate": "a: \ud800",
}
PIECES = (
    "<!--",
    "<",
    "<a ",
    "<a b='",
    "</",
    "<![",
    "<![CDATA[",
    "<!",
    "&",
    "&#",
    "<script>",
    "<script",
    "<form><input>",
    "<a a=b ",
    "<?",
    "<img src=x>",
)
PAGES = {piece: piece * (200_000 // len(piece)) for piece in PIECES}
