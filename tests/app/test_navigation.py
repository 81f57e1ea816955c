"""A page is one file: its title, path and place stand in it, and the navigation finds it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.app import frame, navigation, pages
from sandbox.app.parts import first_stories
from tests.support.apps import opened, page_text

ALMANAC = '''
"""The page Almanac."""

from sandbox.app import navigation
from sandbox.app.markup import show


@navigation.page("Almanac", path="almanac", place=31)
def page() -> None:
    show("<dl><dt>{term}</dt></dl>", term="grant")


@navigation.page("Hidden", path="hidden")
def hidden() -> None:
    show("<p>{text}</p>", text="found by a link")
'''


@pytest.fixture
def almanac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of ours beside those of the app."""
    (tmp_path / "almanac.py").write_text(ALMANAC, encoding="utf-8")
    monkeypatch.setattr(pages, "__path__", [*pages.__path__, str(tmp_path)])
    monkeypatch.setattr(frame, "PAGES", navigation.pages(pages))
    yield
    del sys.modules["sandbox.app.pages.almanac"]


@pytest.mark.slow
def test_a_module_more_is_a_page_more(almanac: None) -> None:
    titles = [page.title for page in frame.PAGES]
    assert titles[titles.index("Attacks") + 1] == "Almanac"
    assert "grant" in page_text(opened("almanac"))


def test_a_page_without_a_place_is_reached_by_links_only(almanac: None) -> None:
    assert "found by a link" in page_text(opened("hidden"))
    assert frame.PAGES[-1].path == "hidden"


def test_paths_titles_and_places_are_unique() -> None:
    for values in (
        [page.path for page in frame.PAGES],
        [page.title for page in frame.PAGES],
        [page.place for page in frame.PAGES if page.place is not None],
    ):
        assert len(values) == len(set(values)), f"two pages have the same: {sorted(v for v in set(values) if values.count(v) > 1)}"


def test_every_module_of_pages_declares_one() -> None:
    modules = {path.stem for path in Path(pages.__path__[0]).glob("*.py")} - {"__init__"}
    assert {page.draw.__module__.rpartition(".")[2] for page in frame.PAGES} == modules


def test_a_path_is_one_word_of_an_address() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", page.path) for page in frame.PAGES)


def test_the_app_opens_with_start() -> None:
    assert frame.PAGES[0].path == "start"


def test_the_doors_of_the_start_page_lead_to_pages() -> None:
    assert {door.page for door in first_stories.shipped().doors} <= {page.path for page in frame.PAGES}
