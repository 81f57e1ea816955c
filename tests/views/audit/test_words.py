"""What an audit found, in words that follow from the findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies.audit import Audit, Change, Plan
from sandbox.studies.questions import System
from sandbox.views.audit import words
from sandbox.views.audit.markdown import markdown
from sandbox.views.html import audit_page
from tests.support.studied import ANSWERS, answered, naive

pytestmark = pytest.mark.slow


def test_the_headline_counts_what_applies() -> None:
    n, absent = len(answered().of("succeeded")), len(answered().of("not-applicable"))
    assert words.headline(answered()).startswith(f"{n} of {len(answered().findings) - absent} attacks succeed")


def test_the_summary_says_how_sure_it_is_and_what_is_left() -> None:
    plan = naive().plan
    assert f"{len(plan.changes)} changes stop {len(plan.stops)} of" in words.summary(naive())
    assert f"Nothing that was tried in this design stops the other {len(plan.leaves)}." in words.summary(naive())
    guess = replace(naive(), plan=replace(plan, exact=False, leaves=()))
    assert "It is the smallest set that was found" in words.summary(guess)
    assert "Nothing that was tried in this design" not in words.summary(guess)
    assert (
        words.summary(replace(naive(), plan=replace(plan, changes=())))
        == "Nothing that was tried stops them without breaking honest flows."
    )


def test_what_stops_an_attack_is_any_of_its_fixes_or_another_design() -> None:
    for finding in (*naive().of("succeeded"), *answered().of("succeeded")):
        result = naive() if finding in naive().findings else answered()
        said = words.stoppers(finding, result)
        assert said.count(" or ") == max(0, len(finding.fixes) - 1)
        assert bool(finding.fixes) != said.startswith("nothing")


def test_answers_that_do_not_fit_are_said_with_what_is_shown_instead() -> None:
    assert words.unfit(["a"], frozenset({("as.stamp_aud", "on")})) == (
        "These answers do not fit together: with them, 1 honest flow would fail. What is shown is the same system with as.stamp_aud=on."
    )
    assert words.unfit(["a", "b"], frozenset()).endswith("2 honest flows would fail. Nothing was found that repairs it.")


def test_a_setting_is_a_link_and_a_command() -> None:
    where = Settings.of("oauth-bcp", {"rs.dpop": "off", "as.dpop_bind": "off"})
    assert words.link("https://app.example/", "code-replay", where) == (
        "https://app.example/play?scenario=code-replay&profile=oauth-bcp&set=as.dpop_bind=off,rs.dpop=off"
    )
    assert words.command(where, "audit") == "oauth-sandbox audit --profile oauth-bcp --set as.dpop_bind=off --set rs.dpop=off"
    assert [words.web(base) for base in ("https://a.example", "javascript:alert(1)", "")] == ["https://a.example", "", ""]


def test_every_question_that_was_asked_is_told_with_its_answer() -> None:
    told = dict(words.said_to(ANSWERS))
    assert told["How long does an access token live?"] == "Minutes"
    assert told["Can somebody else use a token that was copied?"] == "no answer, which counts as no"


def test_the_paragraph_counts_and_says_how_long_and_who() -> None:
    said = words.paragraph(naive())
    assert f"{len(naive().certain)} succeed" in said
    assert "A stolen or revoked access token works" in said
    assert "team" in said
    assert f"would stop {len(naive().plan.stops)} of them" in said


def test_what_stays_open_is_what_is_not_blocked() -> None:
    left = {*naive().plan.leaves, *naive().plan.limits, *naive().plan.closed}
    assert len(words.open_ends(naive())) == len(left)


def test_what_is_limited_today_and_then_stays_open_too() -> None:
    verdict = naive().of("succeeded")[0].verdict
    found = tuple(replace(f, verdict=replace(verdict, word="limited"), fixes=()) if f.attack == "alg-none" else f for f in naive().findings)
    after = tuple((a, "limited" if a == "alg-none" else w) for a, w in naive().plan.after)
    result = replace(naive(), findings=found, plan=replace(naive().plan, after=after))
    assert 'The signature that says "none": still works for a limited time.' in words.open_ends(result)
    assert "What is limited today was not planned for: 1 still works for a limited time." in words.summary(result)
    only = replace(result, findings=tuple(f for f in found if f.word != "succeeded"))
    assert words.summary(only).endswith("no attack that the sandbox knows succeeds for good. 1 still works for a limited time.")


def test_what_takes_honest_use_with_it_is_said_whatever_it_was_before() -> None:
    after = tuple((a, "breaks-service" if a == "alg-none" else w) for a, w in naive().plan.after)
    said = words.open_ends(replace(naive(), plan=replace(naive().plan, after=after)))
    assert 'The signature that says "none": stopped, and something that honest people do with it.' in said


def test_what_cannot_go_on_is_told_with_what_blocks_it_alone() -> None:
    (attack,) = naive().plan.closed
    assert "1 more is blocked by some of the changes alone" in words.summary(naive())
    (said,) = (s for s in words.open_ends(naive()) if s.startswith(library.get(attack).title))
    assert f"blocked by {words.stoppers(next(f for f in naive().findings if f.attack == attack), naive())} alone" in said


def test_what_only_the_whole_plan_stops_is_not_said_to_be_past_help() -> None:
    stopped = next(f for f in naive().of("succeeded") if f.attack in naive().plan.stops)
    assert words.stoppers(replace(stopped, fixes=()), naive()) == "only the changes together"


def test_what_nobody_knows_is_counted_apart() -> None:
    found = tuple(replace(f, unsure=f.attack == "missing-aud-replay") for f in naive().findings)
    result = replace(naive(), findings=found)
    n = len(naive().of("succeeded"))
    assert f" of {n}, 1 of which depends on what you do not know." in words.summary(result)
    assert f"{n - 1} succeed for certain, and 1 depends on answers that nobody knew." in words.paragraph(result)
    assert f"would stop {len(result.plan.stops)} of these {n}." in words.paragraph(result)


def test_an_incident_is_told_with_its_source_or_not_at_all() -> None:
    assert words.behind("alg-none").startswith("2015: ")
    assert "(Tim McLean, Auth0)." in words.behind("alg-none")
    assert words.behind("pii-in-access-token") == ""


def test_a_report_is_headed_by_what_was_typed() -> None:
    assert words.headed("Shop", "2026-11-28") == "Shop, 2026-11-28"
    assert words.headed(" ", "") == ""


def test_a_way_that_no_file_tells_is_told_with_whether_the_changes_stop_it() -> None:
    [(attack, said, way)] = words.unwritten(naive())
    assert attack == "token-in-url-log"
    assert said.startswith("Another way: Mallory reads the log of Accounts.")
    assert said.endswith("It stays open with the changes.")
    assert way.source.startswith("title: ")
    assert "?access_token= is a log entry: still succeeds, by a way that no file tells (below)." in words.open_ends(naive())


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("blocked", "The changes stop it."),
        ("limited", "With the changes the attack still works for a limited time."),
        ("succeeded", "It stays open with the changes."),
        ("stalled", "With the changes its attack is not blocked, and was not seen to succeed."),
    ],
)
def test_of_a_way_that_was_found_no_more_is_said_than_what_its_attack_comes_to(word: str, end: str) -> None:
    """A way of an earlier round: its attack was run by it, too, when all changes were made."""
    result = naive()
    ((attack, _),) = result.system.found
    after = tuple((a, word if a == attack else w) for a, w in result.plan.after)
    [(_, said, _)] = words.unwritten(replace(result, plan=replace(result.plan, after=after)))
    assert said.endswith(end)


def test_an_honest_step_that_fails_is_said_beside_the_flows_that_work() -> None:
    result = naive()
    title = "?access_token= is a log entry"
    after = (*((a, w) for a, w in result.plan.after if a != "token-in-url-log"), ("token-in-url-log", "breaks-service"))
    assert f"But an honest step fails in: {title}." in words.summary(replace(result, plan=replace(result.plan, after=after)))
    assert "honest step fails" not in words.summary(result)


def test_what_is_blocked_rests_on_its_script_and_on_how_far_she_looked() -> None:
    finding = next(f for f in naive().findings if f.word == "blocked")
    assert words.why(finding).startswith(("This script: ", f"{finding.scripts} scripts: "))
    stopped = naive().plan.stops[0]
    assert words.rests(naive(), stopped).startswith("No other way within 2 changing moves: ")
    assert words.rests(naive(), "token-in-url-log") == ""


def test_both_reports_have_the_way_and_lead_into_it() -> None:
    for report in (markdown, audit_page.html):
        text = report(naive(), ANSWERS, "https://app.example", stepper=lambda way: f"https://app.example/workshop?files={way.id}")
        assert words.UNWRITTEN in text
        assert "https://app.example/workshop?files=token-in-url-log-by-another-way" in text
        assert words.STEP not in report(naive(), ANSWERS)
        assert "Mallory reads the log of Accounts." in report(naive(), ANSWERS)
        assert "No other way within 2 changing moves: " in text.replace("\\", "")


def test_why_each_change_is_needed_stands_in_every_report_and_once() -> None:
    said = words.upheld(naive())
    assert any(", both, for either alone still prevents it: " in line for line in said)
    for change in naive().plan.changes:
        assert [line for line in said if line.startswith(f"{change.switch}={change.before}: ")]
    for report in (markdown(naive()), audit_page.html(naive())):
        assert report.count(words.UPHELD) == 1
    without = replace(naive(), plan=replace(naive().plan, changes=()))
    assert words.upheld(without) == []
    assert words.UPHELD not in markdown(without)


def test_a_change_for_which_nothing_speaks_is_not_said_to_be_needed() -> None:
    base = System(Settings.of("oauth-basic"))
    idle = Plan(
        settings=base.settings.but({"as.iss_param": "on"}),
        changes=(Change("as.iss_param", "off", "on"),),
        after=(("alg-none", "blocked"),),
    )
    assert words.upheld(Audit(system=base, findings=(), plan=idle, monday=())) == [f"as.iss_param=off: {words.UNSEEN}"]


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:8501", "http://localhost:8501/", "https://[::1]:8501", "http://0.0.0.0:1", "http://x.localhost", "http://127.9.9.9"],
)
def test_a_report_that_is_handed_on_has_no_link_to_this_machine(base: str) -> None:
    assert words.web(base) == ""
    for report in (markdown, audit_page.html):
        text = report(answered(), ANSWERS, base)
        assert base.rstrip("/") not in text
        assert "href" not in text
        assert words.SEE_ONE in text
        assert "oauth-sandbox run ID --profile oauth-basic" in text
        assert all(f.script in text for f in answered().findings if not f.another)


@pytest.mark.parametrize("base", ["https://sandbox.example", "http://192.0.2.7:8501", "https://127.0.0.1.example"])
def test_another_machine_can_be_linked_to(base: str) -> None:
    assert words.web(base) == base


def test_who_does_not_know_the_design_is_told_for_which_one_it_is_planned() -> None:
    unknown = replace(naive(), system=replace(naive().system, unknown=("design", "life")))
    said = words.assumed(unknown)
    assert said.count(".") == 1
    assert "A login endpoint of our own hands out a JWT" in said
    for report in (markdown(unknown), audit_page.html(unknown)):
        assert "A login endpoint of our own hands out a JWT." in report
    assert words.assumed(naive()) == ""
    assert dict(words.said_to({}))["Where do your tokens come from?"] == "no answer; taken for: A login endpoint of our own hands out a JWT"
