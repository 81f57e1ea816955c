"""The answers of a system in a file: JSON (or YAML) of questions with their answers, or the word of a link; errors have a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.core.forms import suggestion
from sandbox.core.text import short
from sandbox.language.errors import Finding, checked
from sandbox.language.source import Loc, ScenarioError, decode
from sandbox.studies import questions

EXAMPLE = 'write {"design": "oauth", "api": ["alg", "iss"]}'
KEY = "answers"  # where the JSON of an audit has them


def loads(raw: bytes | str, name: str) -> dict[str, tuple[str, ...]]:
    """The answers.  ScenarioError, with line, column and cure."""
    return questions.parse(link(raw, name))[0]


def link(raw: bytes | str, name: str) -> str:
    """The answers as the word of a link, whether or not they are asked for.  ScenarioError, with line, column and cure."""
    source = decode(raw, name)
    if not source.text.strip():
        raise ScenarioError([source.problem(1, 1, "the file is empty", EXAMPLE)])
    data = checked(source, _findings).value
    return data if isinstance(data, str) else ".".join(word for _, word in _words(_within(data)[1]))


def _within(data: dict[str, Any]) -> tuple[Loc, dict[str, Any]]:
    """The map of answers, and where it stands: the file is one, or has one."""
    return ((KEY,), data[KEY]) if isinstance(data.get(KEY), dict) else ((), data)


def _findings(data: Any) -> Iterator[Finding]:
    if isinstance(data, str):
        yield from (Finding((), said, "see the link of the page “Your system”") for said in questions.parse(data)[1])
    elif not isinstance(data, dict):
        yield Finding((), "this is no set of answers", EXAMPLE)
    else:
        start, answers = _within(data)
        for question, given in answers.items():
            yield from _question((*start, question), question, given)


def _question(loc: Loc, name: str, given: Any) -> Iterator[Finding]:
    known = questions.shipped()
    every = given if isinstance(given, list) else [given]
    renamed = {old for old in known.renamed if old.startswith(f"{name}-")}
    question = known.question(name)
    if question is None and not renamed:
        ids = [q.id for q in known.questions]
        yield Finding(
            loc, f"there is no question `{short(name)}`", suggestion(name, ids) or f"the questions are {', '.join(ids)}", on_key=True
        )
        return
    answers = [a.id for a in question.answers] if question else []
    for index, answer in enumerate(every):
        at = (*loc, index) if isinstance(given, list) else loc
        if not isinstance(answer, str):
            yield Finding(at, f"an answer to `{name}` is a word", f"write one of {', '.join(answers)}, or a list of them")
        elif answer not in answers and f"{name}-{answer}" not in renamed:
            cure = suggestion(answer, answers) or f"the answers are {', '.join(answers)}"
            yield Finding(at, f"`{name}` has no answer `{short(answer)}`", cure)
    if question and not question.many and len(every) > 1:
        yield Finding(loc, f"`{name}` has one answer", "keep one of them")


def _words(answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each answer as a part of a link, with its question."""
    for question, given in answers.items():
        for answer in given if isinstance(given, list) else [given]:
            if re.fullmatch(r"[a-z0-9]+", f"{question}{answer}"):
                yield question, f"{question}-{answer}"
