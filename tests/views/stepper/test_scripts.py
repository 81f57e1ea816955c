"""Our scripts without a browser, by node: each can be read, and the stepper's functions that only reckon do it right."""

from __future__ import annotations

import json
import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.edits import Edit, edited_request, edited_response
from sandbox.protocol.tokens import key_for
from sandbox.protocol.trace import Answered, Sent, of
from sandbox.views.stepper import document, script
from tests.support.needs import need
from tests.support.paths import PACKAGE, ROOT

pytestmark = pytest.mark.slow

TESTS = Path(__file__).with_name("stepper.test.mjs")
RECKONING = ("distance", "walk", "unplus", "asText", "known", "fold", "visible", "valueAt", "tokenAt")
SCRIPTS = sorted(PACKAGE.rglob("*.js"))

VALUES = """
const { valueAt } = await import(process.env.SCRIPT);
const pane = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));
const claims = (moment) => (moment.tokens ?? []).flatMap(([name, i, at]) => Object.keys(pane.tokens[i].payload).map((claim) => `${at || name}.claims.${claim}`));
const fields = (moment) => [...moment.message.filter(Array.isArray).map((part) => part[0]), ...claims(moment)];
const values = (moment) => Object.fromEntries(fields(moment).map((path) => [path, valueAt(pane, moment, path)]));
console.log(JSON.stringify(Object.fromEntries(pane.moments.filter((m) => m.message).map((m) => [m.id, values(m)]))));
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """The stepper as a module that exports what it otherwise keeps to itself."""
    need("node")
    file = tmp_path / "stepper.mjs"
    file.write_text(f"globalThis.Node ??= class {{}};\n{script()}\nexport {{ {', '.join(RECKONING)} }};\n", encoding="utf-8")
    return file


def node(*words: str, module: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"SCRIPT": module.as_uri()} if module else {})
    return subprocess.run(["node", *words], input=given, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_can_be_read(file: Path) -> None:
    need("node")
    done = node("--input-type=module", "--check", given=file.read_text(encoding="utf-8"))
    assert done.returncode == 0, f"{file.relative_to(ROOT)}:\n{done.stderr}"


def test_what_only_reckons_is_right(module: Path) -> None:
    done = node("--test", str(TESTS), module=module)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("scenario", ["code-pkce", "missing-aud-replay"])
def test_a_field_has_the_value_that_changes_nothing_if_it_is_written_back(module: Path, scenario: str) -> None:
    """What the stepper offers to edit is what the message holds: an edit to the same value leaves it as it is."""
    run = simulation.run(library.get(scenario))
    pane = document([run])["panes"][0]
    done = node("--input-type=module", "--eval", VALUES, module=module, given=json.dumps(pane))
    assert done.returncode == 0, done.stderr
    offered = json.loads(done.stdout)
    messages = {e.message: e for e in (*of(run.events, Sent), *of(run.events, Answered))}
    assert offered.keys() == messages.keys()
    fields = [(messages[id], field, value) for id, values in offered.items() for field, value in values.items()]
    assert len(fields) > 150
    changed = [
        f"{event.message} {field}: {value}" for event, field, value in fields if not unchanged(event, Edit(event.message, field, value))
    ]
    assert changed == []


def unchanged(event: Sent | Answered, edit: Edit) -> bool:
    """Whether the message is what it was, after this edit."""
    if isinstance(event, Sent):
        return edited_request(event.request, [edit], partial(key_for, "0")) == event.request
    return edited_response(event.response, [edit], partial(key_for, "0")) == event.response
