"""Our own HTML on the pages of the app: what is filled in is text."""

from __future__ import annotations

from sandbox.app.markup import block, cited, markup


def test_values_are_escaped_and_hidden_characters_spelled_out() -> None:
    assert markup("<b>{a}</b>", a="<i>\u202e & \"'") == "<b>&lt;i&gt;⟦U+202E⟧ &amp; &quot;&#x27;</b>"
    assert markup("<b>{n}</b>", n=1) == "<b>1</b>"


def test_html_of_ours_stays_and_the_braces_of_a_value_mean_nothing() -> None:
    assert markup("{a_html}{b}", a_html="<hr>", b="{a_html}") == "<hr>{a_html}"


def test_a_block_keeps_its_lines_and_its_length() -> None:
    text = "<a>\n" + "x" * 5000
    assert block(text) == "&lt;a&gt;\n" + "x" * 5000


def test_a_citation_is_a_link_and_what_is_around_it_is_text() -> None:
    address = "https://www.rfc-editor.org/rfc/rfc7636#section-4.3"
    assert cited("<b> RFC 7636 §4.3") == f'&lt;b&gt; <a href="{address}" target="_blank" rel="noopener noreferrer">RFC 7636 §4.3</a>'
