"""Files that are no text are named for what they are."""

from __future__ import annotations

import io
import zipfile

import pytest

from sandbox.language.loader import loads
from sandbox.language.source import MAX_BYTES, ScenarioError


def packed(name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "what", "cure"),
    [
        (packed("story.yaml"), "a zip", "unpack it"),
        (packed("word/document.xml"), "a Word document", "plain text in UTF-8"),
        (packed("word/document.xml", b"x" * MAX_BYTES), "a Word document", "plain text in UTF-8"),
        (packed("xl/workbook.xml"), "an Excel workbook", "plain text in UTF-8"),
        (packed("mimetype", b"application/vnd.oasis.opendocument.text"), "an OpenDocument file", "plain text in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel document", "plain text in UTF-8"),
        (b"{\\rtf1\\ansi}", "an RTF document", "plain text in UTF-8"),
        (b"%PDF-1.7", "a PDF", "plain text"),
        ("title: T".encode("utf-16"), "text in UTF-16", "save it as UTF-8"),
        ("title: T".encode("utf-16-le"), "text in UTF-16", "save it as UTF-8"),
        ("title: T".encode("utf-16-be"), "text in UTF-16", "save it as UTF-8"),
        (b"\x1f\x8b\x08", "packed with gzip", "unpack it"),
        (b"\x89PNG\r\n", "a picture", "shown on it"),
        (b"\n<!DOCTYPE html><html>", "a page of HTML", "Raw"),
    ],
    ids=["zip", "docx", "large docx", "xlsx", "odt", "doc", "rtf", "pdf", "utf-16", "utf-16-le", "utf-16-be", "gzip", "png", "html"],
)
def test_a_file_that_is_no_text_is_named(raw: bytes, what: str, cure: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(raw, "story.yaml")
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (1, 1)
    assert problem.message == f"this is {what}, and not YAML"
    assert cure in problem.cure
