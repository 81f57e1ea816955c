"""The modules of the OpenID Foundation's log-out plans for servers, by name: oidcc-rp-initiated-logout-certification-test-plan (11) and
oidcc-backchannel-rp-initiated-logout-certification-test-plan (2).

The suite itself is a Java server and cannot run here; each test asks what its module asks, of the simulated server, over its network.
Where the suite wants a screenshot of an error, or of a question whether to log out, this server asks.
"""

from __future__ import annotations

import sys

import pytest

from sandbox.core.wire import Pairs, Request, Response, first, json_request, pairs, split, with_query
from sandbox.protocol.tokens import BACKCHANNEL_LOGOUT, decode, key_for, packed, public_key, signature_fits
from tests.support.relying_party import AS, RelyingParty, certified
from tests.support.worlds import asked

MODULES = [
    "rp-initiated-logout-discovery-endpoint-verification",
    "rp-initiated-logout",
    "rp-initiated-logout-bad-post-logout-redirect-uri",
    "rp-initiated-logout-modified-id-token-hint",
    "rp-initiated-logout-no-id-token-hint",
    "rp-initiated-logout-no-params",
    "rp-initiated-logout-no-post-logout-redirect-uri",
    "rp-initiated-logout-no-state",
    "rp-initiated-logout-only-state",
    "rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    "rp-initiated-logout-bad-id-token-hint",
    "backchannel-logout-discovery-endpoint-verification",
    "backchannel-rp-initiated-logout",
]
BACK = "https://budget.example/post_logout_redirect"
STATE = "s" * 128  # as long as the suite's


class SignedIn(RelyingParty):
    """A relying party that registered itself for log-out, as the suite does, and has signed Alice in."""

    @classmethod
    def there(cls) -> SignedIn:
        w = certified(client_backchannel_logout="on")
        w.issuer.registration = True
        wanted = {
            "redirect_uris": ["https://budget.example/cb"],
            "post_logout_redirect_uris": [BACK],
            "backchannel_logout_uri": "https://budget.example/backchannel-logout",
            "backchannel_logout_session_required": True,
            "scope": "openid read",
        }
        told = w.net.deliver(json_request("POST", f"{AS}/register", wanted), "budget").json
        assert {k: told[k] for k in wanted} == wanted
        rp = cls(w, told["client_id"], told["client_secret"], "https://budget.example/cb")
        rp.hint = rp.token(code=rp.held()).json["id_token"]
        return rp

    hint: str = ""

    def held(self) -> str:
        """A code; the browser stops before Budget, whose address the client uses."""
        answer = self.waiting(prompt=None)
        assert first(answer, "code"), answer
        return first(answer, "code") or ""

    def waiting(self, **change: str | None) -> Pairs:
        client_id, self.client_id = self.client_id, "budget"
        try:
            return self.ask(**{"client_id": client_id} | change)
        finally:
            self.client_id = client_id

    def end(self, **change: str | None) -> Response:
        """The end-session request of the suite, with parameters changed or left out; where the browser is then."""
        fields = {"id_token_hint": self.hint, "post_logout_redirect_uri": BACK, "state": STATE} | change
        url = with_query(f"{AS}/end-session", {k: v for k, v in fields.items() if v is not None})
        return self.w.browsers[self.browser].send(Request("GET", url), "https://budget.example/", "navigate")

    def is_out(self) -> bool:
        """A request with prompt=none is refused."""
        return first(self.waiting(prompt="none"), "error") == "login_required"


@pytest.fixture
def rp() -> SignedIn:
    return SignedIn.there()


def test_each_module_is_tested():
    tested = {name.removeprefix("test_oidcc_").replace("_", "-") for name in vars(sys.modules[__name__]) if name.startswith("test_oidcc_")}
    assert len(MODULES) == 13
    assert tested == set(MODULES)


def asks(rp: SignedIn, answer: Response) -> bool:
    return answer.location is None and answer.page == "logout" and not rp.is_out()


def signed_out(rp: SignedIn, answer: Response) -> bool:
    return answer.location is None and "signed out" in answer.body and rp.is_out()


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(rp):
    said = rp.w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json
    assert split(said["end_session_endpoint"]).scheme == "https"


def test_oidcc_rp_initiated_logout(rp):
    answer = rp.end()
    assert (answer.location or "").startswith(f"{BACK}?")
    assert pairs(split(answer.location or "").query) == (("state", STATE),)
    assert rp.is_out()


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(rp):
    assert signed_out(rp, rp.end(post_logout_redirect_uri="https://budget.example/elsewhere"))


def test_oidcc_rp_initiated_logout_modified_id_token_hint(rp):
    header = decode(rp.hint).header | {"alg": "none"}
    assert asks(rp, rp.end(id_token_hint=f"{packed(header)}.{rp.hint.split('.')[1]}."))


def test_oidcc_rp_initiated_logout_no_id_token_hint(rp):
    assert asks(rp, rp.end(id_token_hint=None))


def test_oidcc_rp_initiated_logout_no_params(rp):
    """The suite wants a page that says she is signed out, after a question where the server has one, as it must without a hint."""
    question = rp.end(id_token_hint=None, post_logout_redirect_uri=None, state=None)
    assert asks(rp, question)
    assert signed_out(rp, confirmed(rp, question))


def confirmed(rp: SignedIn, question: Response) -> Response:
    ticket = question.body.partition('name="ticket" value="')[2].partition('"')[0]
    b = rp.w.browsers[rp.browser]
    b.begin()
    b.submit_to(f"{AS}/end-session/confirmed", {"ticket": ticket, "log_out": "yes"})
    assert b.page is not None
    return b.page


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(rp):
    assert signed_out(rp, rp.end(post_logout_redirect_uri=None))


def test_oidcc_rp_initiated_logout_no_state(rp):
    assert rp.end(state=None).location == BACK
    assert rp.is_out()


def test_oidcc_rp_initiated_logout_only_state(rp):
    question = rp.end(id_token_hint=None, post_logout_redirect_uri=None)
    assert asks(rp, question)
    assert signed_out(rp, confirmed(rp, question))


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(rp):
    assert signed_out(rp, rp.end(post_logout_redirect_uri=f"{BACK}?foo=bar"))


def test_oidcc_rp_initiated_logout_bad_id_token_hint(rp):
    assert asks(rp, rp.end(id_token_hint=key_for("the suite", "fake").sign(decode(rp.hint).claims)))


def test_oidcc_backchannel_logout_discovery_endpoint_verification(rp):
    said = rp.w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json
    assert said["backchannel_logout_supported"] is said["backchannel_logout_session_supported"] is True


def test_oidcc_backchannel_rp_initiated_logout(rp):
    assert first(pairs(split(rp.end().location or "").query), "state") == STATE
    (request,) = [r for r in asked(rp.w, "budget") if r.path == "/backchannel-logout"]
    assert (request.method, [name for name, _ in request.form]) == ("POST", ["logout_token"])
    token = decode(request.form[0][1])
    keys = rp.w.net.deliver(Request("GET", f"{AS}/jwks"), "budget").json["keys"]
    jwk = next(k for k in keys if k["kid"] == token.header["kid"])
    assert signature_fits(token, public_key(jwk, token.header["alg"]), token.header["alg"])
    claims, known = token.claims, decode(rp.hint).claims
    assert (claims["iss"], claims["aud"], claims["sub"], claims["sid"]) == (AS, rp.client_id, known["sub"], known["sid"])
    assert claims["iat"] <= rp.w.net.clock.now() < claims["exp"]
    assert claims["jti"]
    assert claims["events"] == {BACKCHANNEL_LOGOUT: {}}
    assert "nonce" not in claims
    assert rp.is_out()
