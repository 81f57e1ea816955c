"""Any file that loads can be run, in any setting: there is a verdict at the end, never a crash."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.engine import player, simulation
from sandbox.language.document import Step
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import CAST
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.verbs.table import VERBS
from tests.support.fuzzing import share

BROWSERS = [m.name for m in CAST.values() if m.kind == "browser"]
CLIENTS = [m.name for m in CAST.values() if m.kind == "client"]
APIS = [m.name for m in CAST.values() if m.kind in ("api", "server")]
SERVERS = [m.name for m in CAST.values() if m.kind == "server"]
PEOPLE = [m.name for m in CAST.values() if m.kind in ("person", "attacker")]
URLS = [
    m.host + path
    for m in CAST.values()
    if m.host
    for path in (
        "/",
        "/login",
        "/cb?code=x&state=y",
        "/login?at=https://evil.example",
        "/login?response=token&api=x",
        "/cb#access_token=x",
        "/authorize?client_id=app",
        "/token",
        "/logout",
        "/me",
        "/login?how=password&scope=read",
    )
]
URLS += [*(f"http://{m.name}.internal/accounts" for m in CAST.values() if m.kind == "api"), "https://budget.example/api/login"]

text = st.text(max_size=12)
fields = st.dictionaries(st.sampled_from(["code", "state", "client_id", "access_token", "x"]), text, max_size=3)
values = {
    "browser": st.sampled_from(BROWSERS), "device": st.sampled_from(BROWSERS), "history": st.sampled_from(BROWSERS), "client": st.sampled_from(CLIENTS),
    "storage": st.sampled_from(CLIENTS), "user": st.sampled_from(PEOPLE), "at": st.sampled_from(SERVERS), "api": st.sampled_from(APIS),
    "hold": st.sampled_from(list(CAST)), "log": st.sampled_from(list(CAST)), "from": st.sampled_from(list(CAST)), "scope": st.sampled_from(["read", "openid read", "", "x"]),
    "path": st.sampled_from(["/accounts", "/transactions/7", "/x"]), "url": st.sampled_from(URLS), "method": st.sampled_from(["GET", "POST", "DELETE"]), "seconds": st.integers(1, 10**6),
    "headers": fields, "form": fields, "query": fields, "json": st.dictionaries(text, text | st.integers() | st.none(), max_size=2), "token": text, "code": text,
    "refresh_token": text, "password": text, "verifier": text, "client_secret": text, "redirect_uri": text, "match": text, "key": st.sampled_from(["none", "random", "zeros", "guessed", "word"]),
    "header": st.dictionaries(st.sampled_from(["alg", "typ", "kid", "jwk"]), text, max_size=2), "claims": fields, "disabled": st.booleans(), "groups": st.integers(0, 50),
    "roles": st.lists(st.sampled_from(["admin", "user"]), max_size=2), "scheme": st.sampled_from(["bearer", "dpop"]), "response": st.sampled_from(["code", "token", "x"]),
    "server": st.sampled_from(SERVERS), "in": st.sampled_from(CLIENTS), "cookies": st.booleans(), "frame": st.booleans(), "via": st.just("gateway"), "how": st.sampled_from(["redirect", "password", "link"]),
}  # fmt: skip


def fits(do: str, given: dict[str, object]) -> bool:
    """Whether a step with these arguments would load."""
    try:
        return bool(Step.model_validate({"id": "it", "do": do, "with": given, "say": "S."}))
    except ValidationError:
        return False


@st.composite
def steps(draw):
    verb = draw(st.sampled_from(list(VERBS.values())))
    do = f"{draw(st.sampled_from(verb.who))}.{verb.name}"
    given = {f.alias or n: draw(values[f.alias or n]) for n, f in verb.args.model_fields.items() if f.is_required()}
    names = [name for n, f in verb.args.model_fields.items() if (name := f.alias or n) in values]
    for name in draw(st.lists(st.sampled_from(names), max_size=4)) if names else ():
        more = given | {name: draw(values[name])}
        given = more if fits(do, more) or not fits(do, given) else given
    return {
        "do": do,
        "with": given,
        "say": "A step.",
        "optional": draw(st.booleans()),
    }


@st.composite
def files(draw):
    drawn = draw(st.lists(steps(), min_size=1, max_size=6))
    made = [{"id": f"s{i}", **step} for i, step in enumerate(drawn) if fits(step["do"], step["with"])]
    sign_in = {"id": "login", "do": "app.sign_in", "with": {"browser": "laptop", "scope": "read"}, "say": "Alice signs in."}
    return {
        "title": "T",
        "story": "S",
        "lesson": "L",
        "refs": ["RFC 6749 §1"],
        "setting": {"profile": draw(st.sampled_from(list(PROFILES)))},
        "steps": [sign_in, *made],
    }


changes = st.dictionaries(st.sampled_from(list(SWITCHES)), st.integers(0, 9), max_size=8).map(
    lambda d: {n: SWITCHES[n].values[i % len(SWITCHES[n].values)] for n, i in d.items()}
)


@pytest.mark.slow
@settings(max_examples=share(8), suppress_health_check=list(HealthCheck))
@given(files(), changes, st.sampled_from(list(PROFILES)))
def test_whatever_loads_runs(file, changed, profile):
    try:
        scenario = loads(json.dumps(file), "any.yaml")
    except ScenarioError:
        return
    try:
        run = simulation.run(scenario, Settings.of(profile, changed))
    except player.NotLearned:
        return
    assert run.verdict.word in ("completed", "failed", "not-applicable")
    assert [e.index for e in run.events] == list(range(len(run.events)))
