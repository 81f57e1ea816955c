"""The attacker's machine: what it serves, and how it presents a token."""

from __future__ import annotations

from sandbox.core.wire import Request, Response
from tests.support.worlds import sign_in, world

EVIL = "https://evil.example"


def test_the_attacker_presents_a_bound_token_with_the_best_key_she_has():
    w = world()
    session = sign_in(w)
    token, request = session.access_token(), Request("GET", w.apis["accounts"].url + "/accounts")
    assert w.net.deliver(w.attacker.present(request, token), "mallory").status == 401
    w.attacker.keep(w.clients["app"].proof_key(session))
    assert w.net.deliver(w.attacker.present(request, token), "mallory").status == 200
    assert w.attacker.present(request, "opaque").header("authorization") == "Bearer opaque"


def test_the_attackers_host_answers_with_what_she_put_there():
    w = world()
    assert w.net.deliver(Request("GET", f"{EVIL}/x"), "laptop").ok
    w.attacker.served[f"{EVIL}/x"] = Response(418)
    assert w.net.deliver(Request("GET", f"{EVIL}/x"), "laptop").status == 418
