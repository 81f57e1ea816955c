"""What a memo keeps, what it drops, what it must not keep, and that threads get in nobody's way."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from sandbox.core import memo as memory
from sandbox.core.memo import Kind, memo, nothing_kept, of


@pytest.fixture(autouse=True)
def _no_memo_of_a_test_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_register", dict(memory._register))


def counted(kind: Kind, limit: int, longest: int | None = None) -> tuple[Callable[[str], str], list[str]]:
    """A memo, and the arguments with which its function was really called."""
    calls: list[str] = []

    @memo(kind, limit, longest=longest)
    def upper(text: str) -> str:
        calls.append(text)
        return text.upper()

    return upper, calls


def test_a_result_is_made_once() -> None:
    upper, calls = counted("message", 2)
    assert [upper("a"), upper("a"), upper(text="a")] == ["A", "A", "A"]
    assert calls == ["a", "a"], "by position and by name are two keys"
    assert of(upper).has("a")
    assert not of(upper).has("b")


@pytest.mark.parametrize("kind", memory.KINDS)
def test_the_oldest_goes_first(kind: Kind) -> None:
    upper, calls = counted(kind, 2)
    for text in "abca":
        upper(text)
    assert calls == ["a", "b", "c", "a"]
    assert len(of(upper).kept) == 2


def test_an_error_is_not_kept() -> None:
    tried: list[int] = []

    @memo("run", 2)
    def inverse(n: int) -> float:
        tried.append(n)
        return 1 / n

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            inverse(0)
    assert tried == [0, 0]
    assert len(of(inverse).kept) == 0


def test_a_long_text_is_not_kept() -> None:
    upper, calls = counted("message", 9, longest=3)
    assert [upper("abcd"), upper("abcd"), upper("abc"), upper("abc")] == ["ABCD", "ABCD", "ABC", "ABC"]
    assert calls == ["abcd", "abcd", "abc"]


@pytest.mark.parametrize("kind", memory.KINDS)
def test_what_a_visitor_could_have_given_is_not_kept_where_nothing_is(kind: Kind) -> None:
    upper, _ = counted(kind, 9)
    upper("before")
    with nothing_kept(), ThreadPoolExecutor(1) as pool:
        assert upper("secret") == "SECRET"
        assert pool.submit(upper, "of another visitor").result() == "OF ANOTHER VISITOR"
    outside = kind in memory.FROM_OUTSIDE
    assert (of(upper).has("before"), of(upper).has("secret"), of(upper).has("of another visitor")) == (True, not outside, True)
    upper("after")
    assert of(upper).has("after")


def test_the_standard_library_keeps_no_address_either() -> None:
    cached = urllib.parse.urlsplit.cache_info  # type: ignore[attr-defined]
    with nothing_kept():
        urllib.parse.urlsplit("https://app.example/?access_token=secret")
        assert cached().currsize
    assert cached().currsize == 0


def test_forgetting_is_by_kind() -> None:
    kept = {kind: counted(kind, 9)[0] for kind in ("table", "message")}
    # two functions of one name in one module: the register has the later one, so each is forgotten by hand
    for one in kept.values():
        one("a")
    memory._register.update({f"tests.{kind}": of(one) for kind, one in kept.items()})
    memory.forget("message", "run")
    assert [len(of(one).kept) for one in kept.values()] == [1, 0]
    memory.forget()
    assert [len(of(one).kept) for one in kept.values()] == [0, 0]


@pytest.mark.parametrize("kind", sorted(memory.SLOW))
def test_those_who_ask_at_once_wait_for_one(kind: Kind) -> None:
    calls, begun, go_on = list[int](), Event(), Event()

    @memo(kind, 9)
    def slow(n: int) -> int:
        calls.append(n)
        begun.set()
        assert go_on.wait(30)
        return n + 1

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(slow, 1) for _ in range(8)]
        assert begun.wait(30)
        go_on.set()
        assert [a.result(30) for a in answers] == [2] * 8
    assert calls == [1]
    assert of(slow)._turns._turns == {}


def test_who_waited_for_an_error_tries_again() -> None:
    calls, first = list[int](), Event()

    @memo("run", 9)
    def moody(n: int) -> int:
        calls.append(n)
        if len(calls) == 1:
            assert first.wait(30)
            raise ValueError
        return n

    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(moody, 1) for _ in range(3)]
        first.set()
        found = [type(a.exception(30)) if a.exception(30) else a.result() for a in answers]
    assert sorted(found, key=str) == [1, 1, ValueError]
    assert calls == [1, 1]


def test_a_memo_may_ask_itself() -> None:
    @memo("run", 99)
    def below(n: int) -> int:
        return n + below(n - 1) if n else 0

    assert below(20) == 210


@pytest.mark.slow
@pytest.mark.parametrize("kind", memory.KINDS)
def test_many_threads_get_right_answers_within_the_limit(kind: Kind) -> None:
    upper, _ = counted(kind, 5)
    threads = 8
    together = Barrier(threads)

    def work(seed: int) -> bool:
        together.wait(30)
        right = True
        for n in range(2000):
            text = f"a{(n * (seed + 3)) % 11}"
            right &= upper(text) == text.upper()
            if n % 97 == seed:
                of(upper).forget()
        return right

    with ThreadPoolExecutor(threads) as pool:
        assert all(pool.map(work, range(threads)))
    assert len(of(upper).kept) <= 5


def test_a_memo_looks_like_its_function() -> None:
    def named(text: str) -> str:
        """Its sentence."""
        return text

    kept: Callable[[str], str] = memo("message", 1)(named)
    assert (kept.__name__, kept.__doc__) == ("named", "Its sentence.")


def test_what_was_made_a_step_at_a_time_is_kept_unless_it_is_private() -> None:
    upper, made = counted("run", 2)
    assert of(upper).keep("A", "a") == "A"
    assert (upper("a"), made) == ("A", [])
    with memory.nothing_kept():
        assert of(upper).keep("B", "b") == "B"
    assert not of(upper).has("b")
