"""What a room is: frozen, bounded, plain JSON with a version.  Nothing here knows a scenario, a clock or a network.

Of a person there is the name that was chosen and a hash of the browser's secret, and what that browser has said in this room.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from sandbox.core.forms import Form, refuse
from sandbox.core.text import HIDDEN

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without those that look like others: five bits each
LENGTH = 8  # of a code: 40 bits
MOST_PEOPLE = 300
MOST_ITEMS = 60
MOST_ANSWERS = 400  # of one person
MOST_DESKS = 8  # browsers that may lead a room
LONGEST_NAME = 40
LARGEST = 4 * 1024 * 1024  # characters of a whole room

CODE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")


def _named(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or HIDDEN.search(name):
        raise refuse(f"a name has 1 to {LONGEST_NAME} characters that can be seen", "write another name")
    return name


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(max_length=400), AfterValidator(_named)]
Place = Annotated[int, Field(ge=1, le=MOST_ITEMS)]  # of an item in the playlist, from 1
Question = Annotated[str, Field(pattern=r"^[1-9][0-9]?\.[^\s.]{1,40}(\.[1-9])?$")]  # item, step, and which of its further ones
Said = Annotated[str, Field(pattern=r"^[a-z]{1,8}$")]
Seconds = Annotated[int, Field(ge=0, le=4_102_444_800)]  # since 1970
Order = Annotated[int, Field(ge=0, le=1_000_000)]
World = Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]{24})?$")]  # the key of a live world; '' for none
Switch = Annotated[str, Field(max_length=60)]
Changes = Annotated[tuple[tuple[Switch, Switch], ...], Field(max_length=100)]


class Position(Form):
    """Where somebody is: an item, a setting (`profile` '' is the item's own) with what differs from it, and a step, from 1."""

    item: Place = 1
    profile: Annotated[str, Field(max_length=40)] = ""
    changes: Changes = ()
    step: Annotated[int, Field(ge=1, le=9999)] = 1


class Answer(Form):
    """What somebody said, and when; `final`: it was answered at once, so that it cannot be changed."""

    said: Said
    at: Seconds
    final: bool = False


class Person(Form):
    """Somebody in the room; the number of a person is their place in `Room.people`, from 1."""

    browser: Hash
    name: Name
    joined: Seconds
    answers: dict[Question, Answer] = Field(default_factory=dict, max_length=MOST_ANSWERS)
    seen: Annotated[tuple[Place, ...], Field(max_length=MOST_ITEMS)] = ()  # items that were looked at to their end
    world: World = ""
    order: Order = 0  # the latest one by which this world alone is to begin anew


class Option(Form):
    """A defence to vote for: its words, and the switches that it sets."""

    says: Annotated[str, Field(min_length=1, max_length=300)]
    profile: Annotated[str, Field(max_length=40)]
    changes: Changes


class Vote(Form):
    """Which defence next?  `cast` says for each person the number of an option, from 1; `won` is the option that was run."""

    item: Place
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=8)]
    open: bool = True
    cast: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")], int] = Field(default_factory=dict, max_length=MOST_PEOPLE)

    @property
    def counts(self) -> list[int]:
        """How many are for each option."""
        return [sum(1 for choice in self.cast.values() if choice == number) for number in range(1, len(self.options) + 1)]


class Given(Form):
    """Everybody in the room has a live world of their own, which begins with the setting of this position.

    `order`: the latest one by which all of them are to begin anew; `shared`: whether people may look at those of others.
    """

    at: Position
    order: Order
    shared: bool = False


class Room(Form):
    """One room.  `desk` is the hash of the instructor's key, `desks` the browsers that have shown it; `items` how many the playlist has.

    `files` are those of the workshop, by their names.  A person who was removed or has left is None: numbers stay.
    """

    version: Literal[1] = 1
    code: Annotated[str, Field(pattern=rf"^[{LETTERS}]{{{LENGTH}}}$")]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    desk: Hash
    items: Place
    files: Annotated[dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=300_000)]], Field(max_length=60)]
    opened: Seconds
    desks: Annotated[tuple[Hash, ...], Field(max_length=MOST_DESKS)] = ()
    joining: bool = True
    together: bool = True
    position: Position = Position()
    begun: Seconds = 0  # when the item on show was begun
    revealed: Annotated[tuple[Question, ...], Field(max_length=MOST_ITEMS * 20)] = ()
    vote: Vote | None = None
    given: Given | None = None
    orders: Order = 0  # how often worlds were to begin anew
    people: Annotated[tuple[Person | None, ...], Field(max_length=MOST_PEOPLE)] = ()

    def number(self, browser: str) -> int:
        """The number of the person at this browser; 0 for nobody."""
        return next((n for n, person in enumerate(self.people, 1) if person is not None and person.browser == browser), 0)

    def person(self, number: int) -> Person | None:
        """The person with this number; None if there is none, or none any more."""
        return self.people[number - 1] if 1 <= number <= len(self.people) else None

    @property
    def present(self) -> list[tuple[int, Person]]:
        """Everybody who has joined and not left, by number."""
        return [(n, person) for n, person in enumerate(self.people, 1) if person is not None]

    def is_open(self, question: str, person: Person | None) -> bool:
        """Whether the right answer is still to be kept from this person."""
        if question in self.revealed:
            return False
        answer = person.answers.get(question) if person is not None else None
        return answer is None or not answer.final

    def order(self, person: Person) -> int:
        """The latest order by which this person's world is to begin anew."""
        return max(person.order, self.given.order if self.given is not None else 0)

    def spread(self, question: str) -> dict[str, int]:
        """How many have given each answer."""
        said = [person.answers[question].said for _, person in self.present if question in person.answers]
        return {each: said.count(each) for each in sorted(set(said))}


class Did(Form):
    """What was asked of somebody's world since it began: how many requests, how many were answered well, and the latest ones."""

    person: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    asked: Annotated[int, Field(ge=0, le=1_000_000)]
    good: Annotated[int, Field(ge=0, le=1_000_000)]
    latest: Annotated[tuple[tuple[Annotated[str, Field(max_length=200)], int, bool], ...], Field(max_length=20)]


def read_did(text: str) -> Did | None:
    """The same as it was called out; None if it is none of it."""
    try:
        return Did.model_validate_json(text[:8000])
    except ValidationError:
        return None


def item_of(question: str) -> int:
    """The item that a question belongs to."""
    return int(question.partition(".")[0])


def key_of(question: str) -> str:
    """The question's name inside its item."""
    return question.partition(".")[2]


def code_of(text: str) -> str:
    """A code as somebody has typed it, with small letters, blanks or hyphens; '' if it can be none."""
    code = re.sub(r"[\s-]+", "", text[:40]).upper()
    return code if CODE.fullmatch(code) else ""


def shown(code: str) -> str:
    """A code for people to read: ABCD-EFGH."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
