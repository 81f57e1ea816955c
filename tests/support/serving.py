"""The app on a port of its own, and how a browser is started: for the tests and for the screenshots."""

from __future__ import annotations

import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.paths import ROOT

LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, folder: Path = ROOT) -> Iterator[str]:
    """The app, started by this command, until the block ends; yields its address."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                    break
            except OSError:
                try:
                    process.wait(0.2)  # a pause that ends early if the app has
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError(f"the app ended: {process.stdout.read() if process.stdout else ''}") from None
        else:
            raise RuntimeError("the app did not start within a minute")
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=20)
