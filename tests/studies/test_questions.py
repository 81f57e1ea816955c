"""The questionnaire: its words and switches hold together, links are read back, and each answer does something."""

from __future__ import annotations

import pytest

from sandbox.engine import judge, simulation
from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import questions
from sandbox.studies.questions import parse, shipped, system, written
from tests.support.hostile import BAD

EVERY = {q.id: tuple(a.id for a in q.answers) if q.many else (q.answers[-1].id,) for q in shipped().questions}


# Switches that no answer changes, each with the reason.
NOT_ASKED: dict[str, str] = {
    "as.bind_forms": "no shipped attack depends on it yet: nobody could be told what it stops",
    "as.deny_frames": "no shipped attack depends on it yet: nobody could be told what it stops",
    "as.token_format": "the gateway reads JWTs only: with opaque tokens every attack would be said to break the service; what they are "
    "good for is asked otherwise, by what a token says and by who asks the issuer",
}


def test_every_switch_is_asked_about():
    asked = {name for q in shipped().questions for a in q.answers for name in a.switches}
    silent = [name for name in SWITCHES if name not in asked | NOT_ASKED.keys()]
    assert not silent, (
        f"no answer of questions.yaml changes {', '.join(silent)}: a team that lacks it is told that all is well; "
        f"ask about it there, or add it to NOT_ASKED in this file with the reason"
    )
    needless = [name for name in NOT_ASKED if name in asked or name not in SWITCHES]
    assert not needless, f"remove from NOT_ASKED in this file: {', '.join(needless)}"


def test_it_is_short_and_everything_can_be_asked():
    assert 8 <= len(shipped().questions) <= 14
    assert [q.id for q in questions.asked(questions.sensible(EVERY))] == [q.id for q in shipped().questions]


def test_answers_survive_a_link():
    answers = questions.sensible(EVERY)
    assert answers == EVERY
    assert parse(written(answers)) == (answers, [])
    assert len(written(answers)) < 400


def test_every_answer_changes_what_is_tested():
    for question in shipped().questions:
        for answer in question.answers:
            if answer.switches:
                rest = {**EVERY, question.id: tuple(a for a in EVERY[question.id] if a != answer.id)}
                given = {**EVERY, question.id: (*rest[question.id], answer.id) if question.many else (answer.id,)}
                assert system(questions.sensible(rest)) != system(questions.sensible(given)), f"{question.id}-{answer.id}"


def test_silence_is_the_weakest():
    values = {q.id: a.switches for q in shipped().questions for a in q.answers}
    assert any(values.values())
    weak, strong = system({"design": ("oauth",)}).settings, system(EVERY).settings
    assert weak != strong
    assert strong.at_least(dict(weak.changes)) == strong


@pytest.mark.parametrize("answers", [{}, {"design": ("oauth",)}, EVERY, {**EVERY, "sender": ("mtls",)}])
def test_honest_people_can_work_with_the_plainest_answers(answers):
    settings = system(answers).settings
    plain = judge.controls(type(settings).of(settings.profile))
    assert {f: s for f, s in judge.controls(settings).items() if not all(s[k] for k, ok in plain.get(f, {}).items() if ok)} == {}


@pytest.mark.parametrize(("api", "found"), [("", "succeeded"), ("keys", "blocked")])
@pytest.mark.parametrize("design", ["login", "oauth"])
def test_who_takes_keys_from_the_token_is_told(design, api, found):
    attack = library.get("jwk-header-injection")
    where = system({"design": (design,), "api": (api,)}).settings
    assert (where.value("rs.trusted_keys_only"), simulation.run(attack, where).verdict.word) == ("on" if api else "off", found)


def test_what_is_not_asked_is_not_answered():
    answers, problems = parse("design-login.signin-pkce")
    assert (answers, problems) == ({"design": ("login",)}, [])


@pytest.mark.parametrize("text", [*BAD, "design-", "-", "...", "design-oauth-login", "nobody-knows", "design.design", "api-alg-" * 400])
def test_any_text_is_answers_and_sentences(text):
    answers, problems = parse(text)
    assert questions.sensible(answers) == answers
    assert all(isinstance(p, str) and len(p) < 400 and p[-1] in ".?" for p in problems)


def test_a_part_of_a_link_that_means_nothing_is_said():
    assert parse("desing-oauth")[1] == ["Part of the link was left out: there is no question 'desing'; did you mean 'design'?"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("profile: naive-jwt", "profile: naive", "there is no profile `naive`"),
        ('client.bff: "on"', 'client.bfff: "on"', "client.bfff"),
        ("when: {clients: spa}", "when: {clients: sap}", "`browser` waits for `clients: sap`"),
        ("parties: [mobile]", "parties: [mobil]", "there is no `mobil`"),
        ("many: true", "lots: true", "questions.yaml:"),
    ],
)
def test_a_broken_file_says_where(old, new, said):
    source = questions.FILE.read_text()
    assert old in source
    with pytest.raises(ScenarioError) as error:
        questions.loads(source.replace(old, new, 1))
    assert said in str(error.value)
