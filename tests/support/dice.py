"""Chance that is the same each time: the only file of the tests that may import `random`."""

from __future__ import annotations

import random

Dice = random.Random


def dice(*seed: object) -> Dice:
    """A generator whose rolls follow from the words of its seed alone."""
    return Dice("|".join(map(str, seed)))
