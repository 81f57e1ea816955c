"""The second factor: who is asked for a code, which codes are taken, and what tokens tell of it afterwards."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, first, form_request
from sandbox.protocol.one_time_codes import STEP, code_at
from sandbox.protocol.step_up import PASSWORD, TWO_FACTOR
from sandbox.protocol.tokens import decode
from sandbox.world.parties.authorization_server.second_factor import MOST_TRIES
from tests.support.relying_party import AS, PKCE, VERIFIER, RelyingParty, refused
from tests.support.worlds import failures, world

BEARER = {"client_dpop": "off", "as_dpop_bind": "off", "rs_dpop": "off"}


class Rp(RelyingParty):
    """A client, with a person who has an authenticator."""

    def begin(self, **change: str) -> None:
        """An authorization request, up to the page that is shown."""
        b = self.w.browsers[self.browser]
        b.begin(self.client_id)
        query = {"response_type": "code", "client_id": "budget", "redirect_uri": self.redirect_uri, "scope": "openid read", "state": "s1"}
        request = form_request("x", query | PKCE | change)
        b.visit(f"{AS}/authorize?{request.body}")

    def fill(self, **fields: str) -> Response:
        """Fill in the form that is shown."""
        b = self.w.browsers[self.browser]
        b.submit(b.forms()[0], fields)
        assert b.page is not None
        return b.page

    @property
    def shows(self) -> str:
        """The code that Alice's authenticator shows."""
        return code_at(self.w.people.users["alice"].authenticator, self.w.net.clock.now())

    @property
    def asked_for(self) -> list[str]:
        """The names that the page shown asks for."""
        return [name for form in self.w.browsers[self.browser].forms() for name, value in form.fields if not value]

    def claims(self) -> tuple[dict[str, object], dict[str, object]]:
        """Of the access token and the ID token, once the browser is sent back."""
        b = self.w.browsers[self.browser]
        if b.held is None:
            self.fill()
        assert b.held is not None
        body = self.token(code=first(b.held.request.query, "code"), code_verifier=VERIFIER).json
        return decode(body["access_token"]).claims, decode(body["id_token"]).claims


@pytest.fixture
def rp() -> Rp:
    return Rp(world("oauth-bcp", **BEARER))


PASS = {"username": "alice", "password": "wonderland"}


def test_after_the_password_comes_the_code_and_both_tokens_tell_of_it(rp: Rp) -> None:
    rp.begin(acr_values=TWO_FACTOR)
    assert rp.asked_for == ["username", "password"]
    rp.fill(**PASS)
    assert rp.asked_for == ["otp"]
    rp.fill(otp=rp.shows)
    now = rp.w.net.clock.now()
    assert [(c["acr"], c["auth_time"]) for c in rp.claims()] == [(TWO_FACTOR, now)] * 2


def test_tokens_tell_nothing_where_nothing_was_asked(rp: Rp) -> None:
    rp.begin()
    rp.fill(**PASS)
    access, ident = rp.claims()
    assert not {"acr", "auth_time"} & access.keys()
    assert "acr" not in ident


def test_with_max_age_alone_they_tell_what_there_was(rp: Rp) -> None:
    rp.begin(max_age="60")
    rp.fill(**PASS)
    assert rp.claims()[0]["acr"] == PASSWORD


@pytest.mark.parametrize("values", ["urn:unknown", f"{PASSWORD} {TWO_FACTOR}", f"urn:unknown {PASSWORD}"])
def test_the_first_known_value_counts_and_unknown_ones_do_no_harm(rp: Rp, values: str) -> None:
    rp.begin(acr_values=values)
    rp.fill(**PASS)
    assert rp.claims()[0]["acr"] == PASSWORD


def test_who_is_signed_in_is_asked_for_the_code_only(rp: Rp) -> None:
    rp.begin()
    rp.fill(**PASS)
    rp.claims()
    rp.w.net.wait(100)
    rp.begin(acr_values=TWO_FACTOR)
    assert rp.asked_for == ["otp"]
    rp.fill(otp=rp.shows)
    assert rp.claims()[0]["auth_time"] == rp.w.net.clock.now()
    rp.begin(acr_values=TWO_FACTOR)
    assert rp.claims()[0]["acr"] == TWO_FACTOR, "the session is strong enough now"


def test_who_signed_in_too_long_ago_begins_with_the_password(rp: Rp) -> None:
    rp.begin()
    rp.fill(**PASS)
    rp.claims()
    rp.w.net.wait(100)
    rp.begin(acr_values=TWO_FACTOR, max_age="60")
    assert rp.asked_for == ["username", "password"]


def test_without_a_page_nobody_can_be_asked(rp: Rp) -> None:
    rp.begin()
    rp.fill(**PASS)
    rp.claims()
    assert first(rp.ask(prompt="none", acr_values=TWO_FACTOR, scope="openid read", **PKCE), "error") == "login_required"


def test_a_code_is_good_once(rp: Rp) -> None:
    for _ in range(2):
        rp.begin(acr_values=TWO_FACTOR, prompt="login")
        rp.fill(**PASS)
        page = rp.fill(otp=rp.shows)
        if page.page == "login":
            break
        rp.claims()
    assert (page.status, page.error) == (401, "access_denied")
    assert failures(rp.w)[-1] == "auth.second_factor"
    rp.w.net.wait(STEP)
    rp.fill(otp=rp.shows)
    assert rp.claims()[0]["acr"] == TWO_FACTOR


def test_after_some_wrong_codes_the_right_one_must_wait_for_the_next_half_minute(rp: Rp) -> None:
    rp.begin(acr_values=TWO_FACTOR)
    rp.fill(**PASS)
    for guess in ("", "abcdef", "١٢٣٤٥٦")[:MOST_TRIES]:
        assert rp.fill(otp=guess).status == 401
    assert rp.fill(otp=rp.shows).status == 401
    rp.w.net.wait(STEP)
    rp.fill(otp=rp.shows)
    assert rp.claims()[0]["acr"] == TWO_FACTOR


def test_a_code_for_nobody_and_one_from_another_browser_are_refused(rp: Rp) -> None:
    send = rp.w.net.deliver
    assert send(form_request(f"{AS}/second-factor", {"ticket": "none", "otp": "1"}), "laptop").error == "invalid_request"
    rp.begin(acr_values=TWO_FACTOR)
    rp.fill(**PASS)
    ticket = dict(rp.w.browsers["laptop"].forms()[0].fields)["ticket"]
    answer = send(form_request(f"{AS}/second-factor", {"ticket": ticket, "otp": rp.shows}), "mallory_browser")
    assert (answer.status, answer.error) == (403, "access_denied")


def test_a_ticket_whose_password_was_never_typed_takes_no_code(rp: Rp) -> None:
    rp.begin(acr_values=TWO_FACTOR)
    b = rp.w.browsers["laptop"]
    ticket = dict(b.forms()[0].fields)["ticket"]
    b.submit_to(f"{AS}/second-factor", {"ticket": ticket, "otp": rp.shows})
    assert b.page is not None
    assert b.page.error == "invalid_request"


def test_introspection_and_a_refresh_tell_the_same(rp: Rp) -> None:
    rp.begin(acr_values=TWO_FACTOR)
    rp.fill(**PASS)
    rp.fill(otp=rp.shows)
    b, then = rp.w.browsers["laptop"], rp.w.net.clock.now()
    rp.fill()
    assert b.held is not None
    body = rp.token(code=first(b.held.request.query, "code"), code_verifier=VERIFIER).json
    rp.w.net.wait(50)
    renewed = rp.token(grant_type="refresh_token", refresh_token=body["refresh_token"], redirect_uri=None).json["access_token"]
    assert decode(renewed).claims["auth_time"] == then
    basic = (("Authorization", "Basic YWNjb3VudHM6YWNjb3VudHMtc2VjcmV0"),)
    said = rp.w.net.deliver(form_request(f"{AS}/introspect", {"token": renewed}, basic), "accounts").json
    assert (said["acr"], said["auth_time"]) == (TWO_FACTOR, then)


def test_the_metadata_tell_what_is_known(rp: Rp) -> None:
    known = rp.w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json["acr_values_supported"]
    assert known == [PASSWORD, TWO_FACTOR]
    assert rp.w.bank.server.describe()["acr_values_supported"] == [PASSWORD], "nobody has an authenticator there"


def test_who_changes_something_needs_what_the_api_asks_for() -> None:
    w = world("oauth-bcp", rs_step_up="recent", **BEARER)
    rp = Rp(w)
    rp.begin(max_age="300", scope="openid read write", resource="https://accounts.connectsphere.example")
    rp.fill(**PASS)
    rp.fill()
    held = w.browsers["laptop"].held
    assert held is not None
    token = rp.token(code=first(held.request.query, "code"), code_verifier=VERIFIER).json["access_token"]

    def change(method: str = "POST", path: str = "/accounts/imports") -> Response:
        request = Request(method, f"https://accounts.connectsphere.example{path}", (("Authorization", f"Bearer {token}"),))
        return w.net.deliver(request, "budget")

    assert (change("GET", "/accounts").status, change().status) == (200, 201)
    w.net.wait(299)
    assert change().status == 201
    w.net.wait(1)
    refused(change(), "invalid_token")  # the token itself lives no longer than that
