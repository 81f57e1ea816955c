"""What several tests share: marks by folder, the profile of hypothesis, the app on a port of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import sharing
from tests.support.check_outcomes import CheckOutcomes
from tests.support.serving import free_port, serving
from tests.support.studied import searches_shared

settings.register_profile("ours", deadline=None, derandomize=True, database=None)  # the same examples each time, however long they take
settings.load_profile("ours")

MARKED = {Path(__file__).parent / name: name for name in ("app", "browser")}  # folders whose tests bear the folder's name as a mark


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for folder, mark in MARKED.items():
            if folder in item.path.parents:
                item.add_marker(mark)


def pytest_configure(config: pytest.Config) -> None:
    """Each process of a test run listens to the checks; at the end of a whole run, each must have passed and failed."""
    outcomes = CheckOutcomes()
    outcomes.listen()
    config.pluginmanager.register(outcomes, "check-outcomes")


def pytest_make_parametrize_id(val: object, argname: str) -> None:
    """Bytes as part of an id are unreadable, and once held the time of their making, so that two workers had other tests."""
    if isinstance(val, bytes):
        raise pytest.UsageError(f"a parameter `{argname}` is bytes: give it an id (`ids=`, or `pytest.param(..., id=...)`)")


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the processes of this run put what they share."""
    mine = tmp_path_factory.getbasetemp()
    sharing.FOLDER[:] = [mine.parent if hasattr(request.config, "workerinput") else mine]
    with searches_shared():
        yield
    sharing.FOLDER.clear()


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """Address of the app as `streamlit run app.py` serves it."""
    port = free_port()
    with serving([sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], port) as url:
        yield url
