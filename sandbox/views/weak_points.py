"""Weak points in words: the same on the page Matrix and in the matrix that is taken away."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import weak_points
from sandbox.studies.weak_points import Hole, Known, Point, Weaker

TITLE = "What no book says"
NOTHING = "Nothing was found."
STALE = "The scripts or switches have changed since this was worked out: it may be out of date."
SIZES = {1: "If one thing fails", 2: "Only together; either of them alone still stops it"}


@dataclass(frozen=True, slots=True)
class Group:
    """The points of one profile that are single switches, or pairs."""

    profile: str
    title: str
    points: tuple[Point, ...]


def groups(profile: str, known: Known) -> list[Group]:
    """First the single switches of a profile, then the pairs."""
    return [Group(profile, said, tuple(weak_points.points(known.profiles[profile], size))) for size, said in SIZES.items()]


def about(known: Known) -> str:
    """What was tried, and how far it can be relied on."""
    attacks = library.attacks()
    scripts = len(attacks) + sum(len(library.ways(a.id)) for a in attacks)
    said = (
        f"In each design one defence was made weaker, and then each two together, and all {len(attacks)} attacks were run by the "
        f"{scripts} scripts that the sandbox has. Shown is the mildest change that lets an attack through while honest use goes on. "
        "It holds for these scripts and this engine; what no script tries is not shown."
    )
    return said if known.fresh else f"{said} {STALE}"


def named(profile: str, switches: Weaker) -> str:
    """`rs.check_aud: on → off`, for each that is weaker."""
    base = Settings.of(profile)
    return " and ".join(f"{name}: {base.value(name)} → {value}" for name, value in switches)


def meaning(switches: Weaker) -> str:
    """What the switches mean."""
    return " ".join(SWITCHES[name].meaning for name, _ in switches)


def attack(hole: Hole) -> str:
    """Which attack gets through and, where it is not the attack's own script, by which other way."""
    title = library.get(hole.attack).title
    return title if hole.script == hole.attack else f"{title} ({library.get(hole.script).title})"
