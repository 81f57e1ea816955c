"""Files that are no text: what each one is, told by its first bytes, and the cure."""

from __future__ import annotations

AS_TEXT = "save it as plain text in UTF-8, with a name that ends in .yaml"
OFFICE = {
    b"word/": "a Word document",
    b"xl/": "an Excel workbook",
    b"ppt/": "a PowerPoint presentation",
    b"application/vnd.oasis.opendocument": "an OpenDocument file",
}
BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": ("an old Word or Excel document", AS_TEXT),
    b"{\\rtf": ("an RTF document", AS_TEXT),
    b"%PDF-": ("a PDF", "take the file that it was made from: a scenario is plain text"),
    b"\xff\xfe": ("text in UTF-16", "save it as UTF-8"),
    b"\xfe\xff": ("text in UTF-16", "save it as UTF-8"),
    b"\x1f\x8b": ("packed with gzip", "unpack it"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
    b"\x89PNG": ("a picture", "take the file that is shown on it"),
    b"\xff\xd8\xff": ("a picture", "take the file that is shown on it"),
    b"<!doctype html": ("a page of HTML", "download the file itself; on GitHub that is “Raw”"),
    b"<html": ("a page of HTML", "download the file itself; on GitHub that is “Raw”"),
}
ZIP = b"PK\x03\x04"


def foreign(raw: bytes) -> tuple[str, str] | None:
    """What a file is that cannot be read as text, and the cure; None if nothing is known against it."""
    if raw.startswith(ZIP):
        office = next((what for sign, what in OFFICE.items() if sign in raw), None)
        return (office, AS_TEXT) if office else ("a zip", "unpack it; `oauth-sandbox workshop`, and the page Workshop, take it as it is")
    if raw[:2].count(0) == 1:  # every other byte of Latin letters in UTF-16
        return BEGINNINGS[b"\xff\xfe"]
    begins = raw.lstrip()[:16].lower()
    return next((said for sign, said in BEGINNINGS.items() if raw.startswith(sign) or begins.startswith(sign.lower())), None)
