"""The questionnaire: its words and switches hold together, links are read back, and each answer does something."""

from __future__ import annotations

import pytest

from sandbox.engine import judge, simulation
from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import questions
from sandbox.studies.questions import parse, shipped, system, written
from tests.support.hostile import BAD

KNOWN = {q.id: [a.id for a in q.answers if a.id != questions.UNKNOWN] for q in shipped().questions}
EVERY = questions.sensible({id: tuple(known) if shipped().question(id).many else (known[-1],) for id, known in KNOWN.items()})
PARTNERS = {
    "design": ("oauth",),
    "clients": ("partners",),
    "format": ("opaque",),
    "partners": ("mtls",),
}  # certificates are for those who can keep a key
LOGIN = questions.sensible({**EVERY, "design": ("login",), "renew": ("given",)})


# Switches that no answer changes, each with the reason.
NOT_ASKED: dict[str, str] = {
    "as.dpop_nonce": "no shipped attack depends on it yet: nobody could be told what it stops",
    "rs.dpop_nonce": "no shipped attack depends on it yet: nobody could be told what it stops",
    "as.request_object": "no shipped attack depends on it yet: nobody could be told what it stops",
    "client.request_object": "no shipped attack depends on it yet: nobody could be told what it stops",
    "as.see_other": "no team knows it by heart; a recording of its login shows it",
    "client.acr": "what a client asks of each sign-in is its own affair, and most ask for nothing",
    "gw.phantom": "a way to build it, and no defence by itself",
    "as.web_message": "hardly any server sends such messages; all others would be told of an attack on what they do not have",
    "as.loopback": "whoever has a tool on the command line needs it or the device flow, and neither is the cure",
    "rs.strict_format": "a hole between two libraries, not a way to build a system: whoever knows of it has closed it",
    "rs.ecdsa_range": "a hole in a library, not a way to build a system: whoever knows of it has updated",
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
    assert len(questions.asked({"design": ("login",)})) <= 15
    asked = [{q.id for q in questions.asked(questions.sensible(given))} for given in (EVERY, PARTNERS, LOGIN)]
    assert asked[0] | asked[1] | asked[2] == {q.id for q in shipped().questions}


@pytest.mark.parametrize("design", ["login", "oauth"])
def test_no_design_is_asked_about_what_it_cannot_have(design):
    answers = {**EVERY, "design": (design,)}
    where = system(questions.sensible(answers)).settings
    for question in questions.asked(answers):
        for answer in questions.offered(question, answers):
            assert all(where.architecture in SWITCHES[n].applies for n in answer.switches), f"{question.id}-{answer.id}"
    ids = {q.id for q in questions.asked(answers)}
    assert ids.isdisjoint({"signin", "server", "sender", "format"}) == (design == "login")


def test_nobody_need_know_everything():
    for question in shipped().questions:
        assert question.answers[-1].id == questions.UNKNOWN
    answers = parse("design-unknown.clients-unknown.life-unknown.api-aud-unknown")[0]
    assert system(answers).unknown == ("design", "clients", "api", "life")
    assert system(answers).settings.value("rs.check_aud") == "on"
    assert system(answers).at_best is not None


def test_certificates_are_for_clients_that_can_keep_a_key():
    assert system(PARTNERS).settings.value("rs.mtls") == "on"
    for public in ("spa", "mobile"):
        answers = {**PARTNERS, "clients": ("partners", public)}
        assert "partners" not in {q.id for q in questions.asked(answers)}
        assert not system(answers).allows(["as.mtls_bind"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("signing-shared", "signing-word"),
        ("design-oauth.signin-code-pkce-state-nonce-iss-exact-once-nopass", ""),
        ("design-oauth.traces-url-referer-redirects.api-alg-keys-iss", ""),
        ("design-oauth.clients-partners.sender-mtls", "design-oauth.clients-partners.partners-mtls"),
    ],
)
def test_links_of_earlier_versions_mean_the_same(old, new):
    answers, problems = parse(old)
    assert problems == []
    assert parse(written(answers)) == (answers, [])
    assert not new or written(answers) == new
    now = system(answers).settings
    before = {"pkce": {"client.pkce": "s256", "as.pkce": "required"}, "nonce": {"client.nonce": "on", "client.validate_id_token": "on"}}
    for word, switches in before.items():
        if word in old:
            assert now.at_least(switches) == now


def test_every_old_answer_is_one_of_today():
    for old in shipped().renamed:
        design = "" if old.startswith("design") else "design-oauth.clients-partners."
        answers, problems = parse(design + old)
        assert (problems, len(answers)) == ([], len(parse(design)[0]) + len({n for n, _ in questions._renamed(old)}))


OF_010 = (  # every answer that 0.1.0 had
    "design-login-oauth.clients-spa-mobile-partners-gateway.browser-page-bff.signing-shared-rsa-ec.token-aud-typ-lean"
    ".api-alg-iss-aud-typ-scope-roles.life-hours-minutes.revoke-none-pushed-list-cached-live.refresh-same-rotate-detect"
    ".signin-code-pkce-state-nonce-iss-exact-once-nopass.traces-url-logs-referer-redirects.sender-bearer-dpop"
    ".gateway-verify-strip-again-only"
)


def test_every_answer_of_the_first_version_is_understood():
    for part in OF_010.split("."):
        question, *given = part.split("-")
        for answer in given:
            old = f"{question}-{answer}"
            assert parse(old)[1] == [], f"say in `renamed` what {old} is called today"
            known = shipped().question(question)
            assert old in shipped().renamed or (known and answer in {a.id for a in known.answers})


def test_answers_survive_a_link():
    answers = questions.sensible(EVERY)
    assert answers == EVERY
    assert parse(written(answers)) == (answers, [])
    assert len(written(answers)) < 600


@pytest.mark.slow
def test_every_answer_changes_what_is_tested():
    for question in shipped().questions:
        every = {"format": PARTNERS, "partners": PARTNERS, "renew": LOGIN}.get(question.id, EVERY)
        for answer in question.answers:
            if answer.switches:
                rest = {**every, question.id: tuple(a for a in every[question.id] if a != answer.id)}
                given = {**every, question.id: (*rest[question.id], answer.id) if question.many else (answer.id,)}
                assert system(questions.sensible(rest)) != system(questions.sensible(given)), f"{question.id}-{answer.id}"


def test_silence_is_the_weakest():
    weak, strong = system({"design": ("oauth",)}).settings, system(EVERY).settings
    assert weak != strong
    assert strong.at_least(dict(weak.changes)) == strong


@pytest.mark.parametrize("answers", [{}, {"design": ("oauth",)}, EVERY, {**EVERY, "sender": ("again",)}])
def test_honest_people_can_work_with_the_plainest_answers(answers):
    settings = system(answers).settings
    plain = judge.controls(type(settings).of(settings.profile))
    assert {f: s for f, s in judge.controls(settings).items() if not all(s[k] for k, ok in plain.get(f, {}).items() if ok)} == {}


@pytest.mark.parametrize(("api", "found"), [("used", "succeeded"), ("ignored", "blocked")])
@pytest.mark.parametrize("design", ["login", "oauth"])
def test_who_takes_keys_from_the_token_is_told(design, api, found):
    attack = library.get("jwk-header-injection")
    where = system({"design": (design,), "keys": (api,)}).settings
    assert (where.value("rs.trusted_keys_only"), simulation.run(attack, where).verdict.word) == ("on" if api == "ignored" else "off", found)


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("profile: naive-jwt", "profile: naive", "there is no profile `naive`"),
        ('client.bff: "on"', 'client.bfff: "on"', "client.bfff"),
        ("when: {clients: spa}", "when: {clients: sap}", "`browser` waits for `clients: sap`"),
        ("parties: [mobile]", "parties: [mobil]", "there is no `mobil`"),
        ("signing-word", "signing-wrod", "`signing-shared` became `signing-wrod`, which does not exist"),
        ("switch: rs.denylist", "switch: rs.denylits", "there is no `rs.denylits`"),
        ("many: true", "lots: true", "questions.yaml:"),
    ],
)
def test_a_broken_file_says_where(old, new, said):
    source = questions.FILE.read_text()
    assert old in source
    with pytest.raises(ScenarioError) as error:
        questions.loads(source.replace(old, new, 1))
    assert said in str(error.value)


def test_a_checklist_item_says_one_thing_that_a_design_has_or_does_not_have():
    naive, proper, basic = (Settings.of(p) for p in ("naive-jwt", "jwt-done-properly", "oauth-basic"))
    items = {item.id: item for item in questions.shipped().monday}
    assert not questions.possible(items["redirect"], proper), "there are no redirect URIs where there is no authorization server"
    assert questions.done(items["redirect"], basic)
    assert not questions.done(items["forward"], basic)
    assert questions.done(items["alg"], naive)
    assert not questions.done(items["key"], naive)
