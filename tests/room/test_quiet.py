"""What people call themselves, and what they say, is in nothing that a server prints, and in no address."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.app.test_place import RUN
from tests.room.test_replicas import opened
from tests.support.paths import ROOT
from tests.support.redis_server import redis_server
from tests.support.room_sessions import Session
from tests.support.rooms import ASKED, RIGHT
from tests.support.serving import answers, free_port
from tests.support.waiting import until

NAME = "Rumpelstilzchen"


@pytest.mark.slow
def test_names_are_in_no_log(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    app = f"http://127.0.0.1:{port}"
    with redis_server() as store, log.open("wb") as out:
        server = subprocess.Popen([*RUN, "--port", str(port), "--store", store.url], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            until(lambda: answers(app), "the server")
            code, key = opened(store)
            desk, person = Session(app, code, "desk"), Session(app, code)
            assert desk.post("claim", {"key": key}).ok
            assert person.do(do="join", name=NAME) == 200
            person.listen()
            person.sees(lambda view: view["me"]["name"] == NAME, "the name")
            assert person.do(do="say", question=ASKED, said=RIGHT) == 200
            assert person.do(do="call", name=NAME[::-1]) == 200
            assert person.do(do="say", question="nothing", said=NAME) in (400, 409, 422)
            assert desk.do(do="rename", person=1, name=NAME.upper()) == 200
            assert NAME.upper() in desk.get("report.json").text
            store.kill()
            assert person.do(do="call", name=NAME) == 503  # what goes wrong is told without it, too
            person.close()
        finally:
            server.terminate()
            server.wait(60)
    told = log.read_text(encoding="utf-8", errors="replace").casefold()
    assert "http" in told, "the server prints something"
    assert NAME.casefold() not in told
    assert NAME[::-1].casefold() not in told
