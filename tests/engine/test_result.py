"""The result of a run: the words of a stop, and the stamp by which runs are told apart."""

from __future__ import annotations

import pytest

from sandbox import __version__
from sandbox.engine.case import Case
from sandbox.engine.result import NOT_DENIED, Run, Stop, Verdict, digest
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings

FLOW = library.get("naive-jwt")


@pytest.mark.parametrize(
    ("stop", "by", "answer"),
    [
        (Stop("use", "accounts", "audience", 401, "invalid_token"), "accounts.audience", "401 invalid_token"),
        (Stop("use", "accounts", "role", 403), "accounts.role", "403"),
        (Stop("lure", "laptop", "state"), "laptop.state", "not sent"),
        (Stop("frame", "laptop", "frame_ancestors"), "laptop.frame_ancestors", "not shown"),
        (Stop("leak", missing="access_token"), "", "nothing learned"),
        (Stop("use", missing=NOT_DENIED), "", "not denied"),
    ],
)
def test_a_stop_is_said_as_scenario_files_write_it(stop: Stop, by: str, answer: str) -> None:
    assert (stop.by, stop.answer) == (by, answer)


def run(case: Case) -> Run:
    return Run(case, (), case.hers, (), Verdict("completed", "Everything went as it should."))


def test_a_stamp_says_what_was_run() -> None:
    stamp = run(Case.of(FLOW, seed=4)).stamp
    assert stamp == f"OAuth Sandbox {__version__}: naive-jwt {digest(FLOW.source)}, settings {FLOW.settings.key}, seed 4"


def test_other_settings_seeds_and_edits_have_other_stamps() -> None:
    edits = (Edit("m", "path", "/x"), Edit("m", "method", "PUT"))
    cases = [
        Case.of(FLOW),
        Case.of(FLOW, Settings.of("oauth-bcp")),
        Case.of(FLOW, seed=1),
        Case.of(FLOW, edits=edits),
        Case.of(FLOW, edits=edits[:1]),
    ]
    stamps = [run(case).stamp for case in cases]
    assert len(set(stamps)) == len(cases)
    assert ", 2 edits " in stamps[3]
    assert ", 1 edit " in stamps[4]
