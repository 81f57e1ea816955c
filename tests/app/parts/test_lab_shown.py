"""A token as HTML: numbered parts, its form, both readers, its dates; text from strangers stays text."""

from __future__ import annotations

import json

import pytest

from sandbox.app.parts import lab_shown
from sandbox.core.clock import START
from sandbox.protocol.tokens import packed
from sandbox.studies.token_lab import read
from tests.studies.token_lab.test_forms import EXAMPLES, JWE, JWT
from tests.support.hostile import BAD


def test_the_parts_have_the_numbers_of_their_boxes() -> None:
    html = lab_shown.coloured(read(JWT))
    for n, name in enumerate(("header", "claims", "signature"), 1):
        assert lab_shown.label(name).startswith(f"{n} ")
        assert f'<span class="p{n}"><b>{lab_shown.label(name)}</b>' in html
    assert "3 Signature" in lab_shown.signature(read(JWT))


def test_a_long_part_is_clipped_and_counted() -> None:
    html = lab_shown.coloured(read(f"{packed({'alg': 'none'})}.{packed({'sub': 'x' * 3000})}."))
    assert len(html) < 1500
    assert "characters)" in html
    assert "(empty)" in html


def test_what_has_no_three_parts_is_not_coloured() -> None:
    assert [lab_shown.coloured(read(text)) for text in (JWE, "opaque", '{"sub": "alice"}')] == ["", "", ""]


@pytest.mark.parametrize("form", EXAMPLES)
def test_each_form_is_named_in_a_sentence_with_its_source(form: str) -> None:
    reading = read(EXAMPLES[form])
    assert reading.form is not None
    html = lab_shown.form(reading)
    assert reading.form.name in html
    assert f"<small>{reading.form.ref}</small>" in html


def test_only_parts_without_a_box_or_with_a_fault_stand_below() -> None:
    assert 'class="part"' not in lab_shown.readers(read(JWT))
    assert "disclosure 1" in lab_shown.readers(read(EXAMPLES["sd-jwt"]))
    assert "claims inside" in lab_shown.readers(read(EXAMPLES["nested"]))
    assert "not base64url" in lab_shown.readers(read(f"{packed({})}.e30=."))


def test_both_readers_have_their_word() -> None:
    assert "A strict reader</b> reads it." in lab_shown.readers(read(JWT))
    assert "reads the claims." in lab_shown.readers(read(EXAMPLES["claims"]))
    assert "nothing else without the key" in lab_shown.readers(read(JWE))
    assert "cannot read it either" in lab_shown.readers(read("a.b.c"))


def test_dates_are_said_from_the_clock_that_is_given() -> None:
    token = f"{packed({'alg': 'none'})}.{packed({'iat': START, 'exp': START + 300})}."
    html = lab_shown.dates(read(token), START + 60)
    assert "Expires in 4 minutes" in html
    assert "Issued 1 minute ago" in html
    assert "It lives for 5 minutes." in html
    assert "by the clock of this world: 2027-01-15 08:01:00 UTC" in html
    assert lab_shown.dates(read(JWT), START) == ""


def test_a_date_that_is_none_is_marked() -> None:
    html = lab_shown.dates(read(json.dumps({"sub": "a", "exp": str(START)})), START)
    assert '<tr class="fault">' in html
    assert "exp is text, not a number" in html


@pytest.mark.parametrize("text", BAD)
def test_hostile_text_stays_text(text: str) -> None:
    text = text[:2000].encode("utf-8", "replace").decode()
    for token in (f"{packed({'alg': text})}.{packed({'exp': text})}.{text}", json.dumps({"exp": text}), text):
        reading = read(token)
        html = lab_shown.coloured(reading) + lab_shown.form(reading) + lab_shown.readers(reading) + lab_shown.signature(reading)
        html += lab_shown.dates(reading, START)
        assert not any(bad in html for bad in ("<img", "<svg", "<script", "<link", "\u202e"))
