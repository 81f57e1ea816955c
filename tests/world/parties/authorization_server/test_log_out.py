"""The end-session endpoint: who may sign somebody out without asking, where the browser goes, and what ends with a session."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, first, form_request, pairs, split, with_query
from sandbox.protocol.tokens import BACKCHANNEL_LOGOUT, decode
from sandbox.protocol.trace import Noted
from sandbox.world.world import World
from tests.support.worlds import asked, failures, outcomes, sign_in, world

AS, BACK = "https://auth.connectsphere.example", "https://budget.example/signed-out"


def signed_in(profile: str = "oauth-bcp", scope: str = "openid read", **switches: str) -> tuple[World, str]:
    """A world in which Alice has signed in to Budget on her laptop, and the ID token."""
    w = world(profile, client_backchannel_logout="on", **switches)
    session = sign_in(w, "budget", scope=scope)
    assert session is not None
    return w, session.id_token


def end(w: World, method: str = "GET", browser: str = "laptop", **fields: str) -> Response:
    b = w.browsers[browser]
    request = Request("GET", with_query(f"{AS}/end-session", fields)) if method == "GET" else form_request(f"{AS}/end-session", fields)
    answer = b.send(request, "https://budget.example/", "navigate")
    if method == "POST":  # the form of another site comes without the cookie, and goes on as a link
        assert (answer.location or "").startswith(f"{AS}/end-session?")
        return b.send(Request("GET", answer.location or ""), "https://budget.example/", "navigate")
    return answer


def sessions(w: World) -> int:
    return len(w.issuer.store.sessions)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_id_token_of_this_session_signs_out_at_once_and_leads_back_with_the_state(method: str) -> None:
    w, hint = signed_in()
    answer = end(w, method, id_token_hint=hint, post_logout_redirect_uri=BACK, state="a b&c", ui_locales="de", logout_hint="alice")
    assert (answer.status, sessions(w)) == (303, 0)
    assert pairs(split(answer.location or "").query) == (("state", "a b&c"),)
    assert (answer.location or "").startswith(f"{BACK}?")
    assert "Max-Age=0" in (answer.header("set-cookie") or "")


def test_an_expired_hint_is_as_good() -> None:
    w, hint = signed_in()
    w.net.wait(100_000)
    assert end(w, id_token_hint=hint, post_logout_redirect_uri=BACK).location == BACK


def test_somebody_who_is_signed_out_already_comes_back_all_the_same() -> None:
    w, hint = signed_in()
    for _ in range(2):
        assert end(w, id_token_hint=hint, post_logout_redirect_uri=BACK).location == BACK


def test_without_a_hint_she_is_asked_and_the_address_is_used_when_she_says_yes() -> None:
    w, _ = signed_in()
    answer = end(w, client_id="budget", post_logout_redirect_uri=BACK, state="s")
    assert (answer.page, answer.location, sessions(w)) == ("logout", None, 1)
    done = confirm(w, answer)
    assert (done.location, sessions(w)) == (f"{BACK}?state=s", 0)


def confirm(w: World, question: Response, says: str = "yes", browser: str = "laptop") -> Response:
    ticket = question.body.partition('name="ticket" value="')[2].partition('"')[0]
    request = form_request(f"{AS}/end-session/confirmed", {"ticket": ticket, "log_out": says})
    return w.browsers[browser].send(request, f"{AS}/end-session", "navigate")


def test_she_may_say_no() -> None:
    w, _ = signed_in()
    answer = confirm(w, end(w), "no")
    assert (answer.page, answer.location, sessions(w)) == ("app", None, 1)
    assert outcomes(w, "auth")["logout_wanted"] == "fail"


def test_the_answer_must_come_from_the_browser_that_was_asked_and_once() -> None:
    w, _ = signed_in()
    sign_in(w, "budget", "phone")
    question = end(w)
    assert confirm(w, question, browser="phone").status == 403
    assert confirm(w, question).status == 400
    assert sessions(w) == 2


def test_forms_that_are_not_bound_may_come_from_anywhere() -> None:
    w, _ = signed_in("oauth-basic", as_bind_forms="off")
    sign_in(w, "budget", "phone")
    assert confirm(w, end(w), browser="phone").page == "app"
    assert sessions(w) == 1


def test_the_hint_of_somebody_else_and_that_of_another_session_are_asked_about() -> None:
    w, hint = signed_in()
    sign_in(w, "budget", "phone")
    assert end(w, browser="phone", id_token_hint=hint, post_logout_redirect_uri=BACK).page == "logout"
    assert "auth.hinted_session" in failures(w)
    assert sessions(w) == 2


def changed(hint: str) -> str:
    return hint[:-8] + ("AAAAAAAA" if not hint.endswith("AAAAAAAA") else "BBBBBBBB")


@pytest.mark.parametrize("hint", ["changed", "none", "access token", "not a token"])
def test_what_is_no_id_token_of_ours_is_no_hint(hint: str) -> None:
    w, good = signed_in(client_dpop="off", as_dpop_bind="off", rs_dpop="off")
    session = w.clients["budget"].session_in(w.browsers["laptop"])
    assert session is not None
    other = {
        "changed": changed(good),
        "none": "eyJhbGciOiJub25lIn0." + good.split(".")[1] + ".",
        "access token": session.access_token(),
        "not a token": "x",
    }[hint]
    answer = end(w, id_token_hint=other, client_id="budget", post_logout_redirect_uri=BACK)
    assert (answer.page, answer.location) == ("logout", None)
    assert "auth.id_token_hint" in failures(w)
    assert confirm(w, answer).location is None  # of a request that lies nothing is used


def test_a_client_id_must_be_the_one_of_the_hint() -> None:
    w, hint = signed_in()
    assert end(w, id_token_hint=hint, client_id="evil_app", post_logout_redirect_uri=BACK).page == "logout"
    assert "auth.logout_client" in failures(w)


def test_an_unknown_client_and_a_parameter_twice_are_refused_in_their_own_ways() -> None:
    w, _ = signed_in()
    assert end(w, client_id="nobody").page == "logout"
    assert "auth.client_known" in failures(w)
    twice = w.browsers["laptop"].send(Request("GET", f"{AS}/end-session?state=1&state=2"), "", "navigate")
    assert (twice.status, sessions(w)) == (400, 1)


@pytest.mark.parametrize(
    "uri",
    [f"{BACK}/", f"{BACK}?x=1", "https://budget.example/cb", "https://budget.example.evil.example/", "//evil.example", "javascript:x"],
)
def test_no_other_address_is_gone_to_and_she_is_signed_out_nevertheless(uri: str) -> None:
    w, hint = signed_in()
    answer = end(w, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert (answer.status, answer.page, answer.location, sessions(w)) == (200, "app", None, 0)
    assert failures(w) == ["auth.post_logout_redirect_uri"]


def test_a_loose_comparison_leads_elsewhere() -> None:
    w, hint = signed_in(as_exact_logout_redirect="off")
    assert end(w, id_token_hint=hint, post_logout_redirect_uri="https://budget.example.evil.example/").status == 303


def test_refresh_tokens_end_with_the_session_unless_they_are_for_when_she_is_away() -> None:
    for scope, status in (("openid read", 400), ("openid read offline_access", 200)):
        w, hint = signed_in(scope=scope)
        client = w.clients["budget"]
        session = client.session_in(w.browsers["laptop"])
        assert session is not None
        refresh = client.refresh_request(session)
        end(w, id_token_hint=hint)
        assert w.net.deliver(refresh, "budget").status == status


def test_a_code_that_nobody_has_redeemed_ends_too() -> None:
    w, _ = signed_in()
    b = w.browsers["laptop"]
    b.begin("budget")
    b.visit(w.clients["budget"].start_url(scope="openid read"))
    assert b.held is not None
    assert first(b.held.request.query, "code")
    session = next(iter(w.issuer.store.sessions.values()))
    w.issuer.store.change("budget", backchannel_logout_uri="")  # or Budget would know nothing any more of the sign-in
    w.issuer.log_outs.end(session)
    b.begin()
    b.follow(b.held.request)
    assert b.page is not None
    assert b.page.error == "invalid_grant"


def test_each_client_of_the_session_is_told_once_and_clients_of_other_sessions_are_not() -> None:
    w, hint = signed_in(client_bff="on")
    sign_in(w, "budget", scope="openid read")
    sign_in(w, "app")
    sign_in(w, "budget", "phone")
    end(w, id_token_hint=hint)
    tokens = [
        decode(first(r.form, "logout_token") or "") for n in ("budget", "app") for r in asked(w, n) if r.path == "/backchannel-logout"
    ]
    assert [t.claims["aud"] for t in tokens] == ["budget", "app"]
    claims = tokens[0].claims
    assert tokens[0].header["typ"] == "logout+jwt"
    assert (claims["iss"], claims["sub"], claims["sid"]) == (AS, "alice", decode(hint).claims["sid"])
    assert (claims["events"], claims["exp"] - claims["iat"], "nonce" in claims) == ({BACKCHANNEL_LOGOUT: {}}, 120, False)
    assert w.clients["budget"].session_in(w.browsers["laptop"]) is None
    assert w.clients["budget"].session_in(w.browsers["phone"]) is not None
    assert w.clients["app"].session_in(w.browsers["laptop"]) is None


def test_a_client_that_is_not_there_holds_nobody_up() -> None:
    w, hint = signed_in()
    w.issuer.store.change("budget", backchannel_logout_uri="https://gone.example/x")
    assert end(w, id_token_hint=hint, post_logout_redirect_uri=BACK).location == BACK
    assert any("answered 502" in e.text for e in w.net.trace.events if isinstance(e, Noted))


def test_without_the_switch_nobody_is_told_and_no_token_names_the_session() -> None:
    w, hint = signed_in(as_backchannel_logout="off")
    assert "sid" not in decode(hint).claims
    end(w, id_token_hint=hint)
    assert not [r for r in asked(w, "budget") if r.path == "/backchannel-logout"]
    assert w.clients["budget"].session_in(w.browsers["laptop"]) is not None
    assert "backchannel_logout_supported" not in w.issuer.describe()


def test_questions_are_forgotten() -> None:
    w, _ = signed_in()
    for _ in range(3):
        end(w)
    assert len(w.issuer.log_outs.pending) == 3
