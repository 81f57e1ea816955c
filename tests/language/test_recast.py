"""The same story with other clients: names change where the file means them, and nowhere else."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.language.recast import named, recast
from sandbox.language.source import ScenarioError


def test_actors_arguments_checks_and_addresses_change():
    csrf = recast(library.get("csrf-redirect-uri"), {"budget": "mobile"})
    assert csrf.step("pending").do == "mobile.sign_in"
    assert csrf.goal[0].session.client == "mobile"
    assert csrf.blocked_by[0].by == "mobile.state"
    assert csrf.step("import").say == library.get("csrf-redirect-uri").step("import").say
    assert recast(library.get("code-injection"), {"budget": "app"}).step("look").args.url == "https://app.connectsphere.example/me"


def test_it_is_another_scenario_of_the_same_id():
    own = library.get("admin-kill-session")
    other = recast(own, {"mobile": "app"})
    assert (other.id, other == own, named(own), named(other)) == (own.id, False, {"mobile"}, {"app"})


def test_who_is_not_in_it_changes_nothing():
    own = library.get("admin-kill-session")
    assert recast(own, {"budget": "app"}) == own


def test_what_the_verbs_do_not_let_a_client_do_is_refused():
    with pytest.raises(ScenarioError, match="no app can claim"):
        recast(library.get("code-interception"), {"mobile": "app"})


def test_a_browser_is_another_one_in_prose_too():
    own = library.get("no-revocation-before-exp")
    other = recast(own, {"app": "mobile", "laptop": "phone"})
    assert "laptop" not in other.source
    assert other.step("kill").do == own.step("kill").do.replace("laptop", "phone")
    assert other.story == own.story.replace("laptop", "phone")
