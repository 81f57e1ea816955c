"""A run as plain data."""

from __future__ import annotations

import json

from sandbox.protocol.switches import SWITCHES
from sandbox.views.record import trace_json
from tests.support import sample_runs as samples


def test_json_has_the_run_whole() -> None:
    run = samples.blocked()
    out = json.loads(json.dumps(trace_json(run)))
    assert out["verdict"] == "blocked"
    assert out["blocked_by"] == {
        "party": "transactions",
        "check": "audience",
        "step": "replay",
        "status": 401,
        "error": "invalid_token",
        "missing": "",
    }
    assert len(out["events"]) == len(run.events)
    assert out["switches"]["rs.check_aud"] == "on"
    assert out["switches"].keys() == SWITCHES.keys()
    assert out["predicates"] == [{"predicate": "READ", "what": "alice:transaction-7", "at": "replay", "reached": False}]
    assert trace_json(samples.succeeded())["blocked_by"] is None
