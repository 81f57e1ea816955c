"""The attacker's machine: what it serves, and how it presents a token."""

from __future__ import annotations

from sandbox.core.wire import Request, Response
from sandbox.world.parties.attacker import LeadsOn
from tests.support.worlds import sign_in, world

EVIL, EVIL_AS = "https://evil.example", "https://as.evil.example"


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


def test_an_address_of_hers_leads_on_and_keeps_what_she_wants_to_keep():
    w = world()
    w.attacker.served[f"{EVIL_AS}/authorize"] = LeadsOn("https://auth.example/authorize?client_id=hers&state=hers", ("state", "nonce"), 303)
    answer = w.net.deliver(Request("GET", f"{EVIL_AS}/authorize?client_id=other&state=a%26b"), "laptop")
    assert (answer.status, answer.location) == (303, "https://auth.example/authorize?client_id=hers&state=a%26b")


def test_her_server_answers_with_what_she_has_put_there():
    w = world()
    assert w.net.owner(f"{EVIL_AS}/token") == "evil_as"
    assert w.net.owner("https://other.evil.example/token") == "mallory"
    w.attacker.served[f"{EVIL_AS}/token"] = Response(418)
    assert w.net.deliver(Request("POST", f"{EVIL_AS}/token?a=b"), "budget").status == 418
    assert w.net.parties["evil_as"].state() == {}
