"""The checklist agrees with Authlib: on generated requests a request is refused if and only if one of its checks failed.

Authlib decides and `explain.py` explains; here random requests, right and wrong in many ways at once, are sent to the five
endpoints in random settings.  A request with one fault only must be answered with the error code that its RFC asks for.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.core.wire import FORM, Request, Response, first, pairs, split
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.protocol.tokens import key_for, sha256
from sandbox.protocol.trace import Checked
from sandbox.world.world import World, build
from tests.support.effort import effort
from tests.support.short_stories import failed, told
from tests.support.worlds import agree

pytestmark = pytest.mark.slow

AS = "https://auth.connectsphere.example"
API = "https://accounts.connectsphere.example"
VERIFIER = "v" * 43
REDIRECTS = {"mobile": "com.connectsphere.app:/cb", "app": "https://app.connectsphere.example/cb", "budget": "https://budget.example/cb"}
SECRET = "budget-8Zq3vT1xNw6p"
OK, TWICE = "<as it should be>", "<twice>"
Fields = dict[str, str | None]

many = settings(max_examples=effort(100, long=2_000), suppress_health_check=list(HealthCheck))

AT_THE_SERVER = [s for s in SWITCHES.values() if s.owner == "as" and s.name not in ("as.signing", "as.short_ttl")]
WAYS_OF_ASKING = ("as.par", "as.request_object")  # required: nobody gets a code with the plain requests of this file


def some_settings(most: int) -> st.SearchStrategy[Settings]:
    """A profile with any switches of the server; of the ways of asking the first values."""
    values = {s.name: s.values[:most] if s.name in WAYS_OF_ASKING else s.values for s in AT_THE_SERVER}
    switches = st.fixed_dictionaries({}, optional={name: st.sampled_from(some) for name, some in values.items()})
    return st.builds(Settings.of, st.sampled_from(["oauth-basic", "oauth-bcp"]), switches)


SETTINGS, DEMANDING = some_settings(2), some_settings(3)


# ---------------------------------------------------------------- requests


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def encoded(right: Fields, wrong: dict[str, Any]) -> str:
    """The parameters, with what is wrong about them: another value, none, or twice."""
    out: list[tuple[str, str]] = []
    for name in dict.fromkeys([*right, *wrong]):
        value = right.get(name) if wrong.get(name, OK) in (OK, TWICE) else wrong[name]
        if value is not None:
            out += [(name, value)] * (2 if wrong.get(name) == TWICE else 1)
    return urlencode(out)


def sent(w: World, path: str, body: str, *headers: tuple[str, str]) -> tuple[Response, list[str]]:
    """The answer, and the checks of the server that failed on the way to it."""
    start = len(w.net.trace.events)
    if path == "/authorize":
        answer = w.net.deliver(Request("GET", f"{AS}/authorize?{body}"), "mallory", "front")
    else:
        answer = w.net.deliver(Request("POST", AS + path, (*headers, ("Content-Type", FORM)), body), "mallory")
    events = w.net.trace.events[start:]
    return answer, [e.check for e in events if isinstance(e, Checked) and e.party == "auth" and e.outcome == "fail"]


def agreed(answer: Response, failed: list[str], what: str) -> None:
    """Refused if and only if a check failed."""
    refused = answer.status >= 400 or answer.error is not None
    assert refused == bool(failed), f"{what}: {answer.status} {answer.error}, but the failed checks are {failed}"


def authorization(client: str, challenge: bool) -> Fields:
    pkce = {"code_challenge": sha256(VERIFIER), "code_challenge_method": "S256"} if challenge else {}
    return {"response_type": "code", "client_id": client, "redirect_uri": REDIRECTS[client], "scope": "openid read", "state": "s"} | pkce


def code_for(w: World, client: str, challenge: bool) -> str:
    """A code that Alice has allowed; it has not been redeemed."""
    browser = w.browsers["phone"]
    browser.begin(client)
    browser.visit(f"{AS}/authorize?" + encoded(authorization(client, challenge), {}))
    agree(w, browser)
    assert browser.held is not None
    return first(pairs(split(browser.held.request.url).query), "code") or ""


def identity(client: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", basic(client, SECRET)),) if client == "budget" else ()


def by_code(w: World, client: str, challenge: bool) -> Fields:
    out: Fields = {"grant_type": "authorization_code", "code": code_for(w, client, challenge), "redirect_uri": REDIRECTS[client]}
    out |= {"code_verifier": VERIFIER} if challenge else {}
    return out if client == "budget" else out | {"client_id": client}


def tokens(w: World, client: str, challenge: bool) -> dict[str, str]:
    known = challenge and w.settings.value("as.pkce") != "ignore"
    answer, failed = sent(w, "/token", encoded(by_code(w, client, known), {}), *identity(client))
    assert failed == [], failed
    return dict(answer.json)


def challenged(where: Settings, wish: bool) -> bool:
    """Whether a challenge is sent: where the server wants one, it is."""
    return wish or where.value("as.pkce") == "required"


# ---------------------------------------------------------------- what can be wrong

UNSIGNED = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJidWRnZXQiLCJzdWIiOiJidWRnZXQiLCJjbGllbnRfaWQiOiJidWRnZXQifQ."
WRONG: dict[str, dict[str, list[Any]]] = {
    "/authorize": {
        "response_type": ["token", "id_token", "code token", "nonsense", "", None, TWICE],
        "client_id": ["nobody", "budget", "", None, TWICE],
        "redirect_uri": ["https://evil.example/cb", "com.connectsphere.app:/other", "com.connectsphere.app:/cb/../x", "", None, TWICE],
        "scope": ["read", "admin", "openid admin", "", None, TWICE],
        "state": ["", None, TWICE],
        "code_challenge": ["short", "!" * 43, "", None, TWICE],
        "code_challenge_method": ["plain", "S512", "", None, TWICE],
        "resource": [API, "https://evil.example"],
        "request": [UNSIGNED, "x.y.z", ""],
        "request_uri": ["https://client.example/r.jwt", "urn:ietf:params:oauth:request_uri:unknown", ""],
    },
    "/par": {
        "response_type": ["token", "nonsense", "", None, TWICE],
        "client_id": ["nobody", "budget", "", None, TWICE],
        "client_secret": ["guess"],
        "client_assertion": [UNSIGNED],
        "redirect_uri": ["https://evil.example/cb", "com.connectsphere.app:/other", TWICE],
        "scope": ["read", "admin", "", None, TWICE],
        "code_challenge": ["short", None, TWICE],
        "code_challenge_method": ["plain", None],
        "resource": [API, "https://evil.example"],
        "request": [UNSIGNED, "x.y.z", ""],
        "request_uri": ["https://client.example/r.jwt", "urn:ietf:params:oauth:request_uri:unknown", ""],
    },
    "/token": {
        "grant_type": ["password", "refresh_token", "client_credentials", "nonsense", "", None, TWICE],
        "code": ["unknown", "", None, TWICE],
        "client_id": ["app", "nobody", "budget", "", None, TWICE],
        "client_secret": ["guess", TWICE],
        "redirect_uri": ["https://evil.example/cb", "", None, TWICE],
        "code_verifier": ["w" * 43, "short", "!" * 43, "", None, TWICE],
        "resource": [API, "https://evil.example"],
        "refresh_token": ["unknown"],
        "scope": ["read", "admin", ""],
    },
    "/token refresh": {
        "grant_type": ["authorization_code", "nonsense", None, TWICE],
        "refresh_token": ["unknown", "", None, TWICE],
        "client_id": ["app", "nobody", "budget", "", None, TWICE],
        "scope": ["read", "openid", "write", "admin", "", TWICE],
        "resource": [API, "https://evil.example"],
    },
    "/revoke": {
        "token": ["unknown", "", None, TWICE],
        "token_type_hint": ["access_token", "refresh_token", "nonsense", TWICE],
        "client_id": ["app", "nobody", "budget", "", None, TWICE],
        "client_secret": ["guess"],
    },
    "/introspect": {
        "token": ["unknown", "", None, TWICE],
        "token_type_hint": ["access_token", "refresh_token", "nonsense", TWICE],
    },
}


def faults(endpoint: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any number of parameters wrong in any way."""
    return st.fixed_dictionaries({name: st.sampled_from([OK] * len(values) + values) for name, values in WRONG[endpoint].items()})


CLIENTS = st.sampled_from(["mobile", "budget"])
HEADERS = st.sampled_from([OK, OK, OK, basic("budget", "guess"), basic("nobody", "x"), "Basic !!!", "Bearer x", None])


def authenticated(client: str, header: str | None) -> tuple[tuple[str, str], ...]:
    return identity(client) if header == OK else () if header is None else (("Authorization", header),)


# ---------------------------------------------------------------- they agree


@many
@given(DEMANDING, CLIENTS, st.booleans(), faults("/authorize"))
def test_on_authorization_requests(where, client, challenge, wrong):
    w = build(where, states=False)
    answer, failed = sent(w, "/authorize", encoded(authorization(client, challenge), wrong))
    agreed(answer, failed, f"{where} {client} {wrong}")
    if failed and failed[0] in ("client_known", "redirect_uri"):  # whatever else is wrong: a page, and nobody is sent anywhere
        assert (answer.location, answer.error in CODES[failed[0]]) == (None, True), f"{where} {client} {wrong}: {answer}"


@many
@given(DEMANDING, CLIENTS, st.booleans(), faults("/par"), HEADERS)
def test_on_pushed_requests(where, client, challenge, wrong, header):
    w = build(where.at_least({"as.par": "optional"}), states=False)
    answer, failed = sent(w, "/par", encoded(authorization(client, challenge), wrong), *authenticated(client, header))
    agreed(answer, failed, f"{where} {client} {wrong} {header}")
    assert answer.location is None


@many
@given(SETTINGS, CLIENTS, st.booleans(), faults("/token"), HEADERS, st.booleans(), st.booleans())
def test_on_token_requests_with_a_code(where, client, wish, wrong, header, used, late):
    w = build(where, states=False)
    right = by_code(w, client, challenged(where, wish))
    if used:
        sent(w, "/token", encoded(right, {}), *identity(client))
    if late:
        w.net.wait(600)
    answer, failed = sent(w, "/token", encoded(right, wrong), *authenticated(client, header))
    agreed(answer, failed, f"{where} {client} {wrong} {header} used={used} late={late}")


@many
@given(SETTINGS, CLIENTS, faults("/token refresh"), HEADERS, st.sampled_from(["fresh", "rotated", "revoked", "late"]))
def test_on_token_requests_with_a_refresh_token(where, client, wrong, header, state):
    w = build(where, states=False)
    right: Fields = {"grant_type": "refresh_token", "refresh_token": tokens(w, client, True)["refresh_token"]}
    right |= {} if client == "budget" else {"client_id": client}
    if state == "rotated":
        sent(w, "/token", encoded(right, {}), *identity(client))
    elif state == "revoked":
        revoke: Fields = {"token": right["refresh_token"], "client_id": right.get("client_id")}
        sent(w, "/revoke", encoded(revoke, {}), *identity(client))
    elif state == "late":
        w.net.wait(40 * 86400)
    answer, failed = sent(w, "/token", encoded(right, wrong), *authenticated(client, header))
    agreed(answer, failed, f"{where} {client} {wrong} {header} {state}")


@many
@given(SETTINGS, CLIENTS, faults("/revoke"), HEADERS, st.sampled_from(["access_token", "refresh_token"]), st.booleans())
def test_on_revocation_requests(where, client, wrong, header, which, foreign):
    where = where.at_least({"as.revocation": "on"})
    w = build(where, states=False)
    token = tokens(w, "budget" if foreign else client, True)[which]
    right: Fields = {"token": token} | ({} if client == "budget" else {"client_id": client})
    answer, failed = sent(w, "/revoke", encoded(right, wrong), *authenticated(client, header))
    agreed(answer, failed, f"{where} {client} {wrong} {header} {which} foreign={foreign}")


@many
@given(
    SETTINGS,
    faults("/introspect"),
    st.sampled_from(
        [
            basic("accounts", "accounts-secret"),
            basic("transactions", "transactions-secret"),
            basic("budget", SECRET),
            basic("accounts", "guess"),
            "Basic !!!",
            None,
        ]
    ),
)
def test_on_introspection_requests(where, wrong, header):
    w = build(where, states=False)
    right: Fields = {"token": tokens(w, "mobile", True)["access_token"]}
    answer, failed = sent(w, "/introspect", encoded(right, wrong), *([("Authorization", header)] if header else []))
    agreed(answer, failed, f"{where} {wrong} {header}")


# ---------------------------------------------------------------- one fault, one error code

# What the RFCs ask for where this check is the only one that fails.
CODES = {
    "request_form": {"invalid_request"},  # RFC 6749 §4.1.2.1, §5.2; RFC 7009 §2.2.1
    "client_known": {"invalid_request", "invalid_client"},  # a page; RFC 6749 §4.1.2.1 names no code
    "redirect_uri": {"invalid_request"},  # a page, too
    "response_type": {"unsupported_response_type", "unauthorized_client"},  # RFC 6749 §4.1.2.1
    "request_object": {"invalid_request_object", "request_not_supported", "request_uri_not_supported"},  # RFC 9101 §7
    "pushed_request": {"invalid_request_uri", "request_uri_not_supported"},
    "algorithm": {"invalid_request_object", "invalid_client"},
    "assertion": {"invalid_client"},
    "scope_offered": {"invalid_scope"},
    "code_challenge": {"invalid_request"},  # RFC 7636 §4.4.1
    "resource": {"invalid_target"},  # RFC 8707 §2
    "grant_type": {"unsupported_grant_type", "unauthorized_client"},  # RFC 6749 §5.2
    "client": {"invalid_client"},
    "code": {"invalid_grant"},
    "code_unused": {"invalid_grant"},
    "code_fresh": {"invalid_grant"},
    "code_redirect_uri": {"invalid_grant"},
    "code_verifier": {"invalid_grant"},  # RFC 7636 §4.6
    "refresh_token": {"invalid_grant"},
    "refresh_unused": {"invalid_grant"},
    "refresh_fresh": {"invalid_grant"},
    "grant_alive": {"invalid_grant"},
    "scope_granted": {"invalid_scope"},  # RFC 6749 §6
    "key_binding": {"invalid_grant"},  # RFC 9449 §5
}
MISSING = ("", None)  # RFC 6749 §3.1: parameters without a value are treated as if they were omitted
# A missing parameter is invalid_request.  These are the places where Authlib answers otherwise.
AUTHLIB_SAYS = {
    ("/authorize", "response_type"): "unsupported_response_type",
    ("/token", "grant_type"): "unsupported_grant_type",
    ("/token refresh", "grant_type"): "unsupported_grant_type",
    ("/token", "redirect_uri"): "invalid_grant",  # it was in the authorization request, and now it differs from that
}
REQUIRED = ("response_type", "grant_type", "code", "refresh_token", "code_verifier", "redirect_uri", "token")


def allowed(endpoint: str, name: str, value: Any, check: str) -> set[str]:
    """The error codes that fit this one fault."""
    codes = set(CODES[check])
    if (endpoint, name) == ("/par", "client_id"):
        codes |= {"invalid_request"}  # somebody else's request, pushed by a client that has proved who it is
    if name == "client_id" or name not in REQUIRED:
        return codes
    if (name, value) == ("response_type", "token"):
        codes |= {"invalid_client"}  # Authlib's implicit grant first wants a client that need not authenticate
    if value in MISSING or name == "grant_type":  # a grant type without its own parameters is another way to miss them
        codes |= {"invalid_request", AUTHLIB_SAYS.get((endpoint, name), "invalid_request")}
    if name == "code_verifier":
        codes |= {"invalid_request"}  # malformed (RFC 7636 §4.1): no verifier at all
    return codes


def right_request(w: World, endpoint: str, client: str, challenge: bool) -> tuple[str, Fields, tuple[tuple[str, str], ...]]:
    """Path, parameters and headers of a request without any fault."""
    own: Fields = {} if client == "budget" else {"client_id": client}
    if endpoint == "/authorize":
        return endpoint, authorization(client, challenge), ()
    if endpoint == "/par":
        return endpoint, authorization(client, challenge), identity(client)
    if endpoint == "/token":
        return endpoint, by_code(w, client, challenge), identity(client)
    held = tokens(w, client, challenge)
    if endpoint == "/token refresh":
        return "/token", {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]} | own, identity(client)
    if endpoint == "/revoke":
        return endpoint, {"token": held["refresh_token"]} | own, identity(client)
    return endpoint, {"token": held["access_token"]}, (("Authorization", basic("accounts", "accounts-secret")),)


ONE_FAULT = [(endpoint, name, value) for endpoint, names in WRONG.items() for name, values in names.items() for value in values]


@pytest.mark.parametrize("client", ["mobile", "budget"])
@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
@pytest.mark.parametrize("endpoint", WRONG)
def test_a_single_fault_gets_the_error_code_of_its_rfc(endpoint, profile, client):
    where = Settings.of(profile).at_least({"as.revocation": "on", "as.par": "optional"})
    for _, name, value in [fault for fault in ONE_FAULT if fault[0] == endpoint]:
        w = build(where, states=False)
        path, right, headers = right_request(w, endpoint, client, challenged(where, False))
        answer, failed = sent(w, path, encoded(right, {name: value}), *headers)
        what = f"{endpoint} in {profile} by {client} with {name} {value!r}"
        agreed(answer, failed, what)
        if failed:
            assert answer.error in allowed(endpoint, name, value, failed[0]), f"{what}: {answer.error}, because of {failed}"


@pytest.mark.parametrize("client", ["mobile", "budget"])
@pytest.mark.parametrize("endpoint", WRONG)
def test_a_request_without_fault_is_accepted(endpoint, client):
    for profile in ("oauth-basic", "oauth-bcp"):
        where = Settings.of(profile).at_least({"as.revocation": "on", "as.par": "optional"})
        w = build(where, states=False)
        path, right, headers = right_request(w, endpoint, client, challenged(where, False))
        answer, failed = sent(w, path, encoded(right, {}), *headers)
        assert failed == []
        assert answer.status < 400
        assert answer.error is None


PROOF = {"good": [], "wrong address": ["proof_target"], "old": ["proof_fresh"], "another key": ["key_binding"], "none": ["key_binding"]}


@pytest.mark.parametrize("kind", PROOF)
def test_a_bound_refresh_token_and_its_proof(kind):
    w = build(Settings.of("oauth-bcp"), states=False)
    key, other, now = key_for("0", "one"), key_for("0", "other"), w.net.clock.now()
    at = f"{AS}/token"
    first_proof = ("DPoP", prove(key, "POST", at, now, "first"))
    got, failed = sent(w, "/token", encoded(by_code(w, "mobile", True), {}), first_proof)
    assert failed == []
    body = encoded({"grant_type": "refresh_token", "refresh_token": got.json["refresh_token"], "client_id": "mobile"}, {})
    proof = {
        "good": prove(key, "POST", at, now, "second"),
        "wrong address": prove(key, "POST", f"{AS}/revoke", now, "second"),
        "old": prove(key, "POST", at, now - 61, "second"),
        "another key": prove(other, "POST", at, now, "second"),
    }.get(kind)
    answer, failed = sent(w, "/token", body, *([("DPoP", proof)] if proof else []))
    agreed(answer, failed, kind)
    assert failed == PROOF[kind]
    assert answer.error == (None if kind == "good" else "invalid_grant" if "key_binding" in failed else "invalid_dpop_proof")


def test_nobody_is_sent_to_a_port_of_their_own_machine_where_that_is_off() -> None:
    steps = "it cli.sign_in {browser: laptop}"
    for how, found in (("any-port", []), ("off", ["auth.redirect_uri"])):
        assert failed(told(steps, as_loopback=how), "it") == found


@pytest.mark.parametrize(
    ("how", "scope", "found"),
    [("any-scope", "read", []), ("sign-in-only", "openid email", []), ("sign-in-only", "openid read", ["auth.scope_approved"])],
)
def test_a_client_that_registered_itself_may_ask_who_somebody_is(how: str, scope: str, found: list[str]) -> None:
    steps = "it mallory.send {url: 'https://auth.connectsphere.example/register', json: {client_name: App, redirect_uris: ['https://x.evil.example/cb']}}\n"
    steps += "go mallory_browser.visit {url: 'https://auth.connectsphere.example/authorize', change: {query: {client_id: $it.json.client_id, redirect_uri: 'https://x.evil.example/cb', response_type: code, scope: SCOPE}}}"
    assert failed(told(steps.replace("SCOPE", scope), "oauth-basic", as_self_registered=how), "go") == found
    operators = "go budget.sign_in {browser: laptop, scope: read}"
    assert failed(told(operators, "oauth-basic", as_self_registered=how), "go") == []
