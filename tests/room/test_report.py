"""What is taken home: names are text in all of it, and a learner's own has no line of another's."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from sandbox.room import report
from sandbox.room.model import Room
from sandbox.room.stage import Stage
from sandbox.workshop.program import opened
from tests.support.rooms import ANA, ASKED, BO, DESK, FILES, RIGHT, WRONG, did, room_of

STAGE = Stage(FILES)


@pytest.fixture
def room() -> Room:
    room = did(room_of("Ana", "Bo"), ANA, do="call", name="=HYPERLINK(1) <img src=x onerror=alert(1)>"[:40])
    for who, said in ((ANA, RIGHT), (BO, WRONG)):
        room = did(room, who, do="say", question=ASKED, said=said)
    return did(room, ANA, do="see", item=2)


def test_the_page_escapes_names_and_counts(room: Room) -> None:
    page = report.page(room, STAGE).decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert page.count("<td>1 of 1</td>") == 2
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_a_learners_own_report_has_nobody_else_and_only_what_was_revealed(room: Room) -> None:
    assert "No question has been answered and revealed yet." in report.page(room, STAGE, 2).decode()
    mine = report.page(did(room, DESK, do="reveal", question=ASKED), STAGE, 2).decode()
    assert "You said: No" in mine
    assert "The run says: Yes" in mine
    assert "HYPERLINK" not in mine


def test_no_cell_of_the_table_is_a_formula(room: Room) -> None:
    rows = list(csv.reader(io.StringIO(report.table(room, STAGE).decode("utf-8-sig"))))
    assert rows[0][:5] == ["name", "joined (UTC)", "items seen", "answered", "right"]
    assert rows[1][0].startswith("'=HYPERLINK")
    assert [row[2:5] for row in rows[1:]] == [["1", "1", "1"], ["0", "1", "0"]]


def test_the_data_have_all_that_is_known(room: Room) -> None:
    options = [option.model_dump() for option in STAGE.options(1)]
    room = did(did(room, DESK, do="ask", item=1, options=options), BO, do="choose", option=2)
    room = did(did(room, DESK, do="give"), ANA, do="have", world="a" * 24)
    told = json.loads(report.data(room, STAGE))
    assert [(person["voted"], person["world"]) for person in told["people"]] == [("", True), (options[1]["says"], False)]
    assert "a" * 24 not in json.dumps(told)  # it opens the world
    assert (told["format"], len(told["people"]), told["people"][0]["answers"][0]["right"]) == (1, 2, True)
    assert list(told["questions"][0]["said"].values()) == [1, 1]


def test_the_handout_has_the_rooms_own_answers_and_not_the_instructors_notes(room: Room) -> None:
    assert STAGE.entries[0].note == "Ask first."
    handed = report.handed(room, STAGE).decode()
    assert "(1 said so)" in handed
    assert "Ask first." not in handed


def test_what_was_asked_of_an_item_stands_below_its_one_heading(room: Room) -> None:
    second = next(key for key in STAGE.questions(1) if f"1.{key}" != ASKED)
    room = did(room, DESK, do="reveal", question=ASKED)
    room = did(room, ANA, do="say", question=f"1.{second}", said=STAGE.questions(1)[second]["options"][0]["id"])
    page = report.page(room, STAGE).decode()
    assert (page.count("<h2>1. "), page.count("<h3>")) == (1, 2)


def test_the_zip_can_be_opened_again(room: Room) -> None:
    with zipfile.ZipFile(io.BytesIO(report.packed(room, STAGE))) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert [entry.title for entry in opened(files).entries] == [entry.title for entry in STAGE.entries]
