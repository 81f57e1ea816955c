"""Results that take long to make: the processes of one test run make each of them once."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FOLDER: list[Path] = []  # of this test run, once conftest.py knows it


def shared(name: str, make: Callable[[], T]) -> T:
    """What `make` gives, or what another process of this run was given for the same name; it is waited for.

    A name says everything that the result depends on.
    """
    if not FOLDER:
        return make()
    file = FOLDER[0] / f"shared-{hashlib.sha256(name.encode()).hexdigest()}"
    with file.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not file.exists():
            made = make()
            file.with_suffix(".part").write_bytes(pickle.dumps(made))
            file.with_suffix(".part").rename(file)
            return made
        found: T = pickle.loads(file.read_bytes())  # written by this run
        return found
