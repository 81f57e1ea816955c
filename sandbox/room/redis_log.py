"""The logs of rooms in Redis or Valkey: a stream for each room, and its publish/subscribe to call out what is new.

Text only, read as hostile input.  A log expires a day after the last use.  Where nothing can be heard, because the store is away,
whoever holds a room reads its log again now and then: nothing depends on a call being heard.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis

from sandbox.room.log import DAY, Changed, Gone, Heard
from sandbox.serve.redis_store import RedisStore
from sandbox.serve.store import Away

LISTENING = 0.25  # seconds after which the listener looks whether it is still wanted
AGAIN = 0.5  # seconds until it tries again after the store was away


class RedisLog:
    """The streams beside the set-ups of live worlds in the same store."""

    slow = True

    def __init__(self, store: RedisStore) -> None:
        self._store, self._redis = store, store.client
        self._heard: list[Heard] = []
        self._ended = threading.Event()
        self._listener: threading.Thread | None = None
        self._channel = f"{store.prefix}:rooms"

    def close(self) -> None:
        """Listen no more; before the store is closed."""
        self._ended.set()
        if self._listener is not None:
            self._listener.join()

    def begin(self, code: str, text: str) -> bool:
        with self._watched(code) as both:
            if both.exists(self._key(code)):
                return False
            both.multi()
            both.xadd(self._key(code), {"e": text})
            both.expire(self._key(code), DAY)
            both.execute()
        return True

    def add(self, code: str, text: str) -> str:
        with self._store.asked(), self._redis.pipeline() as both:
            both.xadd(self._key(code), {"e": text}, nomkstream=True)
            both.expire(self._key(code), DAY)
            both.publish(self._channel, code)
            mark = both.execute()[0]
        if mark is None:
            raise Gone
        return _text(mark)

    def after(self, code: str, mark: str) -> list[tuple[str, str]]:
        with self._store.asked():
            try:
                found: Any = self._redis.xrange(self._key(code), min=f"({mark}" if mark else "-")
            except redis.ResponseError:
                return []  # others have written something there
        return [(_text(each), _text(fields.get(b"e", b""))) for each, fields in found]

    def instead(self, code: str, mark: str, text: str) -> str:
        with self._watched(code) as both:
            last: Any = both.xrevrange(self._key(code), count=1)
            if not last:
                raise Gone
            if _text(last[0][0]) != mark:
                raise Changed
            both.multi()
            both.xadd(self._key(code), {"e": text})
            both.xtrim(self._key(code), maxlen=1, approximate=False)
            both.expire(self._key(code), DAY)
            both.publish(self._channel, code)
            return _text(both.execute()[0])

    def keep(self, code: str) -> bool:
        with self._store.asked():
            return bool(self._redis.expire(self._key(code), DAY))

    def drop(self, code: str) -> None:
        with self._store.asked(), self._redis.pipeline() as both:
            both.delete(self._key(code))
            both.publish(self._channel, code)
            both.execute()

    def call(self, code: str, text: str) -> None:
        with self._store.asked():
            self._redis.publish(self._channel, f"{code} {text}")

    def listen(self, heard: Heard) -> None:
        self._heard.append(heard)
        if len(self._heard) == 1:
            self._listener = threading.Thread(target=self._listen, name="rooms", daemon=True)
            self._listener.start()

    def _listen(self) -> None:
        while not self._ended.is_set():
            with suppress(Away):
                self._hear()
            self._ended.wait(AGAIN)

    def _hear(self) -> None:
        """All that is called out, until the store is away.  Raises Away."""
        with self._store.asked(), self._redis.pubsub(ignore_subscribe_messages=True) as calls:  # type: ignore[no-untyped-call]
            calls.subscribe(self._channel)
            while not self._ended.is_set():
                message = calls.get_message(timeout=LISTENING)
                if message is not None and isinstance(message.get("data"), bytes):
                    code, _, text = _text(message["data"]).partition(" ")
                    for heard in tuple(self._heard):
                        heard(code, text)

    def _key(self, code: str) -> str:
        return f"{self._store.prefix}:room:{code}"

    @contextmanager
    def _watched(self, code: str) -> Iterator[redis.client.Pipeline]:
        """A transaction that fails if somebody else writes to this log meanwhile.  Raises Changed."""
        with self._store.asked(), self._redis.pipeline() as both:
            try:
                both.watch(self._key(code))  # type: ignore[no-untyped-call]
                yield both
            except redis.WatchError:
                raise Changed from None


def _text(found: bytes | str) -> str:
    return found if isinstance(found, str) else found.decode("utf-8", "replace")
