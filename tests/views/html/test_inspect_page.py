"""The page about a team's own login."""

import pytest

from sandbox.reality.resemblance import beside
from sandbox.views.html import inspect_page
from sandbox.views.reality import words
from tests.support.reality import OWN, SPA, WEB, document, inspected, own


def test_the_page_has_drawing_findings_answers_and_what_was_masked():
    found = own(SPA)
    page = inspect_page.html(found, beside(found.recorded, found.story))
    for part in (
        'data-run="yours"',
        'data-run="both"',
        "The code is sent to a third party",
        "What it means for",
        "access_token#1 (JWT",
        '<a href="#your-step-25">step 25</a>',
    ):
        assert part in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_what_differs_from_before():
    page = inspect_page.html(own(SPA), None, own(WEB))
    assert f"What differs from {WEB}" in page
    assert "no longer seen: No code_challenge" in page
    assert words.SAME in inspect_page.html(own(SPA), None, own(SPA))
    assert "What differs" not in inspect_page.html(own(SPA))


def test_a_document_has_no_drawing_and_no_script():
    page = inspect_page.html(inspected(OWN / "key-set.json"))
    assert "<script" not in page
    assert "demonstration key" in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eevil"])
def test_text_from_a_file_is_text(text):
    page = inspect_page.html(
        document({"issuer": text, "token_endpoint": "https://a.example", "response_types_supported": [f"token {text}"]})
    )
    assert text not in page
