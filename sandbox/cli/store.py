"""The option `--store` of the app: a Redis or Valkey in which the set-ups of live worlds outlive the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sandbox.serve.store import Store

STORE = "Keep the set-ups of live worlds there: redis://:PASSWORD@HOST:PORT/0, or rediss:// for TLS.  Else they end with this process."
EXTRA = "--store needs the client library of Redis: pip install 'oauth-sandbox[redis]'"


def connected(url: str, prefix: str) -> Store:
    """The store, which has answered; its password is in no message."""
    try:
        from sandbox.serve.redis_store import RedisStore
    except ModuleNotFoundError as missing:
        if missing.name != "redis":
            raise
        raise click.UsageError(EXTRA) from None
    from sandbox.serve.store import Away

    try:
        store = RedisStore(url, prefix)
    except ValueError as error:
        raise click.UsageError(f"--store: {error}") from None
    try:
        store.ping()
    except Away as away:
        raise click.ClickException(str(away)) from None
    return store
