"""The picture for a link: its size whatever is drawn, and that it shows what decided."""

from __future__ import annotations

import re
import struct

import pytest

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.views.diagram import preview
from sandbox.views.outcomes import SIGNS
from sandbox.views.pictures import preview as picture
from sandbox.views.timeline import decisive
from tests.support import sample_runs as samples
from tests.support.effort import some

STORIES = [s.id for s in (*library.flows(), *library.attacks())]


def said(source: str) -> str:
    """All labels of a drawing, with their line breaks as blanks."""
    return " ".join(re.sub(r"\\[lnr]", " ", text) for text in re.findall(r'label="([^"]*)"', source)).replace("  ", " ")


@pytest.mark.parametrize("story", some(STORIES, 6))
def test_title_verdict_and_the_moment_that_decided(story: str) -> None:
    run = simulation.run(library.get(story))
    source = preview.draw(run).source
    assert run.scenario.title.split()[0] in source
    assert SIGNS[run.verdict.word].banner in source
    assert f'class="step s{decisive(run)}"' in source
    assert len(set(re.findall(r'class="?name', source))) <= 2 * preview.MOST


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["oauth-bcp", "naive-jwt"])
def test_it_is_exactly_as_large_as_messengers_want_it(profile: str) -> None:
    for story in ("missing-aud-replay", "code-pkce", "denylist-race"):
        data = picture(simulation.run_case(Case.of(library.get(story), Settings.of(profile))))
        assert struct.unpack(">II", data[16:24]) == (1200, 630)
        assert len(data) < 120_000


def test_what_has_nothing_to_show_tells_its_story() -> None:
    run = simulation.run_case(Case.of(library.get("code-pkce"), Settings.of("naive-jwt")))
    assert run.scenario.story.split(",")[0] in said(preview.draw(run).source)


def test_strange_texts_are_cut_to_the_picture() -> None:
    data = picture(samples.noted("\ufdfd 漢字 " * 200))
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
