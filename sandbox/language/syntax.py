"""Text that is not YAML: the library's complaints in our own words, with a cure."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from sandbox.language.source import Problem, Source

_SYNTAX = (
    (r"character '\\t'", "a tab is used for indentation", "use spaces"),
    (r"mapping values are not allowed", "this `: ` cannot stand here", "put text that contains `: ` in quotes, or look at the line above"),
    (r"unexpected end of stream.*quoted", "this quote is never closed", "add the closing quote"),
    (r"document separator.*quoted", "this quote is never closed", "add the closing quote"),
    (r"stream end.*flow", "a bracket is never closed", "close it with ] or }"),
    (r"expected ',' or '[\]}]'", "a comma or a closing bracket is missing before this", "add it, or put the text in quotes"),
    (
        r"expected <block end>",
        "this does not fit what is before it",
        "indent it like its neighbours, begin list items with `- `, or put the text in quotes",
    ),
    (r"could not find expected ':'", "a `:` is missing in this line", "write `key: value`"),
    (r"sequence entries are not allowed", "a list cannot begin here", "put it on a line of its own below the key"),
    (r"block sequence entries|block mapping|not allowed here", "this cannot stand here", "look at the indentation and at the line above"),
    (r"cannot start any token", "text cannot begin with this character", "put the text in quotes"),
    (r"escape", "there is a wrong backslash in this text", "write \\\\ for a backslash, or use single quotes"),
)


def syntax_problem(source: Source, error: MarkedYAMLError) -> Problem:
    """The syntax error with its place: at the end of a file, the last line that is not empty."""
    said = f"{error.problem} {error.context}"
    message, cure = next(
        ((m, c) for pattern, m, c in _SYNTAX if re.search(pattern, said)), ("this is not YAML", "look at quotes, brackets and indentation")
    )
    if "values are not allowed" in said and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        if ":" not in source.lines[line - 1][: column - 1]:  # the first of its line: not the text, the line is wrong
            message, cure = "this line does not fit the one above it", "indent it like its neighbours, or finish the line above"
    elif message.startswith("a comma") and error.context_mark is not None:
        message += f"; the bracket was opened on line {error.context_mark.line + 1}"
    opened = message.endswith("never closed") and error.context_mark is not None
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = source.lines
    while line > 1 and not "".join(lines[line - 1 : line]).strip():  # at the end of the file: show the last line that has something
        line, column = line - 1, len(lines[line - 2]) + 1
    return source.problem(line, column, message, cure)
