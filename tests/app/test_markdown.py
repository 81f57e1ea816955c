"""Markdown: what has a meaning there is escaped."""

from __future__ import annotations

import pytest

from sandbox.app.markdown import md


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A single-page app, ours: it's new", "A single-page app, ours: it's new"),
        ("*a* _b_ `c` $d$ ~e~", r"\*a\* \_b\_ \`c\` \$d\$ \~e\~"),
        (":red[x] :smile: -> -- a- -b", r"\:red\[x\] \:smile: \-\> \-\- a\- \-b"),
        ("![](//evil.example/x) <b> &amp;", r"\!\[\]\(\/\/evil\.example\/x\) \<b\> \&amp;"),
    ],
)
def test_markdown_is_escaped_where_it_means_something(text: str, shown: str) -> None:
    assert md(text) == shown
