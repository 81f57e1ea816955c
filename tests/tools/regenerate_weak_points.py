"""Find the weak points of all profiles anew, on all processors.  Run `python -m tests.tools.regenerate_weak_points`; it takes minutes."""

from __future__ import annotations

import sys
from multiprocessing import Pool

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import weak_points
from sandbox.studies.matrix import cores
from sandbox.studies.weak_points import Hole


def found() -> dict[str, tuple[Hole, ...]]:
    """The holes of each profile."""
    jobs = [(profile, attack.id) for profile in PROFILES for attack in library.attacks()]
    holes: dict[str, tuple[Hole, ...]] = dict.fromkeys(PROFILES, ())
    with Pool(cores()) as pool:
        for done, (profile, more) in enumerate(pool.imap(_holes, jobs), 1):
            holes[profile] += more
            print(f"\r{done} of {len(jobs)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return holes


def _holes(job: tuple[str, str]) -> tuple[str, tuple[Hole, ...]]:
    profile, attack = job
    return profile, tuple(weak_points.of_attack(library.get(attack), Settings.of(profile)))


if __name__ == "__main__":
    weak_points.FILE.write_text(weak_points.written(found()), encoding="utf-8")
