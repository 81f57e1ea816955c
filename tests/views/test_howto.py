"""The template loads and runs, the guide has every key, verb, switch and name: both come from the tables."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language.document import Document
from sandbox.language.goals import GRACE, PREDICATES
from sandbox.language.loader import loads
from sandbox.language.playlist import Playlist
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies.claims import check
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import OUTPUTS
from sandbox.views.howto import FORMS, LISTS, guide, template
from sandbox.world.parties.records import HELD, paths

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


def test_the_guide_has_every_check_output_marker_and_route() -> None:
    assert all(f"| `{check}` |" in GUIDE for check in CHECKS)
    assert all(f"| `{output}` |" in GUIDE for output in OUTPUTS)
    assert all(f"`{marker}`" in GUIDE for objects in HELD.values() for marker in objects)
    assert all(f" {path} |" in GUIDE for path in (*paths(), "/authorize", "/token", "/refresh", "/denylist"))
    assert "| `accounts`, `accounts_2` | GET /accounts | read |" in GUIDE
    assert "| `gateway` | /users... | as at `transactions` |" in GUIDE


def test_the_guide_says_that_late_has_a_bound_and_how_to_set_it() -> None:
    assert f"of late: how many seconds access may outlive its end; {GRACE} if not said" in GUIDE


def test_each_output_of_a_verb_is_explained_and_no_other() -> None:
    assert {output for verb in VERBS.values() for output in verb.outputs} == set(OUTPUTS)


def test_where_because_may_be_missing_is_said() -> None:
    assert "may be missing only beside `outcome`" in GUIDE.partition("### Myth\n")[2].partition("### ")[0]
