"""The values that arguments are made of: references to what earlier steps gave, addresses, fields of messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from sandbox.core.forms import refuse
from sandbox.core.wire import Request
from sandbox.verbs.names import members

REFERENCE = re.compile(r"\$([a-z][a-z0-9_]*)((?:\.[A-Za-z0-9_-]+)*)")


def references(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    """All references in a value: (name, path to the place inside the value, text).  `$$` begins a literal dollar.

    Text that begins with `$` and is no reference is yielded with an empty name.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from references(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))
    elif isinstance(value, str) and value.startswith("$") and not value.startswith("$$"):
        found = REFERENCE.fullmatch(value)
        yield (found[1] if found else "", path, value)


def is_reference(value: Any) -> bool:
    """Whether this is `$name` or `$name.part.part`."""
    return isinstance(value, str) and REFERENCE.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Shape:
    """Marks text that must match a pattern or be a reference; `message` has a place for the text."""

    pattern: str
    message: str
    cure: str

    def check(self, text: str) -> str:
        """The text, if it has this shape.  Refuses any other."""
        if is_reference(text) or re.fullmatch(self.pattern, text):
            return text
        raise refuse(self.message.format(text[:80]), self.cure)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True, max_length=2000))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "anyOf": [{"pattern": f"^{self.pattern}$"}, {"pattern": r"^\$[a-z]"}]}


Text = Annotated[str, Field(min_length=1, max_length=2000)]
Url = Annotated[str, Shape(r"[a-z][a-z0-9+.-]*:\S+", "`{}` is not a full address", "begin with https:// and the host")]
Path = Annotated[str, Shape(r"/\S*", "the path `{}` does not begin with /", "write it from the root, such as /accounts")]
_CLIENTS = ", ".join(members("client", "api", "device"))
ClientOrReference = Annotated[
    str, Shape(_CLIENTS.replace(", ", "|"), "there is no client `{}`", f"write one of {_CLIENTS}, or a reference to a client_id")
]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
Value = Any


def _as_text(value: Any) -> Any:
    """Fields of headers, queries and forms travel as text: 7 becomes "7", true becomes "true"."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Scalar = Annotated[str, Field(max_length=20_000), BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Fields = Annotated[dict[str, Scalar], Field(min_length=1)]
Edits = Annotated[dict[str, Scalar | None], Field(min_length=1)]


def _json(value: Any) -> Any:
    """Refuse what a reference can lead to and JSON cannot hold, such as a message."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _json(item)
    if value is not None and not isinstance(value, dict | list | tuple | str | int | float):
        raise refuse("this is not a value of JSON", "go on to a part of it, such as $use.request.json")
    return value


def _message(value: Any) -> Any:
    """Refuse what is no request, and no reference, which may lead to one."""
    if isinstance(value, Request) or is_reference(value):
        return value
    raise refuse("this is no request", "write a reference to one, such as $use.request")


Message = Annotated[Any, AfterValidator(_message), WithJsonSchema({"type": "string", "pattern": r"^\$[a-z]"})]
Json = Annotated[Any, AfterValidator(_json)]
Parts = Annotated[dict[str, Json], Field(min_length=1)]
