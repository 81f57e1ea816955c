"""The same story with other people in it: a client of the cast played by another client, wherever the file means it and not in prose;
and a browser by another browser, there, too: `laptop` is the same word in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.language.reading import read
from sandbox.language.source import Node, Source
from sandbox.protocol.cast import CAST

PROSE = frozenset({"title", "story", "lesson", "say", "question", "accepted", "refused", "because", "believed", "is", "refs"})
DOTTED = frozenset({"do", "by"})  # party.verb, party.check


def recast(scenario: Scenario, roles: Mapping[str, str]) -> Scenario:
    """The scenario with these clients and browsers played by others, under the same id; its text is a file, too.

    ScenarioError if the verbs do not let them do it.
    """
    source = Source(f"{scenario.id}.yaml", scenario.source)
    lines = list(source.lines)
    clients = {old: new for old, new in roles.items() if CAST[old].kind == "client"}
    for line, column, old, new in sorted(_places(read(source)[0], clients), reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[: column - 1] + text[column - 1 :].replace(old, new, 1)
    browsers = {old: new for old, new in roles.items() if CAST[old].kind == "browser"}
    text = re.sub(rf"\b({'|'.join(browsers)})\b", lambda m: browsers[m[0]], "\n".join(lines)) if browsers else "\n".join(lines)
    return loads(text, source.name, scenario.id)


def named(scenario: Scenario) -> frozenset[str]:
    """The clients that the file names outside its prose."""
    root, _ = read(Source(f"{scenario.id}.yaml", scenario.source))
    clients = [m.name for m in CAST.values() if m.kind == "client"]
    return frozenset(name for name in clients if any(_places(root, {name: ""})))


def _places(node: Node, roles: Mapping[str, str], key: str | int = "") -> Iterator[tuple[int, int, str, str]]:
    """Line and column of each value that names one of these clients, what it is, and what it becomes."""
    for name, child in node.children.items():
        if name not in PROSE:
            yield from _places(child, roles, name)
    if isinstance(node.value, str) and (new := _renamed(node.value, roles, key)) != node.value:
        yield node.line, node.column, node.value, new


def _renamed(text: str, roles: Mapping[str, str], key: str | int) -> str:
    """A value as it is in the other cast: the name itself, the party before a dot, or the address of its pages."""
    party, dot, rest = text.partition(".")
    if text in roles:
        return roles[text]
    if key in DOTTED and party in roles:
        return roles[party] + dot + rest
    for old, new in roles.items():
        if text.startswith(f"{CAST[old].host}/"):
            return (CAST[new].host if new else new) + text.removeprefix(CAST[old].host)
    return text
