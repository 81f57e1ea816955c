"""What can be done in a room, and who may do it: `applied(room, entry)` is a pure function, and everything that is refused is refused here.

A log of entries is a room: whoever applies the same entries in the same order has the same room, in every process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from sandbox.core.forms import Form
from sandbox.room.model import LARGEST as WHOLE
from sandbox.room.model import (
    MOST_ANSWERS,
    MOST_DESKS,
    MOST_PEOPLE,
    Answer,
    Given,
    Hash,
    Name,
    Option,
    Person,
    Place,
    Position,
    Question,
    Room,
    Said,
    Seconds,
    Vote,
    World,
    item_of,
)

LARGEST = 16 * 1024  # characters of one command that is not a whole room


class Refused(ValueError):
    """It cannot be done; the message says why, for people."""


# ---------------------------------------------------------------- by anybody, and by learners


class Claim(Form):
    """Somebody has shown the instructor's key: this browser leads from now on.  `proof` is the hash of the key."""

    do: Literal["claim"]
    proof: Hash


class Join(Form):
    """Come in under a name; the browser that is in already is the same person."""

    do: Literal["join"]
    name: Name


class Call(Form):
    """Be called otherwise."""

    do: Literal["call"]
    name: Name


class Say(Form):
    """Answer a question, or answer it otherwise while that is possible."""

    do: Literal["say"]
    question: Question
    said: Said


class See(Form):
    """An item was looked at to its end."""

    do: Literal["see"]
    item: Place


class Choose(Form):
    """Vote for an option, by its number, or otherwise than before."""

    do: Literal["choose"]
    option: Annotated[int, Field(ge=1, le=8)]


class Have(Form):
    """Be given this world: said by the server that has opened it, and by no browser."""

    do: Literal["have"]
    world: World


class Leave(Form):
    """Go, and have name and answers forgotten."""

    do: Literal["leave"]


# ---------------------------------------------------------------- by the instructor


class Move(Form):
    """Everybody who follows goes there."""

    do: Literal["move"]
    to: Position


class Step(Form):
    """Everybody who follows goes to this step, in the run that is on show; nothing once the room has gone elsewhere."""

    do: Literal["step"]
    at: Position


class Lead(Form):
    """Together, or everybody at their own pace."""

    do: Literal["lead"]
    together: bool


class Admit(Form):
    """Whether others may still join."""

    do: Literal["admit"]
    joining: bool


class Reveal(Form):
    """Show the right answer of a question and the spread of what was said."""

    do: Literal["reveal"]
    question: Question


class Ask(Form):
    """Vote: which of these defences next?"""

    do: Literal["ask"]
    item: Place
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=8)]


class Count(Form):
    """End the vote: what was said is shown."""

    do: Literal["count"]


class Rename(Form):
    """Call somebody otherwise."""

    do: Literal["rename"]
    person: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    name: Name


class Remove(Form):
    """Send somebody out, and forget them."""

    do: Literal["remove"]
    person: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]


class Give(Form):
    """Everybody gets a live world of their own with the setting on show; those that are there begin anew with it."""

    do: Literal["give"]


class Share(Form):
    """Whether people may look at each other's worlds."""

    do: Literal["share"]
    on: bool


class Reset(Form):
    """The world of this person begins anew, or those of all (0)."""

    do: Literal["reset"]
    person: Annotated[int, Field(ge=0, le=MOST_PEOPLE)]


class Take(Form):
    """All worlds are closed."""

    do: Literal["take"]


class State(Form):
    """The whole room: how a log begins, and what takes the place of all entries before it."""

    do: Literal["state"]
    room: Room


Desk = Move | Step | Lead | Admit | Reveal | Ask | Count | Rename | Remove | Give | Share | Reset | Take
Learner = Call | Say | See | Choose | Have | Leave
INSIDE = (Claim, Ask, Have)  # which no browser says itself: they come of a request that is looked at first
Command = Claim | Join | Learner | Desk
FORGETS = (Leave, Remove)  # after these the log is written anew, so that it forgets, too


class Entry(Form):
    """A command in a log: by which browser, and when."""

    by: Hash
    at: Seconds
    command: Annotated[Command, Field(discriminator="do")]


_commands: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])
_logged: TypeAdapter[Entry | State] = TypeAdapter(Entry | State)


def read(text: str | bytes) -> Command:
    """A command as a browser sends it.  Raises Refused."""
    if len(text) > LARGEST:
        raise Refused("This is too long.")
    try:
        return _commands.validate_json(text)
    except ValidationError as error:
        raise Refused(_why(error)) from None


def logged(text: str | bytes) -> Entry | State:
    """An entry of a log, which others may have written to.  Raises Refused."""
    if len(text) > WHOLE:
        raise Refused("This is too long.")
    try:
        return _logged.validate_json(text)
    except ValidationError as error:
        raise Refused(_why(error)) from None


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "refused":
        said = str(first["msg"])
        return f"{said[0].upper()}{said[1:]}: {first['ctx']['cure']}."
    where = ".".join(map(str, first["loc"])) or "the whole"
    return f"This is nothing that can be done in a room: {where[:80]}: {first['msg'][:200]}."


# ---------------------------------------------------------------- what each does


def applied(room: Room, entry: Entry) -> Room:
    """The room after this.  Raises Refused; then nothing has changed."""
    command = entry.command
    if isinstance(command, Claim):
        return _claim(room, entry.by, command)
    if isinstance(command, Join):
        return _join(room, entry, command)
    if isinstance(command, Desk):
        if entry.by not in room.desks:
            raise Refused("Only the instructor can do this.")
        return _LED[type(command)](room, entry, command)
    number = room.number(entry.by)
    person = room.person(number)
    if person is None:
        raise Refused("You are not in this room.")
    return _DONE[type(command)](room, entry, number, person, command)


def _claim(room: Room, browser: str, command: Claim) -> Room:
    if command.proof != room.desk:
        raise Refused("This is not the instructor's link of this room.")
    others = tuple(each for each in room.desks if each != browser)
    return room.model_copy(update={"desks": (*others, browser)[-MOST_DESKS:]})


def _join(room: Room, entry: Entry, command: Join) -> Room:
    number = room.number(entry.by)
    name = _free(room, command.name, number)
    person = room.person(number)
    if person is not None:
        return _with(room, number, person.model_copy(update={"name": name}))
    if not room.joining:
        raise Refused("Joining is closed: ask the instructor to open it.")
    if len(room.people) >= MOST_PEOPLE:
        raise Refused(f"{MOST_PEOPLE} people have joined, and that is as many as a room has.")
    return room.model_copy(update={"people": (*room.people, Person(browser=entry.by, name=name, joined=entry.at))})


def _free(room: Room, name: str, mine: int) -> str:
    """The name, or the name with a number if somebody else has it already."""
    taken = {person.name.casefold() for number, person in room.present if number != mine}
    if name.casefold() not in taken:
        return name
    return next(each for n in range(2, MOST_PEOPLE + 2) if (each := f"{name[:35]} {n}").casefold() not in taken)


def _with(room: Room, number: int, person: Person | None) -> Room:
    return room.model_copy(update={"people": (*room.people[: number - 1], person, *room.people[number:])})


def _call(room: Room, _: Entry, number: int, person: Person, command: Call) -> Room:
    return _with(room, number, person.model_copy(update={"name": _free(room, command.name, number)}))


def _say(room: Room, entry: Entry, number: int, person: Person, command: Say) -> Room:
    given = person.answers.get(command.question)
    if item_of(command.question) > room.items:
        raise Refused("There is no such question.")
    if command.question in room.revealed:
        raise Refused("This question has been revealed: what was said before counts.")
    if given is not None and given.final:
        raise Refused("You have answered this question.")
    if given is None and len(person.answers) >= MOST_ANSWERS:
        raise Refused("You have answered more questions than a room has.")
    answer = Answer(said=command.said, at=entry.at, final=not room.together)
    return _with(room, number, person.model_copy(update={"answers": {**person.answers, command.question: answer}}))


def _see(room: Room, _: Entry, number: int, person: Person, command: See) -> Room:
    if command.item > room.items or command.item in person.seen:
        raise Refused("This is known already.")
    return _with(room, number, person.model_copy(update={"seen": tuple(sorted((*person.seen, command.item)))}))


def _choose(room: Room, _: Entry, number: int, person: Person, command: Choose) -> Room:
    if room.vote is None or not room.vote.open or command.option > len(room.vote.options):
        raise Refused("There is nothing to vote for now.")
    cast = {**room.vote.cast, str(number): command.option}
    return room.model_copy(update={"vote": room.vote.model_copy(update={"cast": cast})})


def _leave(room: Room, _: Entry, number: int, person: Person, command: Leave) -> Room:
    return _without(room, number)


def _without(room: Room, number: int) -> Room:
    vote = room.vote
    if vote is not None:
        vote = vote.model_copy(update={"cast": {who: choice for who, choice in vote.cast.items() if who != str(number)}})
    return _with(room, number, None).model_copy(update={"vote": vote})


def _move(room: Room, entry: Entry, command: Move) -> Room:
    if command.to.item > room.items:
        raise Refused("There is no such item.")
    begun = room.begun if command.to.item == room.position.item and room.begun else entry.at
    return room.model_copy(update={"position": command.to, "begun": begun})


def _step(room: Room, entry: Entry, command: Step) -> Room:
    """A step that was taken before what was chosen a moment ago was drawn must not take it back."""
    here = room.position.model_copy(update={"step": command.at.step})
    return room.model_copy(update={"position": here, "begun": room.begun or entry.at}) if here == command.at else room


def _lead(room: Room, _: Entry, command: Lead) -> Room:
    return room.model_copy(update={"together": command.together})


def _admit(room: Room, _: Entry, command: Admit) -> Room:
    return room.model_copy(update={"joining": command.joining})


def _reveal(room: Room, _: Entry, command: Reveal) -> Room:
    if item_of(command.question) > room.items:
        raise Refused("There is no such question.")
    if command.question in room.revealed:
        raise Refused("This question has been revealed.")
    return room.model_copy(update={"revealed": (*room.revealed, command.question)})


def _ask(room: Room, _: Entry, command: Ask) -> Room:
    if command.item > room.items:
        raise Refused("There is no such item.")
    return room.model_copy(update={"vote": Vote(item=command.item, options=command.options)})


def _count(room: Room, _: Entry, command: Count) -> Room:
    if room.vote is None or not room.vote.open:
        raise Refused("There is no vote to end.")
    return room.model_copy(update={"vote": room.vote.model_copy(update={"open": False})})


def _rename(room: Room, _: Entry, command: Rename) -> Room:
    person = room.person(command.person)
    if person is None:
        raise Refused("There is nobody with this number.")
    return _with(room, command.person, person.model_copy(update={"name": _free(room, command.name, command.person)}))


def _remove(room: Room, _: Entry, command: Remove) -> Room:
    if room.person(command.person) is None:
        raise Refused("There is nobody with this number.")
    return _without(room, command.person)


def _have(room: Room, _: Entry, number: int, person: Person, command: Have) -> Room:
    if room.given is None:
        raise Refused("No worlds are given out just now.")
    return _with(room, number, person.model_copy(update={"world": command.world}))


def _give(room: Room, _: Entry, command: Give) -> Room:
    here, order = room.position.model_copy(update={"step": 1}), room.orders + 1
    shared = room.given is not None and room.given.shared
    return room.model_copy(update={"given": Given(at=here, order=order, shared=shared), "orders": order})


def _share(room: Room, _: Entry, command: Share) -> Room:
    return room.model_copy(update={"given": _given(room).model_copy(update={"shared": command.on})})


def _reset(room: Room, _: Entry, command: Reset) -> Room:
    given, order = _given(room), room.orders + 1
    if command.person == 0:
        return room.model_copy(update={"given": given.model_copy(update={"order": order}), "orders": order})
    person = room.person(command.person)
    if person is None or not person.world:
        raise Refused("There is nobody with this number who has a world.")
    return _with(room, command.person, person.model_copy(update={"order": order})).model_copy(update={"orders": order})


def _take(room: Room, _: Entry, command: Take) -> Room:
    _given(room)
    people = tuple(each and each.model_copy(update={"world": ""}) for each in room.people)
    return room.model_copy(update={"given": None, "people": people})


def _given(room: Room) -> Given:
    if room.given is None:
        raise Refused("No worlds are given out just now.")
    return room.given


_LED: dict[type, Callable[[Room, Entry, Any], Room]] = {
    Move: _move, Step: _step, Lead: _lead, Admit: _admit, Reveal: _reveal, Ask: _ask, Count: _count, Rename: _rename,
    Remove: _remove, Give: _give, Share: _share, Reset: _reset, Take: _take,
}  # fmt: skip
_DONE: dict[type, Callable[[Room, Entry, int, Person, Any], Room]] = {
    Call: _call, Say: _say, See: _see, Choose: _choose, Have: _have, Leave: _leave,
}  # fmt: skip
