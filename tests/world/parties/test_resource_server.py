"""A resource server: each fault of a token is caught by the check that is named for it, and a switch that is off says so."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, json_request
from sandbox.protocol.tokens import decode, key_for, packed, shared_key
from sandbox.world.parties.resource_server import ORDER
from tests.support.worlds import call, failures, outcomes, sign_in, world

ACCOUNTS = "https://accounts.connectsphere.example"
BEARER = {"client_dpop": "off", "as_dpop_bind": "off", "rs_dpop": "off"}


def get(w, token, url=f"{ACCOUNTS}/accounts", scheme="Bearer", method="GET"):
    headers = (("Authorization", f"{scheme} {token}"),) if token is not None else ()
    return w.net.deliver(Request(method, url, headers), "mallory")


def genuine(w, **claims):
    """A token by the issuer's own key, as a genuine one but for these claims (None removes)."""
    now = w.net.clock.now()
    good = {
        "iss": w.issuer.issuer,
        "sub": "alice",
        "aud": ACCOUNTS,
        "client_id": "app",
        "scope": "read",
        "iat": now,
        "exp": now + 300,
        "jti": "1",
    }
    return w.issuer.core.key.sign({k: v for k, v in (good | claims).items() if v is not None}, "at+jwt")


def test_a_good_token_is_accepted_and_every_check_is_recorded():
    w = world("oauth-bcp", **BEARER)
    assert get(w, genuine(w)).json == {"owner": "alice", "accounts": ["alice:account-1"]}
    assert failures(w) == []
    expected = [
        "token_present", "scheme", "format", "algorithm", "key", "signature", "type", "issuer", "audience", "expiry", "denylist", "introspection", "key_binding", "certificate", "scope",
    ]  # fmt: skip
    assert list(outcomes(w, "accounts")) == expected, "a check that is new in ORDER has its place in this list, too"


@pytest.mark.parametrize(
    ("claims", "check", "answer"),
    [
        ({"iss": "https://as.evil.example"}, "issuer", (401, "invalid_token")),
        ({"iss": None}, "issuer", (401, "invalid_token")),
        ({"aud": "https://transactions.connectsphere.example"}, "audience", (401, "invalid_token")),
        ({"aud": None}, "audience", (401, "invalid_token")),
        ({"aud": []}, "audience", (401, "invalid_token")),
        ({"exp": 1_800_000_000}, "expiry", (401, "invalid_token")),
        ({"exp": None}, "expiry", (401, "invalid_token")),
        ({"exp": "tomorrow"}, "expiry", (401, "invalid_token")),
        ({"exp": True}, "expiry", (401, "invalid_token")),
        ({"nbf": 1_800_000_001}, "not_before", (401, "invalid_token")),
        ({"nbf": "now"}, "not_before", (401, "invalid_token")),
        ({"scope": "write"}, "scope", (403, "insufficient_scope")),
        ({"scope": None}, "scope", (403, "insufficient_scope")),
    ],
)
def test_claims_with_one_fault(claims, check, answer):
    w = world("oauth-bcp", **BEARER)
    response = get(w, genuine(w, **claims))
    assert (response.status, response.error) == answer
    assert failures(w) == [f"accounts.{check}"]


def test_a_token_is_good_from_the_second_that_it_names():
    w = world("oauth-bcp", **BEARER)
    assert get(w, genuine(w, nbf=w.net.clock.now())).status == 200
    assert outcomes(w, "accounts")["not_before"] == "pass"


def test_a_list_of_audiences_may_name_this_api():
    w = world("oauth-bcp", **BEARER)
    assert get(w, genuine(w, aud=["https://x.example", ACCOUNTS])).status == 200


def test_tokens_that_were_tampered_with_or_signed_by_others():
    w = world("oauth-bcp", **BEARER)
    head, _, signature = genuine(w).split(".")
    key = w.issuer.core.key
    cases = {
        f"{head}.{packed({'sub': 'alice'})}.{signature}": "signature",
        f"{head}.{packed({'sub': 'alice'})}.": "signature",
        f"{packed({'alg': 'none', 'typ': 'at+jwt'})}.{packed({'sub': 'alice'})}.": "algorithm",
        shared_key("sunshine").sign({"sub": "alice"}, "at+jwt"): "algorithm",
        key_for("0", "mallory").sign({"sub": "alice"}, "at+jwt"): "key",
        key_for("0", "mallory").sign({"sub": "alice"}, "at+jwt", kid=key.kid): "signature",
        key.sign(decode(genuine(w)).claims, "JWT"): "type",
        key.sign(decode(genuine(w)).claims, None): "type",
        "nonsense": "format",
        "": "format",
    }
    for token, check in cases.items():
        w.net.trace.events.clear()
        assert get(w, token).status == 401
        assert failures(w) == [f"accounts.{check}"], token


def test_rfc_9068_section_4_allows_the_long_name_of_the_type():
    w = world("oauth-bcp", **BEARER)
    assert get(w, w.issuer.core.key.sign(decode(genuine(w)).claims, "application/AT+jwt")).status == 200


@pytest.mark.parametrize("switch", ["check_aud", "check_typ", "check_scope", "check_iss"])
def test_what_is_switched_off_is_skipped_not_passed(switch):
    w = world("oauth-bcp", **BEARER, **{f"rs_{switch}": "off"})
    assert get(w, genuine(w)).status == 200
    skipped = {"check_aud": "audience", "check_typ": "type", "check_scope": "scope", "check_iss": "issuer"}[switch]
    assert outcomes(w, "accounts")[skipped] == "skipped"


def test_a_switch_of_one_instance_leaves_the_other_alone():
    w = world("oauth-bcp", **BEARER, transactions_check_aud="off")
    token = genuine(w)
    assert get(w, token, "https://transactions.connectsphere.example/transactions").status == 200
    wrong = genuine(w, aud="https://transactions.connectsphere.example")
    assert get(w, wrong).status == 401


def test_how_the_token_may_come():
    w = world("oauth-bcp", **BEARER)
    token = genuine(w)
    none = get(w, None)
    assert (none.status, none.header("www-authenticate")) == (401, 'Bearer realm="api"')
    assert get(w, token, f"{ACCOUNTS}/accounts?access_token={token}").error == "invalid_request"
    assert w.net.deliver(Request("GET", f"{ACCOUNTS}/accounts?access_token={token}"), "mallory").error == "invalid_request"
    assert get(w, token, scheme="Basic").status == 401
    assert failures(w) == ["accounts.token_present", "accounts.one_method", "accounts.token_in_header", "accounts.scheme"]
    basic = world("oauth-basic")
    sign_in(basic)
    assert call(basic).status == 200  # the app of that profile sends it in the address


def test_a_bound_token_needs_its_key():
    w = world()
    session = sign_in(w)
    token = session.access_token()
    assert call(w).status == 200
    as_bearer = get(w, token)
    assert (as_bearer.status, as_bearer.header("www-authenticate")) == (401, 'DPoP error="invalid_token", algs="ES256 RS256 EdDSA Ed25519"')
    hers = w.net.deliver(w.attacker.present(Request("GET", f"{ACCOUNTS}/accounts"), token), "mallory")
    assert (hers.status, hers.error) == (401, "invalid_token")
    assert failures(w) == ["accounts.key_binding", "accounts.key_binding"]


def test_accept_both_is_the_flaw_that_its_name_says():
    w = world("oauth-bcp", rs_dpop="accept-both")
    session = sign_in(w)
    assert call(w).status == 200
    assert get(w, session.access_token()).status == 200


def test_an_api_without_dpop_is_asked_again_with_bearer():
    w = world("oauth-bcp", rs_dpop="off")
    sign_in(w)
    assert call(w).status == 200  # RFC 9449 §7.2
    assert failures(w) == ["accounts.scheme"]


def test_a_proof_works_once():
    w = world()
    session = sign_in(w)
    client, browser = w.clients["app"], w.browsers["laptop"]
    request = client.api_request(session, Request("GET", f"{ACCOUNTS}/accounts"), ACCOUNTS)
    assert [browser.send(request).status for _ in range(2)] == [200, 401]
    assert failures(w) == ["accounts.proof_unused"]


def test_introspection_live_and_cached():
    for policy, expected in (("live", 401), ("cached", 200)):
        w = world("oauth-bcp", **BEARER, rs_introspect=policy)
        session = sign_in(w, "budget")
        token = session.access_token()
        assert get(w, token).status == 200
        w.issuer.core.end_grant(next(iter(w.issuer.store.grants.values())))
        assert get(w, token).status == expected
    w.net.wait(299)
    assert get(w, token).status == 200
    w.issuer.store.tokens[token].expires_at += 900  # so that only the cache is left to look at


def test_a_forged_token_is_unknown_to_the_issuer():
    w = world("oauth-bcp", **BEARER, rs_introspect="live")
    assert get(w, genuine(w)).status == 401
    assert failures(w) == ["accounts.introspection"]


@pytest.mark.parametrize(("policy", "expected"), [("off", 200), ("eventual", 401), ("strict", 401)])
def test_denylists(policy, expected):
    w = world("oauth-bcp", **BEARER, rs_denylist=policy)
    session = sign_in(w, "budget")
    token = session.access_token()
    assert get(w, token).status == 200
    w.browsers["laptop"].begin()
    w.browsers["laptop"].post(w.clients["budget"].logout_url)
    assert get(w, token).status == expected


def test_nobody_else_may_write_to_a_denylist():
    w = world("oauth-bcp", rs_denylist="eventual")
    assert w.net.deliver(json_request("POST", f"{ACCOUNTS}/denylist", {"jti": "1", "exp": 9}), "mallory").status == 403


def test_logs_are_masked_where_the_switch_says_so():
    plain, masked = world("oauth-basic", client_token_in_header="off"), world("oauth-bcp")
    for w in (plain, masked):
        sign_in(w)
        call(w)
    assert "access_token=ey" in plain.apis["accounts"].log[0].url
    entry = masked.apis["accounts"].log[0]
    assert (entry.header("authorization"), entry.header("dpop")) == ("***", "***")


def test_what_a_role_is_for():
    export = f"{ACCOUNTS}/admin/export"
    for profile, live in (("oauth-basic", False), ("oauth-bcp", True)):
        w = world(profile, **(BEARER if live else {}))
        plain = get(w, genuine(w, roles=["user"]) if live else genuine(w, roles=["user"], aud=None), export)
        assert plain.status == 403
        assert get(w, genuine(w, sub="admin", roles=["admin"]), export).status == 200
        assert get(w, genuine(w, sub="alice", roles=["admin"]), export).status == (403 if live else 200)


def test_writing_and_unknown_addresses():
    w = world("oauth-bcp", **BEARER)
    url = "https://transactions.connectsphere.example"
    token = genuine(w, aud=url, scope="read write")
    assert get(w, token, f"{url}/transactions/7", method="DELETE").json == {"deleted": "alice:transaction-7"}
    assert get(w, token, f"{url}/transactions/7").status == 404
    assert get(w, token, f"{url}/nothing").status == 404
    sent = json_request(
        "POST",
        f"{ACCOUNTS}/accounts/imports",
        {"statement": "alice:statement-9"},
        (("Authorization", f"Bearer {genuine(w, scope='write read')}"),),
    )
    assert w.net.deliver(sent, "budget").status == 201
    assert get(w, genuine(w), f"{ACCOUNTS}/accounts/imports").json["imports"] == ["alice:statement-9"]


def test_the_jwks_is_fetched_once_and_again_for_a_new_kid():
    w = world("oauth-bcp", **BEARER)
    get(w, genuine(w))
    get(w, genuine(w))
    get(w, key_for("0", "mallory").sign({}, "at+jwt"))
    fetched = [e for e in w.net.trace.events if type(e).__name__ == "Sent" and e.request.path == "/jwks"]
    assert len(fetched) == 2


def test_the_naive_services_accept_what_the_backend_signs():
    w = world("naive-jwt")
    session = sign_in(w)
    assert decode(session.access_token()).header["alg"] == "HS256"
    assert call(w).status == 200
    assert call(w, api="transactions", path="/transactions").status == 200
    assert get(w, shared_key("wrong").sign({"sub": "alice", "exp": 9_999_999_999})).status == 401


def test_the_list_of_checks_is_a_list_that_can_be_read():
    assert [check.__name__ for check in ORDER][:5] == ["peer", "token_present", "token_in_header", "scheme", "format"]
