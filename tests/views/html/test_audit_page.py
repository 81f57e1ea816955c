"""The report of an audit as one page."""

from __future__ import annotations

import pytest
from markupsafe import escape

from sandbox.studies import questions
from sandbox.views.audit.markdown import markdown
from sandbox.views.html import audit_page
from tests.support.studied import ANSWERS, answered

pytestmark = pytest.mark.slow


def test_the_page_has_every_attack_and_every_question():
    text = audit_page.html(answered(), ANSWERS)
    for f in answered().findings:
        assert f.attack in text
    for question in questions.asked(ANSWERS):
        assert escape(question.asks) in text


def test_links_lead_into_the_app_only_by_http():
    assert "http://192.0.2.7:8501/play?scenario=" in audit_page.html(answered(), ANSWERS, "http://192.0.2.7:8501")
    assert "javascript" not in audit_page.html(answered(), ANSWERS, "javascript:alert(1)//")
    assert "javascript" not in markdown(answered(), ANSWERS, "javascript:alert(1)//")


def test_name_date_and_incidents_are_on_the_page():
    text = audit_page.html(answered(), ANSWERS, name="Shop <script>", date="2026-11-28")
    assert "Shop &lt;script&gt;, 2026-11-28" in text
    assert "Source: " in text
    assert "team" in text
    assert "Shop" not in audit_page.html(answered(), ANSWERS)
