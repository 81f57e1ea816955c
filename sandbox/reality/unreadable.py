"""The one error of everything that reads a file of a team's own, and the bounds of what is read."""

from __future__ import annotations

MEGABYTE = 1 << 20
LONGEST_HAR = 512 * MEGABYTE  # bytes of a recording; it is streamed
LONGEST_DOCUMENT = 8 * MEGABYTE  # bytes of any other file; it is read as a whole
LONGEST_YAML = MEGABYTE // 4  # bytes: YAML takes a hundred times as long as JSON
MOST_ENTRIES = 100_000  # of a recording
MOST_NODES = 200_000  # values of a document


class Unreadable(ValueError):
    """The file cannot be used.  The message says why in words of our own, and repeats nothing of what is in the file."""
