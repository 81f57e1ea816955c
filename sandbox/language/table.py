"""A table of ours that comes as a YAML file (comparison, questionnaire, first stories), read as carefully as a scenario file."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from sandbox.core.forms import Form
from sandbox.language.errors import checked, errors
from sandbox.language.source import decode

T = TypeVar("T", bound=Form)


def loads(model: type[T], text: str | bytes, name: str) -> T:
    """The table from text; `name` is the file's, for messages.  ScenarioError with every problem, its line, column and cure."""
    return model.model_validate(checked(decode(text, name), partial(errors, model)).value)
