"""From findings to answers."""

from sandbox.reality import answers
from sandbox.reality.finding import Evidence, found
from sandbox.studies import questions
from sandbox.studies.questions import UNKNOWN

AT = [Evidence("here", 14)]


def drawer(id, *findings):
    return next(s for s in answers.said(findings) if s.id == id)


def test_a_contrary_outweighs_what_follows():
    assert drawer("server-noimplicit", found("implicit_offered", "it offers token", AT)).drawer == "refuted"
    assert drawer("token-aud", found("one_audience", "yes", AT), found("no_audience", "no", AT)).drawer == "refuted"


def test_a_half_is_shown_and_not_ticked():
    half = drawer("signin-state", found("state_returned", "it comes back", AT))
    assert half.drawer == "half"
    assert "compares" in half.why
    assert "state" not in answers.prefilled([found("flow_code", "", AT), found("state_returned", "", AT)])["signin"]


def test_what_nobody_said_is_not_known_rather_than_no():
    given = answers.prefilled([found("flow_code", "", AT), found("page_client", "", AT)])
    assert given["clients"] == ("spa", UNKNOWN)
    assert given["server"] == (UNKNOWN,)
    assert given["signing"] == (UNKNOWN,)
    assert set(questions.system(given).unknown) >= {"server", "signing", "api"}


def test_two_that_exclude_each_other_are_left_to_the_person():
    assert answers.prefilled([found("refresh_rotated", "", AT), found("refresh_same", "", AT), found("flow_code", "", AT)])["refresh"] == (
        "same",
    )
    assert answers.prefilled([found("signed_rsa", "", AT), found("signed_ec", "", AT), found("flow_code", "", AT)])["signing"] == (UNKNOWN,)


def test_the_link_is_one_that_the_page_takes():
    word = answers.link([found("flow_code", "", AT), found("lifetime_short", "", AT)])
    given, problems = questions.parse(word)
    assert given["life"] == ("minutes",)
    assert problems == []


def test_a_caveat_is_not_lost():
    assert "Whether a person chose it" in drawer("signing-word", found("hs256", "HS256", AT)).why


def test_only_questions_that_the_files_speak_of_are_explained():
    findings = [found("flow_code", "", AT)]
    assert set(answers.because(findings, answers.prefilled(findings))) == {"design", "signin"}
