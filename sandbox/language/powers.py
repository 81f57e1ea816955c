"""The powers of an attacker: what she can do beside sending messages, each with a sentence.

A file states them under `attacker`: those of OPEN under `can`, the others under the field that they belong to.  Whatever is not stated
she cannot do; and whatever she uses she must have learned as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from sandbox.core.forms import refuse, suggestion
from sandbox.core.text import short
from sandbox.protocol.cast import CAST, title


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of power.  `sentence` has a place for the member of the cast that it is about, if it is about one; `members` are these.

    `field`: the field of `attacker` that states it, if that is not `can`.
    """

    name: str
    sentence: str
    members: tuple[str, ...] = ()
    field: str = "can"

    @property
    def words(self) -> tuple[str, ...]:
        """All powers of this kind, as they are written."""
        return tuple(f"{self.name}.{member}" for member in self.members) or (self.name,)


def _members(*kinds: str, host: str = "", owner: str = "") -> tuple[str, ...]:
    """The members of these kinds that are not hers, with a host that begins so, or of this owner."""
    return tuple(m.name for m in CAST.values() if m.kind in kinds and not m.hers and m.host.startswith(host) and owner in ("", m.owner))


KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind("account", "She has an account of her own, and a browser."),
        Kind("lures", "Alice follows links that Mallory gives her."),
        Kind("client", "A registered client is hers, and people use it."),
        Kind("server", "An authorization server is hers, and clients are registered there."),
        Kind("log", "She reads the log of {}.", (*_members("api"), *_members("browser"))),
        Kind("history", "She reads the history of {}.", _members("browser")),
        Kind("storage", "She reads what {} keeps.", _members("client")),
        Kind("device", "She has everything that is on {}.", _members("browser")),
        Kind(
            "script", "A script of hers runs in the page of {}: it reads, opens frames, and sends home.", _members("client", host="https:")
        ),
        Kind("rides", "While the page of {} is open, her script acts there as the person before it.", _members("client", host="https:")),
        Kind("operates", "{} is hers.", _members("server", "api", "gateway", "client"), "operates"),
        Kind("claims", "An app of hers takes the links of {}.", tuple(m.name for m in CAST.values() if m.host.endswith(":")), "claims"),
        Kind("reaches", "She can send to the {} addresses.", ("internal",), "reaches"),
    )
}
OPEN = tuple(word for kind in KINDS.values() if kind.field == "can" for word in kind.words)  # what can stand under `can`
POWERS = tuple(word for kind in KINDS.values() for word in kind.words)
INCLUDED = {"script": "storage"}  # who can run a script in a page can read what the page keeps


def sentence(power: str) -> str:
    """What a power means."""
    kind, _, member = power.partition(".")
    return KINDS[kind].sentence.format(title(member))


def has(powers: Iterable[str], power: str) -> bool:
    """Whether a power is among these, or included in one of them."""
    return power in with_included(powers)


def with_included(powers: Iterable[str]) -> frozenset[str]:
    """The powers, with those that follow from them."""
    given = frozenset(powers)
    return given | {f"{INCLUDED[kind]}.{member}" for kind, _, member in (p.partition(".") for p in given) if kind in INCLUDED}


def _can(word: str) -> str:
    kind = KINDS.get(word.partition(".")[0])
    if word in OPEN:
        return word
    if kind is not None and kind.field != "can":
        raise refuse(f"`{short(word)}` is not stated here", f"write it as `{kind.field}: [{word.partition('.')[2] or '...'}]`")
    if kind is not None:
        listed = ", ".join(kind.words[:12])
        raise refuse(f"there is no power `{short(word)}`", suggestion(word, kind.words) or f"write one of {listed}")
    raise refuse(f"there is no power `{short(word)}`", suggestion(word, OPEN) or f"write one of {', '.join(OPEN)}")


Can = Annotated[str, AfterValidator(_can), WithJsonSchema({"type": "string", "enum": list(OPEN)})]
