"""Files that are handed in: what is taken, what is refused, and in which words; files in a link."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib

import pytest

from sandbox.workshop import archive
from sandbox.workshop.archive import BadPack, pack, take, unpack, zipped
from tests.support.dice import dice


def packed(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, raw in files:
            z.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)  # a bare name would get the date of today
    return out.getvalue()


def refused(*given: tuple[str, bytes]) -> list[str]:
    return [r.message for r in take(given).refused]


def test_files_are_taken_in_order_and_a_zip_is_opened() -> None:
    taken = take([("b.yaml", b"b"), ("all.zip", packed(("x/a.yaml", b"a"), ("x/c.yml", b"c"))), ("d.yml", b"d")])
    assert taken.files == {"b.yaml": b"b", "a.yaml": b"a", "c.yml": b"c", "d.yml": b"d"}
    assert taken.refused == ()


def test_two_of_one_name_are_both_kept() -> None:
    assert list(take([("all.zip", packed(("x/a.yaml", b"1"), ("y/a.yaml", b"2")))]).files) == ["a.yaml", "a-2.yaml"]


def test_what_other_systems_leave_in_a_zip_is_left_out() -> None:
    raw = packed(
        ("__MACOSX/x/._a.yaml", b"?"), (".git/config.yaml", b"?"), ("x/.hidden.yaml", b"?"), ("x/notes.txt", b"?"), ("x/a.yaml", b"a")
    )
    assert take([("all.zip", raw)]).files == {"a.yaml": b"a"}


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    assert refused(("bomb.zip", packed(("a.yaml", b"a" * 200_000)))) == ["it is packed more than 200 times smaller than it is: a zip bomb"]


def test_a_file_that_is_larger_inside_than_it_may_be_is_refused() -> None:
    noise = base64.b64encode(dice("noise").randbytes(300_000))
    assert refused(("all.zip", packed(("a.yaml", noise)))) == ["the file is larger than 256 KiB"]


def test_a_zip_that_lies_about_a_size_is_refused() -> None:
    raw = packed(("a.yaml", b"title: x\n" * 40))
    lying = raw.replace((360).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert lying != raw
    assert refused(("all.zip", lying)) == ["the zip cannot be read"]


@pytest.mark.parametrize("name", ["../a.yaml", "/etc/a.yaml", "x/../../a.yaml", "C:\\a.yaml", "..\\a.yaml"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    assert refused(("all.zip", packed((name, b"a")))) == ["its name leads out of the zip"]


BROKEN = {
    "empty": (b"", "the file is empty"),
    "its first bytes": (b"PK\x03\x04", "the zip is cut off: its end is missing"),
    "a text": (b"not a zip", "the zip cannot be read"),
    "cut off": (packed(("a.yaml", b"a"))[:40], "the zip is cut off: its end is missing"),
}


@pytest.mark.parametrize(("raw", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_zip_is_said_to_be(raw: bytes, said: str) -> None:
    assert refused(("all.zip", raw)) == [said]


def test_limits_of_count_size_and_kind() -> None:
    assert refused(*((f"{i}.yaml", b"a") for i in range(archive.MAX_FILES + 1))) == ["there are more than 60 files"]
    assert refused(("big.yaml", b"a" * 300_000)) == ["the file is larger than 256 KiB"]
    assert len(refused(*((f"{i}.yaml", b"a" * 250_000) for i in range(20)))) == 4
    assert refused(("a.exe", b"MZ")) == ["this is no YAML file"]
    assert refused(("a.docx", packed(("word/document.xml", b"")))) == ["this is a Word document, and not YAML"]
    assert refused(("all.zip", b"x" * (archive.MAX_ZIP + 1))) == ["the zip is larger than 1 MiB"]
    assert refused(("all.zip", packed(*((f"{i}.txt", b"") for i in range(501))))) == ["the zip has more than 500 entries"]
    assert refused(("all.zip", packed(("a.txt", b"")))) == ["there is no YAML file in this zip"]


def test_an_encrypted_zip_is_refused() -> None:
    raw = bytearray(packed(("a.yaml", b"a")))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert refused(("all.zip", bytes(raw))) == ["it is encrypted"]


def test_a_zip_of_ours_is_the_same_each_time_and_can_be_taken() -> None:
    assert zipped([("a.yaml", b"a")]) == zipped([("a.yaml", b"a")])
    assert take([("all.zip", zipped([("a.yaml", b"a")]))]).files == {"a.yaml": b"a"}


def test_files_travel_in_a_link() -> None:
    files = {"a.yaml": "title: é\n", "b.yaml": "x"}
    assert unpack(pack(files)) == files
    assert pack({}) == ""
    assert pack({"a.yaml": "".join(chr(33 + i * i % 90) for i in range(100_000))}) == "" or len(pack(files)) < archive.MAX_LINK


@pytest.mark.parametrize(
    "word",
    [
        "x",
        "!!!!",
        "A" * 7000,
        base64.urlsafe_b64encode(zlib.compress(b"a" * 9_000_000)).decode()[:6000],
        *(
            base64.urlsafe_b64encode(zlib.compress(json.dumps(v).encode())).decode()
            for v in (1, [], [1], [[1, 2]], {"a": 1}, [["a", "b"]] * 0)
        ),
    ],
)
def test_a_damaged_link_is_said_to_be(word: str) -> None:
    with pytest.raises(BadPack):
        unpack(word)


def test_half_characters_and_paths_in_a_link_do_no_harm() -> None:
    raw = json.dumps([["../\ud800.yaml", "\ud800"]]).encode()
    assert unpack(base64.urlsafe_b64encode(zlib.compress(raw)).decode()) == {"?.yaml": "?"}


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_zip_that_was_cut_is_said_to_be_incomplete(part):
    whole = zipped([("a.yaml", b"title: x\n" * 500), ("b.yaml", bytes(range(256)))])
    (said,) = refused(("a.zip", whole[: int(len(whole) * part)]))
    assert said == "the zip is cut off: its end is missing"
