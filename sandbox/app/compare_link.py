"""What the page Compare shows, and how an address says it: `?scenario=S&a=naive-jwt&b=oauth-bcp,rs.check_aud=off`.

Each of `a` to `d` is a profile, or `file` for the story's own setting, followed by the switches that differ from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.app.parts import first_stories
from sandbox.app.state import FILE, View, parse, sentence
from sandbox.core.text import nearest, quoted
from sandbox.protocol.switches import BUNDLES, PROFILES

NAMES = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Compared:
    """Two to four views of the same story with the same seed."""

    views: tuple[View, ...]

    @property
    def scenario(self) -> str:
        return self.views[0].scenario

    @property
    def seed(self) -> int:
        return self.views[0].seed

    def of_story(self, scenario: str) -> Compared:
        """Another story in the same settings."""
        return Compared(tuple(replace(v, scenario=scenario) for v in self.views))

    def changed(self, place: int, view: View) -> Compared:
        return Compared((*self.views[:place], view, *self.views[place + 1 :]))

    def without(self, place: int) -> Compared:
        return Compared(tuple(v for i, v in enumerate(self.views) if i != place))

    def added(self) -> Compared:
        """One more: the first profile that is not there yet."""
        used = {v.profile for v in self.views if not v.changes}
        free = next((p for p in PROFILES if p not in used), "")
        return Compared((*self.views, View(self.scenario, free, (), self.seed)))

    def params(self) -> dict[str, str]:
        """The query of the address, without `step`."""
        sides = {name: text(view) for name, view in zip(NAMES, self.views, strict=False)}
        return {"scenario": self.scenario, **sides} | ({"seed": str(self.seed)} if self.seed else {})


def text(view: View) -> str:
    """`oauth-bcp,rs.check_aud=off`"""
    return ",".join((view.profile or FILE, *(f"{n}={v}" for n, v in view.changes)))


def link(first: View, *others: View) -> dict[str, str]:
    """The query of an address that compares these."""
    return Compared((first, *others)).params()


def start() -> Compared:
    """The comparison that is shown if the address names none."""
    opening = first_stories.shipped().compare
    return Compared(tuple(View(opening.scenario, profile) for profile in opening.settings))


def read(params: Mapping[str, str]) -> tuple[Compared, list[str]]:
    """What an address means, and a sentence for each part of it that means nothing."""
    usual = start()
    head, problems = parse({k: params[k] for k in ("scenario", "seed") if k in params})
    scenario = head.scenario or usual.scenario
    given = {place: _side(params[name], problems) for place, name in enumerate(NAMES) if params.get(name)}
    views = dict(enumerate(usual.views)) | given
    return Compared(tuple(replace(views[i], scenario=scenario, seed=head.seed) for i in sorted(views))), problems


def _side(side: str, problems: list[str]) -> View:
    first, _, rest = side.partition(",")
    if "=" in first or first in BUNDLES:
        first, rest = FILE, side
    if first != FILE and first not in PROFILES:
        known = (*PROFILES, FILE)
        problems.append(sentence(f"There is no profile {quoted(first)}{nearest(first, known)}") + " This is the story's own setting.")
        first = FILE
    view, more = parse({"profile": "" if first == FILE else first, "set": rest})
    problems += more
    return view
