"""How a page declares itself: its title, its path and its place in the navigation, above the function that draws it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

Draw = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the app; `path` is its address and its name in links, `about` what one finds there, in a sentence."""

    title: str
    path: str
    draw: Draw
    place: int | None
    about: str = ""


def page(title: str, *, path: str, place: int | None = None, about: str = "") -> Callable[[Draw], Page]:
    """Make a function the page at this path.

    `place` orders the navigation from left to right, and the first page is the one that an address without a path opens.
    A page without a place is not in the navigation; links lead to it.
    """
    return lambda draw: Page(title=title, path=path, draw=draw, place=place, about=about)


def pages(package: ModuleType) -> list[Page]:
    """All pages that the modules of a package declare, in the order of their places; those without one come last."""
    modules = [importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    declared = [value for module in modules for value in vars(module).values() if isinstance(value, Page)]
    return sorted(declared, key=lambda page: (page.place is None, page.place))
