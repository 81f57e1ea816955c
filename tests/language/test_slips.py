"""What looks right on a screen and is not YAML: found at its place, with a cure that fits."""

from __future__ import annotations

import pytest

from sandbox.language.loader import loads
from sandbox.language.source import Problem, ScenarioError

FILE = """\
title: T
story: s
lesson: l
refs: [RFC 6750 §2.1]
setting: {profile: oauth-bcp}
steps:
  - id: login
    do: app.sign_in
    with: {browser: laptop}
    say: Alice signs in.
  - id: ask
    do: mallory.send
    with: {method: GET, url: "https://accounts.connectsphere.example/accounts"}
    say: Mallory asks.
    expect: {status: 401}
"""
ATTACKER = "steps:", "attacker: {is: someone, who reads}\nsteps:"


def problems(old: str, new: str) -> tuple[Problem, ...]:
    assert old in FILE
    with pytest.raises(ScenarioError) as caught:
        loads(FILE.replace(old, new), "f.yaml")
    return caught.value.problems


def test_the_file_is_sound_without_a_slip() -> None:
    loads(FILE, "f.yaml")


@pytest.mark.parametrize(
    ("old", "new", "place", "says", "cure"),
    [
        ("do: mallory.send", "do:mallory.send", (12, 5), "a space is missing after `do:`", "write `do: mallory.send`"),
        ("- id: ask", "- id:ask", (11, 5), "a space is missing after `id:`", "write `id: ask`"),
        ("say: Mallory", "say:Mallory", (14, 5), "a space is missing after `say:`", "write `say: Mallory asks.`"),
        ("title: T", "title:T", (1, 1), "a space is missing after `title:`", "write `title: T`"),
        ("expect: {", "expect:{", (15, 5), "a space is missing after `expect:`", "write `expect: {status: 401}`"),
        ("{status: 401}", "{status:401}", (15, 14), "a space is missing after `status:`", "write `status: 401`"),
        ("- id: ask", "-id: ask", (11, 4), "a space is missing after the `-`", "write `- id:`"),
        ("do: mallory", "do = mallory", (12, 8), "a `:` is missing after `do`", "write `do: mallory.send`"),
        ("title: T", "title： T", (1, 6), "not the colon that YAML knows, but U+FF1A", "write `:`"),
        ("  - id: ask", "  – id: ask", (11, 3), "this sign is another one, U+2013", "a hyphen"),
        ("  - id: login", "  • id: login", (7, 3), "this sign is another one, U+2022", "a hyphen"),
        (*ATTACKER, (6, 25), "the comma before `who reads` ends the text of `is`", "put all of the text in quotes"),
        ("{status: 401}", "{401}", (15, 14), "`401` has no value", "write `key: value`"),
    ],
)
def test_signs_that_are_missing_or_others(old: str, new: str, place: tuple[int, int], says: str, cure: str) -> None:
    [problem] = problems(old, new)
    assert (problem.line, problem.column) == place
    assert says in problem.message
    assert cure in problem.cure


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("title: T", "“title”: T", (1, 1), "U+201C"),
        ("do: app.sign_in", "do: ‘app.sign_in’", (8, 9), "U+2018"),
        ("do: app.sign_in", "do: «app.sign_in»", (8, 9), "U+00AB"),
        ("browser: laptop", "browser: „laptop“", (9, 21), "U+201E"),
        ("say: Mallory asks.", "say: “Mallory: asks.”", (14, 10), "U+201C"),
    ],
)
def test_curly_quotes(old: str, new: str, place: tuple[int, int], code: str) -> None:
    problem = next(p for p in problems(old, new) if code in p.message)
    assert (problem.line, problem.column) == place
    assert "straight quotes" in problem.cure


def test_curly_quotes_and_odd_spaces_are_welcome_in_prose() -> None:
    said = "“Mallory”\u00a0asks: l’API\u202f– and\u3000waits."
    assert loads(FILE.replace("say: Mallory asks.", f'say: "{said}"'), "f.yaml").steps[1].say == said
    assert loads(FILE.replace("Mallory asks.", "“Asks,” she said."), "f.yaml").steps[1].say == "“Asks,” she said."


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u202f", "\u3000"], ids=["no-break", "figure", "narrow", "ideographic"])
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("    do: mallory", "____do: mallory", (12, 1)),
        ("    do: mallory", "  __do: mallory", (12, 3)),
        ("    say: Mallory", "    _say: Mallory", (14, 5)),
        ("do: mallory", "do:_mallory", (12, 8)),
        ("- id: ask", "-_id: ask", (11, 4)),
        ("browser: laptop", "browser: laptop_", (9, 27)),
    ],
    ids=["indentation", "part of it", "one more", "after a colon", "after a hyphen", "at the end of a value"],
)
def test_spaces_that_yaml_does_not_know(old: str, new: str, place: tuple[int, int], space: str) -> None:
    [problem] = problems(old, new.replace("_", space))
    assert (problem.line, problem.column) == place
    assert f"U+{ord(space):04X}" in problem.message


def test_of_several_commas_in_one_text_the_first_is_told() -> None:
    [problem] = problems("steps:", "attacker: {is: one, two, three}\nsteps:")
    assert problem.column == 21


def test_a_line_longer_than_anybody_types_is_not_searched() -> None:
    [problem] = problems("{status: 401}", "{status:401" + " " * 3000 + "}")
    assert "space is missing" not in problem.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: T", "title:\tT", "after `title:` stands a tab"),
        ("story: s", "story: \ts", "after `story:` stands a tab"),
        ("    do: app.sign_in", "    do:\tapp.sign_in", "after `do:` stands a tab"),
        ("  - id: login", "  - id:\tlogin", "after `id:` stands a tab"),
        ("  - id: login", "  -\tid: login", "after `-` stands a tab"),
        ("    say: Alice", "\tsay: Alice", "a tab is used for indentation"),
    ],
)
def test_a_tab_is_called_a_tab_where_it_stands(old: str, new: str, said: str) -> None:
    first = problems(old, new)[0]
    assert first.message.startswith(said)
    assert first.column == FILE.replace(old, new).splitlines()[first.line - 1].index("\t") + 1
    assert first.cure in ("write a space instead of the tab", "use spaces")
