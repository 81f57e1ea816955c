"""The `claims` parameter (OIDC Core §5.5): single claims that a client asks for, in the ID token or at the userinfo endpoint.

What it may ask for is what this server knows of a person, beside `sub` and `acr`; other claims, and members that nobody here
understands, are ignored.  A claim that is not to be had, or has another value, is left out without an error (OIDC Core §5.5.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.frozen import Frozen
from sandbox.core.strict_json import NotJson, read
from sandbox.world.parties.people import User

PLACES = ("userinfo", "id_token")
LONGEST = 6000  # characters of the parameter; all standard claims at both places are half of that
MOST = 100  # claims of one place
VERIFIED = "_verified"
WORDS = {"email": "e-mail address", "address": "postal address", "phone_number": "telephone number"}  # as the scopes are told


@dataclass(frozen=True, slots=True)
class Wish(Frozen):
    """How one claim is wanted.  `values`: those that it may have, the preferred one first; any if there are none (OIDC Core §5.5.1)."""

    essential: bool = False
    values: tuple[Any, ...] = ()

    def fits(self, value: object) -> bool:
        """Whether the claim may be told with this value."""
        return not self.values or value in self.values


@dataclass(frozen=True, slots=True)
class ClaimsRequest(Frozen):
    """The claims that are wanted at each place, by name."""

    userinfo: Mapping[str, Wish] = field(default_factory=dict)
    id_token: Mapping[str, Wish] = field(default_factory=dict)

    def about(self, user: User) -> frozenset[str]:
        """The claims about this person that are asked for."""
        return frozenset((*self.userinfo, *self.id_token)) & frozenset(user.facts())

    @property
    def subject(self) -> Wish:
        """Who is to sign in (OIDC Core §3.1.2.2)."""
        return self.id_token.get("sub", ANY)

    @property
    def acr(self) -> Wish:
        """How the person is to sign in (OIDC Core §5.5.1.1)."""
        return self.id_token.get("acr", ANY)


ANY, NOTHING = Wish(), ClaimsRequest()


class Unreadable(ValueError):
    """The parameter cannot be read; the message says why, and goes on from its name."""


def parsed(text: str) -> ClaimsRequest:
    """The request in this parameter.  Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(f"has more than {LONGEST} characters")
    try:
        asked = read(text)
    except NotJson as why:
        raise Unreadable(str(why)) from None
    if not isinstance(asked, dict):
        raise Unreadable("is no JSON object")
    return ClaimsRequest(*(_wishes(place, asked.get(place, {})) for place in PLACES))


def _wishes(place: str, wanted: Any) -> dict[str, Wish]:
    if not isinstance(wanted, dict):
        raise Unreadable(f"has a {place} that is no object")
    if len(wanted) > MOST:
        raise Unreadable(f"asks for more than {MOST} claims in {place}")
    return {name: _wish(place, how) for name, how in wanted.items()}


def _wish(place: str, how: Any) -> Wish:
    if how is None:
        return ANY
    if not isinstance(how, dict):
        raise Unreadable(f"has a claim in {place} that is neither null nor an object")
    essential, values = how.get("essential", False), how.get("values", [])
    if not isinstance(essential, bool):
        raise Unreadable(f"has a claim in {place} whose essential is neither true nor false")
    if not isinstance(values, list):
        raise Unreadable(f"has a claim in {place} whose values are no list")
    return Wish(essential, (*([how["value"]] if "value" in how else []), *values))


def in_words(claims: Collection[str]) -> str:
    """Claims as the person who is asked calls them: "family name, e-mail address (and whether it is verified)"."""
    said = []
    for claim in sorted(claims):
        of = claim.removesuffix(VERIFIED)
        name = WORDS.get(of, of.replace("_", " "))
        if of == claim:
            said.append(f"{name} (and whether it is verified)" if f"{claim}{VERIFIED}" in claims else name)
        elif of not in claims:
            said.append(f"{name} (only whether it is verified)")
    return ", ".join(said)


def told(user: User, wishes: Mapping[str, Wish]) -> dict[str, object]:
    """What there is to tell of a person at one place."""
    return {name: value for name, value in user.facts().items() if name in wishes and wishes[name].fits(value)}
