"""Files as people hand them in: one, several or a zip, all of it hostile until shown otherwise; and files packed into a link.

Only names and bytes here.  Everything is bounded before it is read: how many files, how large each, how large together, and what
a zip may claim or turn out to hold.  A file that is refused is answered with a sentence and a cure; the others are still taken.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandbox.core.text import short
from sandbox.core.wire import compact
from sandbox.language.foreign import foreign
from sandbox.language.source import MAX_BYTES

MAX_FILES = 60
MAX_TOTAL = 4 * 1024 * 1024  # bytes of text, all files together
MAX_ZIP = 1024 * 1024
BEGINS, ENDS = b"PK\x03\x04", b"PK\x05\x06"  # of a zip: its first file, and the end of its list of files
END_SIZE = 22  # bytes of that end, without a comment
MAX_ENTRIES = 500  # of a zip, folders and foreign files included
MAX_RATIO = 200  # YAML shrinks to a tenth at best; a bomb to a thousandth
MAX_NAME = 80
MAX_LINK = 6000  # characters that a link may carry
MAX_PACKED = 20 * MAX_LINK  # bytes that are not even tried
ENDINGS = (".yaml", ".yml")
IGNORED = re.compile(r"(^|/)(__MACOSX/|\.(?!\.[/\\]))")  # what other systems leave in a zip


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was refused: its name as given, the reason, and the cure."""

    name: str
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{short(self.name, MAX_NAME)}: {self.message}\n  cure: {self.cure}"


@dataclass(frozen=True, slots=True)
class Taken:
    """The accepted files (name -> content, in order), and the refused ones."""

    files: dict[str, bytes]
    refused: tuple[Refused, ...] = ()


def take(given: Iterable[tuple[str, bytes]], beside: int = 0) -> Taken:
    """Unpack uploaded files; `beside` names the files that are there already.  Never raises."""
    files: dict[str, bytes] = {}
    refused: list[Refused] = []
    total = 0
    for name, found in _unpacked(given):
        total += len(found) if isinstance(found, bytes) else 0
        fault = found if isinstance(found, Refused) else _fault(name, found, len(files) + beside, total)
        if fault is None and isinstance(found, bytes):
            files[_free(_tidy(name), files)] = found
        elif fault is not None:
            refused.append(fault)
    return Taken(files, tuple(refused[:MAX_FILES]))


def _fault(name: str, raw: bytes, count: int, total: int) -> Refused | None:
    if len(raw) > MAX_BYTES:
        return Refused(name, "the file is larger than 256 KiB", "split it: one story, one file")
    if count >= MAX_FILES:
        return Refused(name, f"there are more than {MAX_FILES} files", "load them in parts")
    if total > MAX_TOTAL:
        return Refused(name, f"the files are larger than {MAX_TOTAL // 1024 // 1024} MiB together", "load them in parts")
    return None


def _tidy(name: str) -> str:
    """The last part of a name, not too long; what it looks like is the business of whoever shows it."""
    return re.split(r"[/\\]", name)[-1][-MAX_NAME:] or "file.yaml"


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, or the name with a number if two folders have a file of that name."""
    stem, dot, ending = name.rpartition(".")
    every = set(taken)
    return name if name not in every else next(n for i in range(2, len(every) + 3) if (n := f"{stem}-{i}{dot}{ending}") not in every)


# ---------------------------------------------------------------- zip


def _unpacked(given: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes | Refused]]:
    for name, raw in given:
        if name.lower().endswith(".zip"):
            yield from _zip(name, raw)
        elif name.lower().endswith(ENDINGS):
            yield name, raw
        elif (what := foreign(raw)) is not None:
            yield name, Refused(name, f"this is {what[0]}, and not YAML", what[1])
        else:
            yield name, Refused(name, "this is no YAML file", "give it a name that ends in .yaml, or load a zip of such files")


def _zip(name: str, raw: bytes) -> Iterator[tuple[str, bytes | Refused]]:
    if len(raw) > MAX_ZIP:
        yield name, Refused(name, "the zip is larger than 1 MiB", "leave out what is not a scenario or a playlist")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield from _entries(name, archive)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error):
        yield name, _unreadable(name, raw)


def _unreadable(name: str, raw: bytes) -> Refused:
    """Why a zip cannot be read: it is empty, its end is missing, or it is broken or locked."""
    if not raw:
        return Refused(name, "the file is empty", "load the zip itself")
    end = raw.rfind(ENDS)
    if raw.startswith(BEGINS) and (end < 0 or len(raw) < end + END_SIZE):
        return Refused(name, "the zip is cut off: its end is missing", "load or download the whole file again")
    return Refused(name, "the zip cannot be read", "pack it again, without a password")


def _entries(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes | Refused]]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        yield name, Refused(name, f"the zip has more than {MAX_ENTRIES} entries", "pack only the folder with the scenarios")
        return
    wanted = [i for i in infos if not i.is_dir() and not IGNORED.search(i.filename) and i.filename.lower().endswith(ENDINGS)]
    if not wanted:
        yield name, Refused(name, "there is no YAML file in this zip", "pack files that end in .yaml")
    total = 0
    for info in wanted:
        found = _entry(info, archive)
        total += len(found) if isinstance(found, bytes) else 0
        if total > MAX_TOTAL:
            yield name, Refused(name, f"the zip holds more than {MAX_TOTAL // 1024 // 1024} MiB", "load it in parts")
            return
        yield info.filename, found


def _entry(info: zipfile.ZipInfo, archive: zipfile.ZipFile) -> bytes | Refused:
    """One file of a zip.  What it claims to be is looked at first; what it is, no further than it may be."""
    name = info.filename
    parts = re.split(r"[/\\]", name)
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return Refused(name, "its name leads out of the zip", "pack the folder again, without .. and without a drive")
    if info.flag_bits & 0x1:
        return Refused(name, "it is encrypted", "pack it without a password")
    if info.file_size > MAX_BYTES:
        return Refused(name, "the file is larger than 256 KiB", "split it: one story, one file")
    if info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return Refused(name, f"it is packed more than {MAX_RATIO} times smaller than it is: a zip bomb", "pack the files themselves")
    with archive.open(info) as file:
        raw = file.read(MAX_BYTES + 1)
    return Refused(name, "the file is larger than it claims to be", "pack it again") if len(raw) > info.file_size else raw


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of these files; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), raw, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ---------------------------------------------------------------- in a link


class BadPack(ValueError):
    """The part of a link that carries files cannot be read."""


def pack(files: dict[str, str]) -> str:
    """Files as one word of a link; '' if there is none, or if they are too large for a link."""
    if not files:
        return ""
    raw = compact(list(files.items())).encode()
    if len(raw) > MAX_PACKED:
        return ""
    word = base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode().rstrip("=")
    return word if len(word) <= MAX_LINK else ""


def unpack(word: str) -> dict[str, str]:
    """The files in that word.  BadPack."""
    if len(word) > MAX_LINK:
        raise BadPack("it is too long")
    try:
        opener = zlib.decompressobj()
        raw = opener.decompress(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), MAX_TOTAL)
        if opener.unconsumed_tail or not opener.eof:
            raise BadPack("it is cut off, or too large")
        pairs = json.loads(raw)
        files = {_tidy(_sound(name)): _sound(text) for name, text in pairs if isinstance(name, str) and isinstance(text, str)}
    except (ValueError, TypeError, RecursionError, binascii.Error, zlib.error):
        raise BadPack("it is damaged") from None
    if not files or len(files) > MAX_FILES:
        raise BadPack("it holds no files, or too many")
    return files


def _sound(text: str) -> str:
    """Text that can be sent: half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
