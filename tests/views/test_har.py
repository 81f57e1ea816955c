"""HAR 1.2: against the specification's own rules; a browser replays it in tests/browser/test_har.py."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.trace import Sent, of
from sandbox.views.har import har
from tests.support import sample_runs as samples

TEXT, NUMBER, ANY = {"type": "string"}, {"type": "integer", "minimum": -1}, {}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}


def shape(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with exactly these members, and perhaps a comment."""
    members = required | optional | {"comment": TEXT}
    return {"type": "object", "required": list(required), "properties": members, "additionalProperties": False}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAIR = shape({"name": TEXT, "value": TEXT})
COOKIE = shape(
    {"name": TEXT, "value": TEXT}, path=TEXT, domain=TEXT, expires=TEXT, httpOnly={"type": "boolean"}, secure={"type": "boolean"}
)
MESSAGE = {"httpVersion": TEXT, "cookies": many(COOKIE), "headers": many(PAIR), "headersSize": NUMBER, "bodySize": NUMBER}
REQUEST = shape(
    MESSAGE | {"method": TEXT, "url": {"type": "string", "format": "uri"}, "queryString": many(PAIR)},
    postData=shape({"mimeType": TEXT}, params=many(PAIR), text=TEXT),
)
CONTENT = shape({"size": NUMBER, "mimeType": TEXT}, text=TEXT, encoding=TEXT, compression=NUMBER)
RESPONSE = shape(MESSAGE | {"status": NUMBER, "statusText": TEXT, "content": CONTENT, "redirectURL": TEXT})
TIMINGS = shape({"send": NUMBER, "wait": NUMBER, "receive": NUMBER})
ENTRY = shape(
    {"startedDateTime": TIME, "time": NUMBER, "request": REQUEST, "response": RESPONSE, "cache": shape({}), "timings": TIMINGS},
    pageref=TEXT,
)
PAGE = shape({"startedDateTime": TIME, "id": TEXT, "title": TEXT, "pageTimings": shape({}, onContentLoad=NUMBER, onLoad=NUMBER)})
LOG = shape({"version": {"const": "1.2"}, "creator": shape({"name": TEXT, "version": TEXT}), "entries": many(ENTRY)}, pages=many(PAGE))
SPEC = Draft202012Validator(shape({"log": LOG}))  # http://www.softwareishard.com/blog/har-12-spec/


@pytest.mark.slow
@pytest.mark.parametrize("scenario", library.ids())
def test_every_run_is_a_valid_log(scenario: str) -> None:
    run = simulation.run(library.get(scenario))
    log = json.loads(json.dumps(har(run)))
    SPEC.validate(log)
    entries, pages = log["log"]["entries"], {p["id"] for p in log["log"]["pages"]}
    assert len(entries) == len(list(of(run.events, Sent)))
    assert {e["pageref"] for e in entries} == pages
    assert all(e["time"] == sum(v for v in e["timings"].values() if v > 0) for e in entries)
    times = [e["startedDateTime"] for e in entries]
    assert times == sorted(times), "the order of the run is the order of the log"


def test_times_are_those_of_the_virtual_clock() -> None:
    run = samples.blocked()
    entries = har(run)["log"]["entries"]
    for entry, sent in zip(entries, of(run.events, Sent), strict=True):
        assert int(datetime.fromisoformat(entry["startedDateTime"]).timestamp()) == sent.time


def test_what_was_checked_and_edited_is_in_the_comments() -> None:
    comments = [entry["comment"] for entry in har(samples.blocked())["log"]["entries"]]
    assert any(comment.startswith("Accounts to Transactions") and "audience: fail" in comment for comment in comments)


def test_forms_cookies_and_redirects_are_taken_apart() -> None:
    entries = har(simulation.run(library.get("code-pkce")))["log"]["entries"]
    posted = next(e["request"] for e in entries if e["request"]["url"].endswith("/token"))
    assert {"name": "grant_type", "value": "authorization_code"} in posted["postData"]["params"]
    set_ = next(c for e in entries for c in e["response"]["cookies"])
    assert (set_["httpOnly"], set_["secure"], set_["path"]) == (True, True, "/")
    assert any(e["response"]["redirectURL"].startswith("https://auth.") for e in entries)


def test_a_log_of_nothing() -> None:
    SPEC.validate(har(samples.nothing()))
