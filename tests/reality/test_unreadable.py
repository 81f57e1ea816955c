"""The one error of reading."""

from sandbox.reality.unreadable import LONGEST_YAML, Unreadable


def test_it_is_a_value_error_with_words():
    assert str(Unreadable("it is empty")) == "it is empty"
    assert LONGEST_YAML < 1 << 20
