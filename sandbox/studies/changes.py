"""Changes to settings: raised switches, the cost of a change, and its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, expand, switch_of

Delta = frozenset[tuple[str, str]]  # switches to raise, and to what
Price = tuple[int, int, int, list[tuple[str, str]]]


def delta(base: Settings, switches: Mapping[str, str]) -> Delta:
    """What these switches, as values that are at least wanted, change in the settings."""
    wanted = {n: v for n, v in _roles(switches).items() if base.architecture in SWITCHES[n].applies}
    return frozenset((n, v) for n, v in wanted.items() if base.at_least({n: v}) != base)


def _roles(switches: Mapping[str, str]) -> dict[str, str]:
    """Bundles opened, and instances taken for their role: a change speaks of all APIs."""
    return {switch_of(name).name: value for name, value in expand(switches).items()}


def singles(base: Settings) -> list[Delta]:
    """Each switch of this design raised alone, to each of its stronger values, weak ones first."""
    return [d for s in SWITCHES.values() for v in s.values if (d := delta(base, {s.name: v}))]


def bundles(base: Settings) -> dict[str, Delta]:
    """What each bundle changes here, by its name; those that change nothing, or need another design, are left out."""
    here = {n: b for n, b in BUNDLES.items() if all(base.architecture in SWITCHES[s].applies for s in b)}
    return {name: d for name, switches in here.items() if (d := delta(base, switches))}


def strongest(base: Settings) -> Delta:
    """All that the strongest profile of this design has and these settings do not have."""
    usual = Settings.of(best(base))
    return delta(base, {n: usual.value(n) for n in SWITCHES})


def best(settings: Settings) -> str:
    """The strongest profile of the same design."""
    return [p.name for p in PROFILES.values() if p.architecture == settings.architecture][-1]


def raised(base: Settings, change: Delta) -> Settings:
    """The settings with the change made."""
    return base.at_least(dict(change))


def named(change: Delta) -> str:
    """`AUD + rs.denylist=strict`: with the names of bundles where they fit."""
    words, left = [], set(change)
    for name, switches in BUNDLES.items():
        if set(switches.items()) <= left:
            words.append(name)
            left -= set(switches.items())
    return " + ".join([*words, *(f"{n}={v}" for n, v in sorted(left))])


def within(small: Delta, large: Delta) -> bool:
    """Whether every switch of `small` is at least as strong in `large`."""
    big = dict(large)
    return all(n in big and SWITCHES[n].values.index(big[n]) >= SWITCHES[n].values.index(v) for n, v in small)


def joined(one: Delta, other: Delta) -> Delta:
    """Both changes; where they disagree the stronger value."""
    out = dict(one)
    for name, value in other:
        values = SWITCHES[name].values
        if name not in out or values.index(value) > values.index(out[name]):
            out[name] = value
    return frozenset(out.items())


def cost(base: Settings, change: Delta) -> Price:
    """How many switches; then how many of them beyond what is recommended; then how far they are raised."""
    usual = Settings.of(best(base))
    beyond = sum(SWITCHES[n].values.index(v) > SWITCHES[n].values.index(usual.value(n)) for n, v in change)
    far = sum(SWITCHES[n].values.index(v) - SWITCHES[n].values.index(base.value(n)) for n, v in change)
    return (len(change), beyond, far, sorted(change))


def lowered(settings: Settings, names: Iterable[str]) -> Settings:
    """The settings with these switches at their weakest."""
    return settings.but({name: switch_of(name).values[0] for name in names})
