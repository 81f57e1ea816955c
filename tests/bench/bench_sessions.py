"""How the app bears many learners at once: `python -m tests.bench.bench_sessions [--sessions 20 50 100 200] [--clicks 6] [--think 3]`.

Each session is a websocket of its own that speaks Streamlit's protocol: it opens a scenario, waits as a reader would, then changes
the setting or the scenario, again and again.  Printed: p50 and p95 of a click (from the message to the end of the run), of opening
the page, the server's CPU time for each run of the page, which other work on the machine disturbs less, and its memory, for each number
of sessions, so that growth can be read.  Nothing is asserted; browsers are not measured here, and stepping costs the server nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sandbox.language import library
from sandbox.protocol.switches import PROFILES
from tests.bench import control
from tests.support.paths import ROOT
from tests.support.serving import free_port, serving

PAGE = "play"
STORIES = library.ids()[::7]  # a class works on a few scenarios, not on all
PATIENCE = 120  # seconds for one answer


@dataclass
class Tally:
    """What all sessions of one round have measured, in milliseconds."""

    clicks: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    received: int = 0


class Session:
    """One learner: a websocket, the page, and what is on it."""

    def __init__(self, socket: websockets.ClientConnection, tally: Tally, dice: random.Random) -> None:
        self.socket, self.tally, self.dice = socket, tally, dice
        self.page = ""
        self.pages: dict[str, str] = {}
        self.profile = ""  # id of the control that chooses the setting
        self.query = ""

    async def run(self, clicks: int, think: float) -> None:
        """Open a scenario, then change something every few seconds."""
        await self.arrive()
        self.tally.first.append(await self._open())
        for _ in range(clicks):
            await asyncio.sleep(self.dice.expovariate(1 / think) if think else 0)
            self.tally.clicks.append(await (self._choose() if self.dice.random() < 0.7 else self._open()))

    async def arrive(self) -> None:
        """The first page, which says what the others are called."""
        await self.visit("")
        self.page = self.pages[PAGE]

    async def _open(self) -> float:
        """Another scenario, as by a link."""
        return await self.visit(urlencode({"scenario": self.dice.choice(STORIES)}))

    async def visit(self, query: str) -> float:
        self.query = query
        return await self._ask(self._message())

    async def _choose(self) -> float:
        """Another setting, by the control on the page."""
        message = self._message()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = self.profile
        widget.string_array_value.data.append(self.dice.choice([p.title for p in PROFILES.values()]))
        return await self._ask(message)

    def _message(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        return message

    async def _ask(self, message: BackMsg) -> float:
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while not self._read(await asyncio.wait_for(self.socket.recv(), PATIENCE)):
            pass
        return 1000 * (time.perf_counter() - started)

    def _read(self, raw: bytes | str) -> bool:
        """Take one message of the server; whether it was the last of the run."""
        assert isinstance(raw, bytes)
        self.tally.received += len(raw)
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            what = element.WhichOneof("type")
            if what == "button_group" and element.button_group.id.endswith("-profile"):
                self.profile = element.button_group.id
            elif what == "exception":
                self.tally.wrong.append(element.exception.message)
        return kind == "script_finished"


# ---------------------------------------------------------------- a round


async def together(url: str, sessions: int, clicks: int, think: float) -> Tally:
    """So many learners, who come one after the other and then work at once."""
    tally = Tally()
    await asyncio.gather(*(learner(url, tally, number, clicks, think) for number in range(sessions)))
    return tally


async def learner(url: str, tally: Tally, number: int, clicks: int, think: float) -> None:
    await asyncio.sleep(number * 0.05)
    async with connected(url) as socket:
        await Session(socket, tally, random.Random(number)).run(clicks, think)


def connected(url: str) -> websockets.connect:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    return websockets.connect(address, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None, compression=None)


async def warm(url: str) -> None:
    """What a class computes in its first minute: each scenario in each setting, once.  All learners share it afterwards."""
    async with connected(url) as socket:
        first = Session(socket, Tally(), random.Random(0))
        await first.arrive()
        for story in STORIES:
            for profile in ("", *PROFILES):
                await first.visit(urlencode({"scenario": story, "profile": profile}))


def memory(pid: int) -> float:
    """Resident memory of a process in MiB; nan where /proc does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used; nan where /proc does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """A server of its own for each round: address and process."""
    port = free_port()
    command = ["-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    script = f"import os, sys; open({str(pidfile(port))!r}, 'w').write(str(os.getpid())); os.execv(sys.executable, [sys.executable, *{command!r}])"
    with serving([sys.executable, "-c", script], port, ROOT) as url:
        try:
            yield url, int(pidfile(port).read_text())
        finally:
            pidfile(port).unlink(missing_ok=True)


def pidfile(port: int) -> Path:
    return Path(os.environ.get("TMPDIR", "/tmp")) / f"bench-sessions-{port}.pid"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--sessions", type=int, nargs="+", default=[20, 50, 100, 200])
    parser.add_argument("--clicks", type=int, default=3, help="changes of each learner")
    parser.add_argument("--think", type=float, default=4.0, help="seconds between two changes, on average")
    parser.add_argument("--cold", action="store_true", help="measure with nothing computed before")
    given = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {given.clicks} changes of each learner, one every {given.think:g} s; server and learners share the machine"
    )
    print(control.line())
    print("sessions  open p50   open p95   click p50  click p95  clicks/s  CPU/run  memory     bytes/run  errors")
    for count in given.sessions:
        with server() as (url, pid):
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=10):
                before = memory(pid)
            if not given.cold:
                asyncio.run(warm(url))
            started, used = time.perf_counter(), cpu(pid)
            tally = asyncio.run(together(url, count, given.clicks, given.think))
            report(count, tally, time.perf_counter() - started, cpu(pid) - used, memory(pid), before)
    print(control.line())


def report(count: int, tally: Tally, seconds: float, used: float, after: float, before: float) -> None:
    runs = max(1, len(tally.clicks) + 2 * len(tally.first))  # each comes by a page without an address
    times = "  ".join(f"{quantile(v, p):6.0f} ms" for v in (tally.first, tally.clicks) for p in (0.5, 0.95))
    print(
        f"{count:8}  {times}  {len(tally.clicks) / seconds:8.1f}  {1000 * used / runs:4.1f} ms  {after:4.0f} MiB (+{after - before:.0f})  {tally.received // runs:9,}  {len(tally.wrong):6}",
        flush=True,
    )
    for message in sorted(set(tally.wrong))[:3]:
        print(f"          {message[:120]}")


if __name__ == "__main__":
    main()
