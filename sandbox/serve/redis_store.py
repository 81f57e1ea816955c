"""The set-ups of live worlds in Redis or Valkey: they outlive the process, and expire there.  JSON text only, read as hostile input.

The client library is an extra: `pip install 'oauth-sandbox[redis]'`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from sandbox.core.wire import split
from sandbox.serve.blueprint import LARGEST, Blueprint, Unreadable, read
from sandbox.serve.store import Away

SECONDS = 1.0  # for connecting, and for each answer
SCHEMES = ("redis", "rediss")  # the latter over TLS
PREFIX = "oauth-sandbox"


class RedisStore:
    """One database.  Raises ValueError for an address that is none; `prefix` begins the name of each key."""

    slow = True

    def __init__(self, url: str, prefix: str = PREFIX) -> None:
        try:
            u = split(url)
            self.place = f"{u.scheme}://{u.hostname}:{u.port or 6379}"  # without the password, for people
            if u.scheme not in SCHEMES or not u.hostname or not (u.path.strip("/") or "0").isdecimal():
                raise ValueError
            self.client = redis.Redis.from_url(
                url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 1), protocol=2
            )
        except (ValueError, TypeError):
            raise ValueError("write the address of the store as redis://:PASSWORD@HOST:PORT/0, or rediss:// for TLS") from None
        self.prefix = prefix

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    def ping(self) -> None:
        """Whether it is there and lets us in.  Raises Away."""
        with self.asked():
            self.client.ping()

    def put(self, blueprint: Blueprint, seconds: int) -> None:
        with self.asked(), self.client.pipeline() as both:
            both.set(self._world(blueprint.key), blueprint.written(), ex=seconds)
            if blueprint.browser:
                both.set(self._browser(blueprint.browser), blueprint.key, ex=seconds)
            both.execute()

    def get(self, key: str) -> Blueprint | None:
        with self.asked():
            try:
                found = self.client.getrange(self._world(key), 0, 4 * LARGEST)
            except redis.ResponseError:
                raise Unreadable("it is something of another kind") from None
        return read(_text(found), key) if found else None

    def keep(self, blueprint: Blueprint, seconds: int) -> bool:
        with self.asked(), self.client.pipeline() as both:
            both.expire(self._world(blueprint.key), seconds)
            if blueprint.browser:
                both.expire(self._browser(blueprint.browser), seconds)
            return all(both.execute())

    def drop(self, blueprint: Blueprint) -> None:
        with self.asked():
            self.client.delete(self._world(blueprint.key))

    def of(self, browser: str) -> str:
        with self.asked():
            try:
                return _text(self.client.getrange(self._browser(browser), 0, 100))
            except (Unreadable, redis.ResponseError):
                return ""  # others have written something there

    def _world(self, key: str) -> str:
        return f"{self.prefix}:world:{key}"

    def _browser(self, browser: str) -> str:
        return f"{self.prefix}:browser:{browser}"

    @contextmanager
    def asked(self) -> Iterator[None]:
        try:
            yield
        except (redis.RedisError, OSError) as error:
            raise Away(f"The store at {self.place} does not answer: {type(error).__name__}.") from None


def _text(found: bytes | str) -> str:
    """Raises Unreadable."""
    try:
        return found if isinstance(found, str) else found.decode()
    except UnicodeDecodeError:
        raise Unreadable("it is no text") from None
