"""Answers in a file: JSON or the word of a link, with a place for everything that is wrong."""

from __future__ import annotations

import json

import pytest

from sandbox.language.source import ScenarioError
from sandbox.studies import answers, questions
from tests.support.studied import ANSWERS

LINK = questions.written(ANSWERS)


@pytest.mark.parametrize(
    "data",
    [
        {q: list(a) for q, a in ANSWERS.items()},
        {"format": 2, "answers": {q: list(a) for q, a in ANSWERS.items()}},
        {q: a[0] if len(a) == 1 else list(a) for q, a in ANSWERS.items()},
        LINK,
    ],
    ids=["map", "report", "words", "link"],
)
def test_answers_in_a_file_mean_what_the_link_means(data):
    assert answers.loads(json.dumps(data), "a.json") == questions.parse(LINK)[0]


def test_answers_of_an_earlier_version_are_understood():
    assert (
        answers.loads('{"signing": "shared", "signin": ["pkce", "exact"]}', "a.json")
        == (questions.parse("signing-shared.signin-pkce-exact")[0])
    )


@pytest.mark.parametrize(
    ("data", "says", "cure"),
    [
        ('{"desing": "oauth"}', "a.json:1:2: there is no question `desing`", "did you mean `design`?"),
        ('{"design": "oath"}', "a.json:1:12: `design` has no answer `oath`", "did you mean `oauth`?"),
        ('{"design": ["oauth", "login"]}', "a.json:1:12: `design` has one answer", "keep one of them"),
        ('{"api": ["alg", 7]}', "a.json:1:17: an answer to `api` is a word", "write one of "),
        ('{"api": {"alg": true}}', "a.json:1:9: an answer to `api` is a word", "write one of "),
        ('{"answers": {"desing": "oauth"}}', "a.json:1:14: there is no question `desing`", "did you mean"),
        ("[]", "a.json:1:1: this is no set of answers", '{"design"'),
        ("7", "a.json:1:1: this is no set of answers", '{"design"'),
        ('"design-oath"', "a.json:1:1: Part of the link was left out", "see the link"),
        ("{", "a.json:1:2: a bracket is never closed", "close it"),
        ("", "a.json:1:1: the file is empty", ""),
        ('{"a.b": "c-d"}', "a.json:1:2: there is no question `a.b`", ""),
    ],
)
def test_what_is_wrong_with_answers_has_a_place_and_a_cure(data, says, cure):
    with pytest.raises(ScenarioError) as caught:
        answers.loads(data, "a.json")
    assert says in str(caught.value)
    assert cure in str(caught.value)
