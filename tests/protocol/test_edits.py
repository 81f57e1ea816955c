"""Edit and continue: one field changes, everything else stays, and the real parties decide what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.wire import Request, Response, form_request, json_response
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.edits import (
    MAX_EDITS,
    MAX_VALUE,
    BadEdit,
    Edit,
    applied,
    edited_request,
    edited_response,
    made,
    read,
    with_edit,
    without,
    written,
)
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import decode, key_for
from sandbox.protocol.trace import Answered, Sent, of
from sandbox.verbs.table import VERBS
from sandbox.views.har import har
from sandbox.views.timeline import moments

KEYS = {"mallory": key_for("0", "mallory"), "issuer": key_for("0", "auth")}
REQUEST = form_request("https://a.example/p?x=1&y=2#f=3", {"code": "c", "state": "s"}, (("Authorization", "Bearer abc"),))
TOKEN = KEYS["issuer"].sign({"sub": "alice", "aud": "accounts", "cnf": {"jkt": "k"}})


def requested(field: str, value: str | None, request: Request = REQUEST) -> Request:
    return edited_request(request, [Edit("m", field, value)], KEYS.__getitem__)


@pytest.mark.parametrize(
    ("field", "value", "url"),
    [
        ("query.x", "9", "https://a.example/p?x=9&y=2#f=3"),
        ("query.x", None, "https://a.example/p?y=2#f=3"),
        ("query.new", "n", "https://a.example/p?x=1&y=2&new=n#f=3"),
        ("fragment.f", "4", "https://a.example/p?x=1&y=2#f=4"),
        ("host", "b.example", "https://b.example/p?x=1&y=2#f=3"),
        ("path", "/q", "https://a.example/q?x=1&y=2#f=3"),
    ],
)
def test_parts_of_the_address(field, value, url):
    made = requested(field, value)
    assert made.url == url
    assert (made.method, made.headers, made.body) == (REQUEST.method, REQUEST.headers, REQUEST.body)


def test_forms_headers_methods_and_bodies():
    assert requested("form.code", "x").form == (("code", "x"), ("state", "s"))
    assert requested("form.code", None).form == (("state", "s"),)
    assert requested("headers.authorization", None).header("authorization") is None
    assert requested("headers.X-New", "1").header("x-new") == "1"
    assert requested("method", "put").method == "PUT"
    assert requested("body", "raw").body == "raw"


def test_answers():
    answer = json_response(200, {"active": True, "list": [1, 2], "inner": {"a": "b"}})

    def made(field, value):
        return edited_response(answer, [Edit("m", field, value)], KEYS.__getitem__)

    assert made("status", "500").status == 500
    assert made("json.active", "false").json["active"] is False
    assert made("json.active", None).json == {"list": [1, 2], "inner": {"a": "b"}}
    assert made("json.list.1", "9").json["list"] == [1, 9]
    assert made("json.inner.a", "text").json["inner"] == {"a": "text"}
    redirect = Response(302, (("Location", "https://a.example/cb?code=1&state=2"),))
    changed = edited_response(redirect, [Edit("m", "query.code", "9")], KEYS.__getitem__)
    assert changed.location == "https://a.example/cb?code=9&state=2"


@pytest.mark.parametrize(("how", "verifies_with"), [("keep", None), ("strip", None), ("mallory", "mallory"), ("issuer", "issuer")])
def test_claims_and_what_becomes_of_the_signature(how, verifies_with):
    from sandbox.protocol.tokens import public_key, signature_fits

    request = Request("GET", "https://a.example/", (("Authorization", f"DPoP {TOKEN}"),))
    edits = [Edit("m", "headers.authorization.signature", how), Edit("m", "headers.authorization.claims.aud", "transactions")]
    made = edited_request(request, sorted(edits, key=lambda e: e.field.endswith(".signature")), KEYS.__getitem__)
    scheme, token = made.credential()
    decoded = decode(token)
    assert scheme == "dpop"
    assert decoded.claims == {"sub": "alice", "aud": "transactions", "cnf": {"jkt": "k"}}
    for name, key in KEYS.items():
        assert signature_fits(decoded, public_key(key.jwk, "ES256"), "ES256") == (name == verifies_with)


@pytest.mark.parametrize("field", ["nothing", "json.x", "status", "headers.authorization.claims.aud", "form", "", "query"])
def test_what_does_not_fit_is_said_not_ignored(field):
    with pytest.raises(BadEdit, match=r"\w"):
        requested(field, "1")


@given(st.text(max_size=30), st.none() | st.text(max_size=50))
def test_any_edit_works_or_is_a_bad_edit(field, value):
    for message, edit in ((REQUEST, edited_request), (json_response(200, {"a": TOKEN}), edited_response)):
        try:
            edit(message, [Edit("m", field, value)], KEYS.__getitem__)
        except BadEdit:
            continue


def message(run, ending: str) -> str:
    return next(e.message for e in run.events if isinstance(e, Sent | Answered) and e.message.endswith(ending))


def test_an_edited_audience_is_noticed_by_the_party_that_checks_it():
    flow = library.get("naive-jwt")
    settings = Settings.of("jwt-done-properly")
    plain = simulation.run(flow, settings)
    assert plain.verdict.word == "completed"
    call = message(plain, "laptop>accounts:GET /accounts#1")
    for how, failed in (("keep", "signature"), ("issuer", "audience")):
        edits = (
            Edit(call, "headers.authorization.claims.aud", "https://print.example"),
            Edit(call, "headers.authorization.signature", how),
        )
        run = simulation.run(flow, settings, edits)
        assert run.verdict.word == "failed"
        assert run.verdict.blocked_by.check == failed
        assert [e.message for e in of(run.events, Sent) if e.edited] == [call]


def test_what_is_not_edited_stays_byte_for_byte():
    flow = library.get("code-pkce")
    plain = simulation.run(flow)
    call = message(plain, "budget>accounts:GET /accounts#1")
    run = simulation.run(flow, None, (Edit(call, "headers.dpop", None),))
    at = next(i for i, e in enumerate(plain.events) if isinstance(e, Sent) and e.message == call)
    assert run.events[:at] == plain.events[:at]
    assert run.verdict.blocked_by.by == "accounts.proof_present"


def test_the_ids_of_messages_do_not_depend_on_edits():
    flow = library.get("code-pkce")
    plain = simulation.run(flow)
    first = next(of(plain.events, Sent)).message
    run = simulation.run(flow, None, (Edit(first, "query.scope", "openid read"), Edit(first, "headers.x", "y")))
    ids = [[e.message for e in r.events if isinstance(e, Sent | Answered)] for r in (plain, run)]
    assert ids[0] == ids[1]


def test_an_edit_can_open_what_a_defence_had_closed():
    attack = library.get("missing-aud-replay")
    settings = Settings.of("oauth-basic", {"AUD": "on"})
    plain = simulation.run(attack, settings)
    assert plain.verdict.word == "blocked"
    token = message(plain, "auth>budget:answer POST /token#1")
    both = '["https://accounts.connectsphere.example","https://transactions.connectsphere.example"]'
    run = simulation.run(
        attack, settings, (Edit(token, "json.access_token.claims.aud", both), Edit(token, "json.access_token.signature", "issuer"))
    )
    assert run.verdict.word == "succeeded"


# ---------------------------------------------------------------- edits that do not fit


def test_an_edit_that_does_not_fit_is_told_and_the_run_goes_on():
    flow = library.get("naive-jwt")
    plain = simulation.run(flow)
    call = message(plain, "laptop>accounts:GET /accounts#1")
    edits = (Edit(call, "json.x", "1"), Edit(call, "headers.x", "y"), Edit("no/such:message", "path", "/"))
    run = simulation.run(flow, None, edits)
    assert run.unfit == ((edits[0], "there is no JSON in this message"), (edits[2], "this message is not sent in this run"))
    assert run.verdict.word == "completed"
    assert [e.message for e in of(run.events, Sent) if e.edited] == [call]


def test_a_second_edit_of_an_address_made_unreadable_is_told():
    flow = library.get("naive-jwt")
    call = message(simulation.run(flow), "laptop>accounts:GET /accounts#1")
    run = simulation.run(flow, None, (Edit(call, "host", "[bad"), Edit(call, "query.x", "1")))
    assert [edit.field for edit, _ in run.unfit] == ["query.x"]


def test_a_run_that_is_not_applicable_has_no_place_for_edits():
    attack = next(a for a in library.attacks() if Settings.of("naive-jwt").lacks(a.needs) is not None)
    edits = (Edit("a/b>c:GET /#1", "method", "PUT"),)
    assert simulation.run(attack, Settings.of("naive-jwt"), edits).unfit == ((edits[0], "nothing is sent in this run"),)


# ---------------------------------------------------------------- in links and from the page

EDIT = Edit("honest/budget>accounts:GET /accounts#1", "headers.authorization.claims.aud", "https://x.example/~;%")


@pytest.mark.slow
@given(
    st.lists(
        st.builds(
            Edit,
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
            st.text("ab.~;%", min_size=1, max_size=9),
            st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        ),
        max_size=5,
    )
)
def test_a_link_keeps_edits(edits):
    wanted = ()
    for edit in edits:
        wanted = with_edit(wanted, edit)
    assert read(written(wanted)) == (wanted, [])


def test_a_link_is_readable_and_tells_removed_from_empty():
    assert written((EDIT,)) == "honest/budget>accounts:GET /accounts#1~headers.authorization.claims.aud~https://x.example/%7E%3B%25"
    assert read("m~f;m~g~")[0] == (Edit("m", "f", None), Edit("m", "g", ""))


@given(st.text(max_size=200))
def test_any_text_is_a_list_of_edits_or_of_problems(text):
    edits, problems = read(text)
    assert all(p.endswith((".", "left out.")) for p in problems)
    assert len(edits) <= MAX_EDITS


def test_links_are_bounded():
    edits, problems = read(";".join(f"m~f{i}~v" for i in range(MAX_EDITS + 5)) + ";;")
    assert len(edits) == MAX_EDITS
    assert problems == [f"The link edits more than {MAX_EDITS} fields; the rest is left out."]
    assert read(f"m~f~{'x' * (MAX_VALUE + 1)}")[1]
    assert read("~f~v")[1]


@pytest.mark.parametrize("bad", [("", "f", "v"), ("m", "", "v"), ("m" * 999, "f", "v"), ("m", "f", "x" * 20_001), ("m", "f", "\ud800")])
def test_an_edit_that_cannot_be_is_refused(bad):
    with pytest.raises(BadEdit):
        made(*bad)


def test_a_field_has_one_edit_and_there_is_an_end():
    edits = with_edit(with_edit((), Edit("m", "f", "1")), Edit("m", "g", "1"))
    assert with_edit(edits, Edit("m", "f", "2")) == (Edit("m", "f", "2"), Edit("m", "g", "1"))
    full = tuple(Edit("m", f"f{i}", "") for i in range(MAX_EDITS))
    with pytest.raises(BadEdit, match="at most"):
        with_edit(full, Edit("m", "new", ""))


def event(kind, field="", value=None, **more):
    return {"event": kind, "message": "m", "field": field, "value": value} | more


def test_what_the_page_reports_is_applied():
    edits = applied((), event("edit", "json.t.claims.aud", "x", signature="issuer"))
    assert edits == (Edit("m", "json.t.claims.aud", "x"), Edit("m", "json.t.signature", "issuer"))
    assert applied(edits, event("edit", "json.t.claims.aud", "y", signature="keep")) == (Edit("m", "json.t.claims.aud", "y"),)
    assert applied(edits, event("unedit", "json.t.claims.aud")) == (), "the signature goes with the last claim"
    assert applied(edits, event("unedit-all")) == ()
    alone = applied((), event("edit", "json.t.signature", "strip"))
    assert without((*alone, Edit("m", "f", "1")), "m", "f") == alone, "a signature that was edited for itself stays"


@pytest.mark.parametrize(
    "bad", [{}, {"event": "edit", "message": 1, "field": "f", "value": "v"}, {"event": "edit", "message": "m", "field": "f", "value": []}]
)
def test_what_no_page_of_ours_reports_is_refused(bad):
    with pytest.raises(BadEdit):
        applied((), bad)


NASTY = (None, "", "x", "[1]", "{}", "null", "\x00", "é", "https://evil.example/", "-1", "99999999999999999999", "[", "%", "eyJ.eyJ.x")


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["code-pkce", "missing-aud-replay"])
def test_no_party_breaks_over_an_edited_message(scenario):
    """Each message of a run, each time with one nasty value in one of its fields and another in a header or in its body."""
    story = library.get(scenario)
    for n, event in enumerate(e for e in simulation.run(story).events if isinstance(e, Sent | Answered)):
        asked = event.request if isinstance(event, Sent) else None
        body = event.response.json if isinstance(event, Answered) else asked.json
        fields = [f"query.{k}" for k, _ in asked.query] + [f"form.{k}" for k, _ in asked.form] + ["host", "method"] if asked else ["status"]
        fields += [f"json.{k}" for k in body] if isinstance(body, dict) else ["headers.location"]
        for i, field in enumerate(fields):
            edits = (
                Edit(event.message, field, NASTY[(n + i) % len(NASTY)]),
                Edit(event.message, "headers.authorization", NASTY[(n + 2 * i) % len(NASTY)]),
            )
            run = simulation.run(story, None, edits)
            assert run.events
            assert har(run)
            assert moments(run)


def test_a_program_that_dies_of_an_edited_message_ends_its_step():
    flow = library.get("naive-jwt")
    plain = simulation.run(flow)
    answer = message(plain, "laptop:answer GET /login#1")

    class Broken(Exception):
        pass

    def dies(*_):
        raise Broken

    edits = (Edit(answer, "status", "500"),)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VERBS, flow.steps[0].verb, replace(flow.steps[0].spec, act=dies))
        run = simulation.run(flow, None, edits)
        assert run.verdict.word == "failed"
        assert "cannot go on after the edited message (Broken)" in moments(run)[0].detail
        with pytest.raises(Broken):
            simulation.run(flow)


def test_of_a_repeated_parameter_the_first_is_changed_and_all_are_taken_away() -> None:
    """The first is the one that is shown; `resource` may stand there several times (RFC 8707 §2)."""
    request = Request("GET", "https://as.example/authorize?resource=a&x=1&resource=b")

    def edited(value: str | None) -> str:
        return edited_request(request, [Edit("m", "query.resource", value)], lambda _: key_for("0", "me")).url.partition("?")[2]

    assert (edited("c"), edited("a"), edited(None)) == ("resource=c&x=1&resource=b", "resource=a&x=1&resource=b", "x=1")
