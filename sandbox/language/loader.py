"""Reading scenario files: a Scenario, or all that is wrong with it, each with file:line:column and the cure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sandbox.core.text import short
from sandbox.language.document import ID, Document, Scenario
from sandbox.language.errors import Finding, checked, errors
from sandbox.language.playlist import ITEMS, looks_like
from sandbox.language.rules import incoherent
from sandbox.language.source import Problem, ScenarioError, contents, decode

IS_PLAYLIST = "`oauth-sandbox workshop` and the page Workshop show what it lists; `oauth-sandbox check` checks all of it"


def load(path: str | Path) -> Scenario:
    """Read a scenario from a file; its id is the name without .yaml.  ScenarioError."""
    path = Path(path)
    try:
        raw = contents(path)
    except OSError as error:
        said, cure = f"the file cannot be read: {error.strerror}", "check its name, or write - for standard input"
        raise ScenarioError([Problem(str(path), 1, 1, said, cure, "")]) from None
    return loads(raw, str(path), path.stem)


def loads(text: str | bytes, name: str = "scenario.yaml", id: str | None = None) -> Scenario:
    """Read a scenario from text; `name` is shown in messages, and is the id if no other is given.  ScenarioError."""
    source, ident = decode(text, name), Path(name).stem if id is None else id
    if looks_like(source.text):
        line = next(n for n, each in enumerate(source.lines, 1) if ITEMS.match(each))
        raise ScenarioError([source.problem(line, 1, "this is a playlist, and not a scenario", IS_PLAYLIST)])
    node = checked(source, lambda data: (*_ident(ident), *errors(Document, data), *incoherent(data, ident)))
    document = Document.model_validate(node.value)
    fields = {name: getattr(document, name) for name in Document.model_fields}
    return Scenario.model_construct(**fields, id=ident, source=source.text)


def _ident(ident: str) -> Iterator[Finding]:
    if not ID.fullmatch(ident) or len(ident) > 60:
        yield Finding(
            (), f"`{short(ident)}` cannot be the name of a scenario", "use small letters, digits and - in the file name", on_key=True
        )
