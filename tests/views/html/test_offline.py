"""The stepper as one page of HTML."""

from __future__ import annotations

import json

from sandbox.views.html.offline import html, page
from sandbox.views.stepper import document
from tests.support import sample_runs as samples
from tests.support.hostile import BAD, poisoned


def test_the_page_needs_no_network_and_allows_nothing_else() -> None:
    text = html([samples.blocked()], "A <b>title</b>")
    assert "default-src 'none'" in text
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in text
    assert "http-equiv" in text
    assert not any(word in text.split('id="run">')[0] for word in ("http://", "https://", "src=", "@import"))


def test_data_cannot_leave_its_script_element() -> None:
    doc = poisoned(document([samples.blocked()]))
    data = page(doc, BAD[0]).split('id="run">')[1].split("</script>")[0]
    assert "<" not in data
    assert data.isascii()
    assert json.loads(data) == json.loads(json.dumps(doc))
