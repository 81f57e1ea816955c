"""What each browser in a room may see of it, as plain data: a learner sees no answer of another, the wall nothing that spoils.

The right answer of a question is in none of it before it is revealed; the desk alone is told, and only what it asks for by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.room.model import Did, Person, Position, Room, item_of, key_of, shown
from sandbox.room.rooms import Held, Where
from sandbox.room.stage import Stage
from sandbox.views import quiz

Doc = dict[str, Any]

STILL = 120  # seconds after which somebody who has not moved, while others have, may want to be asked


def opened(room: Room, item: int, person: Person | None) -> tuple[str, ...]:
    """The questions of an item whose answers this person may see, in an order that is always the same."""
    own = [question for question, answer in person.answers.items() if answer.final] if person is not None else []
    return tuple(sorted(key_of(question) for question in {*room.revealed, *own} if item_of(question) == item))


def name_of(room: Room, position: Position, person: Person | None) -> str:
    """A name for what is shown at a position to this person: another name, another document."""
    told = [position.item, position.profile, position.changes, opened(room, position.item, person)]
    return f"{position.item}.{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"


def asked(room: Room, stage: Stage) -> str:
    """The key of the question that everybody is at: the first of the item on show that is not revealed; '' for none."""
    position = room.position
    if stage.settings(position) != stage.entry(position.item).settings:
        return ""
    return next((key for key in stage.questions(position.item) if f"{position.item}.{key}" not in room.revealed), "")


def shared(held: Held) -> Doc:
    """What everybody in the room sees."""
    room, stage, position = held.room, held.stage, held.room.position
    key = asked(room, stage)
    question = f"{position.item}.{key}"
    return {
        "code": shown(room.code),
        "title": room.title,
        "items": [{"title": e.title, "stage": e.stage, "minutes": e.minutes, "story": e.scenario.story} for e in stage.entries],
        "together": room.together,
        "joining": room.joining,
        "position": {"item": position.item, "step": position.step, "own": not position.profile},
        "people": len(room.present),
        "open": key,
        "answered": sum(1 for _, person in room.present if question in person.answers) if key else 0,
        "spreads": {q: spread(room, stage, q) for q in room.revealed if item_of(q) == position.item},
        "vote": _vote(room, stage),
        "worlds": {"item": room.given.at.item, "order": room.given.order, "shared": room.given.shared} if room.given else None,
        "neighbours": [[number, person.name, person.world] for number, person in room.present if person.world]
        if room.given and room.given.shared
        else [],
    } | _names(room, None)


def _names(room: Room, person: Person | None) -> Doc:
    """The names of what is shown to this person: at the place of the room, and of each item in its own setting."""
    docs = [name_of(room, Position(item=item), person) for item in range(1, room.items + 1)]
    return {"here": name_of(room, room.position, person), "docs": docs}


def spread(room: Room, stage: Stage, question: str) -> Doc:
    """What was said to a question, in the words of its options, and what is right."""
    asks = stage.questions(item_of(question)).get(key_of(question))
    if asks is None:
        return {}
    counted = room.spread(question)
    known = {option["id"]: option["text"] for option in asks["options"]}
    rows = (
        list(known) if not (asks["many"] or asks["ordered"]) else sorted({*counted, asks["right"]}, key=lambda said: -counted.get(said, 0))
    )
    return {
        "question": asks["question"],
        "rows": [[quiz.text(asks, said), counted.get(said, 0), said == asks["right"]] for said in rows if quiz.fits(asks, said)],
    }


def _vote(room: Room, stage: Stage) -> Doc | None:
    vote = room.vote
    if vote is None:
        return None
    options = [option.says for option in vote.options]
    return {"item": vote.item, "options": options, "open": vote.open, "cast": len(vote.cast), "counts": None if vote.open else vote.counts}


def learners(held: Held, common: Doc, browser: str) -> Doc:
    """What a learner sees, or somebody who has not joined yet."""
    room, number = held.room, held.room.number(browser)
    person = room.person(number)
    if person is None:
        told = {"code": common["code"], "title": room.title, "joining": room.joining}
        return told | {"role": "stranger", "leads": browser in room.desks}
    own = _names(room, person) if any(answer.final for answer in person.answers.values()) else {}
    return (
        common
        | own
        | {
            "role": "learner",
            "me": {"number": number, "name": person.name},
            "answers": {question: answer.said for question, answer in person.answers.items()},
            "seen": list(person.seen),
            "world": person.world,
            "choice": room.vote.cast.get(str(number), 0) if room.vote is not None else 0,
        }
    )


def walls(held: Held, common: Doc) -> Doc:
    """What the wall shows: the same that a learner sees who has said nothing."""
    room = held.room
    position = room.position.model_dump(mode="json") | {"own": not room.position.profile}
    told = {"role": "desk", "begun": room.begun, "position": position, "neighbours": []}
    return common | told


def desks(held: Held, common: Doc, places: Mapping[int, Where], now: int) -> Doc:
    """What the instructor sees: who is where and who said what, beside the wall's view."""
    room, stage, item = held.room, held.stage, held.room.position.item
    entry, key = stage.entry(item), common["open"]
    question = f"{item}.{key}"
    asks = stage.questions(item).get(key)
    return walls(held, common) | {
        "now": now,
        "opened": room.opened,
        "note": entry.note,
        "minutes": entry.minutes or 0,
        "asks": {"question": asks["question"], "right": quiz.text(asks, asks["right"]), "spread": spread(room, stage, question)}
        if asks
        else None,
        "votes": room.vote.counts if room.vote is not None else None,
        "options": len(stage.options(item)),
        "everybody": [_person(number, person, places.get(number), question if key else "", now) for number, person in room.present],
        "own": [_own(number, person, held.did.get(number)) for number, person in room.present if person.world],
    }


def _own(number: int, person: Person, did: Did | None) -> Doc:
    """Somebody's world, and what was asked of it."""
    told = {"asked": did.asked, "good": did.good, "latest": did.latest} if did is not None else {"asked": 0, "good": 0, "latest": []}
    return {"number": number, "name": person.name, "world": person.world} | told


def _person(number: int, person: Person, where: Where | None, question: str, now: int) -> Doc:
    return {
        "number": number,
        "name": person.name,
        "answered": len(person.answers),
        "seen": len(person.seen),
        "thinks": bool(question) and question not in person.answers,
        "where": [where.item, where.step, where.follows] if where is not None else None,
        "still": where is not None and now - where.moved >= STILL,
    }
