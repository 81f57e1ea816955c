"""Values with their places."""

from sandbox.reality.documents.paths import ABSENT, here, is_on, items, members, missing, number, step, words


def test_what_is_of_another_kind_is_empty():
    assert (members([1]), items({}), words(["a", 1])) == ({}, [], ["a"])


def test_places_are_written_as_json_paths():
    assert step("$.a", "b") == "$.a.b"
    assert step("$.paths", "/x") == '$.paths["/x"]'
    assert (here("$.a", ["x", "y"]).value, here("$.a", {}).value, missing("$.a").value) == ("x, y", "", ABSENT)


def test_exports_write_booleans_and_numbers_as_texts_too():
    assert [is_on(v) for v in (True, "true", "True", False, "yes", 1)] == [True, True, True, False, False, False]
    assert [number(v) for v in (5, "5", True, "5s", None, "9" * 20)] == [5, 5, None, None, None, None]
