"""What a defender can foretell: the right answer comes from the run, and does not show by its look."""

from __future__ import annotations

import pytest

from sandbox.engine.result import Stop, Verdict
from sandbox.language import library
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.studies import defending, foretelling
from sandbox.studies.defending import Stand
from sandbox.studies.foretelling import LAST, MOST, NOTHING, THROUGH
from tests.support.effort import some

AUD = library.get("missing-aud-replay")


def stand(**bundles: str) -> Stand:
    return defending.stood(AUD, AUD.settings, AUD.settings.but(bundles))


@pytest.mark.slow
def test_the_right_answer_is_who_refused_in_the_run() -> None:
    assert foretelling.right(stand()) == THROUGH
    assert foretelling.right(stand(AUD="on")) == "transactions.audience"
    nothing = Stand(AUD.settings, AUD.id, Verdict("blocked", "", blocked_by=Stop("x")), ())
    assert foretelling.right(nothing) == NOTHING


@pytest.mark.slow
def test_the_right_answer_is_among_others_of_its_kind() -> None:
    for one in (stand(), stand(AUD="on")):
        options = foretelling.options(AUD, one)
        assert foretelling.right(one) in [o.id for o in options]
        assert tuple(o.id for o in options[-2:]) == tuple(LAST)
        assert 2 <= len(options) - 2 <= MOST
        assert all(o.about == CHECKS[o.id.partition(".")[2]].sentence for o in options[:-2])
        assert len({o.id for o in options}) == len({o.text for o in options}) == len(options)


@pytest.mark.slow
@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 5))
def test_every_attack_has_something_to_foretell_in_its_own_setting_and_in_the_best(id: str) -> None:
    attack = library.get(id)
    for settings in (attack.settings, Settings.of("oauth-bcp")):
        one = defending.stood(attack, attack.settings, settings)
        assert foretelling.right(one) in [o.id for o in foretelling.options(attack, one)]
