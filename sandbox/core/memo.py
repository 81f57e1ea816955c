"""The memory of the process: functions that keep their results, each with a limit, all of them in one register.

What is kept is kept for every visitor and every thread.  So such a function gives the same for the same arguments, and nobody
changes what it gave.  What one visitor has pasted is for nobody else: work on that stands inside `nothing_kept()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import Lock, RLock
from typing import Any, Generic, Literal, ParamSpec, TypeVar
from urllib.parse import clear_cache  # type: ignore[attr-defined]  # typeshed does not know it

P = ParamSpec("P")
R = TypeVar("R")

Kind = Literal["table", "key", "message", "run"]
KINDS: dict[Kind, str] = {
    "table": "files that come with the sandbox, and what follows from our own tables",
    "key": "keys, made from a seed or read from a message",
    "message": "texts that travel in messages, taken apart",
    "run": "runs, and what is made of them",
}
FROM_OUTSIDE = frozenset[Kind]({"key", "message", "run"})  # what a visitor gave can be among their arguments
SLOW = frozenset[Kind]({"table", "run"})  # worth waiting for a thread that makes the same just now

MISSING: Any = object()
_private: ContextVar[bool] = ContextVar("nothing is kept", default=False)
_register: dict[str, Memo[..., Any]] = {}


class Memo(Generic[P, R]):
    """The results of one function: at most `limit`, the oldest goes first.  Errors are not kept."""

    def __init__(self, function: Callable[P, R], kind: Kind, limit: int, longest: int | None) -> None:
        self.function, self.kind, self.limit, self.longest = function, kind, limit, longest
        self.kept: dict[Any, R] = {}
        self._lock = Lock()
        self._turns = _Turns()

    def has(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether the result for these arguments is there already."""
        return _key(args, kwargs) in self.kept

    def keep(self, result: R, *args: P.args, **kwargs: P.kwargs) -> R:
        """Keep a result that was made a step at a time elsewhere, as if this function had made it."""
        return result if self._passes_by(args) else self._keep(_key(args, kwargs), result)

    def make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        """The result for these arguments, made by this thread or by another that is at it."""
        if self._passes_by(args):
            return self.function(*args, **kwargs)
        key = _key(args, kwargs)
        if self.kind not in SLOW:
            return self._keep(key, self.function(*args, **kwargs))
        with self._turns.take(key):
            found: R = self.kept.get(key, MISSING)
            return found if found is not MISSING else self._keep(key, self.function(*args, **kwargs))

    def forget(self) -> None:
        """Drop all results."""
        with self._lock:
            self.kept.clear()

    def _passes_by(self, args: tuple[Any, ...]) -> bool:
        """Whether this call is not for keeping: it is private, or its first argument is longer than `longest` characters."""
        return (self.longest is not None and len(args[0]) > self.longest) or (self.kind in FROM_OUTSIDE and _private.get())

    def _keep(self, key: Any, result: R) -> R:
        with self._lock:
            self.kept[key] = result
            while len(self.kept) > self.limit:
                del self.kept[next(iter(self.kept))]
        return result


def _key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return (args, tuple(kwargs.items())) if kwargs else args


class _Turns:
    """One thread works on a key while others that want the same wait: a room that clicks at once costs one run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[Any, _Turn] = {}

    @contextmanager
    def take(self, key: Any) -> Iterator[None]:
        """Wait until no other thread works on this key."""
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[key]


class _Turn:
    def __init__(self) -> None:
        self.lock = RLock()
        self.wanted = 0


def memo(kind: Kind, limit: int, *, longest: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of a function that is to keep its latest `limit` results; none for a text of more than `longest` characters."""

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        mine = Memo(function, kind, limit, longest)
        kept = mine.kept

        @wraps(function)
        def remembering(*args: P.args, **kwargs: P.kwargs) -> R:
            found: R = kept.get(_key(args, kwargs) if kwargs else args, MISSING)
            return found if found is not MISSING else mine.make(args, kwargs)

        remembering.memo = mine  # type: ignore[attr-defined]  # for `of`
        _register[f"{function.__module__}.{function.__qualname__}"] = mine
        return remembering

    return decorated


def of(function: Callable[P, R]) -> Memo[P, R]:
    """The memo of a function that was decorated."""
    mine: Memo[P, R] = function.memo  # type: ignore[attr-defined]
    return mine


def register() -> dict[str, Memo[..., Any]]:
    """All memos of the modules that are loaded, by the full names of their functions."""
    return dict(_register)


def forget(*kinds: Kind) -> None:
    """Empty all memos of these kinds; all of them if none is named."""
    for one in _register.values():
        if not kinds or one.kind in kinds:
            one.forget()


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Inside the block, in this thread, no memo keeps anything that a visitor could have given."""
    before = _private.set(True)
    try:
        yield
    finally:
        _private.reset(before)
        clear_cache()  # the standard library keeps the latest addresses
