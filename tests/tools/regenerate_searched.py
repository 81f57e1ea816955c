"""Search around every blocked cell of the matrix anew, on all processors.  Run `python -m tests.tools.regenerate_searched`."""

from __future__ import annotations

import sys
from multiprocessing import Pool

from sandbox.language import library
from sandbox.studies import searched
from sandbox.studies.matrix import cores
from sandbox.studies.searched import Entry, Place


def found(places: list[Place]) -> list[tuple[Place, Entry]]:
    """What is found around each, in their order."""
    entries: list[tuple[Place, Entry]] = []
    with Pool(cores()) as pool:
        for place, entry in zip(places, pool.imap(searched.look, places), strict=True):
            entries.append((place, entry))
            print(f"\r{len(entries)} of {len(places)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return entries


if __name__ == "__main__":
    searched.FILE.write_text(searched.written(found(searched.blocked(library.attacks()))), encoding="utf-8")
