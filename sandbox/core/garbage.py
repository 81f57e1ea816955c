"""When Python looks for garbage: while much is made that is needed or gives itself back, a look costs much and finds little."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_afterwards() -> Iterator[None]:
    """Inside the block, nothing looks for garbage, in no thread; keep it short.  Whoever switched that off before finds it off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_what_is_there() -> None:
    """Look for garbage once, and never again at what is left: it stays for the life of the process.

    Otherwise each full collection goes through everything that was imported, and nobody is served meanwhile.
    """
    gc.collect()
    gc.freeze()
