"""How fast a class follows: `python -m tests.bench.bench_rooms [--people 40 200] [--moves 60] [--every 0.5]`.

Two servers share a store; the instructor at one of them steps on, and everybody hears of it over a websocket of their own, half of them at
the other server.  Printed: p50, p95 and the longest time from the moment in which the step is sent until a learner has it, how long an
answer takes while all answer at once, and whether each was counted once.  Nothing is asserted.  What a browser does then is not in it.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from tests.room.test_replicas import opened, servers
from tests.support.redis_server import redis_server
from tests.support.room_sessions import Session
from tests.support.rooms import ASKED, RIGHT


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def measure(people: int, moves: int, every: float) -> None:
    sent: dict[int, float] = {}
    late: list[float] = []

    def hearing() -> Any:
        seen = set[int]()

        def heard(view: Any) -> None:
            now, step = time.monotonic(), view.get("position", {}).get("step", 1)
            if step in sent and step not in seen:
                seen.add(step)
                late.append((now - sent[step]) * 1000)

        return heard

    with redis_server() as store, servers(store) as made, ThreadPoolExecutor(16) as pool:
        code, key = opened(store)
        desk = Session(made[0][0], code, "desk")
        desk.post("claim", {"key": key})
        sessions = [Session(made[n % 2][0], code, heard=hearing()) for n in range(people)]
        list(pool.map(lambda n: sessions[n].do(do="join", name=f"P {n}"), range(people)))
        for session in sessions:
            session.listen()
        for session in sessions:
            session.sees(lambda view: view["role"] == "learner", "the room")
        for step in range(2, moves + 2):
            sent[step] = time.monotonic()
            desk.do(do="move", to={"item": 1, "step": step})
            time.sleep(every)

        def say(session: Session) -> float:
            start = time.monotonic()
            session.do(do="say", question=ASKED, said=RIGHT)
            return (time.monotonic() - start) * 1000

        took = list(pool.map(say, sessions))
        counted = sum(desk.get("report.json").json()["questions"][0]["said"].values())
        print(
            f"{people} people, {moves} steps: {len(late)} of {people * moves} heard; p50 {median(late):.0f} ms, p95 {p95(late):.0f} ms, longest {max(late):.0f} ms"
        )
        print(f"  an answer, 16 at once: p50 {median(took):.0f} ms, p95 {p95(took):.0f} ms; counted {counted} of {people}")
        for session in (desk, *sessions):
            session.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[40])
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--every", type=float, default=0.5)
    told = parser.parse_args()
    for people in told.people:
        measure(people, told.moves, told.every)


if __name__ == "__main__":
    main()
