"""Pushed authorization requests (RFC 9126): who may push, what is checked then, and what the reference is good for."""

from __future__ import annotations

import base64

import pytest

from sandbox.core.wire import Request, first, form_request
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import decode, key_for
from sandbox.world.members import BUDGET_SECRET
from sandbox.world.parties.authorization_server import pushing
from tests.support.key_client import OTHER, PAR, KeyClient, keyed
from tests.support.relying_party import AS, VERIFIER, refused
from tests.support.worlds import failures, outcomes, sign_in, world

DPOP = key_for("0", "rp")


@pytest.fixture
def rp() -> KeyClient:
    return KeyClient(keyed())


def proof(rp: KeyClient, url: str = PAR) -> tuple[tuple[str, str], ...]:
    rp.made += 1
    return (("DPoP", prove(DPOP, "POST", url, rp.w.net.clock.now(), f"d{rp.made}")),)


def test_a_pushed_request_becomes_a_code(rp):
    answer = rp.push()
    assert (answer.status, answer.header("cache-control"), answer.json["expires_in"]) == (201, "no-cache, no-store", 60)
    back = rp.use(answer.json["request_uri"])
    assert (first(back, "state"), first(back, "iss")) == ("s1", AS)
    token = rp.token(proof(rp, f"{AS}/token"), code=first(back, "code"), code_verifier=VERIFIER, **rp.identity()).json
    assert decode(token["id_token"]).claims["nonce"] == "n1"
    assert outcomes(rp.w, "auth")["pushed_request"] == "pass"
    assert failures(rp.w) == []


def test_a_public_client_pushes_by_its_name_alone():
    """RFC 9126 §2.1: the rules of the token endpoint apply."""
    rp = KeyClient(world("oauth-bcp"), client_id="mobile")
    rp.redirect_uri = "com.connectsphere.app:/cb"
    assert rp.push(identity={}, **rp.asks(redirect_uri=rp.redirect_uri)).status == 201


def test_a_client_with_a_secret_may_use_it():
    rp = KeyClient(world("oauth-bcp"))
    basic = (("Authorization", f"Basic {base64.b64encode(f'budget:{BUDGET_SECRET}'.encode()).decode()}"),)
    assert rp.push(basic, {}, **rp.asks()).status == 201
    assert rp.push(basic, {}, **rp.asks(client_id=None)).status == 201, "who it is has been said"
    refused(rp.push(basic, {}, **rp.asks(client_id="mobile")), "invalid_request")
    answer = rp.push((("Authorization", "Basic YnVkZ2V0Ong="),), {}, **rp.asks())
    assert (answer.status, answer.error) == (401, "invalid_client")
    assert "Basic realm=" in (answer.header("www-authenticate") or "")


FAULTS = {
    "nobody": ({"client_id": None}, "invalid_client", {}),
    "a redirect URI of somebody else": ({"redirect_uri": "https://evil.example/cb"}, "invalid_request", None),
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request", None),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request", None),
    "a scope that does not exist": ({"scope": "fly"}, "invalid_scope", None),
    "an unknown response type": ({"response_type": "token"}, "unsupported_response_type", None),
    "an API of somebody else": ({"resource": "https://evil.example"}, "invalid_target", None),
    "a reference": ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request", None),
    "a max_age that is no number": ({"max_age": "x"}, "invalid_request", None),
    "characters that Authlib refuses": ({"response_type": 'code"\\é'}, None, None),
    "too many parameters": ({f"p{n}": "x" for n in range(101)}, "invalid_request", None),
}


@pytest.mark.parametrize(("change", "error", "identity"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_told_at_once_and_to_the_client_itself(rp, change, error, identity):
    """RFC 9126 §2.3: no redirect, whatever it is."""
    answer = rp.push((), identity, **rp.asks(**change))
    assert answer.status in (400, 401)
    assert answer.location is None
    assert answer.error in ((error,) if error else ("invalid_request", "unsupported_response_type"))
    assert rp.w.issuer.store.pushed == {}


def test_a_parameter_twice_is_refused(rp):
    fields = (*rp.asks().items(), *rp.identity().items(), ("state", "s2"))
    refused(rp.w.net.deliver(form_request(PAR, fields), "budget"), "invalid_request")
    several = (*rp.asks().items(), *rp.identity().items(), ("resource", "https://accounts.connectsphere.example"))
    assert rp.w.net.deliver(form_request(PAR, several), "budget").status == 201


def test_the_endpoint_takes_post_only(rp):
    answer = rp.w.net.deliver(Request("GET", f"{PAR}?client_id=budget"), "budget")
    assert (answer.status, answer.header("allow")) == (405, "POST")


def test_a_reference_is_for_the_client_that_got_it(rp):
    """RFC 9126 §7.5: swapping."""
    uri = rp.pushed()
    other = KeyClient(rp.w, client_id="mobile")
    assert other.use(uri) == ()
    assert (other.shown.status, other.shown.error) == (400, "invalid_request_uri")
    assert failures(rp.w) == ["auth.pushed_request"]
    assert first(rp.use(uri), "code"), "it is still good for its own client"


@pytest.mark.parametrize("wait", [59, 60])
def test_a_reference_lives_for_a_minute(rp, wait):
    uri = rp.pushed()
    rp.w.net.wait(wait)
    assert bool(first(rp.use(uri), "code")) == (wait < 60)


def test_whoever_has_begun_in_time_may_take_long_to_sign_in(rp):
    uri = rp.pushed()
    browser = rp.w.browsers["laptop"]
    browser.begin("budget")
    browser.visit(f"{AS}/authorize?client_id=budget&request_uri={uri}")
    rp.w.net.wait(300)
    for _ in range(2):
        browser.submit(browser.forms()[0], {"username": "alice", "password": rp.w.people.users["alice"].password})
    assert "code=" in browser.held.request.url


def test_a_page_may_be_loaded_twice_and_answered_once(rp):
    """FAPI 2.0: one-time use is enforced when it is answered, not when a page is shown."""
    uri = rp.pushed()
    for _ in range(2):
        shown = rp.w.net.deliver(Request("GET", f"{AS}/authorize?client_id=budget&request_uri={uri}"), "laptop", "front")
        assert shown.page == "login"
    assert first(rp.use(uri), "code")
    assert rp.use(uri) == ()
    assert (rp.shown.page, rp.shown.error) == ("error", "invalid_request_uri")


def test_two_windows_with_one_reference_get_one_code(rp):
    uri = rp.pushed()
    laptop, phone = rp.w.browsers["laptop"], rp.w.browsers["phone"]
    login = {"username": "alice", "password": rp.w.people.users["alice"].password}
    for browser in (laptop, phone):
        browser.begin("budget")
        browser.visit(f"{AS}/authorize?client_id=budget&request_uri={uri}")
        browser.submit(browser.forms()[0], login)
    for browser in (laptop, phone):
        browser.submit(browser.forms()[0], {})
    assert laptop.held is not None
    assert (phone.held, phone.page.error) == (None, "invalid_request_uri")


def test_a_refusal_uses_it_up_too(rp):
    uri = rp.pushed()
    assert first(rp.use(uri, cancel=True), "error") == "access_denied"
    assert rp.use(uri) == ()


def test_what_stands_in_the_address_beside_it_does_not_count(rp):
    back = rp.use(rp.pushed(), state="evil", scope="read write", redirect_uri="https://evil.example/cb")
    assert first(back, "state") == "s1"
    assert {c.grant.scope for c in rp.w.issuer.store.codes.values()} == {"openid"}


def test_references_of_others_are_not_fetched(rp):
    """RFC 9101 §10.4: neither the address of a stranger nor a name that this server has not given."""
    for uri, error in (
        ("https://budget.example/r.jwt", "request_uri_not_supported"),
        ("urn:ietf:params:oauth:request_uri:x", "invalid_request_uri"),
    ):
        asked = [e for e in rp.w.net.trace.events if getattr(e, "receiver", "") == "budget"]
        assert rp.use(uri) == ()
        assert rp.shown.error == error
        assert [e for e in rp.w.net.trace.events if getattr(e, "receiver", "") == "budget"] == asked
    back = rp.use("https://budget.example/r.jwt", redirect_uri="https://budget.example/cb", state="s2")
    assert (first(back, "error"), first(back, "state")) == ("request_uri_not_supported", "s2"), "an address that is its own hears of it"


def test_the_key_that_is_proved_when_pushing_binds_the_code(rp):
    """RFC 9449 §10.1."""
    answer = rp.push(proof(rp), None, **rp.asks())
    code = first(rp.use(answer.json["request_uri"]), "code")
    fields = {"code": code, "code_verifier": VERIFIER}
    refused(rp.token(**fields, **rp.identity()), "invalid_grant")
    assert rp.token(proof(rp, f"{AS}/token"), **fields, **rp.identity()).status == 200


def test_a_proof_and_a_thumbprint_must_be_of_one_key(rp):
    assert rp.push(proof(rp), None, **rp.asks(dpop_jkt=DPOP.thumbprint)).status == 201
    refused(rp.push(proof(rp), None, **rp.asks(dpop_jkt=OTHER.thumbprint)), "invalid_dpop_proof")
    refused(rp.push((("DPoP", "x"),), None, **rp.asks()), "invalid_dpop_proof")


def test_where_nothing_else_is_taken_other_requests_are_refused():
    rp = KeyClient(keyed(as_par="required", client_par="on"))
    assert (first(rp.ask(), "error"), first(rp.ask(), "state")) == ("invalid_request", "s1")
    assert failures(rp.w)[0] == "auth.pushed_request"
    assert first(rp.use(rp.pushed()), "code")
    assert sign_in(rp.w, "budget", "phone").user == "alice"
    assert rp.w.issuer.describe()["require_pushed_authorization_requests"] is True


def test_a_client_can_demand_it_of_itself(rp):
    rp.w.issuer.store.change("budget", demands=("require_pushed_authorization_requests",))
    assert first(rp.ask(), "error") == "invalid_request"
    assert first(rp.use(rp.pushed()), "code")


def test_where_it_is_off_there_is_no_endpoint():
    rp = KeyClient(keyed(as_par="off", client_par="on"))
    assert rp.push().status == 404
    assert "pushed_authorization_request_endpoint" not in rp.w.issuer.describe()
    assert rp.use("urn:ietf:params:oauth:request_uri:x") == ()
    assert rp.shown.error == "request_uri_not_supported"
    assert sign_in(rp.w, "budget").user == "alice", "the client asks in the usual way"


def test_only_so_many_are_kept(rp, monkeypatch):
    monkeypatch.setattr(pushing, "forget_oldest", lambda held: held.pop(next(iter(held))) if len(held) > 2 else None)
    uris = [rp.pushed() for _ in range(3)]
    assert rp.use(uris[0]) == ()
    assert first(rp.use(uris[2]), "code")


def test_the_state_shows_them(rp):
    rp.pushed()
    assert "waiting, budget" in rp.w.issuer.state().values()
