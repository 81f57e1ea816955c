"""The table of incidents: every entry is of a shipped attack and says where it can be read."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.studies import incidents


def test_each_is_of_a_shipped_attack_and_dated_before_it_was_looked_up():
    shown = incidents.shipped()
    attacks = {a.id for a in library.attacks()}
    assert set(shown.incidents) <= attacks
    for incident in shown.incidents.values():
        assert incident.year <= int(shown.looked_up[:4])
        assert incident.what.endswith(".")
        assert incident.source.endswith(")"), "the source ends with the organisation, in brackets"


def test_an_attack_without_a_known_incident_has_none():
    without = [a.id for a in library.attacks() if incidents.of(a.id) is None]
    assert len(without) == len(library.attacks()) - len(incidents.shipped().incidents)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  alg-none:", "  alg-nome:", "there is no attack `alg-nome`"),
        ("cve: CVE-2018-0114", "cve: 2018-0114", "incidents.yaml:"),
        ("year: 2018", "year: 1918", "incidents.yaml:"),
        ('looked_up: "2026-11-28"', "looked_up: today", "incidents.yaml:"),
    ],
)
def test_a_broken_table_says_where(old, new, said):
    source = incidents.FILE.read_text()
    assert old in source
    with pytest.raises(ScenarioError) as error:
        incidents.loads(source.replace(old, new, 1))
    assert said in str(error.value)
