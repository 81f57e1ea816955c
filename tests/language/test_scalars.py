"""What unquoted text stands for in YAML 1.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.text import spelled
from sandbox.language.reading import read
from sandbox.language.scalars import in_quotes, plain
from sandbox.language.source import decode


def test_on_and_off_are_text_and_numbers_are_numbers():
    assert [plain(t) for t in ("on", "yes", "012", "1:30", "0x1f", "0o17", "1.5", "~", "True")] == [
        "on",
        "yes",
        12,
        "1:30",
        31,
        15,
        1.5,
        None,
        True,
    ]


@pytest.mark.parametrize("text", ["9" * 19, "1e999", ".inf", "-.INF", ".nan"])
def test_a_number_that_json_cannot_carry_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        plain(text)


@pytest.mark.slow
@given(st.text(max_size=20).filter(lambda text: spelled(text) == text and "\t" not in text))
def test_what_is_written_is_read_again(text):
    assert read(decode(f"a: {in_quotes(text)}\n", "f.yaml"))[0].value == {"a": text}
