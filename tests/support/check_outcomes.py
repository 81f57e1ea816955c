"""Which checks have passed, and which have failed, in a run of the tests: a pytest plugin that listens, and says at the end what is missing.

A check that no party performs any more, or that no test sees refuse, is a gap that no single test can notice.  Each worker listens for
itself; the process that started them puts together what they heard.  Nothing is demanded of a part of the suite.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.protocol.checks import CHECKS, Check, Checklist

Heard = set[tuple[str, str]]  # (check, "pass" or "fail")
KEY = "check_outcomes"  # in what a worker tells the process that started it
CURES = {
    "pass": "never passes; add a test in which it does (REFUSALS in its row: only refusals are recorded)",
    "fail": "never fails; add a test in which it does (tests/world/ has one for each party)",
}
RULE = """\
Every check in sandbox/protocol/checks.py must pass in some test and fail in some test, or nobody notices when it stops working."""


class CheckOutcomes:
    """The plugin.  Only what the sandbox itself records counts: a test that makes up a trace proves nothing."""

    def __init__(self, checks: Mapping[str, Check] = CHECKS) -> None:
        self.checks = checks
        self.heard: Heard = set()
        self.missing: list[str] = []

    def listen(self) -> None:
        """From now on, hear of each check that the sandbox performs."""
        record = Checklist.test

        def test(checks: Checklist, check: str, ok: bool, expected: object, found: object) -> bool:
            if sys._getframe(1).f_globals["__name__"].startswith("sandbox."):
                self.heard.add((check, "pass" if ok else "fail"))
            return record(checks, check, ok, expected, found)

        Checklist.test = test  # type: ignore[method-assign]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended: what it heard counts, too."""
        self.heard |= {(check, outcome) for check, outcome in getattr(node, "workeroutput", {}).get(KEY, ())}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput[KEY] = sorted(self.heard)
        elif whole(config) and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not session.shouldstop:
            self.missing = list(gaps(self.heard, self.checks))
            if self.missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.missing:
            terminalreporter.section("checks that the tests do not prove", red=True, bold=True)
            terminalreporter.write_line("\n".join((RULE, *self.missing)))


def whole(config: pytest.Config) -> bool:
    """Whether all tests were asked for: nothing was selected, left out or only collected."""
    options = vars(config.option)
    fewer = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly", "stepwise", "maxfail")
    asked = {(config.invocation_params.dir / arg).resolve() for arg in config.args}
    return not any(options.get(name) for name in fewer) and asked == {
        Path(config.rootpath, t).resolve() for t in config.getini("testpaths")
    }


def gaps(heard: Iterable[tuple[str, str]], checks: Mapping[str, Check]) -> Iterator[str]:
    """A sentence for each outcome that a row of the table promises and no test has seen, and for each that it does not mention."""
    seen: dict[str, set[str]] = {}
    for check, outcome in heard:
        seen.setdefault(check, set()).add(outcome)
    for name in sorted(seen.keys() - checks.keys()):
        yield f"- {name}: is performed, but has no row; add one that says what must be so, and the section that says it"
    for check in checks.values():
        outcomes = seen.get(check.name, set())
        if not outcomes:
            yield f"- {check.name}: no party performs it; perform it, and test that it passes and fails, or remove its row"
        else:
            yield from (f"- {check.name}: {CURES[o]}" for o in check.outcomes if o not in outcomes)
            yield from (
                f"- {check.name}: its row says that `{o}` is never recorded, and it is; correct the row"
                for o in sorted(outcomes - {*check.outcomes})
            )
