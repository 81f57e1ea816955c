"""The table of fields: complete rows, checks that exist, and no common field without a sentence."""

from __future__ import annotations

import re

import pytest

from sandbox.engine import simulation
from sandbox.engine.knowledge import facts
from sandbox.language import library
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.fields import FIELDS, explain
from sandbox.protocol.trace import Sent, of

NOT_THERE_YET = {"certificate"}


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda f: f.name)
def test_every_row_is_complete(field):
    assert field.meaning.endswith(".")
    assert re.fullmatch(r"(RFC \d+|OIDC [A-Za-z -]+) §[\w.]+", field.ref)
    assert set(field.checks) - NOT_THERE_YET <= set(CHECKS)


def test_the_last_known_part_of_a_path_decides():
    assert explain("headers.authorization.claims.aud").name == "aud"
    assert explain("form.code_verifier").name == "code_verifier"
    assert explain("headers.Authorization").name == "authorization"
    assert explain("form.nothing") is None


def test_the_parameters_of_the_code_flow_are_all_explained():
    run = simulation.run(library.get("code-pkce"))
    names = {name for e in of(run.events, Sent) for name, _ in (*e.request.query, *e.request.form)}
    assert names - set(FIELDS) <= {"ticket", "allow"}
    assert any(facts(e.request) for e in of(run.events, Sent))
