"""The card of a word: what it is, why it is there, what happens without it, the attack that plays it, and where to read about it.

What a field, check, switch or party is, its own table says; `words.yaml` beside this module has the reasons, and the concepts that
stand in no other table.  Cards are plain data; how they look is the business of whoever shows them.

One word can be several things.  So a card has an address: field:state, check:audience, switch:AUD, party:auth, concept:bearer.  A name
alone means the first of these in this order: field, concept, check, switch, party; its card has the addresses of the others in `also`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.language import library, table
from sandbox.language.document import Id, Prose, Ref
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.defences import TO_DO
from sandbox.protocol.fields import FIELDS
from sandbox.protocol.switches import BUNDLES, SWITCHES
from sandbox.views.citations import pieces

ROLES = ("resource owner", "authorization server", "resource server", "confidential client", "public client", "client", "gateway")
FILE = Path(__file__).with_suffix(".yaml")

Card = dict[str, Any]


def _sentence(text: str) -> str:
    if not text.endswith((".", "?")):
        raise refuse("this is not a whole sentence", "end it with a full stop")
    return text


Sentence = Annotated[Prose, AfterValidator(_sentence), Field(min_length=20, max_length=240)]


class Played(Form):
    """The step of a shipped attack at which one sees what happens without the word."""

    id: Id
    step: str


class Told(Form):
    """Why something is there, and what happens without it; `same` are the addresses of other cards of which the same is true.

    Nobody wants an attack to be there; it has only where one sees it (`attack`).
    """

    why: Sentence | None = None
    without: Sentence | None = None
    attack: Played | None = None
    same: tuple[str, ...] = Field((), strict=False, max_length=12)


class Concept(Form):
    """A word of the field that stands in no other table; `names` are its other names."""

    is_: Sentence = Field(alias="is")
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=3)
    names: tuple[str, ...] = Field((), strict=False, max_length=6)


class Words(Form):
    """The file: the concepts, and the reasons of whatever has one, by its address or name."""

    concepts: dict[str, Concept] = Field(max_length=100)
    reasons: dict[str, Told] = Field(max_length=200)

    @model_validator(mode="after")
    def _of_what_there_is(self) -> Self:
        known = {_folded(name) for card in _bare(self) for name in (card["address"], card["word"])}
        for name in (n for word, told in self.reasons.items() for n in (word, *told.same)):
            if _folded(name) not in known:
                raise refuse(f"there is no `{name}`", suggestion(name, known) or "write its name, or kind:name such as check:audience")
        for played in (told.attack for told in self.reasons.values() if told.attack):
            if played.id not in library.ids():
                raise refuse(f"there is no attack `{played.id}`", suggestion(played.id, library.ids()) or "see oauth-sandbox list")
        return self


def loads(text: str | bytes, name: str = FILE.name) -> Words:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Words, text, name)


@memo("table", 1)
def shipped() -> Words:
    """The words that come with the sandbox."""
    return loads(FILE.read_bytes())


# ---------------------------------------------------------------- cards


def card(word: str) -> Card | None:
    """The card of a name or an address, in whatever case; None if nothing is known about it.

    `address`, `name`, `word`, `names` (its other names); `kind` (parameter, header, part of a message, part of a token, claim, concept,
    check, switch, party); `is`; `why` and `without`, '' where there is nothing to add; `attack` (`id`, `title`, `step`, and `href` from the
    root of the app) or None; `ref`, the citation in pieces, each with its address or ''; `see`, addresses of cards that belong to
    it; `also`, addresses of other things with this name.
    """
    address = _addresses().get(_folded(word))
    return _cards()[address] if address else None


def cards(names: Iterable[str]) -> dict[str, Card]:
    """The cards of those names that have one, each under the name that was asked for."""
    return {name: found for name in names if (found := card(name)) is not None}


def meanings(word: str) -> tuple[str, ...]:
    """The addresses of everything that a name can mean, the first one first; none if nothing is known about it."""
    found = card(word)
    return (found["address"], *found["also"]) if found else ()


def names() -> tuple[str, ...]:
    """What cards can be asked for by."""
    return tuple(name for found in every() for name in (found["word"], *found["names"]))


def every() -> tuple[Card, ...]:
    """All cards: fields, concepts, checks, switches, parties, each in the order of their table."""
    return tuple(_cards().values())


@memo("table", 1)
def _cards() -> dict[str, Card]:
    """By address."""
    words = shipped()
    bare = _bare(words)
    addresses = _named(bare)
    told = {addresses[_folded(name)]: t for word, t in words.reasons.items() for name in (word, *t.same)}
    return {card["address"]: card | _reason(told.get(card["address"])) | _links(card, bare) for card in bare}


@memo("table", 1)
def _addresses() -> dict[str, str]:
    return _named(_bare(shipped()))


def _named(bare: Sequence[Card]) -> dict[str, str]:
    """Address by folded address and by folded name; among equal names the first counts."""
    out = {_folded(card["address"]): card["address"] for card in bare}
    for card in bare:
        for name in (card["name"], card["word"], *card["names"]):
            out.setdefault(_folded(name), card["address"])
    return out


def _folded(name: str) -> str:
    """Names are compared without case, and `access_token`, `access-token` and `access token` are one."""
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip()


def _bare(words: Words) -> list[Card]:
    """What each table says of its own: address, name, word, kind, `is` and `ref`."""
    return [
        *(_card("field", f.name, f.name, f.kind, f.meaning, f.ref) for f in FIELDS.values()),
        *(
            _card("concept", name, name, "concept", c.is_, ", ".join(c.refs)) | {"names": list(c.names)}
            for name, c in words.concepts.items()
        ),
        *(_card("check", c.name, c.name.replace("_", " "), "check", c.sentence, c.ref) for c in CHECKS.values()),
        *(_card("switch", s.name, s.name, "switch", s.meaning, s.ref) for s in SWITCHES.values()),
        *(_card("switch", name, name, "switch", _together(name), "") for name in BUNDLES),
        *(_card("party", m.name, m.title, "party", m.says, m.ref) for m in CAST.values()),
    ]


def _card(family: str, name: str, word: str, kind: str, is_: str, ref: str) -> Card:
    said = {"address": f"{family}:{name}", "name": name, "word": word, "names": [], "kind": kind, "is": is_}
    return said | {"ref": [list(piece) for piece in pieces(ref)]}


def _together(bundle: str) -> str:
    return f"{TO_DO[bundle]}. As switches: {', '.join(f'{name}={value}' for name, value in BUNDLES[bundle].items())}."


def _reason(told: Told | None) -> Card:
    told = told or Told()
    return {"why": told.why or "", "without": told.without or "", "attack": _played(told.attack) if told.attack else None}


def _played(attack: Played) -> Card:
    href = f"play?scenario={attack.id}&step={attack.step}"
    return {"id": attack.id, "title": library.get(attack.id).title, "step": attack.step, "href": href}


def _links(card: Card, bare: Sequence[Card]) -> Card:
    """Other cards: those that its table names, and those that have the same name."""
    family, name = card["address"].split(":", 1)
    also = [o["address"] for o in bare if o is not card and _folded(o["name"]) == _folded(name)]
    return {"see": [a for a in _see(family, name) if a not in also], "also": also}


def _see(family: str, name: str) -> Iterator[str]:
    if family == "field":
        yield from (f"check:{check}" for check in FIELDS[name].checks if check in CHECKS)
    if family == "check":
        yield from (f"field:{f.name}" for f in FIELDS.values() if name in f.checks)
    if family == "party":
        called = f" {_folded(f'{CAST[name].title} {CAST[name].about} {CAST[name].says}')} "
        yield from (f"concept:{term}" for term in ROLES if re.search(rf"\b{term}\b", called))
    if family == "switch":
        yield from (f"switch:{other}" for other in BUNDLES.get(name, ()))
        yield from (f"switch:{bundle}" for bundle, members in BUNDLES.items() if name in members)
