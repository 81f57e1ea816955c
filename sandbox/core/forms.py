"""Forms: models of the data that people write, and refusals with a cure.  Files of every kind are read into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from sandbox.core.text import nearest


class Form(BaseModel):
    """Base of all models of the file format: frozen, strict, no key that is not written here.

    `retired`: keys of earlier versions, each with the reason why there is no such key any more, as a cure.
    """

    retired: ClassVar[dict[str, str]] = {}

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )

    @classmethod
    def model_under(cls, key: str, data: Any) -> type[Form] | None:
        """The model of the map under a key, where it depends on the data; None where the field itself says it."""
        return None


def refuse(message: str, cure: str) -> PydanticCustomError:
    """An error in our own words, with what to do about it."""
    return PydanticCustomError("refused", "{message}", {"message": message, "cure": cure})


def refuse_at(path: tuple[str | int, ...], message: str, cure: str) -> ValidationError:
    """The same about a key further inside: `path` leads to it."""
    return ValidationError.from_exception_data("", [InitErrorDetails(type=refuse(message, cure), loc=path, input=None)])


def suggestion(name: str, known: Iterable[str]) -> str:
    """did you mean `X`? or nothing."""
    return nearest(name, known).removeprefix("; ").replace("'", "`")
