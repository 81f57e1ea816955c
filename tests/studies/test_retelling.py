"""Attacks are told with the parties that a system has."""

from __future__ import annotations

import re

import pytest

from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.studies import questions, retelling
from sandbox.studies.casting import cast
from sandbox.studies.trials import left_out, scripts
from sandbox.views.audit.words import behind
from tests.support.studied import system

pytestmark = pytest.mark.slow

MOBILE = system("design-oauth.clients-mobile.apis-several")
NOT_THERE = re.compile(r"\b(laptop|web ?page|page|website|web app|single-page|tab|shared computer)\b", re.I)


def test_a_system_on_phones_hears_of_no_laptop_and_no_page() -> None:
    for attack in library.attacks():
        if not left_out(attack.id, MOBILE):
            told = f"{retelling.title(attack.id, MOBILE)}: {retelling.story(attack.id, MOBILE)} {behind(attack.id)}"
            assert not NOT_THERE.search(told), f"{attack.id}: tell it in retelling.yaml for systems without app and budget"


def test_its_scripts_are_played_on_the_phone() -> None:
    """But where Alice has two devices, for which a second browser is needed."""
    for attack in library.attacks():
        for script in () if left_out(attack.id, MOBILE) else scripts(attack.id, MOBILE):
            own = library.get(script.id)
            if script is not own and "phone" not in own.source.partition("goal:")[0]:
                assert "laptop" not in script.source, script.id


@pytest.mark.parametrize("link", ["design-oauth.clients-spa", "design-oauth.clients-partners", "design-oauth.clients-spa-mobile", ""])
def test_who_has_the_clients_of_a_file_reads_its_own_words(link: str) -> None:
    there = system(link)
    for attack in library.attacks():
        if set(there.clients) & {"app", "budget"}:
            assert retelling.title(attack.id, there) == attack.title
            assert retelling.story(attack.id, there) == attack.story


def test_every_story_can_be_played_where_it_is_told() -> None:
    for told in retelling.shipped().stories:
        clients = tuple(c for c in questions.system({}).clients if c not in told.without)
        assert cast(told.attack, clients) is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("attack: logout-one-device", "attack: logout-one-devise", "there is no `logout-one-devise`"),
        ("without: [app, budget]", "without: [ap, budget]", "there is no `ap`"),
    ],
)
def test_a_broken_table_says_where(old: str, new: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        retelling.loads(retelling.FILE.read_text().replace(old, new, 1))
    assert said in str(error.value)
    assert "retelling.yaml:" in str(error.value)
