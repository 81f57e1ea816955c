"""How fast it is, and compared with what: `make bench`, or `python -m tests.bench.bench [flows|matrix|changes|search|drawing|careless|recordings|start|app|http ...]`.

Each time of the engine stands beside the time of the cryptographic operations in it.  These are recorded where `sandbox.protocol.tokens`
signs and verifies, and then done again alone; so the ratio says how much everything else costs, on any machine.  The app is
measured over its websocket (bench_sessions.py has many learners), HTTP against servers that others wrote (bench_http.py).
At the head and at the foot stand the load of the machine and a control that is not ours (control.py).  Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from sandbox.attacker import question as questions
from sandbox.attacker import search
from sandbox.core import memo
from sandbox.core.garbage import keep_what_is_there
from sandbox.engine import judge, player, simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from sandbox.protocol import tokens
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import matrix
from sandbox.views import pictures
from sandbox.views.diagram.render import render
from sandbox.views.diagram.sequence import draw
from sandbox.world.parties import pages
from tests.bench import bench_http, bench_sessions, control
from tests.support.careless import FILES, PAGES
from tests.support.questions import LEAKS, WEB
from tests.support.reality import OWN, SPA, entry

FLOW = """
title: One whole flow
story: Alice signs in, and the app reads her accounts, renews its token and reads them again.
lesson: For measuring.
refs: [RFC 6749 §4.1]
setting: {profile: oauth-bcp}
steps:
  - {id: login, do: app.sign_in, with: {browser: laptop, scope: openid read}, say: She signs in., expect: {status: 200}}
  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: The app reads., expect: {status: 200}}
  - {id: refresh, do: app.refresh, with: {browser: laptop}, say: The app renews., expect: {status: 200}}
  - {id: again, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: The app reads again., expect: {status: 200}}
"""
NO_DPOP = {"client.dpop": "off", "as.dpop_bind": "off", "rs.dpop": "off"}
FLOWS = (
    ("ES256, bearer tokens", NO_DPOP),
    ("EdDSA, bearer tokens", NO_DPOP | {"as.signing": "eddsa"}),
    ("RS256, bearer tokens", NO_DPOP | {"as.signing": "rs256"}),
    ("ES256, DPoP", {}),
)


class Recorder:
    """One algorithm that remembers what it was asked to do."""

    def __init__(self, name: str, real: Any, calls: list[tuple[str, Callable[..., Any], tuple[Any, ...]]]) -> None:
        self.name, self.real, self.calls = name, real, calls

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self.real, attribute)

    def sign(self, *args: Any) -> Any:
        self.calls.append((f"{self.name} sign", self.real.sign, args))
        return self.real.sign(*args)

    def verify(self, *args: Any) -> Any:
        self.calls.append((f"{self.name} verify", self.real.verify, args))
        return self.real.verify(*args)


@contextmanager
def recorded() -> Iterator[list[tuple[str, Callable[..., Any], tuple[Any, ...]]]]:
    """All signing and verifying inside the block."""
    calls: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = []
    real = dict(tokens.ALGORITHMS)
    tokens.ALGORITHMS.update({name: Recorder(name, algorithm, calls) for name, algorithm in real.items()})  # type: ignore[misc]
    try:
        yield calls
    finally:
        tokens.ALGORITHMS.update(real)


def again(calls: list[tuple[str, Callable[..., Any], tuple[Any, ...]]]) -> float:
    """Seconds of the recorded operations, done alone, one after the other."""

    def once() -> float:
        start = time.perf_counter()
        for _, operation, args in calls:
            operation(*args)
        return time.perf_counter() - start

    return min(once() for _ in range(5))


def counted(calls: list[tuple[str, Callable[..., Any], tuple[Any, ...]]]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(Counter(name for name, _, _ in calls).items()))


def forget() -> None:
    """Empty all memos but those of keys and of our own tables, so that nothing is answered from an earlier round."""
    memo.forget("message", "run")


def timed(work: Callable[[], Any], rounds: int) -> float:
    """Seconds of the work in the best of some rounds, with empty caches each time."""
    found = []
    for _ in range(rounds):
        forget()
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def line(name: str, seconds: float, crypto: float, note: str = "") -> None:
    print(f"  {name:<34}{seconds * 1000:>9.2f} ms{crypto * 1000:>9.2f} ms{seconds / crypto:>7.1f} x   {note}")


def head(title: str) -> None:
    print(f"\n{title}\n  {'':<34}{'total':>12}{'crypto':>12}{'ratio':>9}")


def flows() -> None:
    """Sign-in with code and PKCE, API call, refresh, API call; no state is recorded."""
    head("One full flow: sign in (code, PKCE, ID token), call an API, refresh, call again")
    story = loads(FLOW, "flow.yaml")
    for name, changes in FLOWS:
        where = Settings.of("oauth-bcp", changes)
        record = player.play(Case(story, where))
        assert judge.failed_expectations(record) == []
        with recorded() as calls:
            forget()
            player.play(Case(story, where))
        seconds = timed(lambda where=where: player.play(Case(story, where)), 60)  # type: ignore[misc]
        line(name, seconds, again(calls), f"{record.events[-1].index + 1} events; {counted(calls)}")


def whole_matrix() -> None:
    """All attacks in all profiles and with all claims."""
    attacks = library.attacks()
    head(f"The whole matrix: {len(attacks)} attacks, {sum(map(matrix.size, attacks))} runs that are shown")
    with recorded() as calls:
        forget()
        list(matrix.cells(jobs=1))
    alone, crypto = timed(lambda: list(matrix.cells(jobs=1)), 3), again(calls)
    line("in one process", alone, crypto, counted(calls))
    line(f"in {matrix.cores()} processes", timed(lambda: list(matrix.cells()), 3), crypto, "the crypto of one process")


def changes() -> None:
    """One switch more than before: the run, its control flows and its verdict, as the app waits for them."""
    head("A settings change: the run with its verdict, in a setting that is new")
    raised = [(s.name, s.values[-1]) for s in SWITCHES.values()]
    results = []
    for number, attack in enumerate(library.attacks()):
        name, value = raised[number * 7 % len(raised)]
        where = attack.settings.at_least({name: value})
        simulation.run(attack, where)
        with recorded() as calls:
            forget()
            simulation.run(attack, where)
        results.append((timed(lambda a=attack, w=where: simulation.run(a, w), 5), again(calls), f"{attack.id} with {name}={value}"))  # type: ignore[misc]
    results.sort()
    for label, (seconds, crypto, note) in (("median", results[len(results) // 2]), ("slowest", results[-1])):
        line(label, seconds, crypto, note)


SEARCHED = ({"client.bff": "on"}, {"client.bff": "off"})
DEPTHS = ((2, 120), (3, 300))  # changing moves, and the seconds after which it is enough


def searches() -> None:
    """The search: the first way of each shipped attack, and oauth-bcp to the end of its bounds."""
    attacks = [questions.of_scenario(attack) for attack in library.attacks() if not attack.unsearched]
    print(
        f"\nThe search: without her own steps, the first way of each of {len(attacks)} attacks ({len(library.attacks()) - len(attacks)} say that they are not searched)\n  {'':<34}{'median':>12}{'slowest':>12}{'all':>12}"
    )
    found = [timed(lambda q=q: next(p for p in search.search(q, search.Bound(3)) if p.found), 1) for q in attacks]  # type: ignore[misc]
    print(f"  {'until it is confirmed':<34}{statistics.median(found) * 1000:>9.0f} ms{max(found) * 1000:>9.0f} ms{sum(found):>10.1f} s")
    for changes, seconds in DEPTHS:
        for switches in SEARCHED:
            for name, powers in (("web", WEB), ("web and leaks", LEAKS)):
                exhaust(switches, name, powers, changes, seconds)


def exhaust(switches: dict[str, str], name: str, powers: tuple[str, ...], changes: int, seconds: float) -> None:
    """One row: a bound looked at to its end, or for so long."""
    question = questions.of_settings(Settings.of("oauth-bcp", switches), powers)
    forget()
    keep_what_is_there()  # as the command does
    start = time.perf_counter()
    out = search.finished(search.search(question, search.Bound(changes), lambda: time.perf_counter() - start > seconds))
    took = time.perf_counter() - start
    what = ", ".join(f"{k}={v}" for k, v in switches.items())
    said = f"{out.states} states, {out.moves} moves, {len(out.found)} found, {'exhausted' if out.exhausted else 'not exhausted'}"
    print(f"  {f'{changes} changes, {what}, {name}':<46}{took:>8.1f} s   {said}; load {os.getloadavg()[0]:.1f}", flush=True)


def careless() -> None:
    """The slowest of the texts that a careless parser takes long to read."""
    print(f"\nTexts made to take long, each read to its end or refused\n  {'':<34}{'total':>12}{'length':>12}")

    def loaded(text: str) -> None:
        with suppress(ScenarioError):
            loads(text)

    for kind, texts, work in (
        ("scenario file", FILES, loaded),
        ("page", PAGES, lambda text: pages.read("https://app.connectsphere.example/", text)),
    ):
        found = sorted(((timed(lambda w=work, t=text: w(t), 2), name, len(text)) for name, text in texts.items()), reverse=True)  # type: ignore[misc]
        for seconds, name, length in found[:3]:
            print(f"  {f'{kind}: {name}':<34}{seconds * 1000:>9.1f} ms{length / 1024:>8.0f} KiB")


def drawing() -> None:
    """A run's diagram as a file."""
    print(f"\nDrawing a run as SVG, best of 10\n  {'':<34}{'total':>12}{'Graphviz':>12}")
    for scenario in ("code-pkce", "connect-your-bank"):
        run = simulation.run(library.get(scenario))
        graph = draw(run)
        total, graphviz = timed(lambda run=run: pictures.svg(run), 10), timed(lambda graph=graph: render(graph), 10)  # type: ignore[misc]
        print(f"  {scenario:<34}{total * 1000:>9.0f} ms{graphviz * 1000:>9.0f} ms")


COMMANDS = {
    "oauth-sandbox --version": ("--version",),
    "oauth-sandbox list": ("list",),
    "oauth-sandbox run, a whole attack": ("run", "ATTACK"),
}


def starts() -> None:
    """How long one waits for a command, and for the app."""
    print(f"\nStart-up, median of 5\n  {'':<34}{'total':>12}{'bare Python':>16}")
    bare = waited([sys.executable, "-c", "pass"])
    for name, words in COMMANDS.items():
        words = tuple(library.attacks()[0].id if word == "ATTACK" else word for word in words)
        took = waited([sys.executable, "-c", "from sandbox.cli.main import main; main()", *words])
        print(f"  {name:<34}{took * 1000:>9.0f} ms{bare * 1000:>13.0f} ms")

    def app() -> None:
        with bench_sessions.server():
            pass

    print(f"  {'the app, until it answers':<34}{timed_alone(app, 3) * 1000:>9.0f} ms")


def waited(command: list[str]) -> float:
    """Seconds of a command, median of five."""
    return timed_alone(lambda: subprocess.run(command, check=True, capture_output=True), 5)


def timed_alone(work: Callable[[], Any], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def reruns() -> None:
    """One learner who changes scenario and setting as fast as the app answers: what a click costs the server."""
    print("\nThe app with one learner, over its websocket: opening a scenario, and a change of scenario or setting")
    with bench_sessions.server() as (url, pid):
        fresh = bench_sessions.memory(pid)
        for name, prepare in (("first time", None), ("again", bench_sessions.warm)):
            if prepare is not None:
                asyncio.run(prepare(url))
            before = bench_sessions.cpu(pid)
            tally = asyncio.run(bench_sessions.together(url, 1, 100, 0))
            spent = (bench_sessions.cpu(pid) - before) / (len(tally.clicks) + 1)
            p50, p95 = (bench_sessions.quantile(tally.clicks, part) for part in (0.5, 0.95))
            print(
                f"  {name:<34}{p50:>9.1f} ms median{p95:>9.1f} ms at the 95th percentile{spent * 1000:>8.1f} ms CPU   {len(tally.wrong)} errors"
            )
        print(f"  memory: {fresh:.0f} MiB at the start, {bench_sessions.memory(pid):.0f} MiB after it")


def http() -> None:
    """Sign-ins per second over loopback, ours and those of others in alternation."""
    print("\nServed over HTTP: sign-ins per second, one connection, one worker, in alternation")
    servers = bench_http.measured(31, 20)
    print("\n".join(f"  {row}" for row in (*bench_http.table(servers), "", *bench_http.aims(servers))))


BIG = """
import json, re, sys, time
from sandbox.reality.inspection import inspect
start = time.process_time()
with open(sys.argv[1], "rb") as file:
    found = inspect([("big.har", file)])
with open("/proc/self/status") as status:  # getrusage would tell the size of this process's parent, if that was larger
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) // 1024
print(json.dumps([time.process_time() - start, peak, len(found.findings)]))
"""


def recordings() -> None:
    """A login in a long recording, as `inspect` reads it: processor time and memory of the whole process."""
    print(f"\nA recording of a login\n  {'':<34}{'CPU':>12}{'peak memory':>16}")
    login = json.loads((OWN / SPA).read_bytes())["log"]["entries"]
    for megabytes in (0, 20, 100):
        with tempfile.NamedTemporaryFile("w", suffix=".har") as file:
            file.write(json.dumps({"log": {"version": "1.2", "entries": [*login, *noise(megabytes)]}}))
            file.flush()
            done = subprocess.run([sys.executable, "-c", BIG, file.name], check=True, capture_output=True, text=True)
        seconds, memory, _ = json.loads(done.stdout)
        print(f"  {f'{len(login)} entries and {megabytes} MB of noise':<34}{seconds:>10.1f} s{memory:>12} MiB")


def noise(megabytes: int) -> list[dict[str, Any]]:
    """What long recordings hold: scripts, pictures, polling."""
    script = entry(
        "GET",
        "https://app.acme.example/a.js",
        at=3000,
        mime="application/javascript",
        body=";".join(f"var v{n}='w{n}'" for n in range(3000)),
    )
    picture = entry("GET", "https://cdn.example/a.webp", at=3000, mime="image/webp", body="QUJD" * 9000)
    poll = entry(
        "GET", "https://api.acme.example/poll", at=3000, body={"rows": [{"id": n, "t": f"some words for row {n}"} for n in range(90)]}
    )
    one = [script, picture, poll, poll, poll]
    size = len(json.dumps(one))
    return one * (megabytes * 1_000_000 // size)


PARTS: dict[str, Callable[[], None]] = {
    "flows": flows,
    "matrix": whole_matrix,
    "changes": changes,
    "search": searches,
    "drawing": drawing,
    "careless": careless,
    "recordings": recordings,
    "start": starts,
    "app": reruns,
    "http": http,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast it is.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; everything if left out")
    wanted = parser.parse_args().parts or list(PARTS)
    print(f"{datetime.now(UTC).date()}, Python {sys.version.split()[0]}, {matrix.cores()} cores.")
    print(control.line())
    print("Engine: best of several rounds; crypto: the same signatures alone; ratio: total to crypto.")
    for name in wanted:
        PARTS[name]()
    print(f"\n{control.line()}")


if __name__ == "__main__":
    main()
