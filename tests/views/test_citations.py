"""Where a cited section can be read, and that everything the tables cite can be."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.fields import FIELDS
from sandbox.protocol.switches import SWITCHES
from sandbox.views.citations import pieces

RFC, OIDC = "https://www.rfc-editor.org/rfc/rfc", "https://openid.net/specs/openid-connect-"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("RFC 7636 §4.3", f"{RFC}7636#section-4.3"),
        ("RFC 9700", f"{RFC}9700"),
        ("RFC 7636 appendix B", f"{RFC}7636#appendix-B"),
        ("OIDC Core §3.1.2.1", f"{OIDC}core-1_0.html#rfc.section.3.1.2.1"),
        ("OIDC Back-Channel Logout §2.4", f"{OIDC}backchannel-1_0.html#rfc.section.2.4"),
        ("OIDC RP-Initiated Logout §3", f"{OIDC}rpinitiated-1_0.html#rfc.section.3"),
        ("draft-ietf-oauth-v2-1 §4.1", "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1#section-4.1"),
    ],
)
def test_a_citation_leads_to_its_section(text, address):
    assert pieces(text) == [(text, address)]


def test_the_words_between_citations_lead_nowhere():
    text = "in a response RFC 9207 §2.4; else RFC 8725 §3.8."
    shown = pieces(text)
    assert "".join(said for said, _ in shown) == text
    assert [said for said, address in shown if address] == ["RFC 9207 §2.4", "RFC 8725 §3.8"]
    assert pieces("") == []


def test_a_name_that_only_looks_like_one_is_text():
    assert pieces("RFC 1234567 and OIDC Nothing §1") == [("RFC 1234567 and OIDC Nothing §1", "")]


def test_everything_that_tables_and_scenarios_cite_can_be_read():
    tables = [*(f.ref for f in FIELDS.values()), *(c.ref for c in CHECKS.values()), *(s.ref for s in SWITCHES.values())]
    scenarios = [ref for id in library.ids() for ref in library.get(id).refs]
    for cited in (*tables, *scenarios):
        left = [said for said, address in pieces(cited) if not address]
        assert not any("§" in said or "RFC" in said or "OIDC" in said for said in left), cited
