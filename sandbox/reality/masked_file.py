"""A file without its secrets, to be sent to somebody: a recording as a HAR that tools open, everything else in its own form."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import StringIO
from typing import Any, BinaryIO

from ruamel.yaml import YAML

from sandbox import __version__
from sandbox.core.text import plural
from sandbox.core.wire import FORM, Pairs, split
from sandbox.reality import har
from sandbox.reality.exchanges import Exchange, exchange
from sandbox.reality.har import Progress, Source
from sandbox.reality.masking import Masker
from sandbox.reality.reading import NEITHER, parsed
from sandbox.reality.unreadable import LONGEST_DOCUMENT, Unreadable

Doc = dict[str, Any]
LEFT_OUT = "left out by oauth-sandbox mask"


@dataclass(frozen=True)
class Masked:
    """The masked text in pieces, and what was masked."""

    pieces: Iterator[str]
    masker: Masker

    @property
    def summary(self) -> str:
        """What was masked, counted by kind."""
        counted = Counter(s.kind for s in self.masker.listed)
        said = ", ".join(f"{n} × {kind}" for kind, n in counted.most_common(12))
        return f"masked {plural(len(self.masker.listed), 'value')}: {said}" if counted else "nothing to mask was found"


def masked(stream: BinaryIO, progress: Progress | None = None) -> Masked:
    """The file masked.  Raises Unreadable."""
    masker = Masker()
    stream.seek(0)
    if har.looks_like(stream.read(4096)):
        source = Source()
        entries = []
        for number, entry in enumerate(har.raw_entries(stream, source, progress)):
            kept = har.trimmed(entry, source)
            exchange(number, kept, masker)
            entries.append(kept)
        masker.ready()
        return Masked(_recording(entries, source, masker), masker)
    stream.seek(0)
    raw = stream.read(LONGEST_DOCUMENT + 1)
    if len(raw) > LONGEST_DOCUMENT:
        raise Unreadable(f"it is larger than {LONGEST_DOCUMENT >> 20} MB, and no recording")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    if "\0" in text:
        raise Unreadable(NEITHER)
    return Masked(iter([_document(text, masker)]), masker)


def _document(text: str, masker: Masker) -> str:
    data = parsed(text)
    if isinstance(data, dict | list):
        masker.tree(data)
        masker.ready()
        tree = masker.tree(data)
        if text.lstrip()[:1] in ("{", "["):
            return masker.needles.sweep(json.dumps(tree, indent=2, ensure_ascii=False)) + "\n"
        out = StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.dump(tree, out)
        return masker.needles.sweep(out.getvalue())
    bare = text.rstrip()
    masker.text(bare)
    masker.ready()
    return masker.needles.sweep(masker.text(bare)) + text[len(bare) :]


# ---------------------------------------------------------------- a recording


def _recording(entries: list[Doc], source: Source, masker: Masker) -> Iterator[str]:
    """The HAR, one entry after the other."""
    creator = {"name": "OAuth Sandbox", "version": __version__, "comment": f"masked; recorded with {source.creator or 'something unknown'}"}
    yield f'{{"log": {{"version": "1.2", "creator": {json.dumps(creator)}, "pages": [], "entries": ['
    for number, entry in enumerate(entries):
        told = json.dumps(_entry(exchange(number, entry, masker), entry), ensure_ascii=False)
        yield f"{',' if number else ''}\n{told}"
    yield "\n]}}\n"


def _entry(e: Exchange, entry: Doc) -> Doc:
    request: Doc = {
        "method": e.request.method,
        "url": e.request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(e.request.headers),
        "queryString": _named(e.request.query),
        "headersSize": -1,
        "bodySize": len(e.request.body),
    }
    if e.request.body:
        kind = e.request.header("content-type") or ""
        params = {"params": _named(e.request.form)} if kind.startswith(FORM) else {}
        request["postData"] = {"mimeType": kind, **params, "text": e.request.body}
    content: Doc = {"size": len(e.response.body) or (-1 if e.missing else 0), "mimeType": entry["response"]["mimeType"] or "x-unknown"}
    if e.response.body:
        content["text"] = e.response.body
    elif e.hints:
        content |= {"size": 1, "text": f"/* {LEFT_OUT}: {' '.join(_hint(h) for h in e.hints)} */"}
    elif e.missing:
        content["comment"] = e.missing
    return {
        "startedDateTime": entry["startedDateTime"],
        "time": entry["time"],
        "request": request,
        "response": {
            "status": e.response.status,
            "statusText": _phrase(e.response.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(e.response.headers),
            "content": content,
            "redirectURL": e.location,
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry["time"], "receive": 0},
        **({"_resourceType": e.resource} if e.resource else {}),
        **({"_webSocketMessages": [{"type": "receive", "time": 0, "opcode": 1, "data": s} for s in e.sockets]} if e.sockets else {}),
        **(
            {"comment": f"body {LEFT_OUT}"}
            if not e.response.body and not e.missing and split(e.request.url).path.endswith((".js", ".css"))
            else {}
        ),
    }


def _hint(hint: str) -> str:
    """What a script was seen to do, written so that it is seen again."""
    return f"{hint}('token')" if hint.endswith(".setItem") else hint.removeprefix("library ")


def _named(pairs: Pairs) -> list[Doc]:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
