"""What a learner is asked at a step beside `predict`: which switches stop this, who must refuse, what is known by now, what came when.

A file says the question and what there is to choose from, and never which is right: that is found out by running
(`studies/asking.py`).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sandbox.core.forms import Form, refuse
from sandbox.core.text import short
from sandbox.protocol.cast import CAST
from sandbox.verbs.names import NameOf, Party
from sandbox.verbs.values import is_reference

NOBODY = "nobody"
Kind = Literal["stops", "refuses", "knows", "order"]
KINDS: tuple[Kind, ...] = ("stops", "refuses", "knows", "order")
FACTS = ("key", "pkce", "password", "certificate")
MESSAGE = re.compile(r"[a-z][a-z0-9_]*/[a-z0-9_]+>[a-z0-9_]+:(answer )?[A-Z]{1,10} /[^\s#]{0,160}(#[1-9]\d?)?")


def fact(text: str) -> str:
    """`party.fact`, what somebody knows from the beginning."""
    party, _, what = text.partition(".")
    if party not in CAST or what not in FACTS:
        raise refuse(f"`{short(text)}` is not a fact somebody knows", f"write party.fact; facts are {', '.join(FACTS)}")
    return text


def _known(text: str) -> str:
    return text if is_reference(text) else fact(text)


def _message(text: str) -> str:
    if not MESSAGE.fullmatch(text):
        raise refuse(f"`{short(text)}` does not name a message", "write it as the records do, such as redeem/budget>auth:POST /token")
    return text if "#" in text else f"{text}#1"


Text = Annotated[str, Field(min_length=1, max_length=160)]
Value = Annotated[str, Field(max_length=200), AfterValidator(_known)]
Message = Annotated[str, Field(max_length=300), AfterValidator(_message)]


class Ask(Form):
    """One question at a step, with one of `stops`, `refuses`, `knows` and `order`.  The right answer is never written: a run gives it."""

    question: str = Field(min_length=1, max_length=240, description="the question")
    stops: dict[Text, dict[str, str]] | None = Field(
        None, min_length=2, max_length=6, description="answer: switches; right is the one whose switches block the attack"
    )
    refuses: tuple[Annotated[str, NameOf("party", ())] | Literal["nobody"], ...] | None = Field(
        None, strict=False, min_length=2, max_length=6, description="parties, or nobody; right is the one whose check refuses at this step"
    )
    under: dict[str, str] = Field(default_factory=dict, max_length=20, description="of refuses: the switches that are added first")
    knows: dict[Text, Value] | None = Field(
        None, min_length=2, max_length=8, description="answer: $step.output or party.fact; right are those that are known after this step"
    )
    who: Party | None = Field(None, description="of knows: who; the attacker with all that is hers, by default")
    order: tuple[Message, ...] | None = Field(
        None,
        strict=False,
        min_length=3,
        max_length=8,
        description="messages, as STEP/budget>auth:POST /token, or STEP/auth>budget:answer POST /token",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{kind}`" for kind in given) or "none"
            raise refuse(f"a question has exactly one of {', '.join(KINDS)}; here there is {found}", "make each a question of its own")
        for name, kind in (("under", "refuses"), ("who", "knows")):
            if getattr(self, name) and given != [kind]:
                raise refuse(f"`{name}` belongs to `{kind}`", "remove it")
        for name in ("refuses", "order"):
            listed = getattr(self, name) or ()
            if twice := next((each for n, each in enumerate(listed) if each in listed[:n]), None):
                raise refuse(f"`{short(twice)}` is there twice", "remove one of them")
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)
