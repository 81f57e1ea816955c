"""The machine's own redis-server, on a port of its own, with a password; it can be killed and started again, and has kept everything."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.serve.redis_store import RedisStore
from sandbox.serve.store import Away
from tests.support.needs import need
from tests.support.serving import free_port
from tests.support.waiting import until

PASSWORD = "a-password-for-tests"


class RedisServer:
    """One server, which writes all down in a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "requirepass": PASSWORD, "dir": self.folder, "save": ""}
        options |= {"appendonly": "yes", "appendfsync": "always"}
        command = ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", str(value)))]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        store = RedisStore(self.url)
        until(lambda: answers(store), "redis-server")
        store.close()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)


def answers(store: RedisStore) -> bool:
    """Whether there is somebody."""
    try:
        store.ping()
    except Away:
        return False
    return True


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Such a server, until the block ends."""
    need("redis")
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
