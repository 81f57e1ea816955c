"""A new verb is one function: the table, the guide, the schema, the loader and the command follow from it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Self

import pytest
from pydantic import Field, ValidationError, model_validator

import sandbox.verbs
from sandbox.core.wire import Request
from sandbox.language.schema import schema
from sandbox.language.source import ScenarioError
from sandbox.verbs.table import VERBS
from sandbox.verbs.values import Text
from sandbox.verbs.verb import COMMON_OUTPUTS, Args, Outputs, Verb, verb
from sandbox.views.howto import guide
from sandbox.views.report import verb_data
from sandbox.world.world import World
from tests.support.short_stories import sent, story, told


class Ping(Args):
    """Ask her own host whether it is there."""

    word: Text = Field(description="a word, such as hello")
    times: int = Field(1, ge=1, le=3, description="how often")
    loud: Text | None = Field(None, description="another word")

    @model_validator(mode="after")
    def _loud_once(self) -> Self:
        self.only_with("loud", "times")
        return self

    def suits(self, actor: str) -> None:
        if actor == "evil_mobile" and self.given("times"):
            raise self.refused("times", "has no effect on a phone", "remove it")


@verb(by=("malware", "mallory"), gives=("last",), wire="GET evil.example/ping?word")
def ping(world: World, actor: str, args: Ping) -> Outputs:
    for _ in range(args.times):
        world.net.deliver(Request("GET", f"https://evil.example/ping?{args.word}"), actor)
    return {"last": args.word}


@pytest.fixture(autouse=True)
def there_is_ping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERBS, "ping", ping)


@pytest.mark.slow
def test_it_is_in_the_guide_the_schema_and_the_command() -> None:
    part = guide().partition("### ping\n")[2].partition("###")[0]
    assert "Ask her own host whether it is there." in part
    assert "  - `word`: required; a word, such as hello\n" in part
    assert "{do: evil_mobile.ping, with: {word: hello}}" in part
    found = schema()
    assert {"evil_mobile.ping", "mallory.ping"} <= set(found["$defs"]["Step"]["properties"]["do"]["enum"])
    assert found["$defs"]["Ping"]["required"] == ["word"]
    assert verb_data()[-1]["gives"] == ["last", *COMMON_OUTPUTS]


def test_it_runs_and_gives_its_outputs() -> None:
    record = told("it mallory.ping {word: hello, times: 2}\nagain mallory.ping {word: $it.last}")
    assert [len(sent(record, step, "mallory")) for step in ("it", "again")] == [2, 1]


@pytest.mark.parametrize(
    ("step", "message", "cure"),
    [
        ("mallory.ping {wrod: x}", "there is no key `wrod` here", "did you mean `word`?"),
        ("laptop.ping {word: x}", "`laptop` is a browser and cannot ping", "ping is for evil_mobile, mallory; laptop can"),
        ("mallory.pong {word: x}", "there is no verb `pong`", "did you mean `ping`?"),
        ("evil_mobile.ping {word: x, times: 2}", "`times` has no effect on a phone", "remove it"),
        ("mallory.ping {word: x, loud: y}", "`loud` has no effect without `times`", "remove it, or add `times`"),
    ],
)
def test_a_wrong_use_is_answered(step: str, message: str, cure: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        story(f"it {step}")
    assert [p.message for p in caught.value.problems] == [message]
    assert caught.value.problems[0].cure.startswith(cure)


def test_every_verb_of_every_module_is_in_the_table() -> None:
    modules = [importlib.import_module(m.name) for m in pkgutil.iter_modules(sandbox.verbs.__path__, "sandbox.verbs.")]
    made = {v.name for module in modules for v in vars(module).values() if isinstance(v, Verb)}
    assert made == set(VERBS) - {"ping"}, "name the module in GROUPS of table.py"


@pytest.mark.parametrize("data", [{"word": "x", "times": 0}, {"word": ""}, {}])
def test_arguments_are_checked(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ping.args.model_validate(data)
