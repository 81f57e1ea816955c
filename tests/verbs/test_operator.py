"""What the operator says is what the server is asked to change; what is not said stays."""

from __future__ import annotations

from sandbox.protocol.tokens import decode
from tests.support.short_stories import answer, failed, sent, status, told


def test_only_what_is_said_is_changed() -> None:
    record = told("it admin.set_user {user: alice, roles: [], disabled: false}")
    (request,) = sent(record, "it", "auth")
    assert (request.method, request.path) == ("PATCH", "/admin/users/alice")
    assert request.json == {"roles": [], "disabled": False}


def test_time_passes() -> None:
    record = told("it clock.wait {seconds: 90}\nlook laptop.visit {url: 'https://evil.example/'}")
    assert record.events[-1].time - record.events[0].time == 90


def test_another_key_signs_from_now_on() -> None:
    steps = "in app.sign_in {browser: laptop}\nit admin.rotate_key\nnew app.refresh {browser: laptop}\n"
    steps += "use app.call_api {browser: laptop, api: accounts, path: /accounts}"
    record = told(steps)
    assert [(r.method, r.path) for r in sent(record, "it", "auth")] == [("POST", "/admin/keys")]
    assert [status(record, step)[0] for step in ("it", "new", "use")] == [204, 200, 200]
    kids = {decode(record.outputs[step]["access_token"]).header["kid"] for step in ("in", "new")}
    assert len(kids) == 2
    assert [r.path for r in sent(record, "use", "auth")] == ["/jwks"], "accounts has not seen this key id before"


REMOVED = """in budget.sign_in {browser: laptop, scope: read, api: accounts}
too app.sign_in {browser: phone, scope: read}
it admin.remove_client {client: budget}
old budget.call_api {browser: laptop, api: accounts, path: /accounts}
new budget.refresh {browser: laptop}
other app.call_api {browser: phone, api: accounts, path: /accounts}"""


def test_a_client_that_is_removed_ends_with_all_that_it_was_granted() -> None:
    record = told(REMOVED, as_revocation="on", rs_introspect="live")
    assert [(r.method, r.path) for r in sent(record, "it", "auth")] == [("DELETE", "/admin/clients/budget")]
    assert [status(record, step)[0] for step in ("it", "old", "new", "other")] == [204, 401, 401, 200]


def test_without_revocation_only_the_client_goes_and_its_tokens_live_on() -> None:
    record = told(REMOVED, as_revocation="off")
    assert [status(record, step)[0] for step in ("it", "old", "new")] == [204, 200, 401]


def test_what_is_no_client_cannot_be_removed() -> None:
    record = told(
        "it admin.remove_client {client: importer}\ntoo admin.remove_client {client: budget}\nit2 admin.remove_client {client: budget}"
    )
    assert [status(record, step)[0] for step in ("it", "too", "it2")] == [404, 204, 404]
    assert status(told("it admin.remove_client {client: budget}", "naive-jwt"), "it")[0] == 404


def test_nobody_else_removes_clients() -> None:
    record = told("it mallory.send {method: DELETE, url: 'https://auth.connectsphere.example/admin/clients/budget'}")
    assert status(record, "it")[0] == 403


def test_a_key_that_is_taken_out_at_once_voids_what_it_has_signed_where_somebody_looks_again() -> None:
    steps = "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: accounts, path: /accounts}\n"
    steps += "it admin.rotate_key {at_once: true}\nlater clock.wait {seconds: 299}\n"
    steps += "old app.call_api {browser: laptop, api: accounts, path: /accounts}"
    kept, fetched = (told(steps, as_short_ttl="off", rs_key_cache=how) for how in ("kept", "five-minutes"))
    assert [status(kept, "old")[0], status(fetched, "old")[0]] == [200, 200]
    steps = steps.replace("299", "300")
    kept, fetched = (told(steps, as_short_ttl="off", rs_key_cache=how) for how in ("kept", "five-minutes"))
    assert [status(kept, "old")[0], status(fetched, "old")] == [200, (401, "invalid_token")]
    assert failed(fetched, "old") == ["accounts.key"]


PARTNER = """it admin.trust {server: evil_as}
put mallory.serve {url: 'https://as.evil.example/jwks', json: $mine.jwks}
make mallory.forge {key: $mine.key, header: {kid: $mine.jwk.kid}, claims: {sub: alice, iss: ISSUER}}
use mallory.call_api {api: accounts, path: /accounts, token: $make.token}"""


def test_a_partners_name_means_nobody_here_and_ours_needs_our_key() -> None:
    """RFC 8725 §3.8: a key is good for the tokens of its own issuer; RFC 7519 §4.1.2: a subject is a name within an issuer."""
    own, partner = "https://auth.connectsphere.example", "https://as.evil.example"
    for how, issuer, owner in (
        ("value", partner, f"alice at {partner}"),
        ("bound", partner, f"alice at {partner}"),
        ("value", own, "alice"),
    ):
        found = answer(told(PARTNER.replace("ISSUER", f"'{issuer}'"), "oauth-basic", rs_check_iss=how), "use")
        assert found.json["owner"] == owner, (how, issuer)
    record = told(PARTNER.replace("ISSUER", f"'{own}'"), "oauth-basic", rs_check_iss="bound")
    assert (status(record, "use"), failed(record, "use")) == ((401, "invalid_token"), ["accounts.issuer"])


def test_only_the_operator_says_whose_tokens_are_good() -> None:
    record = told("it mallory.send {url: 'https://accounts.connectsphere.example/admin/issuers', json: {issuer: a, alg: ES256}}")
    assert status(record, "it") == (403, "access_denied")
