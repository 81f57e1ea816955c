"""HAR 1.2, streamed: one entry at a time, cut down to what can matter, whatever wrote the file.

Browsers, proxies and test tools differ in what they leave out; what is missing is said, never guessed.
ijson reads (http://www.softwareishard.com/blog/har-12-spec/ has the format); a file that breaks off is read as far as it goes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import SEEK_END
from typing import Any, BinaryIO

import ijson

from sandbox.core.wire import FORM
from sandbox.reality.unreadable import LONGEST_HAR, MOST_ENTRIES, Unreadable

Doc = dict[str, Any]
Progress = Callable[[int, int], None]  # bytes read so far, and of all

HEAD = 65536
BLOCK = 65536
NOISE = re.compile(r"javascript|ecmascript|/css|image/|font|video/|audio/|wasm|octet-stream|source-map", re.IGNORECASE)
TEXTUAL = re.compile(r"json|html|xml|text/plain|urlencoded|jwt|x-unknown|^$", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.,]{0,16}(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
MIME = re.compile(r"[a-z]{1,20}/[\w.+*-]{1,60}|x-unknown", re.IGNORECASE | re.ASCII)
RESOURCE = re.compile(
    r"document|stylesheet|script|fetch|xhr|image|font|media|manifest|websocket|preflight|ping|beacon|eventsource|texttrack|other"
)
LONGEST_BODY = 256 * 1024  # characters; an answer of a login is a hundredth of it
MOST_KEPT = 8_000_000  # characters of all bodies together; later ones are kept only if they may belong to a login
OF_A_LOGIN = re.compile(r"token|\"keys\"|issuer|password|eyJ", re.IGNORECASE)
STORED = re.compile(r"\b(localStorage|sessionStorage)\s*(?:\.\s*setItem\s*\(|\[)\s*[^,\]]{0,80}", re.IGNORECASE)
TOKENISH = re.compile(r"token|jwt|auth|user|oidc", re.IGNORECASE)
LIBRARY = re.compile(r"\b(oidc-client-ts|oidc-client|keycloak-js|msal-browser|auth0-spa-js|angular-oauth2-oidc|okta-auth-js)\b")


@dataclass(slots=True)
class Source:
    """What wrote a recording, and how much of it could be read."""

    creator: str = ""
    entries: int = 0
    truncated: bool = False
    too_many: bool = False
    kept: int = field(default=0, repr=False)


class _Bytes:
    """A stream that tells how far it was read, and leaves out a byte order mark."""

    def __init__(self, stream: BinaryIO, progress: Progress | None) -> None:
        self.stream, self.progress = stream, progress
        self.size = stream.seek(0, SEEK_END)
        stream.seek(0)
        if stream.read(3) != b"\xef\xbb\xbf":
            stream.seek(0)
        self.done = 0

    def read(self, size: int = -1) -> bytes:
        block = self.stream.read(size)
        self.done += len(block)
        if self.progress is not None and size:
            self.progress(min(self.done, self.size), self.size)
        return block


def looks_like(head: bytes) -> bool:
    """Whether a file begins like a recording."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and re.match(rb'\{\s*"log"\s*:\s*\{', start) is not None


def raw_entries(stream: BinaryIO, source: Source, progress: Progress | None = None) -> Iterator[Doc]:
    """The entries as they stand in the file.  Raises Unreadable where not even one can be read."""
    reader = _Bytes(stream, progress)
    if reader.size > LONGEST_HAR:
        raise Unreadable(f"it has more than {LONGEST_HAR >> 20} MB; record a shorter session")
    source.creator = _creator(stream)
    stream.seek(3 if reader.stream.seek(0) == 0 and stream.read(3) == b"\xef\xbb\xbf" else 0)
    source.entries = 0
    try:
        for entry in ijson.items(reader, "log.entries.item", use_float=True, buf_size=BLOCK):
            if source.entries >= MOST_ENTRIES:
                source.too_many = True
                return
            source.entries += 1
            yield entry if isinstance(entry, dict) else {}
    except (ijson.JSONError, ValueError, OverflowError, RecursionError):
        source.truncated = True  # the message of the library repeats the text, which is not to be shown
        if not source.entries:
            raise Unreadable("it is no HAR: it breaks off before its first entry") from None
    if not source.entries:
        raise Unreadable("it has no entries: nothing was recorded")


def _creator(stream: BinaryIO) -> str:
    """Name and version of what wrote the file, if they stand at its beginning."""
    stream.seek(0)
    head = stream.read(HEAD).decode("utf-8", "replace")
    found = re.search(r'"creator"\s*:\s*\{[^{}]{0,400}\}', head)
    if not found:
        return ""
    said = [m[1] for key in ("name", "version") if (m := re.search(rf'"{key}"\s*:\s*"([\w. /()-]{{1,40}})"', found[0]))]
    return " ".join(said)


# ---------------------------------------------------------------- one entry, cut down


def trimmed(entry: Doc, source: Source) -> Doc:
    """What matters of an entry, with the same names; `_hints` says what was seen in a body that is left out."""
    request, response = _dict(entry.get("request")), _dict(entry.get("response"))
    content = _dict(response.get("content"))
    body, missing, hints = _body(entry, content, source)
    return {
        "startedDateTime": _word(DATE, entry.get("startedDateTime"), "1970-01-01T00:00:00.000Z"),
        "time": entry["time"] if isinstance(entry.get("time"), int | float) and 0 <= entry["time"] < 1e7 else 0,
        "request": {
            "method": _text(request.get("method"), 20) or "GET",
            "url": _text(request.get("url"), 32768),
            "headers": _named(request.get("headers")),
            "cookies": _cookies(request.get("cookies")),
            "postData": _posted(_dict(request.get("postData"))),
        },
        "response": {
            "status": response.get("status") if isinstance(response.get("status"), int) else 0,
            "headers": _named(response.get("headers")),
            "cookies": _cookies(response.get("cookies")),
            "mimeType": _word(MIME, content.get("mimeType")),
            "text": body,
            "redirectURL": _text(response.get("redirectURL"), 65536),
        },
        "_missing": missing,
        "_hints": hints,
        "_resourceType": _word(RESOURCE, entry.get("_resourceType")),
        "_sockets": [_text(_dict(m).get("data"), 4096) for m in _list(entry.get("_webSocketMessages"))[:20]],
    }


def _body(entry: Doc, content: Doc, source: Source) -> tuple[str, str, list[str]]:
    """The body, why it is not there, and what a script that is left out does."""
    text, mime = content.get("text"), _text(content.get("mimeType"), 100)
    if not isinstance(text, str) or not text:
        gone = content.get("size") not in (0, None) or bool(content.get("comment"))
        return "", "the recording has no body" if gone else "", []
    if NOISE.search(mime) and "json" not in mime:
        return "", "", _hints(text) if "script" in mime and content.get("encoding") != "base64" else []
    if content.get("encoding") == "base64":
        try:
            text = base64.b64decode(text, validate=False).decode() if TEXTUAL.search(mime) else ""
        except (binascii.Error, ValueError):
            text = ""
        if not text:
            return "", "the body is not text", []
    hints = _hints(text) if "html" in mime else []
    if len(text) > LONGEST_BODY or (source.kept > MOST_KEPT and len(text) > 512 and not OF_A_LOGIN.search(text)):
        return "", f"the body was left out ({len(text):,} characters)", hints
    source.kept += len(text)
    return text, "", hints


def _hints(script: str) -> list[str]:
    """What a script says about where it keeps tokens."""
    found = [m for m in STORED.finditer(script[: 2 << 20]) if TOKENISH.search(m[0])]
    hints = sorted({f"{m[1]}.setItem" for m in found})
    library = LIBRARY.search(script[: 2 << 20])
    return [*hints, *([f"library {library[1]}"] if library else [])]


def _posted(data: Doc) -> Doc:
    """The body of a request: text, or parameters that a writer has taken apart."""
    text, params = data.get("text"), _list(data.get("params"))
    return {
        "mimeType": _word(MIME, data.get("mimeType")) if text else FORM if params else "",
        "text": text[:LONGEST_BODY] if isinstance(text, str) else "",
        "params": _named(params) if not text else [],
    }


def _cookies(value: Any) -> list[Doc]:
    return [
        {k: c[k] for k in ("name", "value", "httpOnly", "secure", "sameSite", "expires") if isinstance(c.get(k), str | bool)}
        for c in _named_dicts(value)
    ]


def _named(value: Any) -> list[Doc]:
    return [
        {"name": _text(d["name"], 100), "value": _text(d.get("value"), 65536)} for d in _named_dicts(value) if not d["name"].startswith(":")
    ]


def _named_dicts(value: Any) -> Iterator[Doc]:
    return (d for d in _list(value)[:300] if isinstance(d, dict) and isinstance(d.get("name"), str))


def _dict(value: Any) -> Doc:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(form: re.Pattern[str], value: Any, otherwise: str = "") -> str:
    """The beginning of a text that has this form: what else stands there could be anything."""
    found = form.match(value[:200]) if isinstance(value, str) else None
    return found[0] if found else otherwise


def _text(value: Any, most: int) -> str:
    return value[:most] if isinstance(value, str) else str(value)[:most] if isinstance(value, int | float) else ""
