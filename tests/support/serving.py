"""The app on a port of its own, and how a browser is started: for the tests and for the screenshots."""

from __future__ import annotations

import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.waiting import until

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


def answers(url: str) -> bool:
    """Whether the app at this address says that it is well."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=60):
            return True
    except OSError:
        return False


@contextmanager
def serving(command: list[str], port: int, folder: Path = ROOT) -> Iterator[str]:
    """The app, started by this command, until the block ends; yields its address."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or answers(url), f"the app at {url}")
        if process.poll() is not None:
            raise RuntimeError(f"the app ended: {process.stdout.read() if process.stdout else ''}")
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=60)
