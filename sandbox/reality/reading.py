"""A file of a team's own, of whichever kind: recognised by what is in it, never by its name, and masked before anything looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.core.strict_json import NotJson, nested, read
from sandbox.reality import har, shapes
from sandbox.reality.documents import api_description, client_config, key_set, metadata, realm, token_file
from sandbox.reality.exchanges import exchange, exchanges
from sandbox.reality.finding import Finding, merged
from sandbox.reality.har import Progress, Source
from sandbox.reality.masking import Masker
from sandbox.reality.recognition import Story, story
from sandbox.reality.seen import failures, flow, messages, recording, tokens, traces
from sandbox.reality.seen.look import Look
from sandbox.reality.unreadable import LONGEST_DOCUMENT, LONGEST_YAML, MOST_NODES, Unreadable

Doc = dict[str, Any]
RULES = [rule for module in (recording, flow, failures, traces, messages, tokens) for rule in module.RULES]
KINDS: tuple[tuple[str, Callable[[Doc], bool], Callable[[Doc], Iterator[Finding]]], ...] = (
    ("metadata", metadata.is_metadata, metadata.findings),
    ("realm", realm.is_realm, realm.findings),
    ("API description", api_description.is_description, api_description.findings),
    ("client configuration", client_config.is_oidc_client, client_config.findings),
    ("client configuration", client_config.is_spring, client_config.findings),
    ("key set", key_set.is_key_set, key_set.findings),
)
LONGEST_TOKEN = 16 * 1024  # characters of a file with a token
NEITHER = (
    "it is none of what can be read: a recording (HAR), metadata of a server, a key set, a Keycloak realm, an API description (OpenAPI), "
    "a token, or the configuration of a client"
)


@dataclass(slots=True)
class File:
    """One file while it is read.  `kind` in words; of a recording the entries are kept until they can be masked, else the data."""

    name: str
    kind: str
    source: Source = field(default_factory=Source)
    entries: list[Doc] = field(default_factory=list)
    data: Any = None
    story: Story | None = None
    findings: tuple[Finding, ...] = ()


def learn(name: str, stream: BinaryIO, masker: Masker, progress: Progress | None = None) -> File:
    """Read a file, and teach the masker its secrets.  Raises Unreadable."""
    stream.seek(0)
    head = stream.read(4096)
    if har.looks_like(head):
        return _recording(name, stream, masker, progress)
    stream.seek(0)
    raw = stream.read(LONGEST_DOCUMENT + 1)
    if len(raw) > LONGEST_DOCUMENT:
        raise Unreadable(f"it is larger than {LONGEST_DOCUMENT >> 20} MB, and no recording")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    return _document(name, text, masker)


def _recording(name: str, stream: BinaryIO, masker: Masker, progress: Progress | None) -> File:
    file = File(name, "recording")
    for number, entry in enumerate(har.raw_entries(stream, file.source, progress)):
        kept = har.trimmed(entry, file.source)
        exchange(number, kept, masker)
        file.entries.append(kept)
    return file


def _document(name: str, text: str, masker: Masker) -> File:
    data = parsed(text)
    if isinstance(data, dict):
        kind = next((kind for kind, is_it, _ in KINDS if is_it(data)), "")
        if not kind and isinstance(data.get("log"), dict):
            raise Unreadable("it looks like a HAR, and has no entries")
        if kind:
            masker.tree(data)
            return File(name, kind, data=data)
    token = found_token(text)
    if token:
        masker.token("access_token", token) if shapes.JWT.fullmatch(token) else masker.secret("access_token", token)
        return File(name, "token", data=token)
    raise Unreadable(NEITHER)


def found_token(text: str) -> str:
    """The JWT in a short text; '' if there is none."""
    found = shapes.JWT.search(text) if len(text) <= LONGEST_TOKEN else None
    return found[0] if found and (shapes.jwt_parts(found[0]) or found[0].count(".") == 4) else ""


def parsed(text: str) -> Any:
    """The value of a JSON or YAML text; None if it is neither.  Raises Unreadable where it is too large or too deep."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            return _bounded(read(text))
        except NotJson as error:
            raise Unreadable(f"it begins like JSON, and {error}") from None
    if ":" not in text or shapes.JWT.fullmatch(text.strip().removeprefix("Bearer ")):
        return None
    if len(text) > LONGEST_YAML:
        raise Unreadable(f"a YAML file may have {LONGEST_YAML >> 10} KB at most; convert it to JSON")
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError, TypeError, AttributeError, KeyError, OverflowError):
        return None  # the library has many errors for nonsense, and their messages repeat the text
    return _bounded(value)


def _bounded(value: Any) -> Any:
    """The value, if it can be walked: not too deep, and not blown up by aliases."""
    count, open_ = 0, [value]
    while open_:
        here = open_.pop()
        count += 1
        if count > MOST_NODES:
            raise Unreadable(f"it has more than {MOST_NODES:,} values")
        open_ += list(here.values()) if isinstance(here, dict) else here if isinstance(here, list) else []
    if nested(value):  # after the count, because it goes into each alias, too
        raise Unreadable("it is nested too deep")
    return value


def understood(file: File, masker: Masker) -> File:
    """The file with its findings, now that the masker knows all secrets of all files."""
    if file.kind == "recording":
        file.story = story(exchanges(file.entries, masker), masker)
        file.entries = []
        look = Look(file.story, file.source)
        found = [f for rule in RULES for f in rule(look)]
    elif file.kind == "token":
        written = masker.token("access_token", file.data)
        secret = masker.named(written)
        found = list(token_file.findings(written, "access_token" if secret is None else secret.label, secret.length if secret else 0))
    else:
        data = masker.tree(file.data)
        found = list(next(findings for kind, is_it, findings in KINDS if kind == file.kind and is_it(file.data))(data))
    file.data = None
    file.findings = tuple(f.of(file.name) for f in merged(found))
    return file
