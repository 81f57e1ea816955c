"""What a room takes home: who saw, answered and solved what; the handout with the room's own answers; its files.

All of it is made when it is asked for, and kept nowhere.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from sandbox.core.clock import clock_time
from sandbox.core.text import clean
from sandbox.room.model import Person, Room
from sandbox.room.stage import Stage
from sandbox.views import quiz
from sandbox.views.html.frame import Document
from sandbox.workshop.archive import zipped
from sandbox.workshop.handout import handout

PAGE = Document("room.html.j2", ("handout.css",))
FORMAT = 1
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a cell for a formula


@dataclass(frozen=True, slots=True)
class Told:
    """A question of an item: what was said, by how many, and what is right."""

    item: int
    key: str
    asks: quiz.Doc
    counts: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.item}.{self.key}"

    @property
    def question(self) -> str:
        return str(self.asks["question"])

    @property
    def right(self) -> str:
        return quiz.text(self.asks, self.asks["right"])

    @property
    def rows(self) -> list[tuple[str, int, bool]]:
        """What was said in words, by how many, and whether it is right."""
        fit = [said for said in self.counts if quiz.fits(self.asks, said)]
        return [
            (quiz.text(self.asks, said), self.counts[said], said == self.asks["right"])
            for said in sorted(fit, key=lambda s: -self.counts[s])
        ]

    def said(self, person: Person) -> str:
        """What a person said, in words; '' for nothing."""
        given = person.answers.get(self.name)
        return quiz.text(self.asks, given.said) if given is not None and quiz.fits(self.asks, given.said) else ""

    def solved(self, person: Person) -> bool:
        """Whether a person's answer is the right one."""
        given = person.answers.get(self.name)
        return given is not None and given.said == self.asks["right"]


def told(room: Room, stage: Stage, of: Person | None = None) -> list[Told]:
    """The questions that somebody has answered, or this person alone, in the order of the playlist.

    A learner's own report has only those whose right answer they may see.
    """
    people = [person for _, person in room.present]
    every = [
        Told(item, key, asks, room.spread(f"{item}.{key}"))
        for item in range(1, room.items + 1)
        for key, asks in stage.questions(item).items()
    ]
    if of is not None:
        return [each for each in every if each.name in of.answers and not room.is_open(each.name, of)]
    return [each for each in every if any(each.name in person.answers for person in people)]


def page(room: Room, stage: Stage, number: int = 0) -> bytes:
    """The report of the room, or of one person alone, as a page that stands alone."""
    one = room.person(number)
    questions = told(room, stage, one)
    people = [one] if one is not None else [person for _, person in room.present]
    return PAGE.render(
        f"{room.title}: {one.name}" if one is not None else room.title,
        room=room,
        alone=one is not None,
        entries=stage.entries,
        people=people,
        questions=questions,
        day=clock_time(room.opened)[:10],
    ).encode("utf-8", "replace")


def table(room: Room, stage: Stage) -> bytes:
    """A row for each person, a column for each question; no cell is a formula."""
    questions = told(room, stage)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(["name", "joined (UTC)", "items seen", "answered", "right", *(_cell(f"{q.item}. {q.question}") for q in questions)])
    for _, person in room.present:
        answered = [q for q in questions if q.name in person.answers]
        right = sum(q.solved(person) for q in questions)
        write(
            [
                _cell(person.name),
                clock_time(person.joined),
                len(person.seen),
                len(answered),
                right,
                *(_cell(q.said(person)) for q in questions),
            ]
        )
    return ("\ufeff" + out.getvalue()).encode("utf-8", "replace")


def _cell(text: str) -> str:
    line = clean(text, 1000)
    return f"'{line}" if line.startswith(FORMULA) else line


def data(room: Room, stage: Stage) -> bytes:
    """All that is known of the room, for machines: also what an export of personal data has to have."""
    questions = told(room, stage)
    whole = {
        "format": FORMAT,
        "title": room.title,
        "opened": clock_time(room.opened),
        "items": [{"item": n, "scenario": e.scenario.id, "title": e.title} for n, e in enumerate(stage.entries, 1)],
        "people": [
            {
                "name": person.name,
                "joined": clock_time(person.joined),
                "seen": list(person.seen),
                "world": bool(person.world),
                "voted": _voted(room, number),
                "answers": [
                    {"question": q.name, "said": q.said(person), "right": q.solved(person), "at": clock_time(person.answers[q.name].at)}
                    for q in questions
                    if q.name in person.answers
                ],
            }
            for number, person in room.present
        ],
        "questions": [
            {"question": q.name, "asks": q.question, "right": q.right, "said": {text: count for text, count, _ in q.rows}}
            for q in questions
        ],
        "vote": _vote(room),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False).encode("utf-8", "replace")


def _voted(room: Room, number: int) -> str:
    """What somebody was for in the latest vote; '' for nothing."""
    choice = room.vote.cast.get(str(number), 0) if room.vote is not None else 0
    return room.vote.options[choice - 1].says if room.vote is not None and choice else ""


def _vote(room: Room) -> list[dict[str, object]]:
    """The latest vote as a whole."""
    if room.vote is None:
        return []
    return [{"option": option.says, "votes": count} for option, count in zip(room.vote.options, room.vote.counts, strict=True)]


def handed(room: Room, stage: Stage) -> bytes:
    """The handout of the workshop, with how many of the room gave each answer."""
    played = [(entry, stage.run(item)) for item, entry in enumerate(stage.entries, 1)]
    counts = {(q.item, q.key): q.counts for q in told(room, stage)}
    return handout(stage.workshop, played, counts=counts).encode("utf-8", "replace")


def packed(room: Room, stage: Stage) -> bytes:
    """Playlist and files as a zip that the page Workshop opens again."""
    return zipped((name, text.encode("utf-8", "replace")) for name, text in room.files.items())
