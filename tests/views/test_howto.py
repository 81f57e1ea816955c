"""The template loads and runs, the guide has every key, verb, switch and name: both come from the tables."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language.document import Document
from sandbox.language.goals import PREDICATES
from sandbox.language.loader import loads
from sandbox.language.playlist import Playlist
from sandbox.protocol.cast import CAST
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies.claims import check
from sandbox.verbs.table import VERBS
from sandbox.views.howto import FORMS, LISTS, guide, template

GUIDE = guide()


def test_the_template_is_a_scenario_that_is_true() -> None:
    scenario = loads(template())
    assert simulation.run(scenario).verdict.word == "completed"
    assert all(claim.ok for claim in check(scenario))


def test_the_template_has_every_key() -> None:
    assert all(f"\n{key}:" in template() or f"\n# {key}:" in template() for key in Document.model_fields)


@pytest.mark.parametrize("model", [*FORMS, *LISTS])
def test_the_guide_has_every_key(model: type[Playlist]) -> None:
    part = GUIDE.partition(f"### {model.__name__}\n")[2].partition("### ")[0]
    assert all(f"| `{field.alias or name}` |" in part for name, field in model.model_fields.items())


def test_the_guide_has_every_name() -> None:
    assert all(f"\n### {verb}\n" in GUIDE for verb in VERBS)
    assert all(f"`{name}`" in GUIDE for name in (*CAST, *PROFILES, *SWITCHES, *PREDICATES))


def test_every_example_of_a_verb_is_a_step_that_loads() -> None:
    examples = [line.removeprefix("- such as: `").removesuffix("`") for line in GUIDE.splitlines() if line.startswith("- such as: `{do: ")]
    assert len(examples) == len(VERBS)
    head = template().partition("\nsteps:")[0]
    for example in examples:
        loads(f"{head}\nsteps:\n  - {{id: it, say: S, {example.removeprefix('{')}\n", "example.yaml")


def test_every_argument_of_a_verb_is_described() -> None:
    assert [f"{v.name}.{name}" for v in VERBS.values() for name, f in v.args.model_fields.items() if not f.description] == []
