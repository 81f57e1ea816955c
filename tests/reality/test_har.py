"""HARs of all writers, whole and broken."""

import io
import json

import pytest

from sandbox.reality import har
from sandbox.reality.har import Source
from sandbox.reality.unreadable import Unreadable
from tests.support.reality import entry
from tests.support.reality import har as written

ONE = entry("GET", "https://a.example/")


def entries(raw):
    source = Source()
    return list(har.raw_entries(io.BytesIO(raw), source)), source


def test_a_recording_is_read_entry_by_entry_and_says_who_wrote_it():
    found, source = entries(written(ONE, ONE))
    assert len(found) == source.entries == 2
    assert source.creator == "Test 1"


def test_a_byte_order_mark_is_no_hindrance():
    assert len(entries(b"\xef\xbb\xbf" + written(ONE))[0]) == 1
    assert har.looks_like(b"\xef\xbb\xbf" + written(ONE))


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes():
    whole = written(*[ONE] * 50)
    found, source = entries(whole[: len(whole) // 2])
    assert 10 < len(found) < 50
    assert source.truncated


@pytest.mark.parametrize(
    "raw",
    [b'{"log": {"entries": []}}', b'{"log": {', b'{"log": {"entries": [ nonsense secret-word-7', b'{"log": {"entries": {"a": 1}}}'],
    ids=["empty", "open", "nonsense", "object"],
)
def test_what_has_no_entry_is_refused_in_words_of_our_own(raw):
    with pytest.raises(Unreadable) as error:
        entries(raw)
    assert "secret-word" not in str(error.value)


def test_progress_reaches_the_end():
    told = []
    list(har.raw_entries(io.BytesIO(written(*[ONE] * 900)), Source(), lambda done, total: told.append((done, total))))
    assert told[-1][0] == told[-1][1]
    assert len(told) > 2


@pytest.mark.parametrize(
    "change",
    [
        {"request": None},
        {"response": 7},
        {"request": {"headers": [1, {"name": 2}, {"name": "a"}]}},
        {"response": {"content": {"text": 5}, "status": "x"}},
        {},
    ],
)
def test_an_entry_of_any_shape_is_cut_down(change):
    kept = har.trimmed({**ONE, **change} if change else {}, Source())
    assert kept["request"]["method"] == "GET"
    assert json.dumps(kept)


def test_bodies_of_scripts_and_pictures_are_left_out_and_what_they_store_is_told():
    script = entry(
        "GET", "https://a.example/a.js", mime="application/javascript", body="localStorage.setItem('token', t); /* oidc-client-ts */"
    )
    kept = har.trimmed(script, Source())
    assert kept["response"]["text"] == ""
    assert kept["_hints"] == ["localStorage.setItem", "library oidc-client-ts"]


def test_base64_bodies_and_missing_ones():
    packed = entry("GET", "https://a.example/")
    packed["response"]["content"] = {"mimeType": "application/json", "encoding": "base64", "text": "eyJhIjogMX0="}
    assert har.trimmed(packed, Source())["response"]["text"] == '{"a": 1}'
    packed["response"]["content"] = {"mimeType": "application/json", "size": 99}
    assert har.trimmed(packed, Source())["_missing"]


def test_form_fields_that_were_taken_apart_are_read():
    posted = entry("POST", "https://a.example/")
    posted["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "1"}]}
    assert har.trimmed(posted, Source())["request"]["postData"]["params"] == [{"name": "a", "value": "1"}]
