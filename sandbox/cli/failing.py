"""When `audit` fails: on which attacks that succeed, and on which of them only if they are new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.core.text import plural
from sandbox.views.terminal import Unusable

if TYPE_CHECKING:
    from sandbox.studies.audit import Audit
    from sandbox.studies.findings import Finding

ANY = "any"
MAX_BASELINE = 4 * 1024 * 1024  # bytes


def reasons(given: Sequence[str]) -> frozenset[str]:
    """The attacks, goals or `any` on which to fail; `any` if nothing is said."""
    from sandbox.core.text import nearest, quoted
    from sandbox.language import library
    from sandbox.language.goals import PREDICATES

    if not given:  # the attacks need not be read
        return frozenset({ANY})
    known = (ANY, *PREDICATES, *(attack.id for attack in library.attacks()))
    for word in given:
        if word not in known:
            goals = ", ".join((ANY, *PREDICATES))
            raise Unusable(f"--fail-on: there is no attack or goal {quoted(word)}: write {goals} or an id{nearest(word, known)}")
    return frozenset(given)


def known(baseline: Path | None) -> frozenset[str]:
    """The attacks that succeeded for certain when this file was written by `audit --json`."""
    from sandbox.language.source import contents

    if baseline is None:
        return frozenset()
    try:
        data = json.loads(contents(baseline, MAX_BASELINE))
        return frozenset(f["attack"] for f in data["attacks"] if f["found"] == "succeeded" and not f.get("unsure", False))
    except OSError as error:
        raise Unusable(f"--baseline: {baseline} cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"{baseline}:{error.lineno}:{error.colno}: this is no JSON; write it with `oauth-sandbox audit --json`") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unusable(f"--baseline: {baseline} is not what `oauth-sandbox audit --json` prints") from None


def found(result: Audit, wanted: frozenset[str], old: frozenset[str]) -> list[Finding]:
    """The attacks that succeed for certain, are wanted, and are not old."""
    from sandbox.language import library

    def counts(attack: str) -> bool:
        return bool({ANY, attack, *(goal.predicate for goal in library.get(attack).goal)} & wanted)

    return [f for f in result.certain if counts(f.attack) and f.attack not in old]


def words(attacks: Iterable[Finding], chosen: bool, compared: bool) -> str:
    """What the command fails on, in a line."""
    every = [f.attack for f in attacks]
    new = "new " if compared else ""
    said = f"{plural(len(every), f'{new}attack')} succeed{'s' * (len(every) == 1)}"
    return f"{said}: {', '.join(every)}" if chosen or compared else said
