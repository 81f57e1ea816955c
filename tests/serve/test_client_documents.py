"""Clients that describe themselves at the address that is their id: read once, judged, bounded, drawn, and from nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from sandbox.core.clock import Clock, WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import FORM, Request, Response, form_request
from sandbox.protocol.client_jwts import ASSERTION_TYPE, client_assertion
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import key_for, sha256
from sandbox.protocol.trace import Answered, Checked, Sent
from sandbox.serve import Edge
from sandbox.serve.client_documents import LONGEST, SHORTEST, believed
from sandbox.serve.inside import Door
from sandbox.serve.setup import OPEN, NewClient, Served
from sandbox.serve.setup import served as put_together
from sandbox.serve.worlds import Worlds
from sandbox.world import outgoing as leaving
from sandbox.world.outgoing import MOST_OUTGOING, Allowance, Outgoing, Policy
from sandbox.world.parties import pages
from sandbox.world.parties.authorization_server import client_documents
from tests.support.live_worlds import BCP, says
from tests.support.publisher import Publisher
from tests.support.real import CALLBACK, Person, metadata, parameters
from tests.support.real import served as really_served

pytestmark = pytest.mark.slow

BASE, VERIFIER = "http://127.0.0.1:9000", "v" * 43
OWN = Policy(own_machine=True)
ONE = key_for("documents", "one")
ABOUT: dict[str, Any] = {"client_name": "A tool", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher("/tool.json")
    found.describes(**ABOUT)
    yield found
    found.close()


def place(policy: Policy | None = OWN, registration: bool = True, *clients: NewClient) -> Served:
    outgoing = None if policy is None else Outgoing(policy, allowance=Allowance(Clock(), MOST_OUTGOING))
    settings = Settings.of("oauth-bcp", OPEN)
    return put_together(settings, BASE, clients=clients, registration=registration, fetching=outgoing)


def asked(served: Served, request: Request) -> Response:
    """The answer at the door, in an event loop."""
    return Door(Edge(served), None).handle(request)


def question(client: str, **more: str) -> str:
    wanted = {"response_type": "code", "client_id": client, "redirect_uri": CALLBACK, "scope": "read", "state": "s"}
    return urlencode(wanted | {"code_challenge": sha256(VERIFIER), "code_challenge_method": "S256"} | more)


def authorize(served: Served, client: str, **more: str) -> Response:
    return asked(served, Request("GET", f"{served.world.issuer.issuer}/authorize?{question(client, **more)}"))


@dataclass
class Alice:
    """Somebody with a browser, which keeps its cookies."""

    served: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def asks(self, client: str, **more: str) -> Response:
        return self._go(Request("GET", f"{self.served.world.issuer.issuer}/authorize?{question(client, **more)}"))

    def fills(self, page: Response, **values: str) -> Response:
        form = pages.read(f"{self.served.world.issuer.issuer}/authorize", page.body)[0][0]
        return self._go(form_request(form.action, dict(form.fields) | values))

    def signs_in(self, page: Response) -> Response:
        return self.fills(page, username="alice", password="wonderland")

    def _go(self, request: Request) -> Response:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = asked(self.served, replace(request, headers=(*request.headers, *((("Cookie", held),) if held else ()))))
        self.cookies |= dict(v.split(";")[0].split("=", 1) for k, v in answer.headers if k == "Set-Cookie")
        return answer


def outcomes(served: Served) -> list[tuple[str, str]]:
    """What became of each check about a document, and what was found."""
    about = ("client_document", "client_address", "client_known")
    return [(e.check, e.outcome) for e in served.trace.recent if isinstance(e, Checked) and e.check in about]


def test_a_client_that_nobody_has_registered_is_asked_for_its_document_once(publisher: Publisher) -> None:
    served = place()
    assert served.world.issuer.describe()["client_id_metadata_document_supported"] is True
    answers = [authorize(served, publisher.uri) for _ in range(3)]
    assert [(a.status, a.page) for a in answers] == [(200, "login")] * 3
    assert publisher.asked == 1
    assert outcomes(served) == [("client_document", "pass"), *[("client_known", "pass")] * 3]
    sent = [(e.sender, e.receiver, e.request.path) for e in served.trace.recent if isinstance(e, Sent)]
    assert sent[:2] == [("auth", "external", "/tool.json"), ("outside", "auth", "/authorize")]
    known = served.world.issuer.store.clients[publisher.uri]
    assert (known.title, known.redirect_uris, known.confidential, known.registered_at) == ("A tool", (CALLBACK,), False, 0)


def test_at_the_token_endpoint_it_is_read_too_if_it_was_forgotten(publisher: Publisher) -> None:
    served = place()
    form = {"grant_type": "authorization_code", "client_id": publisher.uri, "code": "x", "code_verifier": VERIFIER}
    assert asked(served, form_request(f"{served.world.issuer.issuer}/token", form)).error == "invalid_grant"
    assert publisher.asked == 1


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "huge": ({"body": "{" + " " * client_documents.LARGEST}, "did not come"),
    "a redirect": ({"status": "302 Found", "headers": "Location: http://127.0.0.1:1/\r\n"}, "status 302"),
    "created": ({"status": "201 Created"}, "status 201"),
    "absent": ({"status": "404 Not Found"}, "status 404"),
    "of another client": ({"body": json.dumps({"client_id": "https://other.example/c"} | ABOUT)}, "does not name its own address"),
    "of nobody": ({"body": json.dumps(ABOUT)}, "does not name its own address"),
    "a page": ({"body": "<html>", "headers": "Content-Type: text/html\r\n"}, "no JSON object"),
    "no JSON": ({"body": "{'client_id': 1}"}, "no JSON object"),
    "a list": ({"body": "[]"}, "no JSON object"),
    "JSON with a name twice": ({"body": '{"client_id": "a", "client_id": "b"}'}, "no JSON object"),
    "JSON nested for ever": ({"body": "[" * 2000}, "no JSON object"),
    "slow": ({"hangs": True}, "did not come"),
}
UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "a script to go to": ({"redirect_uris": ["javascript:alert(1)"]}, "not an address to which a browser can bring a code"),
    "nowhere to go": ({"redirect_uris": []}, "needs at least one redirect URI"),
    "a secret": ({"client_secret": "s"}, "client_secret must not be there"),
    "a secret for ever": ({"client_secret_expires_at": 0}, "client_secret_expires_at must not be there"),
    "a secret for Basic": ({"token_endpoint_auth_method": "client_secret_basic"}, "must be none or private_key_jwt"),
    "a secret to sign with": ({"token_endpoint_auth_method": "client_secret_jwt"}, "must be none or private_key_jwt"),
    "a method that is no text": ({"token_endpoint_auth_method": ["none"]}, "must be none or private_key_jwt"),
    "no key": ({"token_endpoint_auth_method": "private_key_jwt"}, "needs its public keys"),
    "a private key": ({"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}]}}, "is secret"),
    "keys inside": ({"jwks_uri": "http://10.0.0.1/jwks"}, "not an https address"),
    "a name that is none": ({"client_name": {"x": 1}}, "client_name must be a text"),
}


@pytest.mark.parametrize("case", [*HOSTILE, *UNFIT])
def test_a_document_that_will_not_do_makes_no_client(case: str, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "SECONDS", 0.3)
    served, why = place(), ""
    if case in HOSTILE:
        changes, why = HOSTILE[case]
        for name, value in changes.items():
            setattr(publisher, name, value)
    else:
        changes, why = UNFIT[case]
        publisher.describes(**ABOUT | changes)
    answer = authorize(served, publisher.uri)
    assert (answer.status, answer.error, answer.header("location")) == (400, "invalid_client", None)
    assert why in answer.body.replace("&#x27;", "'")
    assert outcomes(served) == [("client_document", "fail"), ("client_known", "fail")]
    assert publisher.uri not in served.world.issuer.store.clients


def test_what_a_redirect_leads_to_is_not_asked(publisher: Publisher) -> None:
    other = Publisher("/other")
    publisher.status, publisher.headers = "302 Found", f"Location: {other.uri}\r\n"
    authorize(place(), publisher.uri)
    other.close()
    assert (publisher.asked, other.asked) == (1, 0)


def test_an_error_is_not_kept_but_asked_for_at_most_five_times_a_minute(publisher: Publisher) -> None:
    served = place()
    publisher.status = "500 Oh"
    answers = [authorize(served, publisher.uri) for _ in range(MOST_OUTGOING + 2)]
    assert publisher.asked == MOST_OUTGOING
    assert "status 500" in answers[0].body
    assert "requests have left within a minute" in answers[-1].body


@pytest.mark.parametrize(
    ("client", "why"),
    [
        ("https://client.example", "a host and a path"),
        ("https:///c", "a host and a path"),
        ("https://client.example:0/c", "a host and a path"),
        ("https://client.example:x/c", "a host and a path"),
        ("https://client.example/c#f", "fragment"),
        ("https://client.example/c#", "fragment"),
        ("https://u:p@client.example/c", "user name"),
        ("https://client.example/a/../c", "dots"),
        ("https://client.example/a/.%2E/c", "dots"),
        ("https://client.example/./c", "dots"),
        ("https://client.example/c d", "blanks"),
        ("https://client.example/\\c", "backslashes"),
        ("https://cli\u0435nt.example/c", "ASCII"),
        ("https://client.example/" + "c" * 2048, "at most 2048"),
        ("http://client.example/c", "not an https address"),
        ("http://169.254.169.254/latest/meta-data", "not an https address"),
        (f"{BASE}/auth/jwks", "an address of this sandbox"),
    ],
)
def test_from_an_address_that_cannot_be_a_clients_nothing_is_fetched(client: str, why: str) -> None:
    served = place()
    answer = authorize(served, client)
    assert (answer.status, answer.error) == (400, "invalid_client")
    assert why in answer.body
    assert outcomes(served) == [("client_address", "fail")]
    assert not [e for e in served.trace.recent if isinstance(e, Sent) and e.sender == "auth"]


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])
def test_a_name_that_leads_inside_is_not_asked_and_the_page_does_not_say_where_it_leads(address: str) -> None:
    outgoing = Outgoing(OWN, look=lambda host, port: [address])
    served = put_together(Settings.of("oauth-bcp", OPEN), BASE, fetching=outgoing)
    answer = authorize(served, "https://client.example/c")
    assert answer.error == "invalid_client"
    assert address not in answer.body
    said = next(e.response.body for e in served.trace.recent if isinstance(e, Answered) and e.sender == "external")
    assert "not a public address" in said


@pytest.mark.parametrize(("policy", "registration"), [(None, True), (OWN, False)])
def test_where_nothing_leaves_or_nobody_may_register_it_is_off(policy: Policy | None, registration: bool, publisher: Publisher) -> None:
    served = place(policy, registration)
    assert "client_id_metadata_document_supported" not in served.world.issuer.describe()
    assert "The client does not exist on this server." in authorize(served, publisher.uri).body
    assert (publisher.asked, outcomes(served)) == (0, [("client_known", "fail")])


def test_an_address_that_is_registered_is_not_asked(publisher: Publisher) -> None:
    served = place(OWN, True, NewClient(publisher.uri, CALLBACK))
    assert authorize(served, publisher.uri).page == "login"
    assert publisher.asked == 0


def expire(served: Served, client: str) -> None:
    assert served.documents is not None
    served.documents.until[client] -= LONGEST


def test_a_document_that_changes_is_read_anew_after_its_life(publisher: Publisher) -> None:
    served = place()
    assert authorize(served, publisher.uri).page == "login"
    publisher.describes(**ABOUT | {"redirect_uris": ["https://elsewhere.example/cb"]})
    assert authorize(served, publisher.uri).page == "login", "as long as it is believed"
    expire(served, publisher.uri)
    answer = authorize(served, publisher.uri)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert authorize(served, publisher.uri, redirect_uri="https://elsewhere.example/cb").page == "login"
    assert publisher.asked == 2


def test_one_that_is_gone_after_its_life_is_believed_no_longer(publisher: Publisher) -> None:
    served = place()
    authorize(served, publisher.uri)
    publisher.status = "404 Not Found"
    expire(served, publisher.uri)
    assert authorize(served, publisher.uri).error == "invalid_client"


def test_one_that_cannot_be_asked_for_now_is_believed_until_it_can(publisher: Publisher) -> None:
    served = place()
    authorize(served, publisher.uri)
    expire(served, publisher.uri)
    for n in range(MOST_OUTGOING):
        authorize(served, publisher.uri.replace("tool.json", f"other{n}"))
    assert authorize(served, publisher.uri).page == "login"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", LONGEST),
        ("public, max-age=120", 120),
        ("max-age=0", SHORTEST),
        ("max-age=999999999", LONGEST),
        ("no-store", SHORTEST),
        ("max-age=500, no-cache", SHORTEST),
        ("max-age=x", LONGEST),
        ("s-maxage=90", LONGEST),
    ],
)
def test_a_document_is_believed_as_its_server_says_within_bounds(said: str, seconds: int) -> None:
    assert believed(Response(200, (("Cache-Control", said),))) == seconds


def test_they_are_bounded_and_make_nobody_else_be_forgotten(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_documents, "MOST", 2)
    served = place()
    store = served.world.issuer.store
    others = set(store.clients)
    authorize(served, publisher.uri)
    for name in ("a", "b"):
        core = served.world.issuer.core
        uri = f"https://{name}.example/c"
        client_documents.take(core, uri, Response(200, (("Content-Type", "application/json"),), json.dumps(ABOUT | {"client_id": uri})))
    assert set(store.clients) - others == {"https://a.example/c", "https://b.example/c"}
    assert others <= set(store.clients)


def test_somebody_whose_client_is_forgotten_while_signing_in_is_told(publisher: Publisher) -> None:
    served = place()
    alice = Alice(served)
    page = alice.asks(publisher.uri)
    del served.world.issuer.store.clients[publisher.uri]
    answer = alice.signs_in(page)
    assert (answer.status, answer.error) == (400, "invalid_client")


def test_a_client_that_changes_while_it_is_allowed_gets_nothing(publisher: Publisher) -> None:
    served = place()
    alice = Alice(served)
    page = alice.signs_in(alice.asks(publisher.uri))
    assert page.page == "consent"
    store = served.world.issuer.store
    store.clients[publisher.uri] = replace(store.clients[publisher.uri], redirect_uris=("https://elsewhere.example/cb",))
    answer = alice.fills(page)
    assert (answer.status, answer.error, answer.header("location")) == (400, "invalid_request", None)


def test_the_consent_page_names_the_hosts_and_asks_each_time(publisher: Publisher) -> None:
    served = place()
    publisher.describes(**ABOUT | {"client_name": "<b>Your bank</b>"})
    host = publisher.uri.split("/")[2]
    alice = Alice(served)
    page = alice.signs_in(alice.asks(publisher.uri))
    assert f"It is described at {host}." in page.body
    assert "You will be sent to 127.0.0.1:9999." in page.body
    assert "on your own device" in page.body
    assert "<b>" not in page.body
    assert parameters(str(alice.fills(page).header("location")))["code"]
    assert alice.asks(publisher.uri).page == "consent"


def test_a_user_name_in_a_redirect_uri_is_not_taken_for_its_host(publisher: Publisher) -> None:
    served, back = place(), "https://bank.example@evil.example/cb"
    publisher.describes(**ABOUT | {"redirect_uris": [back]})
    alice = Alice(served)
    page = alice.signs_in(alice.asks(publisher.uri, redirect_uri=back))
    assert "You will be sent to evil.example." in page.body
    assert "bank.example" not in page.body.replace(back, "")
    assert "on your own device" not in page.body


@pytest.mark.parametrize("published", [False, True])
def test_a_client_with_a_key_proves_that_it_is_the_one(publisher: Publisher, published: bool) -> None:
    served, keys, issuer = place(), Publisher(), ""
    keys.publishes(ONE)
    own = {"jwks_uri": keys.uri} if published else {"jwks": {"keys": [dict(ONE.jwk or {})]}}
    grants = {"grant_types": ["client_credentials", "authorization_code"], "token_endpoint_auth_method": "private_key_jwt"}
    publisher.describes(**ABOUT | own | grants)
    issuer = served.world.issuer.issuer

    def token(jti: str) -> Response:
        proof = client_assertion(ONE, publisher.uri, issuer, served.world.net.clock.now(), jti)
        form = {"grant_type": "client_credentials", "scope": "read", "client_assertion_type": ASSERTION_TYPE, "client_assertion": proof}
        return asked(served, form_request(f"{issuer}/token", form))

    assert token("a").status == 200
    expire(served, publisher.uri)
    assert token("b").status == 200
    keys.close()
    assert (publisher.asked, keys.asked) == (2, int(published)), "keys stay known if their address stays"
    bare = {"grant_type": "client_credentials", "client_id": publisher.uri}
    assert asked(served, form_request(f"{issuer}/token", bare)).error == "invalid_client"


def test_requests_can_be_pushed(publisher: Publisher) -> None:
    served = place()
    pushed = Request("POST", f"{served.world.issuer.issuer}/par", (("Content-Type", FORM),), question(publisher.uri))
    assert asked(served, pushed).status == 201
    assert publisher.asked == 1


def test_on_live_documents_come_from_named_hosts_alone_and_that_is_drawn(publisher: Publisher) -> None:
    worlds = Worlds(WallClock(), SystemEntropy())
    closed = worlds.open(BASE, BCP)
    assert "client_id_metadata_document_supported" not in closed.served.world.issuer.describe()
    worlds.outgoing = (("127.0.0.1", None),)
    live = worlds.open(BASE, BCP)
    issuer = live.served.world.issuer.issuer
    other = Door(worlds, None).handle(Request("GET", f"{issuer}/authorize?{question('https://client.example/c')}"))
    assert "is not among the hosts" in other.body
    assert Door(worlds, None).handle(Request("GET", f"{issuer}/authorize?{question(publisher.uri)}")).page == "login"
    assert any("reads how the client at 127.0.0.1" in sentence for sentence in says(live))
    live.rebuild(BCP.moved(BCP, Settings.of("oauth-bcp", OPEN | {"as.short_ttl": "off"})))
    assert publisher.uri in live.served.world.issuer.store.clients, "whoever is signing in goes on"
    again = type(live).again(live.blueprint(), live.clock, worlds.fetching)
    assert publisher.uri not in again.served.world.issuer.store.clients


def test_over_real_http_somebody_signs_in_with_it(publisher: Publisher) -> None:
    with really_served() as base:
        said = metadata(base)
        assert said["client_id_metadata_document_supported"] is True
        back = parameters(Person().visit(f"{said['authorization_endpoint']}?{question(publisher.uri)}"))
        form = {"grant_type": "authorization_code", "client_id": publisher.uri, "code": back["code"], "redirect_uri": CALLBACK}
        answer = requests.post(said["token_endpoint"], form | {"code_verifier": VERIFIER}, timeout=60)
        assert (answer.status_code, publisher.asked) == (200, 1), answer.text
