"""Names of the cast as values in a file: a browser, a client, an API.  Another name is refused with the ones that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sandbox.core.forms import refuse, suggestion
from sandbox.protocol.cast import CAST


def members(*kinds: str) -> tuple[str, ...]:
    """The names of the cast of these kinds; all names if no kind is given."""
    return tuple(m.name for m in CAST.values() if not kinds or m.kind in kinds)


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeiouA' else 'a'} {noun}"


@dataclass(frozen=True, slots=True)
class NameOf:
    """Marks text as a name of the cast that is of one of these kinds (any, if none is given)."""

    what: str
    kinds: tuple[str, ...] = ()

    def check(self, name: str) -> str:
        """The name, if it is one.  Refuses any other."""
        known = members(*self.kinds)
        if name in known:
            return name
        cure = f"write one of {', '.join(known)}" if known else f"leave it out: this cast has no {self.what}"
        if name in CAST:
            raise refuse(f"`{name}` is {a(CAST[name].kind)}, not {a(self.what)}", cure)
        raise refuse(f"there is no {self.what} `{name}`", suggestion(name, known) or cure)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True, max_length=100))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(members(*self.kinds))}


BrowserName = Annotated[str, NameOf("browser", ("browser",))]
Person = Annotated[str, NameOf("person", ("person", "attacker"))]
ClientName = Annotated[str, NameOf("client", ("client",))]
Api = Annotated[str, NameOf("API", ("api", "server"))]
Server = Annotated[str, NameOf("server", ("server",))]
Gateway = Annotated[str, NameOf("gateway", ("gateway",))]
Party = Annotated[str, NameOf("party")]
Host = Annotated[str, NameOf("party with an address", ("server", "client", "malware", "api", "gateway", "attacker"))]
LogKeeper = Annotated[str, NameOf("party with a log", ("api", "browser"))]
