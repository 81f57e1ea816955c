"""Files without their secrets, which say the same as before."""

import io
import json

import pytest

from sandbox.reality.inspection import inspect
from sandbox.reality.masked_file import masked
from sandbox.reality.unreadable import Unreadable
from tests.support.reality import FAILED, IMPLICIT, NAIVE, OWN, SPA, WEB, ids, own, ticked


def text(raw):
    return "".join(masked(io.BytesIO(raw)).pieces)


@pytest.mark.parametrize("name", [SPA, NAIVE, IMPLICIT, WEB, FAILED])
def test_a_masked_recording_shows_what_the_recording_shows(name):
    out = text((OWN / name).read_bytes())
    assert json.loads(out)["log"]["version"] == "1.2"
    again = inspect([(name, io.BytesIO(out.encode()))])
    lost = ids(own(name)) - ids(again)
    assert lost <= {"verifier_mismatch", "pkce_enforced"}, lost  # a masked verifier cannot be computed with
    assert ticked(again) == ticked(own(name))


def test_other_files_keep_their_form():
    assert json.loads(text(b'{"client_secret": "s3cr3t-Abc", "issuer": "https://a.example"}')) == {
        "client_secret": "client_secret#1",
        "issuer": "https://a.example",
    }
    assert text(b"spring:\n  password: s3cr3t-Abc\n") == "spring:\n  password: password#1\n"
    assert text(b"token=abcDEF123456\n") == "token=token%231\n"
    assert text((OWN / "id-token.txt").read_bytes()).startswith("Bearer eyJ")


def test_a_summary_counts_by_kind():
    result = masked(io.BytesIO(b'{"password": "abc-DEF-1", "email": "a@b.example"}'))
    assert result.summary == "masked 2 values: 1 × password, 1 × email"
    assert masked(io.BytesIO(b"hello")).summary == "nothing to mask was found"


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\x00\x01"], ids=["utf-16", "binary"])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(Unreadable):
        masked(io.BytesIO(raw))
