"""Text from strangers: nothing hidden stays hidden, nothing long stays long, and Markdown shows what was written."""

from __future__ import annotations

import html
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sandbox.core.text import HIDDEN, JOINERS, SELECTORS, UNSEEN, Range, clean, cut, md, nearest, quoted, short, spelled
from sandbox.language.source import ScenarioError, decode
from sandbox.views.stepper import script
from tests.support.needs import need


def points(ranges: tuple[Range, ...]) -> list[int]:
    return [point for first, last in ranges for point in range(first, last + 1)]


# ---------------------------------------------------------------- hidden characters

SEEN_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
"""Signs around or below other signs, which have a shape: of numbers in Arabic and Kaithi, of Syriac, of hieroglyphs."""

NEEDED = {
    "Persian": "می\u200cخواهم",
    "Hindi": "क्\u200dष",
    "Mongolian": "ᠨ\u180bᠢ",
    "a family": "👩\u200d👩\u200d👧",
    "a heart on fire": "❤\ufe0f\u200d🔥",
    "a trade mark": "™\ufe0e ©\ufe0f",
    "accents of their own": "e\u0301",
    "right to left": "שלום مرحبا",
}


@pytest.mark.slow
def test_nothing_that_takes_no_room_is_left_out():
    """By Python's own Unicode data: controls, formats, separators and surrogates."""
    left_out = [
        f"U+{point:04X}"
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and chr(point) not in "\t\n" and point not in SEEN_FORMATS
        if not HIDDEN.fullmatch(chr(point))
    ]
    assert left_out == [], "put it into UNSEEN of core/text.py, or say here why it is seen"


def test_what_can_be_seen_is_not_in_the_table():
    seen = ("L", "N", "P", "S", "Z", "M")
    shapeless = {0x34F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0x2028, 0x2029, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
    wrong = [f"U+{p:04X}" for p in points(UNSEEN) if unicodedata.category(chr(p)).startswith(seen) and p not in shapeless]
    assert wrong == []
    assert not set(points(UNSEEN)) & set(points((*JOINERS, *SELECTORS)))


@pytest.mark.parametrize("text", NEEDED.values(), ids=NEEDED)
def test_what_a_script_needs_stays(text):
    assert spelled(text) == text
    assert decode(f"title: {text}", "f.yaml").text.endswith(text)


@pytest.mark.parametrize("point", points((*JOINERS, *SELECTORS)), ids=lambda p: f"U+{p:04X}")
@pytest.mark.parametrize("before", ["", "a", "7", "/", "é", "я", "א", " ", "\u200d", "😀\ufe0f\ufe0f", "a\ufe0f"])
def test_a_mark_that_changes_nothing_is_spelled_out(before, point):
    assert spelled(f"{before}{chr(point)}b").endswith(f"⟦U+{point:04X}⟧b")


def test_hidden_characters_are_spelled_out_and_lines_stay():
    assert spelled("a\u202eb\x00c\nd\te\ud800\U000e0041") == "a⟦U+202E⟧b⟦U+0000⟧c\nd\te⟦U+D800⟧⟦U+E0041⟧"


@pytest.mark.slow
def test_what_is_spelled_out_is_refused_in_a_file_and_nothing_else():
    for point in {*points((*UNSEEN, *JOINERS, *SELECTORS)), *range(0x20, 0x7F), 0x9, 0xA0, 0xE9, 0x644, 0x1F600}:
        for before in ("a", "م", "😀"):
            text = f"title: {before}{chr(point)}x"
            try:
                decode(text, "f.yaml")
                refused = False
            except ScenarioError as error:
                refused = f"U+{point:04X}" in str(error) or "not UTF-8" in str(error)  # as half of a pair is not
            assert refused == (spelled(text) != text), f"U+{point:04X} behind {before}"


@pytest.mark.parametrize(
    ("text", "loads"), [("a: 1\r\nb: 2\r\n", True), ("a: 1\rb: 2", False), ("\ufeffa: 1", True), ("a: \ufeff1", False)]
)
def test_ends_of_lines_and_the_mark_at_the_beginning_of_a_file_are_no_text(text, loads):
    if loads:
        decode(text, "f.yaml")
    else:
        with pytest.raises(ScenarioError, match="invisible character"):
            decode(text, "f.yaml")


@pytest.mark.slow
def test_the_scripts_spell_out_the_same(tmp_path: Path):
    need("node")
    told = tmp_path / "told.js"
    told.write_text("process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(visible)));")
    program = tmp_path / "program.cjs"
    program.write_text("class Node {}\n" + script(told), encoding="utf-8")
    some = [*range(0x10000), *range(0x1BC00, 0x1BD00), *range(0x1D100, 0x1D200), *range(0x1F000, 0x1FB00), *range(0xDFF00, 0xE1100)]
    samples = [
        " ".join(f"{before}{chr(point)}" for point in some[at : at + 512])
        for before in ("", "a", "م", "😀", "❤\ufe0f")
        for at in range(0, len(some), 512)
    ]
    done = subprocess.run(["node", str(program)], input=json.dumps(samples), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [spelled(sample) for sample in samples]


# ---------------------------------------------------------------- shortened


@given(st.text(max_size=80), st.integers(1, 90))
def test_what_is_cut_fits_and_says_so(text, limit):
    found = cut(text, limit)
    assert len(found) <= limit
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


@pytest.mark.slow
@given(st.text(max_size=60), st.integers(1, 70))
def test_clean_text_is_one_line_without_anything_hidden(text, limit):
    assert len(clean(text, limit)) <= limit
    whole = clean(text, None)
    assert not HIDDEN.search(whole)
    assert not {"\n", "\t"} & set(whole)
    assert clean(text, limit) == cut(whole, limit)


def test_a_hidden_character_counts_as_long_as_it_is_written():
    assert len(clean("\u202e" * 1000, 50)) == 50
    assert clean("a\tb\nc") == "a b c"


def test_words_in_messages():
    assert short("a  b\n c") == "a b c"
    assert short("x" * 50) == "x" * 40 + "..."
    assert short("a\u202eb") == "a⟦U+202E⟧b"
    assert quoted("it's") == '"it\'s"'
    assert quoted("x" * 99) == repr("x" * 60 + "…")
    assert nearest("oauth-bpc", ["oauth-bcp", "naive-jwt"]) == "; did you mean 'oauth-bcp'?"
    assert nearest("x" * 99, ["x" * 98]) == ""


# ---------------------------------------------------------------- escaped

MARKS = st.text(st.sampled_from("ab12. )(-_*`[]<>|#$~&@+=:!\\\"'/;{}^%?,wé\n\t\x00"), max_size=12)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "A single-page app, ours: it's new. as.min_claims (RFC 9068 §4)",
            "A single-page app, ours: it's new. as.min_claims (RFC 9068 §4)",
        ),
        ("*a* _b_ `c` $d$ ~e~", r"\*a\* \_b\_ \`c\` \$d\$ \~e\~"),
        (":red[x] :smile: -> -- a- -b", r"\:red\[x\] \:smile: \-\> \-\- a\- \-b"),
        ("![](//evil.example/x) <b> &amp;", r"!\[\](//evil.example/x) \<b\> \&amp;"),
        ("12) x", r"12\) x"),
        ("https://www.evil.example @me #1", r"https\://www\.evil.example \@me \#1"),
    ],
)
def test_markdown_is_escaped_where_it_means_something(text, written):
    assert md(text) == written


@given(MARKS)
def test_markdown_shows_what_was_written(text):
    plain = html.escape(" ".join(clean(text, None).split()), quote=False)

    def rendered(markdown: str) -> str:
        return " ".join(MARKDOWN.render(markdown).replace("&quot;", '"').split())

    assert rendered(md(text)) == (f"<p>{plain}</p>" if plain else "")
    assert rendered(f"- {md(text)}") == f"<ul> <li>{plain}</li> </ul>"
    assert rendered(f"| a | b |\n|---|---|\n| {md(text)} | c |").count("<td>") == 2


@pytest.mark.slow
@given(MARKS)
def test_streamlit_sees_no_formula_and_no_directive(text):
    written = md(text)
    for mark in "$:":
        at = [i for i, char in enumerate(written) if char == mark]
        assert all(written[i - 1 : i] == "\\" or (mark == ":" and written[i + 1 : i + 2] in ("", " ")) for i in at)
